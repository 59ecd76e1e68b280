#include "core/brain/encoding.h"

#include "core/base/error.h"
#include "core/base/linear_algebra.h"
#include "core/base/parallel.h"
#include "core/base/text.h"
#include "core/brain/ridge_kernels.h"
#include "core/brain/voxel_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>

namespace tercet {
namespace {

using ridge::kLanes;
using ridge::VoxelRows;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
/// A variance below this share of the sum of squares is rounding.
constexpr double kRounding = 1e-13;
constexpr std::size_t kLargestBlock = 512; ///< voxels; more would leave the cache
constexpr std::size_t kSmallestBlock = 32;

/// Sums over some rows of the features alone.
struct FeatureSums {
    double count = 0;
    std::vector<double> sum;
    Matrix<double> gram;

    explicit FeatureSums(std::size_t components) : sum(components, 0.0), gram(components, components) {}
    void add(const FeatureSums& other, double factor) {
        count += factor * other.count;
        for (std::size_t k = 0; k < sum.size(); ++k)
            sum[k] += factor * other.sum[k];
        for (std::size_t i = 0; i < gram.size(); ++i)
            gram.values()[i] += factor * other.gram.values()[i];
    }
    [[nodiscard]] std::vector<double> mean() const {
        std::vector<double> result = sum;
        for (double& value : result)
            value /= count;
        return result;
    }
    /// Σ (x − center)(x − center)ᵀ.
    [[nodiscard]] Matrix<double> gramAbout(const std::vector<double>& center) const {
        Matrix<double> result = gram;
        for (std::size_t k = 0; k < sum.size(); ++k)
            for (std::size_t l = 0; l < sum.size(); ++l)
                result(k, l) += count * center[k] * center[l] - sum[k] * center[l] - center[k] * sum[l];
        return result;
    }
};

FeatureSums sumsOf(const Matrix<double>& features, const std::vector<std::uint32_t>& rows) {
    FeatureSums sums(features.cols());
    sums.count = static_cast<double>(rows.size());
    for (const std::uint32_t row : rows)
        for (std::size_t k = 0; k < features.cols(); ++k) {
            sums.sum[k] += features(row, k);
            for (std::size_t l = 0; l < features.cols(); ++l)
                sums.gram(k, l) += features(row, k) * features(row, l);
        }
    return sums;
}

/// How a training part predicts a held-out part, as far as the features go.
struct Split {
    std::vector<double> eigenvalues;
    Matrix<double> basis;             ///< from features to the basis in which the solution is diagonal
    Matrix<double> back;              ///< from the basis to standardised features
    std::vector<double> trainedShift; ///< times the sum of the training responses
    std::vector<double> heldShift;    ///< times the sum of the held-out responses
    std::vector<double> heldOffset;   ///< sum of the held-out features in the basis, from their centre
    std::vector<double> gram;         ///< packed, of the held-out part
    double trainedCount = 0;
    double heldCount = 0;
};

std::vector<double> times(const Matrix<double>& matrix, const std::vector<double>& vector) {
    return product(matrix, MatrixView<const double>(vector.data(), vector.size(), 1)).values();
}

Split splitOf(const FeatureSums& trained, const FeatureSums& held, RidgeCriterion criterion, const std::string& where) {
    const std::size_t d = trained.sum.size();
    const std::vector<double> mean = trained.mean();
    Matrix<double> covariance = trained.gramAbout(mean);
    std::vector<double> scale(d);
    for (std::size_t k = 0; k < d; ++k) {
        if (!(covariance(k, k) > kRounding * trained.gram(k, k)))
            throw DataError({.where = where,
                             .expected = "features that vary in every training part",
                             .found = "component " + std::to_string(k + 1) + " constant",
                             .remedy = "leave the component out, or ask for fewer folds"});
        scale[k] = std::sqrt(covariance(k, k) / trained.count);
    }
    for (std::size_t k = 0; k < d; ++k)
        for (std::size_t l = 0; l < d; ++l)
            covariance(k, l) /= scale[k] * scale[l];
    SymmetricEigen eigen = symmetricEigen(covariance);
    Split split{.basis = transposed(eigen.vectors), .trainedCount = trained.count, .heldCount = held.count};
    for (std::size_t k = 0; k < d; ++k)
        for (std::size_t l = 0; l < d; ++l)
            split.basis(k, l) /= scale[l];
    split.back = std::move(eigen.vectors);
    for (const double value : eigen.values)
        split.eigenvalues.push_back(std::max(0.0, value));
    split.trainedShift = times(split.basis, mean);
    // Predictions are centred in the held-out part for a correlation, and count from the training mean for R².
    const std::vector<double> center = criterion == RidgeCriterion::Correlation ? held.mean() : mean;
    split.heldShift = times(split.basis, center);
    split.heldOffset = times(split.basis, held.sum);
    for (std::size_t k = 0; k < d; ++k)
        split.heldOffset[k] -= held.count * split.heldShift[k];
    const Matrix<double> gram = product(product(split.basis, held.gramAbout(center)), transposed(split.basis));
    split.gram.resize(ridge::packedSize(d));
    ridge::packGram(gram.data(), d, split.gram.data());
    return split;
}

struct OuterFold {
    std::vector<std::uint32_t> test;
    std::vector<std::vector<std::uint32_t>> groups; ///< inner folds of the training part
    std::vector<Split> inner;                       ///< one per group, which is held out
    Split final;                                    ///< the training part and the test part, for the correlation
};

/// Sums over some rows of products, responses and squared responses.
struct ResponseSums {
    ResponseSums(std::size_t components, std::size_t stride)
        : products(components, stride), sum(1, stride), squares(1, stride) {}
    void take(const Matrix<double>& features, const std::vector<double>& ones, const std::vector<std::uint32_t>& rows,
              const double* responses, std::size_t stride) {
        const ridge::Rows which{rows.data(), rows.size()};
        const std::size_t d = features.cols();
        ridge::products(features.data(), d, d, which, responses, stride, products.data());
        ridge::products(ones.data(), 1, 1, which, responses, stride, sum.data());
        ridge::squares(which, responses, stride, squares.data());
    }
    void add(const ResponseSums& other, double factor) {
        products.add(other.products, factor);
        sum.add(other.sum, factor);
        squares.add(other.squares, factor);
    }
    void clear() {
        products.clear();
        sum.clear();
        squares.clear();
    }
    VoxelRows products;
    VoxelRows sum;
    VoxelRows squares;
};

/// Σ (y − center)² over `count` responses, 0 where it is rounding.
double spreadOf(double count, double sum, double squares, double center) {
    const double spread = squares - 2 * center * sum + count * center * center;
    return spread > kRounding * squares ? spread : 0;
}

} // namespace

std::vector<double> usualAlphas() {
    std::vector<double> alphas;
    for (int i = 0; i < 100; ++i)
        alphas.push_back(std::pow(10.0, -3 + 6.0 * i / 99));
    return alphas;
}

std::size_t EncodingSize::resultBytes(std::size_t voxels) const {
    return voxels * (1 + 2 * outer + components) * sizeof(double);
}

std::size_t EncodingSize::blockBytes(std::size_t voxels) const {
    const std::size_t perVoxel = 2 * rows + (inner + 8) * (components + 2) + alphas + 16 + outer * (components + 2);
    return VoxelRows::strideFor(voxels) * perVoxel * sizeof(double);
}

EncodingMemory encodingMemory(const EncodingSize& size, std::size_t voxels, std::size_t results, std::size_t bytes,
                              int threads) {
    EncodingMemory memory{.block = kLargestBlock,
                          .threads = std::max(1, threads),
                          .kept = results * size.resultBytes(voxels),
                          .perThread = size.blockBytes(kLargestBlock)};
    while (memory.peak() > bytes && memory.block > kSmallestBlock) {
        memory.block /= 2;
        memory.perThread = size.blockBytes(memory.block);
    }
    while (memory.peak() > bytes && memory.threads > 1)
        --memory.threads;
    if (memory.peak() > bytes)
        throw ParameterError({.where = "encoding",
                              .what = counted(voxels, "voxel", "voxels") + " with " +
                                      counted(size.rows, "response", "responses") + " take at least " +
                                      formatBytes(memory.peak()) + " of memory",
                              .expected = "at most " + formatBytes(bytes),
                              .remedy = "allow more with --memory-gb"});
    return memory;
}

struct RidgeEncoding::Plan {
    Matrix<double> features; ///< each component standardised over all rows, which changes no result and keeps digits
    std::vector<double> ones;
    std::vector<double> alphas;
    RidgeCriterion criterion = RidgeCriterion::Correlation;
    std::vector<OuterFold> folds;
    std::size_t inner = 0;
};

RidgeEncoding::RidgeEncoding(MatrixView<const double> features, const EncodingFolds& folds,
                             const EncodingOptions& options) {
    const std::size_t n = features.rows();
    const std::size_t d = features.cols();
    if (folds.outer.size() != features.rows() || folds.inner.cols() != features.rows())
        throw DataError({.where = "encoding",
                         .expected = "a fold for each of " + withThousands(features.rows()) + " rows of features",
                         .found = withThousands(folds.outer.size())});
    const auto values = features.values();
    if (d == 0 || !std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); }))
        throw DataError({.where = "encoding", .expected = "finite features", .found = "one that is not, or none"});
    auto plan = std::make_unique<Plan>();
    plan->alphas = options.alphas.empty() ? usualAlphas() : options.alphas;
    for (const double alpha : plan->alphas)
        if (!(alpha > 0))
            throw ParameterError(
                {.where = "encoding, alphas", .expected = "numbers above 0", .found = std::to_string(alpha)});
    plan->criterion = options.criterion;
    plan->features = Matrix<double>(n, d);
    for (std::size_t k = 0; k < d; ++k) {
        double mean = 0;
        for (std::size_t i = 0; i < n; ++i)
            mean += features(i, k) / static_cast<double>(n);
        double square = 0;
        for (std::size_t i = 0; i < n; ++i)
            square += (features(i, k) - mean) * (features(i, k) - mean) / static_cast<double>(n);
        for (std::size_t i = 0; i < n; ++i)
            plan->features(i, k) = square > 0 ? (features(i, k) - mean) / std::sqrt(square) : 0;
    }
    plan->ones.assign(features.rows(), 1.0);
    plan->inner = static_cast<std::size_t>(folds.innerCount());

    for (int f = 0; f < folds.outerCount(); ++f) {
        OuterFold fold;
        fold.groups.resize(plan->inner);
        for (std::uint32_t row = 0; row < features.rows(); ++row)
            if (folds.outer[row] == f)
                fold.test.push_back(row);
            else
                fold.groups.at(static_cast<std::size_t>(folds.inner(static_cast<std::size_t>(f), row))).push_back(row);
        const auto requireRows = [&](const std::vector<std::uint32_t>& rows, const std::string& part) {
            if (rows.size() < 3)
                throw DataError({.where = "encoding, outer fold " + std::to_string(f + 1) + part,
                                 .expected = "at least three rows",
                                 .found = std::to_string(rows.size()),
                                 .remedy = "ask for fewer folds"});
        };
        requireRows(fold.test, "");
        FeatureSums all(d);
        std::vector<FeatureSums> groups;
        for (std::size_t g = 0; g < fold.groups.size(); ++g) {
            requireRows(fold.groups[g], ", inner fold " + std::to_string(g + 1));
            groups.push_back(sumsOf(plan->features, fold.groups[g]));
            all.add(groups.back(), 1);
        }
        const std::string where = "encoding, outer fold " + std::to_string(f + 1);
        for (const FeatureSums& held : groups) {
            FeatureSums rest = all;
            rest.add(held, -1);
            fold.inner.push_back(splitOf(rest, held, plan->criterion, where));
        }
        fold.final = splitOf(all, sumsOf(plan->features, fold.test), RidgeCriterion::Correlation, where);
        plan->folds.push_back(std::move(fold));
    }
    m_plan = std::move(plan);
}

