#pragma once

#include "core/base/control.h"
#include "core/base/matrix.h"
#include "core/judgments/answer_counts.h"

#include <cstdint>
#include <span>
#include <vector>

namespace tercet {

/// How far systems chose the same odd one; every matrix is systems × systems and symmetric. NaN where two systems have
/// no triplet in common.
struct Agreement {
    static constexpr double kChance = 1.0 / 3.0;
    Matrix<double> share;        ///< of the triplets that both judged; 1 on the diagonal
    Matrix<double> low;          ///< of the 95 % Wilson interval of the share
    Matrix<double> high;         ///< likewise
    Matrix<double> kappa;        ///< (share − 1/3) / (1 − 1/3): 0 at chance, 1 at full agreement
    Matrix<std::int64_t> trials; ///< triplets that both judged; of one system on the diagonal
};

/// Compares the answers of systems, each ascending by stimuli as countAnswers gives them. A triplet that a system
/// judged several times counts with its most frequent answer, and not at all if that is not a single one.
/// Throws Cancelled.
[[nodiscard]] Agreement agreementOf(std::span<const std::vector<AnsweredTriplet>> systems, int threads,
                                    const JobControl& control = {});

} // namespace tercet
