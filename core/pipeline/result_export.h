#pragma once

#include "core/study/study.h"

#include <filesystem>
#include <string>

namespace tercet {

/// Writes a result for other programs: .npy and .csv hold one array (`array`, or the first one that the step's table
/// names), .h5 and .json all of them with where they came from. A .csv has one line a row, with stimulus ids in the
/// first column where the rows are stimuli. A result of emotion-graph is also written as a graph: .graphml, .gexf, and
/// without `array` .csv (graph_file.h). Arrays that stay in their file are written part by part, and not as .json. The
/// file appears only when it is complete.
/// Throws ParameterError for another ending, MissingError for an unknown array, StorageError.
void exportResult(const Study& study, const ResultRecord& record, const std::string& array,
                  const std::filesystem::path& file);

} // namespace tercet
