#pragma once

#include "core/base/control.h"
#include "core/base/progress.h"
#include "core/brain/region_table.h"
#include "core/study/study_import.h"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace tercet {

// What the imports of the brain share.

ImportReport importScans(Study& study, const ImportRequest& request, const JobControl& control,
                         const Progress& progress);
ImportReport importSurface(Study& study, const ImportRequest& request);
ImportReport importParcellation(Study& study, const ImportRequest& request);
ImportReport importRegions(Study& study, const ImportRequest& request);

/// The subject that a path names: "sub-01"; empty without one.
[[nodiscard]] std::string bidsSubject(const std::filesystem::path& file);
/// The subject that is asked for, or named by the files ("sub-01"); throws ParameterError where there is none.
[[nodiscard]] Subject subjectFor(const ImportRequest& request);
/// The same where all subjects may be meant; nothing then.
[[nodiscard]] std::optional<Subject> subjectOrAll(const ImportRequest& request);

/// The models that take the study's ratings as they are (SPEC B8, D7).
[[nodiscard]] std::vector<System> ratingModels(const Study& study);

/// The table of an import of kind "regions". Throws FormatError if it holds none.
[[nodiscard]] RegionTable regionTableIn(const ArrayBundle& arrays);

/// Whether a file begins as HDF5 does, as scans in BData files do.
[[nodiscard]] bool isBData(const std::filesystem::path& file);

/// Bytes of a scan, with those of the image of a header. Throws as VolumeFile::open(), StorageError.
[[nodiscard]] std::int64_t sizeOfScan(const std::filesystem::path& path);
/// Of all that a scan's files hold. Throws as VolumeFile::open(), StorageError, Cancelled.
[[nodiscard]] std::string hashOfScan(const std::filesystem::path& path, const JobControl& control = JobControl(),
                                     const Progress& progress = Progress());

/// Which stimulus of the study a cell of a table means: its id, its name, or its number.
class StimulusNames {
public:
    /// `base`: number of the first stimulus, where cells with whole numbers are places; without it they are ids, or
    /// places from 1 in a study whose ids are no numbers.
    StimulusNames(const std::vector<Stimulus>& stimuli, std::optional<int> base);
    [[nodiscard]] std::optional<std::int32_t> find(const std::string& cell) const;
    /// Whether find() would take the cell for a place although nobody said that numbers are places.
    [[nodiscard]] bool isCounted(const std::string& cell) const;

private:
    [[nodiscard]] std::optional<std::int32_t> byName(const std::string& cell) const;
    std::unordered_map<std::string, std::int32_t> m_rows;
    std::int64_t m_count;
    std::optional<int> m_base; ///< empty: numbers are no places
    bool m_idsFirst;
};

} // namespace tercet
