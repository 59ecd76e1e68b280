#pragma once

#include "core/base/matrix.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace tercet {

enum class EmbeddingOrientation {
    Detect, ///< by the expected number of stimuli, else by SPoSE's file name sparse_embed_epoch*.txt
    StimuliByComponents,
    ComponentsByStimuli, ///< SPoSE's training output
};

struct EmbeddingOptions {
    std::size_t stimuli = 0; ///< how many rows there must be if the file names none; 0 if not known
    EmbeddingOrientation orientation = EmbeddingOrientation::Detect;
    std::string array =
        {}; ///< which array of a .npz or variable of a .mat file; empty: VICE's pruned_loc, else the only matrix
};

struct EmbeddingTable {
    Matrix<double> values;                   ///< stimuli × components, finite
    std::vector<std::string> stimulusIds;    ///< as in the file; empty if it names none
    std::vector<std::string> componentNames; ///< as in the file; empty if it names none
    std::vector<std::string> notes;          ///< sentences on what was found and changed
};

/// Values from −kNegativeTolerance to 0 are rounding of the optimiser and become 0, with a note.
inline constexpr double kNegativeTolerance = 0.01;

/// Reads an embedding from .npy, .npz, .mat or text (spaces, tabs, commas; gzip; with or without header and ids),
/// known by its content. Throws MissingError, StorageError, and FormatError if there is no matrix or more than one
/// to choose from, a value is not finite (naming row and column), or the shape does not fit `options.stimuli`.
[[nodiscard]] EmbeddingTable readEmbedding(const std::filesystem::path& path, const EmbeddingOptions& options = {});

/// Whether a matrix is square and symmetric, and so holds similarities rather than ratings or an embedding.
[[nodiscard]] bool isSymmetric(MatrixView<const double> matrix);

} // namespace tercet