RidgeEncoding::~RidgeEncoding() = default;
RidgeEncoding::RidgeEncoding(RidgeEncoding&&) noexcept = default;
RidgeEncoding& RidgeEncoding::operator=(RidgeEncoding&&) noexcept = default;

std::size_t RidgeEncoding::rows() const { return m_plan->features.rows(); }
std::size_t RidgeEncoding::components() const { return m_plan->features.cols(); }
std::size_t RidgeEncoding::folds() const { return m_plan->folds.size(); }

EncodingSize RidgeEncoding::size() const {
    return {.rows = rows(),
            .components = components(),
            .outer = folds(),
            .inner = m_plan->inner,
            .alphas = m_plan->alphas.size()};
}

double RidgeEncoding::operationsPerVoxel() const {
    const auto d = static_cast<double>(components());
    const auto inner = static_cast<double>(m_plan->inner);
    const double products = 2 * static_cast<double>(rows()) * (d + 2);
    const double turns = 4 * (inner + 1) * d * d;
    const double scan = inner * static_cast<double>(m_plan->alphas.size()) * (4 * d + d * (d + 1));
    return static_cast<double>(folds()) * (products + turns + scan);
}

EncodingScores RidgeEncoding::encode(MatrixView<const double> responses, const JobControl& control) const {
    const Plan& plan = *m_plan;
    if (responses.rows() != rows())
        throw DataError({.where = "encoding",
                         .expected = withThousands(rows()) + " responses of each voxel, one per row of features",
                         .found = withThousands(responses.rows())});
    const std::size_t d = components();
    const std::size_t voxels = responses.cols();
    const std::size_t stride = VoxelRows::strideFor(voxels);
    EncodingScores result{Matrix<double>(folds(), voxels, kNone), Matrix<double>(folds(), voxels, kNone),
                          Matrix<double>(folds() * d, voxels, kNone)};
    if (voxels == 0)
        return result;

    // Responses are centred over all rows, which changes no result and keeps digits.
    VoxelRows centered(rows(), stride);
    std::vector<std::uint8_t> usable(voxels, 0);
    std::vector<double> mean(voxels, 0);
    std::vector<double> low(responses.row(0).begin(), responses.row(0).end());
    std::vector<double> high = low;
    for (std::size_t i = 0; i < rows(); ++i)
        for (std::size_t v = 0; v < voxels; ++v) {
            const double value = responses(i, v);
            mean[v] += value;
            low[v] = std::min(low[v], value);
            high[v] = std::max(high[v], value);
        }
    for (std::size_t v = 0; v < voxels; ++v) {
        mean[v] /= static_cast<double>(rows());
        usable[v] = std::isfinite(mean[v]) && high[v] > low[v] ? 1 : 0;
    }
    for (std::size_t i = 0; i < rows(); ++i)
        for (std::size_t v = 0; v < voxels; ++v)
            centered.row(i)[v] = usable[v] ? responses(i, v) - mean[v] : 0;

    const std::size_t alphas = plan.alphas.size();
    std::vector<ResponseSums> groups;
    for (std::size_t g = 0; g < plan.inner; ++g)
        groups.emplace_back(d, stride);
    ResponseSums all(d, stride);
    ResponseSums trainedPart(d, stride);
    ResponseSums test(d, stride);
    VoxelRows trained(d, stride);
    VoxelRows held(d, stride);
    VoxelRows variance(1, stride);
    VoxelRows spread(1, stride);
    VoxelRows total(alphas, stride);
    VoxelRows chosen(1, stride);
    VoxelRows score(1, stride);
    VoxelRows weights(d, stride);
    VoxelRows work((d + 4) * 4, kLanes);
    const auto turnInto = [&](const Split& split, const ResponseSums& training, const ResponseSums& out) {
        ridge::turn(split.basis.data(), split.trainedShift.data(), d, d, training.products.row(0), training.sum.row(0),
                    stride, trained.data());
        ridge::turn(split.basis.data(), split.heldShift.data(), d, d, out.products.row(0), out.sum.row(0), stride,
                    held.data());
        return ridge::HeldOut{
            split.eigenvalues.data(), split.gram.data(), trained.data(), held.data(), variance.data(), d, stride};
    };
    for (std::size_t f = 0; f < folds(); ++f) {
        control.check();
        const OuterFold& fold = plan.folds[f];
        all.clear();
        for (std::size_t g = 0; g < plan.inner; ++g) {
            groups[g].take(plan.features, plan.ones, fold.groups[g], centered.data(), stride);
            all.add(groups[g], 1);
        }
        total.clear();
        for (std::size_t g = 0; g < plan.inner; ++g) {
            const Split& split = fold.inner[g];
            trainedPart.clear();
            trainedPart.add(all, 1);
            trainedPart.add(groups[g], -1);
            const double* sum = groups[g].sum.row(0);
            const double* squares = groups[g].squares.row(0);
            for (std::size_t v = 0; v < stride; ++v) {
                spread.data()[v] = spreadOf(split.heldCount, sum[v], squares[v], sum[v] / split.heldCount);
                variance.data()[v] =
                    plan.criterion == RidgeCriterion::Correlation
                        ? spread.data()[v]
                        : spreadOf(split.heldCount, sum[v], squares[v], trainedPart.sum.row(0)[v] / split.trainedCount);
            }
            const ridge::HeldOut heldOut = turnInto(split, trainedPart, groups[g]);
            if (plan.criterion == RidgeCriterion::Correlation) {
                ridge::addCorrelations(heldOut, plan.alphas.data(), alphas, total.data(), work.data());
                continue;
            }
            // Held-out responses count from the mean of the training part, as predictions do.
            for (std::size_t k = 0; k < d; ++k)
                for (std::size_t v = 0; v < stride; ++v)
                    held.row(k)[v] -= split.heldOffset[k] * (trainedPart.sum.row(0)[v] / split.trainedCount);
            ridge::addExplained(heldOut, spread.data(), plan.alphas.data(), alphas, total.data(), work.data());
        }
        for (std::size_t v = 0; v < stride; ++v) {
            std::size_t best = 0;
            for (std::size_t a = 1; a < alphas; ++a)
                if (total.row(a)[v] > total.row(best)[v])
                    best = a;
            chosen.data()[v] = plan.alphas[best];
        }
        test.take(plan.features, plan.ones, fold.test, centered.data(), stride);
        for (std::size_t v = 0; v < stride; ++v)
            variance.data()[v] = spreadOf(fold.final.heldCount, test.sum.row(0)[v], test.squares.row(0)[v],
                                          test.sum.row(0)[v] / fold.final.heldCount);
        const ridge::HeldOut heldOut = turnInto(fold.final, all, test);
        ridge::correlationsAt(heldOut, chosen.data(), score.data(), weights.data(), work.data());
        // Back to standardised features.
        const std::vector<double> noShift(d, 0.0);
        ridge::turn(fold.final.back.data(), noShift.data(), d, d, weights.data(), variance.data(), stride,
                    trained.data());
        for (std::size_t v = 0; v < voxels; ++v) {
            if (!usable[v])
                continue;
            result.score(f, v) = score.data()[v];
            result.alpha(f, v) = chosen.data()[v];
            for (std::size_t k = 0; k < d; ++k)
                result.weights(f * d + k, v) = trained.row(k)[v];
        }
    }
    return result;
}

