#pragma once

#include "core/brain/encoding.h"
#include "core/io/large_array.h"
#include "core/pipeline/step.h"

#include <span>
#include <string>
#include <vector>

namespace tercet {

/// What a model knows of the stimuli, as the brain is compared with it: its embedding, or a table of ratings as it is.
struct BrainFeatures {
    Matrix<double> values;                    ///< stimuli of the study × features
    std::vector<std::string> names;           ///< of the features: "1", "2" … of an embedding, else rated terms
    std::vector<std::int32_t> trainingColumn; ///< per feature, of an embedding; else from 0

    /// A row per sample, whose stimulus is given.
    [[nodiscard]] Matrix<double> rowsFor(std::span<const std::int32_t> stimuli) const;
    /// The features of these numbers alone.
    [[nodiscard]] BrainFeatures only(std::span<const std::size_t> features) const;
};

/// Reads them from the input of kind Features. A table of both kinds of ratings is z-scored per column (SPEC D7).
/// Throws MissingError if the ratings have not what the system is made of.
[[nodiscard]] BrainFeatures brainFeatures(const StepContext& context, const ArrayBundle& input, const System& system);

/// Reads responses from a large array, samples × voxels.
[[nodiscard]] ResponseReader readerOf(const LargeArray& responses, std::size_t firstVoxel = 0);

} // namespace tercet
