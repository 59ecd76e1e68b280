#pragma once

#include "core/base/matrix.h"
#include "core/io/terms.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace tercet {

struct RatingsOptions {
    std::string idColumn = {};                 ///< name of the column of stimulus ids; empty: found by name and content
    std::vector<std::string> excludedIds = {}; ///< rows to leave out, in any spelling of canonicalStimulusId
    bool otherColumns = false;                 ///< also read columns of numbers that are none of the 48 known terms
};

/// Two rows, a before b, that hold the same ratings.
struct DuplicateRows {
    std::size_t a = 0;
    std::size_t b = 0;
    bool exact = false; ///< otherwise equal up to half a percent of each column's range
};

struct RatingsTable {
    std::vector<std::string> stimulusIds; ///< canonical, without repeats; in file order, never renumbered
    std::vector<std::string> names;       ///< as written in the file
    std::vector<Term> terms;              ///< known ones in their canonical order, then others in file order
    Matrix<double> values;                ///< stimuli × terms, finite
    std::vector<std::size_t> allZeroRows; ///< rows whose categories, or whose dimensions, are all 0
    std::vector<DuplicateRows> duplicates;
    std::vector<std::string> notes; ///< sentences on what was found, left out and assumed
};

/// Reads ratings of the 34 categories and 14 dimensions (SPEC D2) from CSV, TSV or other text tables (gzip too) or
/// from MATLAB files: a struct with feat and featname, or a matrix with names beside it or of 34, 14 or 48 columns.
/// A name that repeats counts where it stands first. Throws MissingError, StorageError, and FormatError if a rating
/// is text, empty or not finite (naming line and column), an id repeats (naming both lines), or no column is known.
[[nodiscard]] RatingsTable readRatings(const std::filesystem::path& path, const RatingsOptions& options = {});

} // namespace tercet
