#include "core/study/judgment_set.h"

#include "core/base/error.h"

namespace tercet {
namespace {

template <class T>
Triplets tripletsOf(const Array<T>& array, const std::shared_ptr<const ArrayBundle>& bundle) {
    if (array.shape.size() != 2 || array.shape[1] != 3)
        throw FormatError({.where = bundle->source + ", array triplets",
                           .expected = "judgments × 3",
                           .found = shapeText(array.shape)});
    return Triplets(std::span<const T>(array.values), bundle);
}

template <class T>
std::span<const T> optional(const ArrayBundle& bundle, const std::string& name) {
    return bundle.contains(name) ? std::span<const T>(bundle.get<T>(name).values) : std::span<const T>();
}

} // namespace

JudgmentSet judgmentsIn(std::shared_ptr<const ArrayBundle> bundle) {
    JudgmentSet set;
    const auto found = bundle->arrays.find("triplets");
    if (found != bundle->arrays.end() && std::holds_alternative<Array<std::uint16_t>>(found->second))
        set.triplets = tripletsOf(bundle->get<std::uint16_t>("triplets"), bundle);
    else
        set.triplets = tripletsOf(bundle->get<std::uint32_t>("triplets"), bundle);
    set.heldOut = optional<std::uint8_t>(*bundle, "held_out");
    set.participants = optional<std::int32_t>(*bundle, "participants");
    set.bundle = std::move(bundle);
    return set;
}

ArrayValue toArray(const Triplets& triplets) {
    return triplets.visit([&]<class T>(std::span<const T> values) -> ArrayValue {
        return Array<T>{{triplets.size(), 3}, std::vector<T>(values.begin(), values.end())};
    });
}

} // namespace tercet
