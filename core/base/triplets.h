#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <variant>
#include <vector>

namespace tercet {

/// n triplets of stimulus rows, 0-based, three values a triplet in one contiguous block; 16-bit where every
/// stimulus fits, else 32-bit. In judgments the first two are the pair that stays and the third is the odd one out.
/// Share as `shared_ptr<const Triplets>`; no consumer copies.
class Triplets {
public:
    using Narrow = std::vector<std::uint16_t>;
    using Wide = std::vector<std::uint32_t>;

    Triplets() = default;
    /// `values.size()` is a multiple of 3.
    explicit Triplets(Narrow values) : m_values(std::move(values)) {}
    explicit Triplets(Wide values) : m_values(std::move(values)) {}

    /// Whether 16-bit rows can name `stimuli` stimuli.
    [[nodiscard]] static constexpr bool narrowFits(std::size_t stimuli) noexcept {
        return stimuli <= std::size_t{std::numeric_limits<std::uint16_t>::max()} + 1;
    }
    /// Calls f with a span of const uint16_t or const uint32_t, 3 × size() long.
    template <class F>
    decltype(auto) visit(F&& f) const {
        return std::visit([&](const auto& values) -> decltype(auto) { return f(std::span(values)); }, m_values);
    }
    [[nodiscard]] std::size_t size() const noexcept {
        return visit([](const auto values) -> std::size_t { return values.size() / 3; });
    }
    [[nodiscard]] std::uint32_t at(std::size_t triplet, std::size_t place) const {
        return visit([&](const auto values) -> std::uint32_t { return values[3 * triplet + place]; });
    }
    [[nodiscard]] const std::variant<Narrow, Wide>& values() const noexcept { return m_values; }
    friend bool operator==(const Triplets&, const Triplets&) = default;

private:
    std::variant<Narrow, Wide> m_values;
};

} // namespace tercet
