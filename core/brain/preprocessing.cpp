#include "core/brain/preprocessing.h"

#include "core/base/error.h"
#include "core/base/linear_algebra.h"
#include "core/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace tercet {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
/// A standard deviation below this share of the values' root mean square is rounding.
constexpr double kRounding = 1e-10;

double meanOf(std::span<const double> values) {
    double sum = 0;
    for (const double value : values)
        sum += value;
    return sum / static_cast<double>(values.size());
}

double deviationOf(std::span<const double> values, double mean) {
    double squares = 0;
    for (const double value : values)
        squares += (value - mean) * (value - mean);
    return std::sqrt(squares / static_cast<double>(values.size()));
}

} // namespace

RunPreprocessing::RunPreprocessing(std::size_t volumes, MatrixView<const double> motion,
                                   std::span<const StimulusBlock> blocks, const PreprocessingOptions& options)
    : m_volumes(volumes), m_clipAt(options.clipAt) {
    if (!(options.repetitionTime > 0) || !(options.delay >= 0) || !(options.clipAt >= 0))
        throw ParameterError(
            {.where = "preprocessing",
             .expected = "a repetition time above 0, a delay and a clip of at least 0",
             .found = fmt::format("{} s, {} s and {}", options.repetitionTime, options.delay, options.clipAt)});
    if (motion.cols() > 0 && motion.rows() != volumes)
        throw DataError({.where = "preprocessing, motion",
                         .expected = withThousands(volumes) + " rows, one per volume",
                         .found = withThousands(motion.rows())});
    const std::size_t columns = 1 + (options.trend ? 1 : 0) + motion.cols();
    if (volumes <= columns)
        throw DataError({.where = "preprocessing",
                         .expected = "more volumes than regressors (" + std::to_string(columns) + ")",
                         .found = withThousands(volumes)});
    if (blocks.size() < 2)
        throw DataError({.where = "preprocessing",
                         .expected = "at least two stimuli in a run, to scale their responses",
                         .found = withThousands(blocks.size())});
    Matrix<double> design(volumes, columns);
    for (std::size_t t = 0; t < volumes; ++t) {
        design(t, 0) = 1;
        if (options.trend) // from −1 to 1, so that it is no larger than the constant
            design(t, 1) = 2 * static_cast<double>(t) / static_cast<double>(volumes - 1) - 1;
        for (std::size_t c = 0; c < motion.cols(); ++c)
            design(t, columns - motion.cols() + c) = motion(t, c);
    }
    // A motion parameter counts by how it changes, not by where it is.
    for (std::size_t c = columns - motion.cols(); c < columns; ++c) {
        double mean = 0;
        for (std::size_t t = 0; t < volumes; ++t)
            mean += design(t, c) / static_cast<double>(volumes);
        for (std::size_t t = 0; t < volumes; ++t)
            design(t, c) -= mean;
    }
    const auto values = design.view().values();
    if (!std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); }))
        throw DataError({.where = "preprocessing, motion", .expected = "finite values", .found = "one that is not"});
    m_regressors = orthonormalBasis(design);

    m_shift = static_cast<std::size_t>(std::nearbyint(options.delay / options.repetitionTime));
    const std::size_t usable = volumes - std::min(volumes, m_shift);
    for (std::size_t b = 0; b < blocks.size(); ++b) {
        const double first = std::nearbyint(blocks[b].onset / options.repetitionTime);
        const double end = std::nearbyint((blocks[b].onset + blocks[b].duration) / options.repetitionTime);
        const std::string where = "block " + std::to_string(b + 1);
        if (!(first >= 0 && end > first))
            throw DataError({.where = where,
                             .expected = fmt::format("a block of at least one volume ({} s) within the run",
                                                     options.repetitionTime),
                             .found = fmt::format("onset {} s, duration {} s", blocks[b].onset, blocks[b].duration)});
        if (end > static_cast<double>(usable))
            throw DataError({.where = where,
                             .expected = fmt::format("{} volumes in the run: its end, {} s, and the delay of {} s",
                                                     end + static_cast<double>(m_shift),
                                                     blocks[b].onset + blocks[b].duration, options.delay),
                             .found = withThousands(volumes),
                             .remedy = "check the events, the repetition time and the delay"});
        m_blocks.push_back({static_cast<std::size_t>(first), static_cast<std::size_t>(end)});
    }
}

PreprocessingStages RunPreprocessing::stages(std::span<const double> series) const {
    if (series.size() != m_volumes)
        throw DataError({.where = "preprocessing",
                         .expected = withThousands(m_volumes) + " volumes",
                         .found = withThousands(series.size())});
    PreprocessingStages result{std::vector<double>(m_volumes, kNone), std::vector<double>(m_volumes, kNone),
                               std::vector<double>(m_blocks.size(), kNone),
                               std::vector<double>(m_blocks.size(), kNone)};
    const double mean = meanOf(series);
    double size = 0;
    for (const double value : series)
        size += value * value / static_cast<double>(m_volumes);
    if (!std::isfinite(size) || !(deviationOf(series, mean) > kRounding * std::sqrt(size)))
        return result;
    std::vector<double>& residual = result.residual;
    for (std::size_t t = 0; t < m_volumes; ++t)
        residual[t] = series[t] - mean;
    for (std::size_t c = 0; c < m_regressors.cols(); ++c) {
        double along = 0;
        for (std::size_t t = 0; t < m_volumes; ++t)
            along += m_regressors(t, c) * residual[t];
        for (std::size_t t = 0; t < m_volumes; ++t)
            residual[t] -= along * m_regressors(t, c);
    }
    const auto shifted = std::span<const double>(residual).subspan(m_shift);
    const double center = meanOf(shifted);
    const double reach = m_clipAt * deviationOf(shifted, center);
    for (std::size_t t = 0; t < shifted.size(); ++t)
        result.clipped[t] = m_clipAt > 0 ? std::clamp(shifted[t], center - reach, center + reach) : shifted[t];
    for (std::size_t b = 0; b < m_blocks.size(); ++b)
        result.blocks[b] = meanOf(
            std::span<const double>(result.clipped).subspan(m_blocks[b].first, m_blocks[b].end - m_blocks[b].first));
    const double middle = meanOf(result.blocks);
    const double scale = deviationOf(result.blocks, middle);
    if (!(scale > kRounding * std::sqrt(size)))
        return result;
    for (std::size_t b = 0; b < m_blocks.size(); ++b)
        result.scaled[b] = (result.blocks[b] - middle) / scale;
    return result;
}

Matrix<double> RunPreprocessing::apply(MatrixView<const double> series) const {
    Matrix<double> responses(m_blocks.size(), series.cols());
    std::vector<double> one(series.rows());
    for (std::size_t v = 0; v < series.cols(); ++v) {
        for (std::size_t t = 0; t < series.rows(); ++t)
            one[t] = series(t, v);
        const PreprocessingStages found = stages(one);
        for (std::size_t b = 0; b < m_blocks.size(); ++b)
            responses(b, v) = found.scaled[b];
    }
    return responses;
}

} // namespace tercet
