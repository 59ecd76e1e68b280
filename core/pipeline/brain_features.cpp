#include "core/pipeline/brain_features.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tercet {
namespace {

/// Zero mean and standard deviation 1 per column; constant columns become 0.
void standardise(Matrix<double>& values) {
    const auto n = static_cast<double>(values.rows());
    for (std::size_t c = 0; c < values.cols(); ++c) {
        double mean = 0;
        for (std::size_t r = 0; r < values.rows(); ++r)
            mean += values(r, c) / n;
        double squares = 0;
        for (std::size_t r = 0; r < values.rows(); ++r)
            squares += (values(r, c) - mean) * (values(r, c) - mean);
        const double deviation = std::sqrt(squares / n);
        for (std::size_t r = 0; r < values.rows(); ++r)
            values(r, c) = deviation > 0 ? (values(r, c) - mean) / deviation : 0;
    }
}

} // namespace

Matrix<double> BrainFeatures::rowsFor(std::span<const std::int32_t> stimuli) const {
    Matrix<double> rows(stimuli.size(), values.cols());
    for (std::size_t s = 0; s < stimuli.size(); ++s) {
        const auto from = values.row(static_cast<std::size_t>(stimuli[s]));
        std::copy(from.begin(), from.end(), rows.row(s).begin());
    }
    return rows;
}

BrainFeatures BrainFeatures::only(std::span<const std::size_t> features) const {
    BrainFeatures part{.values = Matrix<double>(values.rows(), features.size())};
    for (std::size_t f = 0; f < features.size(); ++f) {
        for (std::size_t r = 0; r < values.rows(); ++r)
            part.values(r, f) = values(r, features[f]);
        part.names.push_back(names[features[f]]);
        part.trainingColumn.push_back(trainingColumn[features[f]]);
    }
    return part;
}

BrainFeatures brainFeatures(const StepContext& context, const ArrayBundle& input, const System& system) {
    BrainFeatures features;
    if (!isRatingTable(system.source)) {
        const MatrixView<const double> embedding = input.matrix("embedding");
        features.values = Matrix<double>(embedding.rows(), embedding.cols(),
                                         std::vector<double>(embedding.values().begin(), embedding.values().end()));
        for (std::size_t c = 0; c < embedding.cols(); ++c)
            features.names.push_back(std::to_string(c + 1));
        features.trainingColumn = input.get<std::int32_t>("training_column").values;
        return features;
    }
    const std::shared_ptr<const Ratings> ratings = context.study.ratings();
    std::vector<std::size_t> columns;
    for (std::size_t c = 0; c < ratings->terms.size(); ++c) {
        const TermKind kind = ratings->terms[c].kind;
        if ((kind == TermKind::Category && system.source != SystemSource::DimensionRatings) ||
            (kind == TermKind::Dimension && system.source != SystemSource::CategoryRatings))
            columns.push_back(c);
    }
    if (columns.empty())
        throw MissingError({.where = "system " + tercet::quoted(system.name),
                            .what = "the ratings do not have what it is made of",
                            .remedy = "import a rating table that has it"});
    features.values = Matrix<double>(ratings->values.rows(), columns.size());
    for (std::size_t f = 0; f < columns.size(); ++f) {
        for (std::size_t r = 0; r < ratings->values.rows(); ++r)
            features.values(r, f) = ratings->values(r, columns[f]);
        features.names.push_back(ratings->terms[columns[f]].name);
        features.trainingColumn.push_back(static_cast<std::int32_t>(f));
    }
    if (system.source == SystemSource::AllRatings)
        standardise(features.values);
    return features;
}

ResponseReader readerOf(const LargeArray& responses, std::size_t firstVoxel) {
    return [&responses, firstVoxel](std::size_t first, MatrixView<double> values) {
        responses.read(0, firstVoxel + first, values);
    };
}

} // namespace tercet
