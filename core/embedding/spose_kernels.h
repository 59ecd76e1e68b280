#pragma once

#include <cstddef>
#include <cstdint>

// The inner loops of the SPoSE fit in float32, for the widest SIMD that the processor has (Highway). Internal to
// core/embedding.
//
// Components are stored in chunks of 16: chunk c holds, for every stimulus, a line of 64 contiguous bytes (one cache
// line) with the components 16 c … 16 c + 15. The chunks follow one another, so that stimulus `row` of chunk c is line
// c · n + row. A line is named by its byte offset, 64 × its number. All arrays are 64-byte aligned. Weights of
// components that do not exist are 0 and stay 0.
namespace tercet::spose {

inline constexpr std::size_t kChunk = 16;     ///< components in a chunk
inline constexpr std::size_t kGroup = 16;     ///< judgments that are computed side by side
inline constexpr std::size_t kLineBytes = 64; ///< bytes of a stimulus in one array of a chunk

/// The arrays of a fit, (chunks · n) lines each.
struct Lines {
    float* weights;
    float* gradient; ///< derivative of the batch's mean NLL, added up; set back to 0 by advance()
    float* first;    ///< Adam's moments
    float* second;
};

/// What changes from one Adam step to the next: with c1 = 1 − β1^t, c2 = 1 − β2^t,
/// x ← max(0, x − rate √c2 / c1 · m / (√v + ε √c2)), which is Adam's step with its bias corrections moved.
struct AdamStep {
    float doubledSize;    ///< 2 · rate √c2 / c1
    float doubledEpsilon; ///< 2 · ε √c2
};

struct AdamConstants {
    float keepFirst;  ///< β1
    float addFirst;   ///< 1 − β1
    float keepSecond; ///< β2
    float addSecond;  ///< 1 − β2
    float l1;         ///< λ / n, the derivative of the L1 term where a weight is above 0
};

/// Sums over judgments. The one at place t of a group adds to lane t, whatever the width of the vectors.
struct Tally {
    alignas(64) double laneNll[kGroup] = {};
    std::size_t hits = 0; ///< chosen pair strictly most similar

    [[nodiscard]] double nll() const noexcept {
        double sum = 0;
        for (const double lane : laneNll)
            sum += lane;
        return sum;
    }
};

/// Byte offsets of the judgments' stimuli: three arrays, `stride` values apart, 64-byte aligned.
struct Offsets {
    const std::uint32_t* values;
    std::size_t stride;
};

/// Writes the byte offsets of `count` judgments (count × 3 stimuli) into three arrays `stride` values apart.
void writeOffsets(const std::uint16_t* judgments, std::size_t count, std::uint32_t* out, std::size_t stride);
void writeOffsets(const std::uint32_t* judgments, std::size_t count, std::uint32_t* out, std::size_t stride);

/// For judgments [0, groups · 16): the part of a chunk, whose lines begin at `weights`, in x_i·x_j, x_i·x_k, x_j·x_k,
/// into three arrays `stride` values apart, 64-byte aligned. Each sum is a binary tree over adjacent components.
void addUpDots(const float* weights, Offsets offsets, std::size_t groups, float* dots, std::size_t stride);

/// From the chunks' parts of the dot products (part c starts at dots + 3 · dotStride · c, as written by addUpDots) of
/// `count` judgments: scale · (p_ij − 1), scale · p_ik, scale · p_jk into three arrays `stride` values apart. Both
/// have room for whole groups. Adds to `tally` unless it is null.
void residuals(const float* dots, std::size_t chunks, std::size_t dotStride, std::size_t count, float scale,
               float* residual, std::size_t stride, Tally* tally);

/// Adds the derivative of `count` judgments to the gradient of a chunk whose lines begin at `weights` and `gradient`,
/// judgment by judgment.
void scatterGradient(const float* weights, float* gradient, Offsets offsets, const float* residual, std::size_t stride,
                     std::size_t count);

/// Takes each of `count` lines through the last missing[i] Adam steps before `end`: the first with the gradient that
/// has been collected, which is set to 0, the others with none but the L1 term. `missing` falls or stays. Several
/// steps at once, and lines in any company, give the same bits as one step and line at a time. `spare` is a line of
/// zeros to fill up with.
void advance(const Lines& arrays, const std::uint32_t* lines, const std::uint32_t* missing, std::size_t count,
             const AdamStep* end, const AdamConstants& adam, std::uint32_t spare);

/// Takes lines first … last − 1 (numbers, not offsets) through one step with their gradient.
void advanceAll(const Lines& arrays, std::size_t first, std::size_t last, const AdamStep& step,
                const AdamConstants& adam);

/// Name of the instruction set in use, e.g. "AVX3".
const char* instructionSet();

} // namespace tercet::spose
