#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tercet {

enum class TermKind { Category, Dimension, Other };

/// One column of a ratings table.
struct Term {
    std::string name; ///< snake_case for the 48 known ones, as in the file for others
    TermKind kind = TermKind::Other;

    friend bool operator==(const Term&, const Term&) = default;
};

inline constexpr std::size_t kCategoryCount = 34;
inline constexpr std::size_t kDimensionCount = 14;

/// The 34 emotion categories, then the 14 affective dimensions, each alphabetical (SPEC D2).
[[nodiscard]] std::span<const Term> knownTerms();

/// The position in knownTerms() of a name in any spelling of the field's files ("Aesthetic Appreciation",
/// "aesthetic_appreciation", "Valence_mean"); nothing if it is none of them.
[[nodiscard]] std::optional<std::size_t> findTerm(std::string_view name);

/// Small letters, runs of anything else than letters and digits as one "_".
[[nodiscard]] std::string snakeCase(std::string_view name);

} // namespace tercet
