#pragma once

#include "core/base/matrix.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tercet {

/// What happened during a run of the scanner, one row per event, in the order of the file.
struct EventTable {
    std::vector<double> onset;                    ///< s from the beginning of the first volume; below 0 before it
    std::vector<double> duration;                 ///< s, at least 0; NaN where the file does not say
    std::vector<std::string> names;               ///< of the further columns, as written
    std::vector<std::vector<std::string>> values; ///< columns × events; empty text where the file does not say

    /// The values of the first further column of that name, exactly as written. Throws MissingError naming those there
    /// are.
    [[nodiscard]] const std::vector<std::string>& column(std::string_view name) const;
};

/// Reads the events of a run as BIDS has them: a table with the columns onset and duration, tab- or comma-separated,
/// plain or gzip-compressed; "n/a" and empty cells say nothing. Throws MissingError, StorageError, and FormatError if a
/// column is absent, an onset is not a finite number, or a duration is neither that nor "n/a". Any thread.
[[nodiscard]] EventTable readEvents(const std::filesystem::path& path);

/// Whether text begins as a table of events does.
[[nodiscard]] bool looksLikeEvents(std::string_view beginning);

/// What was shown in each volume, over the runs of a scan one after another.
struct VolumeLabels {
    std::vector<std::string> labels; ///< volumes
    std::vector<std::int64_t> runs;  ///< volumes; the number of the run ("chunk") as written
};

/// Reads a label and a run per line, with or without a header ("labels chunks"). Throws MissingError, StorageError, and
/// FormatError if there are not two columns, a label is empty or a run is not a whole number. Any thread.
[[nodiscard]] VolumeLabels readVolumeLabels(const std::filesystem::path& path);

/// Reads what is known of the head's motion, volumes × parameters (SPEC D5). From a table with a header (fMRIPrep) the
/// columns trans_x, trans_y, trans_z, rot_x, rot_y, rot_z in this order; from one without (FSL .par, SPM rp_*.txt,
/// AFNI .1D) all columns as they are: their order and units differ between programs. Lines that begin with "#" are
/// passed over. Throws MissingError, StorageError, and FormatError if one of the six is absent or a value is not a
/// finite number. Any thread.
[[nodiscard]] Matrix<double> readMotion(const std::filesystem::path& path);

} // namespace tercet
