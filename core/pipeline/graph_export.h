#pragma once

#include "core/io/graph_file.h"
#include "core/study/study.h"

namespace tercet {

/// A result of emotion-graph with the labels of its components, where the study has ratings, and the names that people
/// gave to them and to its clusters. Throws MissingError and StorageError as Study::arrays().
[[nodiscard]] GraphFile graphFileOf(const Study& study, const ResultRecord& record);

/// Whether writeGraph() knows the ending of a file's name.
[[nodiscard]] bool isGraphFile(const std::filesystem::path& file);

} // namespace tercet