EncodingResult encodeVoxels(const RidgeEncoding& encoding, std::size_t voxels, const ResponseReader& read,
                            std::size_t bytes, const JobControl& control, const Progress& progress, int threads) {
    const std::size_t folds = encoding.folds();
    const std::size_t d = encoding.components();
    const EncodingMemory memory = encodingMemory(encoding.size(), voxels, 1, bytes, threads);
    EncodingResult result{std::vector<double>(voxels, kNone), Matrix<double>(folds, voxels, kNone),
                          Matrix<double>(folds, voxels, kNone), Matrix<double>(d, voxels, kNone)};
    const std::size_t blocks = (voxels + memory.block - 1) / memory.block;
    std::mutex mutex;
    std::size_t done = 0;
    parallelFor(blocks, memory.threads, [&](std::size_t index) {
        control.check();
        const std::size_t first = index * memory.block;
        const std::size_t count = std::min(memory.block, voxels - first);
        Matrix<double> responses(encoding.rows(), count);
        {
            const std::lock_guard lock(mutex);
            read(first, responses.view());
        }
        const EncodingScores scores = encoding.encode(responses, control);
        for (std::size_t v = 0; v < count; ++v) {
            double sum = 0;
            for (std::size_t f = 0; f < folds; ++f) {
                result.scorePerFold(f, first + v) = scores.score(f, v);
                result.alpha(f, first + v) = scores.alpha(f, v);
                sum += scores.score(f, v);
            }
            result.score[first + v] = sum / static_cast<double>(folds);
            for (std::size_t k = 0; k < d; ++k) {
                double weight = 0;
                for (std::size_t f = 0; f < folds; ++f)
                    weight += scores.weights(f * d + k, v);
                result.weights(k, first + v) = weight / static_cast<double>(folds);
            }
        }
        const std::lock_guard lock(mutex);
        progress.set(static_cast<double>(++done) / static_cast<double>(blocks));
    });
    return result;
}

} // namespace tercet
