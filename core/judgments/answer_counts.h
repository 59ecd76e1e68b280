#pragma once

#include "core/base/control.h"
#include "core/base/triplets.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tercet {

/// One set of three stimuli and what was answered when it was shown, in whatever order.
struct AnsweredTriplet {
    std::array<std::uint32_t, 3> stimuli{}; ///< rows, ascending
    std::array<std::uint32_t, 3> odd{};     ///< how often each of them was the odd one out

    [[nodiscard]] std::uint32_t answers() const noexcept { return odd[0] + odd[1] + odd[2]; }
    /// How often the most frequent answer was given.
    [[nodiscard]] std::uint32_t most() const noexcept;
    /// The place of the most frequent answer; 3 if several are.
    [[nodiscard]] std::size_t modal() const noexcept;
    friend bool operator==(const AnsweredTriplet&, const AnsweredTriplet&) = default;
};

/// The sets of three that occur at least `least` times in `judgments`, ascending by their stimuli.
/// The same for any number of threads. Throws DataError for judgments that name a stimulus twice, Cancelled.
[[nodiscard]] std::vector<AnsweredTriplet> countAnswers(const Triplets& judgments, std::size_t least, int threads,
                                                        const JobControl& control = {});

} // namespace tercet
