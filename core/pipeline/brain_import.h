#pragma once

#include "core/base/control.h"
#include "core/base/progress.h"
#include "core/brain/region_table.h"
#include "core/study/study_import.h"

#include <string>
#include <vector>

namespace tercet {

/// Every kind of import: those of importInto(), and fmri, surface, parcellation, regions.
[[nodiscard]] const std::vector<std::string>& importKinds();

/// Imports files of any kind. Scans stay where they are: the study keeps path, size and hash of each, which voxels
/// count, when which stimulus was shown and how the head moved; surfaces, parcellations and the table of regions are
/// copied. Everything is read and checked before anything is kept. Throws what the readers throw, FormatError where
/// files do not fit each other, as importInto(), and of scans, which are large, Cancelled.
ImportReport importFiles(Study& study, const ImportRequest& request, const JobControl& control = JobControl(),
                         const Progress& progress = Progress());

/// The study's table of regions: the one imported or edited last, else the usual one (SPEC D6). Throws FormatError if
/// what is stored is no such table, and as Study::arrays().
[[nodiscard]] RegionTable regionTableOf(const Study& study);

/// Makes a table that was edited the study's, instead of any before it; the usual one is again what it is without any,
/// so that results made with it hold again. Throws FormatError as regionTableFromCsv(), and as Study::add().
void setRegionTable(Study& study, const RegionTable& table);

/// The arrays of an import of kind "fmri".
namespace scan_arrays {
inline constexpr const char* kPath = "path";     ///< files
inline constexpr const char* kBytes = "bytes";   ///< files
inline constexpr const char* kHash = "hash";     ///< files
inline constexpr const char* kSize = "size";     ///< 3: voxels along i, j, k
inline constexpr const char* kAffine = "affine"; ///< 3 × 4: from voxel index to mm
inline constexpr const char* kVoxel = "voxel";   ///< voxels × 3: i, j, k of those that count
// Of scans:
inline constexpr const char* kRepetitionTime = "repetition_time"; ///< 1: s
inline constexpr const char* kRunFile = "run_file";               ///< runs: number of the file, from 0
inline constexpr const char* kRunFirst = "run_first";             ///< runs: first volume in it
inline constexpr const char* kRunVolumes = "run_volumes";         ///< runs
inline constexpr const char* kMotion = "motion";                ///< volumes of all runs × parameters; 0 columns: none
inline constexpr const char* kBlockRun = "block_run";           ///< blocks: from 0
inline constexpr const char* kBlockOnset = "block_onset";       ///< blocks: s from the run's first volume
inline constexpr const char* kBlockDuration = "block_duration"; ///< blocks: s
inline constexpr const char* kBlockStimulus = "block_stimulus"; ///< blocks: row of the study
// Of BData, whose samples are responses:
inline constexpr const char* kSampleFile = "sample_file";         ///< samples: number of the file
inline constexpr const char* kSampleRow = "sample_row";           ///< samples: row in it
inline constexpr const char* kSampleRun = "sample_run";           ///< samples: from 0
inline constexpr const char* kSampleStimulus = "sample_stimulus"; ///< samples: row of the study
inline constexpr const char* kColumn = "column";                  ///< voxels: column of the file
inline constexpr const char* kParcel = "parcel";                  ///< voxels: number in parcel_name, −1 for none
inline constexpr const char* kParcelName = "parcel_name";         ///< parcels
} // namespace scan_arrays

} // namespace tercet
