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
    std::optional<int> indexBase;         ///< judgments, fmri: 0 or 1; nothing: seen in the file, fmri: in the ids
    std::vector<std::string> excludedIds; ///< ratings: stimuli to leave out
    std::string idColumn;                 ///< ratings: the column of ids; empty: found
    bool transposed = false;              ///< embedding: components are the rows of the file

    // Kinds of the brain, which importFiles() of core/pipeline reads.
    std::string subject;                       ///< fmri: required; surface, parcellation: empty for all subjects
    std::string subjectTitle;                  ///< empty: the subject's name
    std::vector<std::filesystem::path> events; ///< fmri: a table per run; none: looked for beside the runs
    std::vector<std::filesystem::path> motion; ///< fmri: the same; runs may go without
    std::filesystem::path mask;                ///< fmri: voxels that count; empty: those with signal
    std::filesystem::path volumeLabels;        ///< fmri: what was shown in each volume, instead of events
    double repetitionTime = 0;                 ///< fmri: s; 0: as the files say
    std::string stimulusColumn;                ///< fmri: of events; empty: the one that names most stimuli
    std::string keptEvents;                    ///< fmri: "column=value,value"; empty: all that name a stimulus
    std::filesystem::path parcelNames;         ///< parcellation: a list or table of names, where its file has none
    std::string transform;                     ///< surface: which of a pycortex folder's; empty: the only one
};

struct ImportReport {
    std::string key;
    std::string summary;            ///< one sentence
    std::vector<std::string> notes; ///< what was found, decided and left out
};

/// Reads files of judgments and adds them to the study; stimuli are matched by id and never renumbered (SPEC D1). The
/// first import makes the stimuli, ratings also make the systems "human-categories" and "human-dimensions". Several
/// judgment files become one set; where some are called test…, those are held out. Throws what the readers throw, and
/// FormatError if stimuli do not match; nothing is then imported.
ImportReport importInto(Study& study, const ImportRequest& request);

/// A name fit for a system or subject: small letters, digits and hyphens.
[[nodiscard]] std::string plainNameFrom(const std::string& text);

} // namespace tercet
