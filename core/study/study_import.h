#pragma once

#include "core/study/study.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tercet {

/// What to import, from a command line or a form.
struct ImportRequest {
    /// "ratings", "judgments", "validation" (judgments of triplets around the prototypes, T2), "repeats" (of triplets
    /// that were asked several times, T8) or "embedding". What is said of judgments is true of these too.
    std::string kind;
    std::vector<std::filesystem::path> files;
    std::filesystem::path names;          ///< judgments, embedding: a list of stimulus names in order; may be empty
    std::string system;                   ///< judgments, embedding: its name; empty: made from the file's name
    std::string systemTitle;              ///< empty: the system's name
    std::optional<std::size_t> stimuli;   ///< judgments: how many there are, where the study does not know yet
    std::optional<int> indexBase;         ///< judgments: 0 or 1; nothing: seen in the file
    std::vector<std::string> excludedIds; ///< ratings: stimuli to leave out
    std::string idColumn;                 ///< ratings: the column of ids; empty: found
    bool transposed = false;              ///< embedding: components are the rows of the file
};

struct ImportReport {
    std::string key;
    std::string summary;            ///< one sentence
    std::vector<std::string> notes; ///< what was found, decided and left out
};

/// Reads the files and adds them to the study; stimuli are matched by id and never renumbered (SPEC D1). The first
/// import makes the stimuli, ratings also make the systems "human-categories" and "human-dimensions". Several judgment
/// files become one set; where some are called test…, those are held out.
/// Throws what the readers throw, and FormatError if stimuli do not match; nothing is then imported.
ImportReport importInto(Study& study, const ImportRequest& request);

/// A name fit for a system: small letters, digits and hyphens.
[[nodiscard]] std::string systemNameFrom(const std::string& text);

} // namespace tercet
