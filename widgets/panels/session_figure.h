#pragma once

#include "widgets/bridge/study_session.h"
#include "widgets/figures/figure_data.h"

#include <memory>

namespace tercet {

/// What figures draw, as the window shows it now: live values included. Shares the session's views and must not
/// outlive it; GUI thread. Arrays are there once the session has read them.
[[nodiscard]] std::shared_ptr<const FigureData> figureDataOf(StudySession& session);

} // namespace tercet
