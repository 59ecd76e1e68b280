#pragma once

#include "core/base/control.h"
#include "core/base/matrix.h"
#include "core/io/volume_file.h"
#include "core/study/study_import.h"

#include <cstdint>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tercet {

/// A stimulus in a run.
struct ShownBlock {
    std::int32_t run = 0;
    double onset = 0;    ///< s from the run's first volume
    double duration = 0; ///< s
    std::int32_t stimulus = 0;
    bool fits = true; ///< whether there are volumes from its beginning to its end
};

/// What was shown in a run and is no stimulus of the study.
struct OtherEvent {
    double onset = 0;    ///< s
    double duration = 0; ///< s; NaN where the table does not say
    std::string name;    ///< as it stands in the table
};

/// Scans of one run, or samples of a BData file, and the files that go with them.
struct MappedRun {
    std::size_t file = 0;         ///< among the request's
    std::size_t first = 0;        ///< volume in the file
    std::size_t volumes = 0;      ///< or samples
    std::filesystem::path events; ///< empty: none
    std::filesystem::path motionFile;
    Matrix<double> motion; ///< volumes × parameters; empty: none
    std::vector<OtherEvent> others;
    std::string problem; ///< one sentence: the first that keeps the run from being imported; empty while it fits
};

/// Which sample of BData files is a response to what.
struct MappedSamples {
    std::vector<std::int32_t> file; ///< number of the file
    std::vector<std::int64_t> row;  ///< in it
    std::vector<std::int32_t> run;  ///< from 0
    std::vector<std::int32_t> stimulus;
};

// From volume to volume, s: anything else was not meant.
inline constexpr double kShortestRepetitionTime = 0.01;
inline constexpr double kLongestRepetitionTime = 60;

/// Which volumes belong to which stimulus, and what keeps files from being imported: all that an import of kind "fmri"
/// decides before it reads the voxels.
struct RunMapping {
    std::optional<Subject> subject;
    bool responses = false;    ///< samples of BData files, which have no blocks
    VolumeInfo grid;           ///< of the first scan
    double repetitionTime = 0; ///< s; 0 where it is not known, and for responses
    std::string stimulusColumn;
    std::vector<std::string> columns; ///< those that may name the stimulus: of the first table, or keys of BData
    std::vector<Stimulus> newStimuli; ///< that labels make for a study without any
    std::vector<MappedRun> runs;
    std::vector<ShownBlock> blocks;
    MappedSamples samples;
    std::size_t motionColumns = 0;
    std::string countedCell; ///< the first number that stands for a place because the stimuli's ids are no numbers
    std::vector<std::string> notes;
    std::vector<std::string> problems; ///< one sentence each, those of runs too; none: it can be imported
    std::exception_ptr failure;        ///< the first of them, as the import throws it
};

/// What an import of kind "fmri" would do in a study of these stimuli, without doing it: reads headers, tables of
/// events and motion, the mask's header. Everything that does not fit is in `problems`; throws nothing but Cancelled
/// and std::bad_alloc. Any thread.
[[nodiscard]] RunMapping mapRuns(const std::vector<Stimulus>& stimuli, const ImportRequest& request,
                                 const JobControl& control = JobControl());

/// The table of events beside a run ("sub-01_task-x_run-1_bold.nii.gz" → "sub-01_task-x_run-1_events.tsv"); empty if
/// there is none.
[[nodiscard]] std::filesystem::path eventsBeside(const std::filesystem::path& run);
/// The same of its motion parameters.
[[nodiscard]] std::filesystem::path motionBeside(const std::filesystem::path& run);

} // namespace tercet
