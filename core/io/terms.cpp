#include "core/io/terms.h"

#include "core/base/text.h"

#include <array>
#include <cctype>
#include <unordered_map>
#include <vector>

namespace tercet {
namespace {

constexpr std::array<std::string_view, kCategoryCount> kCategories{
    "admiration",    "adoration",      "aesthetic_appreciation",
    "amusement",     "anger",          "anxiety",
    "awe",           "awkwardness",    "boredom",
    "calmness",      "confusion",      "contempt",
    "craving",       "disappointment", "disgust",
    "empathic_pain", "entrancement",   "envy",
    "excitement",    "fear",           "guilt",
    "horror",        "interest",       "joy",
    "nostalgia",     "pride",          "relief",
    "romance",       "sadness",        "satisfaction",
    "sexual_desire", "surprise",       "sympathy",
    "triumph"};
constexpr std::array<std::string_view, kDimensionCount> kDimensions{
    "approach", "arousal",  "attention", "certainty",   "commitment", "control", "dominance",
    "effort",   "fairness", "identity",  "obstruction", "safety",     "upswing", "valence"};

} // namespace

std::span<const Term> knownTerms() {
    static const std::vector<Term> terms = [] {
        std::vector<Term> all;
        for (const std::string_view name : kCategories)
            all.push_back({std::string(name), TermKind::Category});
        for (const std::string_view name : kDimensions)
            all.push_back({std::string(name), TermKind::Dimension});
        return all;
    }();
    return terms;
}

std::string snakeCase(std::string_view name) {
    std::string key;
    for (const char c : lowered(name)) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80)
            key += c;
        else if (!key.empty() && key.back() != '_')
            key += '_';
    }
    if (!key.empty() && key.back() == '_')
        key.pop_back();
    return key;
}

std::optional<std::size_t> findTerm(std::string_view name) {
    // Keyed without "_", so that "SexualDesire" is found too.
    const auto joined = [](std::string_view text) {
        std::string key;
        for (const char c : text)
            if (c != '_')
                key += c;
        return key;
    };
    static const std::unordered_map<std::string, std::size_t> positions = [&] {
        std::unordered_map<std::string, std::size_t> all;
        for (std::size_t i = 0; i < knownTerms().size(); ++i)
            all.emplace(joined(knownTerms()[i].name), i);
        return all;
    }();
    std::string key = snakeCase(name);
    for (const std::string_view end : {"_mean", "_rating"})
        if (key.ends_with(end))
            key.resize(key.size() - end.size());
    if (key.starts_with("mean_"))
        key.erase(0, 5);
    const auto found = positions.find(joined(key));
    if (found == positions.end())
        return std::nullopt;
    return found->second;
}

} // namespace tercet
