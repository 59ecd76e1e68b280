#pragma once

#include "core/pipeline/given_names.h"
#include "core/study/study.h"
#include "widgets/bridge/study_views.h"

#include <memory>
#include <optional>
#include <string>

namespace tercet {

// Views of what a study holds on disk. Any thread. All throw StorageError for a damaged file, MissingError for one
// that is gone.

/// The key of the embedding that panels show of a system: the imported one, else the fitted one; nothing before either.
[[nodiscard]] std::optional<std::string> shownEmbedding(const Study& study, const std::string& system);
/// `ratings` may be null: then it has no labels.
[[nodiscard]] std::shared_ptr<const EmbeddingView> readEmbedding(const Study& study, const std::string& key,
                                                                 const Ratings* ratings);
[[nodiscard]] std::shared_ptr<const FitView> readFit(const Study& study, const ResultRecord& record);
[[nodiscard]] std::shared_ptr<const MapView> readMap(const Study& study, const std::string& key);
/// The short line that says what a result is; empty if it has none.
[[nodiscard]] std::string summaryOf(const Study& study, const std::string& key);

/// A layout that came to rest in a window is kept in a setting, so that the next start shows it again.
[[nodiscard]] std::string layoutSetting(const std::string& system);
[[nodiscard]] std::string layoutText(const MapView& map, const std::string& embeddingKey);
/// Null if the layout is of another embedding.
[[nodiscard]] std::shared_ptr<const MapView> layoutFrom(const std::string& text, const std::string& embeddingKey);

} // namespace tercet
