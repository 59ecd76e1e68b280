#pragma once

#include "core/base/control.h"
#include "core/study/study_import.h"

#include <filesystem>
#include <string>
#include <vector>

namespace tercet {

/// Files that belong together, and what may be said about their import without asking.
struct OfferedGroup {
    ImportRequest request;   ///< kind, files, and of the brain: the subject that paths name, events, mask, labels
    std::string description; ///< one sentence: what it is
    std::vector<std::string> transforms = {}; ///< names, of a folder of pycortex that has several
    bool wanted = true; ///< false for all but one parcellation of a subject, and for embeddings in a folder
};

/// What was dropped or chosen, sorted.
struct OfferedFiles {
    std::vector<OfferedGroup>
        groups; ///< in the order in which they are to be imported, as later ones need earlier ones
    std::vector<std::string> leftOut; ///< one sentence each
};

/// Sorts files and all that is in folders by what they are and whose: a subject's runs with events and mask, both
/// hemispheres of a surface or parcellation. A subject is "sub-…" in the path, else the folder that holds scans;
/// without either, surfaces and parcellations are of all subjects. Damage leaves a file out. Throws MissingError and
/// StorageError as recogniseFile(), and Cancelled. Any thread.
[[nodiscard]] OfferedFiles sortOffered(const std::vector<std::filesystem::path>& paths, const JobControl& control);

} // namespace tercet
