#pragma once

#include "widgets/bridge/study_session.h"
#include "widgets/figures/figure_data.h"

#include <memory>

namespace tercet {

/// What figures draw, as the window shows it now: live values included. Shares the session's views; GUI thread.
[[nodiscard]] std::shared_ptr<const FigureData> figureDataOf(const StudySession& session);

} // namespace tercet
