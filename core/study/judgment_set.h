#pragma once

#include "core/base/triplets.h"
#include "core/io/array_file.h"

#include <cstdint>
#include <memory>
#include <span>

namespace tercet {

/// The judgments that a bundle holds as arrays "triplets" (n × 3, 16- or 32-bit; odd one last), "held_out" (n, 0 or 1;
/// optional) and "participants" (n; optional). Views: the bundle is kept alive, nothing is copied.
struct JudgmentSet {
    Triplets triplets;
    std::span<const std::uint8_t> heldOut;      ///< empty if the source did not say
    std::span<const std::int32_t> participants; ///< empty if the source did not say
    std::shared_ptr<const ArrayBundle> bundle;
};

/// Throws MissingError or FormatError if the arrays are not there or not of this form.
[[nodiscard]] JudgmentSet judgmentsIn(std::shared_ptr<const ArrayBundle> bundle);

/// The triplets as an array for a bundle (copies).
[[nodiscard]] ArrayValue toArray(const Triplets& triplets);

} // namespace tercet
