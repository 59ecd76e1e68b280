#pragma once

#include "core/base/control.h"
#include "core/brain/preprocessing.h"
#include "core/pipeline/parameter.h"
#include "core/study/study.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tercet {

// The runs of an import of kind "fmri" that holds scans (scan_arrays).

/// A run as it lies in its file, and how it is preprocessed (SPEC D5).
struct ScanRun {
    std::size_t file = 0;  ///< of the import, from 0
    std::size_t first = 0; ///< volume of the file
    std::size_t volumes = 0;
    std::vector<StimulusBlock> blocks;
    std::vector<std::int32_t> stimuli; ///< per block: row of the study
    RunPreprocessing preprocessing;
};

/// The imported `file`. Throws MissingError if it is gone or cannot be read, FormatError if its size is another than
/// that of the one that was imported or, with `hash`, its content is; that control may stop it then.
[[nodiscard]] std::filesystem::path importedFile(const Study& study, const ArrayBundle& scans, std::size_t file,
                                                 const JobControl* hash);
/// Of the step preprocess-fmri.
[[nodiscard]] PreprocessingOptions preprocessingOptions(const ArrayBundle& scans, const Parameters& parameters);
/// One run, from 0. Throws DataError naming file and run where its events or motion do not fit it.
[[nodiscard]] ScanRun scanRun(const Study& study, const ArrayBundle& scans, std::size_t run,
                              const PreprocessingOptions& options);
/// Where the voxels that count lie in a volume, i fastest.
[[nodiscard]] std::vector<std::size_t> placesInVolume(const ArrayBundle& scans);

/// One voxel of a run before and after each stage of preprocess-fmri.
struct VoxelSeries {
    std::size_t runs = 0;      ///< that the subject has
    double repetitionTime = 0; ///< s
    std::vector<double> raw;   ///< per volume, as in the file
    PreprocessingStages stages;
    std::vector<StimulusBlock> blocks;
    std::vector<std::int32_t> stimuli; ///< per block: row of the study
};

/// Reads the voxel (column of the subject's responses) from its scan and preprocesses it as the subject's responses
/// were, or would be. Any thread. Throws MissingError if the subject has no scans, or only responses that were
/// preprocessed elsewhere; ParameterError for a voxel or run that is not there; Cancelled; and as above.
[[nodiscard]] VoxelSeries voxelSeries(const Study& study, const std::string& subject, std::size_t voxel,
                                      std::size_t run, const JobControl& control);

} // namespace tercet
