#include "core/io/array.h"

#include "core/base/error.h"

#include <concepts>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tercet {

const std::vector<std::size_t>& shapeOf(const ArrayValue& array) {
    return std::visit([](const auto& values) -> const std::vector<std::size_t>& { return values.shape; }, array);
}

bool isText(const ArrayValue& array) noexcept { return std::holds_alternative<Array<std::string>>(array); }

bool isWhole(const ArrayValue& array) noexcept {
    return std::visit([]<class T>(const Array<T>&) { return std::integral<T>; }, array);
}

Array<double> toDoubles(ArrayValue array, const std::string& where) {
    return std::visit(
        [&]<class T>(Array<T>& values) -> Array<double> {
            if constexpr (std::same_as<T, double>)
                return std::move(values);
            else if constexpr (std::same_as<T, std::string>)
                throw FormatError({.where = where, .expected = "numbers", .found = "text"});
            else
                return {std::move(values.shape), std::vector<double>(values.values.begin(), values.values.end())};
        },
        array);
}

std::string shapeText(const std::vector<std::size_t>& shape) {
    if (shape.empty())
        return "a single value";
    return shape.size() == 1 ? fmt::format("{} values", shape[0]) : fmt::format("{}", fmt::join(shape, " × "));
}

} // namespace tercet
