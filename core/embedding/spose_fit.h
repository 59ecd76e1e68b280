#pragma once

#include "core/base/control.h"
#include "core/base/matrix.h"
#include "core/base/progress.h"
#include "core/base/triplets.h"
#include "core/embedding/judgment_order.h"
#include "core/embedding/spose_objective.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace tercet {

/// When a fit ends by itself (SPEC E3). Whatever the rule, it also ends at the epoch limit.
enum class StopRule {
    Slope,     ///< the least-squares slope of the objective over the last `window` epochs is not negative
    HeldOut,   ///< held-out accuracy has not risen for `window` epochs; the weights of its best epoch are the result
    EpochLimit ///< only at the limit
};

enum class StopReason { Slope, HeldOut, EpochLimit, ByHand };

struct SposeOptions {
    std::size_t components = 30;  ///< 1–4096; SPEC E1
    double lambda = 0.0025;       ///< ≥ 0; SPEC E1: 0.0025 model judgments, 0.004 categories, 0.005 dimensions
    double rate = 0.001;          ///< > 0, of Adam(0.9, 0.999, 1e-8); SPEC E1
    std::size_t batch = 2048;     ///< ≥ 1; the public SPoSE code 128, the paper is silent (SPEC E1)
    std::size_t epochLimit = 500; ///< ≥ 1; the public SPoSE code
    std::uint64_t seed = 0;       ///< of the first weights, the split and the order of the judgments
    double heldOutShare = 0.1;    ///< 0 ≤ share < 1; SPEC E1. Not used with a given held-out mask
    StopRule stopRule = StopRule::Slope;
    std::size_t window = 30; ///< ≥ 2 epochs; the public SPoSE code 50
};

/// One epoch in figures (SPEC E2). Held-out figures are NaN if nothing is held out.
struct EpochRecord {
    std::size_t epoch = 0;      ///< counted from 1
    double objective = 0;       ///< mean NLL of the training judgments as the epoch met them + λ/n Σ|x| at its end
    double trainAccuracy = 0;   ///< likewise as the epoch met them; 0–1
    double heldOutNll = 0;      ///< at the end of the epoch
    double heldOutAccuracy = 0; ///< at the end of the epoch; 0–1
    std::size_t activeComponents = 0; ///< with any weight above 0.1, the count of the public SPoSE code
    double sparsity = 0;              ///< share of weights below 0.001; 0–1
    double seconds = 0;               ///< wall time; the only figure that differs between equal fits
};

/// All that a fit needs to go on from the end of an epoch as if it had never been interrupted, together with the same
/// judgments, options and held-out mask.
struct SposeState {
    std::uint64_t steps = 0;          ///< Adam steps taken
    Matrix<float> weights;            ///< (n × components), in training order of the components
    Matrix<float> firstMoment;        ///< Adam's, like weights
    Matrix<float> secondMoment;       ///< Adam's, like weights
    std::vector<EpochRecord> records; ///< one per epoch done
    Matrix<float> bestWeights;        ///< of the epoch with the best held-out accuracy; only under StopRule::HeldOut
};

/// What the fit looks like now. Immutable: shared with panels as shared_ptr<const FitSnapshot>.
struct FitSnapshot {
    std::size_t epoch = 0;            ///< epochs done
    double epochShare = 0;            ///< done share of the running epoch, 0–1
    std::vector<EpochRecord> records; ///< of the epochs done
    Matrix<float> weights;            ///< (n × components), in training order of the components
    double secondsLeft = 0;           ///< until the epoch limit at the present pace: a rule may end the fit sooner
};

struct SposeResult {
    Matrix<double> weights;                  ///< (n × components), ≥ 0, components by descending sum
    std::vector<std::size_t> trainingColumn; ///< for each component, its column while training (keeps its colour)
    std::vector<double> sums;                ///< sum of each component's weights, descending
    std::vector<EpochRecord> records;
    StopReason stopReason = StopReason::EpochLimit;
    std::size_t epochs = 0;      ///< run
    std::size_t chosenEpoch = 0; ///< whose weights these are: the last, or the best under StopRule::HeldOut
    ChoiceAccuracy heldOut;      ///< of `weights`, in float64; no trials if nothing is held out (SPEC E6)
};

/// The SPoSE fit (SPEC E1–E3): Adam on batches of odd-one-out judgments, in float32, weights set to 0 when a step
/// makes them negative. Judgments are shared, never copied. Equal input gives equal bytes for any number of threads on
/// one machine. The components are shared out among threads, 16 at a time: 30 components use up to two.
///
/// Judgments a second: JudgmentOrder's trainingCount() of the fit / EpochRecord::seconds; an epoch's seconds hold its
/// held-out check, so time with heldOutShare 0.
class SposeFit {
public:
    using Publish = std::function<void(std::shared_ptr<const FitSnapshot>)>;

    /// `judgments`: columns 0 and 1 the pair that stays, 2 the odd one; rows below `stimuli`. `heldOutMask`: empty, or
    /// one value per judgment, not 0 if it must not train. `state`: empty, or where to go on.
    /// Throws ParameterError for options out of their domain, DataError for judgments that requireValidJudgments
    /// refuses, for none to train with, for none held out under StopRule::HeldOut, and for a mask or state whose size
    /// does not fit.
    SposeFit(const std::shared_ptr<const Triplets>& judgments, std::size_t stimuli, const SposeOptions& options,
             std::span<const std::uint8_t> heldOutMask = {}, SposeState state = {});
    ~SposeFit();
    SposeFit(const SposeFit&) = delete;
    SposeFit& operator=(const SposeFit&) = delete;

    /// Runs epochs until the stop rule, the epoch limit, or, at the end of an epoch, control's request to finish;
    /// at once if the rule already holds. `publish` (may be empty) is called on the calling thread after each epoch
    /// and about ten times a second within one. On a request to stop throws Cancelled within an epoch and drops that
    /// epoch: state() is then the end of the one before, and run() may be called again. Throws DataError if the
    /// weights are no longer finite.
    SposeResult run(const JobControl& control, const Progress& progress, int threads, const Publish& publish = {});

    /// As of the end of the last whole epoch. Not while run() runs, except inside `publish`.
    [[nodiscard]] const SposeState& state() const noexcept { return m_state; }
    /// The split: numbers of the held-out judgments, and how many train.
    [[nodiscard]] const JudgmentOrder& order() const noexcept { return m_order; }
    /// The SIMD instruction set of the inner loops, e.g. "AVX3".
    [[nodiscard]] static const char* instructionSet();

private:
    struct Arrays;
    struct Epoch;

    [[nodiscard]] std::optional<StopReason> stopReason() const;
    [[nodiscard]] std::size_t bestEpoch() const;
    [[nodiscard]] SposeResult result(StopReason reason, int threads) const;

    std::size_t m_stimuli;
    SposeOptions m_options;
    JudgmentOrder m_order;
    Triplets m_training; // in the order of m_order.training(), so that a batch does not wait for far memory
    Triplets m_heldOut;
    SposeState m_state;
    std::unique_ptr<Arrays> m_arrays;
};

} // namespace tercet
