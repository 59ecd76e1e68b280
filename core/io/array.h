#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <string>
#include <variant>
#include <vector>

namespace tercet {

/// A dense array of any number of axes, last axis fastest; an empty shape is a single value.
template <class T>
struct Array {
    std::vector<std::size_t> shape;
    std::vector<T> values; ///< as many as the product of `shape`

    friend bool operator==(const Array&, const Array&) = default;
};

[[nodiscard]] inline std::size_t elementCount(const std::vector<std::size_t>& shape) noexcept {
    return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

using ArrayValue = std::variant<Array<double>, Array<float>, Array<std::int64_t>, Array<std::int32_t>,
                                Array<std::uint32_t>, Array<std::uint16_t>, Array<std::uint8_t>, Array<std::string>>;

[[nodiscard]] const std::vector<std::size_t>& shapeOf(const ArrayValue& array);
[[nodiscard]] bool isText(const ArrayValue& array) noexcept;
[[nodiscard]] bool isWhole(const ArrayValue& array) noexcept; ///< whether its elements are integers

/// The numbers as double. Throws FormatError, naming `where`, if the array holds text.
[[nodiscard]] Array<double> toDoubles(ArrayValue array, const std::string& where);

/// "2180 × 48", or "a single value" for an empty shape.
[[nodiscard]] std::string shapeText(const std::vector<std::size_t>& shape);

} // namespace tercet
