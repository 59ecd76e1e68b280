#include "core/brain/leave_one_out.h"

#include "core/base/error.h"
#include "core/base/linear_algebra.h"
#include "core/base/text.h"
#include "core/brain/pattern_correlation.h"
#include "core/brain/voxel_rows.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace tercet {
namespace {

using ridge::VoxelRows;

constexpr double kRounding = 1e-13;

} // namespace

LeaveOneOut::LeaveOneOut(MatrixView<const double> features, double alpha, std::span<const std::int32_t> stimuli) {
    const std::size_t n = features.rows();
    const std::size_t d = features.cols();
    if (!(alpha > 0))
        throw ParameterError({.where = "leave-one-out, alpha", .expected = "above 0", .found = std::to_string(alpha)});
    if (!stimuli.empty() && stimuli.size() != n)
        throw DataError({.where = "leave-one-out",
                         .expected = "the stimulus of each of " + withThousands(n) + " rows",
                         .found = withThousands(stimuli.size())});
    std::map<std::int32_t, std::vector<std::size_t>> showings;
    for (std::size_t i = 0; i < n; ++i)
        showings[stimuli.empty() ? static_cast<std::int32_t>(i) : stimuli[i]].push_back(i);
    for (auto& [stimulus, rows] : showings)
        m_showings.push_back(std::move(rows));
    const auto values = features.values();
    const bool tooFew = m_showings.size() < 3 || d == 0;
    if (tooFew || !std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); }))
        throw DataError(
            {.where = "leave-one-out",
             .expected = "finite features of at least three stimuli",
             .found = counted(m_showings.size(), "stimulus", "stimuli") + (tooFew ? "" : ", a value not finite")});
    m_design = Matrix<double>(n, d + 1, 1.0);
    for (std::size_t k = 0; k < d; ++k) {
        double mean = 0;
        double size = 0;
        for (std::size_t i = 0; i < n; ++i) {
            mean += features(i, k) / static_cast<double>(n);
            size += features(i, k) * features(i, k) / static_cast<double>(n);
        }
        double square = 0;
        for (std::size_t i = 0; i < n; ++i)
            square += (features(i, k) - mean) * (features(i, k) - mean) / static_cast<double>(n);
        if (!(square > kRounding * size))
            throw DataError({.where = "leave-one-out",
                             .expected = "components that vary",
                             .found = "component " + std::to_string(k + 1) + " constant",
                             .remedy = "leave it out"});
        for (std::size_t i = 0; i < n; ++i)
            m_design(i, k + 1) = (features(i, k) - mean) / std::sqrt(square);
    }
    // (ZᵀZ + P)⁻¹ by its eigenvectors; the intercept is not penalised, and apart from the centred features.
    Matrix<double> penalised = product(transposed(m_design), m_design);
    for (std::size_t k = 1; k <= d; ++k)
        penalised(k, k) += alpha;
    const SymmetricEigen eigen = symmetricEigen(penalised);
    Matrix<double> scaled = eigen.vectors;
    for (std::size_t k = 0; k <= d; ++k)
        for (std::size_t l = 0; l <= d; ++l)
            scaled(k, l) /= eigen.values[l];
    m_solution = product(scaled, transposed(eigen.vectors));
    const Matrix<double> solved = product(m_design, m_solution);
    m_leverage.resize(n);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t k = 0; k <= d; ++k)
            m_leverage[i] += solved(i, k) * m_design(i, k);
}

Matrix<double> LeaveOneOut::predict(MatrixView<const double> responses) const {
    const std::size_t n = rows();
    const std::size_t columns = m_design.cols();
    if (responses.rows() != n)
        throw DataError({.where = "leave-one-out",
                         .expected = withThousands(n) + " responses of each voxel",
                         .found = withThousands(responses.rows())});
    const std::size_t stride = VoxelRows::strideFor(responses.cols());
    VoxelRows measured(n, stride);
    for (std::size_t i = 0; i < n; ++i)
        std::copy(responses.row(i).begin(), responses.row(i).end(), measured.row(i));
    std::vector<std::uint32_t> all(n);
    std::iota(all.begin(), all.end(), 0U);
    VoxelRows products(columns, stride);
    ridge::products(m_design.data(), columns, columns, {all.data(), n}, measured.data(), stride, products.data());
    const std::vector<double> noShift(std::max(n, columns), 0.0);
    VoxelRows weights(columns, stride);
    ridge::turn(m_solution.data(), noShift.data(), columns, columns, products.data(), products.data(), stride,
                weights.data());
    VoxelRows fitted(n, stride);
    ridge::turn(m_design.data(), noShift.data(), n, columns, weights.data(), weights.data(), stride, fitted.data());
    Matrix<double> predicted(n, responses.cols());
    std::vector<double> sum(responses.cols());
    for (const std::vector<std::size_t>& rows : m_showings) {
        std::fill(sum.begin(), sum.end(), 0.0);
        for (const std::size_t i : rows)
            for (std::size_t v = 0; v < sum.size(); ++v)
                sum[v] += responses(i, v);
        for (const std::size_t i : rows)
            for (std::size_t v = 0; v < sum.size(); ++v)
                predicted(i, v) = (fitted.row(i)[v] - m_leverage[i] * sum[v]) /
                                  (1 - static_cast<double>(rows.size()) * m_leverage[i]);
    }
    return predicted;
}

std::vector<double> leaveOneOutPatterns(const LeaveOneOut& model, std::size_t voxels, const ResponseReader& read,
                                        std::size_t bytes, const JobControl& control, const Progress& progress,
                                        int threads) {
    constexpr std::size_t kMatrices = 5; // responses, these aligned, fit, prediction, and what the fit works in
    return correlatePatterns(
        {.rows = model.rows(), .voxels = voxels, .pairs = model.rows(), .matrices = kMatrices}, read,
        [&](MatrixView<const double> responses, std::span<const std::size_t> usable, std::span<PairSums> sums) {
            const Matrix<double> predicted = model.predict(responses);
            for (const std::size_t v : usable)
                for (std::size_t i = 0; i < sums.size(); ++i)
                    sums[i].add(predicted(i, v), responses(i, v));
        },
        bytes, control, progress, threads);
}

} // namespace tercet
