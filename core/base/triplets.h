#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <utility>
#include <variant>
#include <vector>

namespace tercet {

/// n triplets of stimulus rows, 0-based, three values a triplet in one contiguous block; 16-bit where every
/// stimulus fits, else 32-bit. In judgments the first two are the pair that stays and the third is the odd one out.
/// Immutable; copies share the block.
class Triplets {
public:
    using Narrow = std::vector<std::uint16_t>;
    using Wide = std::vector<std::uint32_t>;

    Triplets() = default;
    /// `values.size()` is a multiple of 3.
    explicit Triplets(Narrow values) : Triplets(std::make_shared<const Narrow>(std::move(values))) {}
    explicit Triplets(Wide values) : Triplets(std::make_shared<const Wide>(std::move(values))) {}
    /// Views values that `owner` keeps alive.
    Triplets(std::span<const std::uint16_t> values, std::shared_ptr<const void> owner)
        : m_owner(std::move(owner)), m_values(values) {}
    Triplets(std::span<const std::uint32_t> values, std::shared_ptr<const void> owner)
        : m_owner(std::move(owner)), m_values(values) {}

    /// Whether 16-bit rows can name `stimuli` stimuli.
    [[nodiscard]] static constexpr bool narrowFits(std::size_t stimuli) noexcept {
        return stimuli <= std::size_t{std::numeric_limits<std::uint16_t>::max()} + 1;
    }
    /// Calls f with a span of const uint16_t or const uint32_t, 3 × size() long.
    template <class F>
    decltype(auto) visit(F&& f) const {
        return std::visit(std::forward<F>(f), m_values);
    }
    [[nodiscard]] std::size_t size() const noexcept {
        return visit([](const auto values) -> std::size_t { return values.size() / 3; });
    }
    [[nodiscard]] bool narrow() const noexcept { return m_values.index() == 0; }
    [[nodiscard]] std::uint32_t at(std::size_t triplet, std::size_t place) const {
        return visit([&](const auto values) -> std::uint32_t { return values[3 * triplet + place]; });
    }
    friend bool operator==(const Triplets& a, const Triplets& b) {
        return a.visit([&](const auto x) {
            return b.visit([&](const auto y) { return std::equal(x.begin(), x.end(), y.begin(), y.end()); });
        });
    }

private:
    template <class Values>
    explicit Triplets(std::shared_ptr<const Values> values) : m_owner(values), m_values(std::span(*values)) {}

    std::shared_ptr<const void> m_owner;
    std::variant<std::span<const std::uint16_t>, std::span<const std::uint32_t>> m_values;
};

} // namespace tercet
