#pragma once

#include "core/base/triplets.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tercet {

enum class IndexBase {
    Detect, ///< from the number of stimuli if given, else 1 if the smallest index is 1
    Zero,
    One,
};

enum class FourthColumn {
    Detect, ///< the odd one if it is one of the row's three stimuli in every row, else the participant
    Participant,
    OddOne,
};

struct JudgmentOptions {
    std::size_t stimuli = 0; ///< how many there are; 0 if not known
    IndexBase base = IndexBase::Detect;
    FourthColumn fourth = FourthColumn::Detect;
};

/// Odd-one-out judgments in file order; a folder's training part comes first.
struct JudgmentTable {
    std::shared_ptr<const Triplets> triplets; ///< 0-based; the third of each is the odd one out
    std::vector<std::int32_t> participants;   ///< one a judgment as in the file; empty if there are none
    std::vector<std::uint8_t> heldOut;        ///< one a judgment, 1 in the test part; empty if there is none
    std::size_t stimuli = 0;                  ///< as given in the options, else the largest index + 1
    std::vector<std::string> notes;           ///< sentences on what was found and decided
};

/// Reads judgments: text of 3 or 4 columns (spaces, tabs, commas; whole numbers, also spelled as floats; with or
/// without header; gzip), .npy or .npz, or a folder with train_90 and test_10 (.npy first, then .txt). Throws
/// MissingError, StorageError, and FormatError naming the line or row if the number of columns changes, a cell is
/// negative or not a whole number, a stimulus meets itself, or an index is out of range; and if the file lists
/// triplets without a choice.
[[nodiscard]] JudgmentTable readJudgments(const std::filesystem::path& path, const JudgmentOptions& options = {});
/// Reads several files as one, in order, deciding from all of them together where indices begin and what the fourth
/// column is. Files called test… are held out if there are others. Throws as above.
[[nodiscard]] JudgmentTable readJudgments(std::span<const std::filesystem::path> files,
                                          const JudgmentOptions& options = {});

} // namespace tercet
