#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace tercet {

std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view kSpace = " \t\r\n\v\f";
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string lowered(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return result;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos)
            return parts;
        text.remove_prefix(at + 1);
    }
}

namespace {

template <class T>
std::optional<T> parse(std::string_view text) noexcept {
    text = trimmed(text);
    if (text.size() > 1 && text.front() == '+' && text[1] != '-')
        text.remove_prefix(1);
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

} // namespace

std::optional<double> toNumber(std::string_view text) noexcept { return parse<double>(text); }
std::optional<std::int64_t> toInteger(std::string_view text) noexcept { return parse<std::int64_t>(text); }

namespace {

struct Magnitude {
    char letter;
    double factor;
};
constexpr std::array<Magnitude, 4> kMagnitudes{{{'T', 1e12}, {'B', 1e9}, {'M', 1e6}, {'k', 1e3}}};

} // namespace

std::optional<double> toLargeNumber(std::string_view text) {
    std::string digits(trimmed(text));
    double factor = 1;
    if (!digits.empty())
        for (const Magnitude& magnitude : kMagnitudes)
            if (std::tolower(static_cast<unsigned char>(digits.back())) == std::tolower(magnitude.letter)) {
                factor = magnitude.factor;
                digits.pop_back();
                break;
            }
    std::erase(digits, ',');
    const std::optional<double> number = toNumber(digits);
    return number ? std::optional(*number * factor) : std::nullopt;
}

std::string formatLargeNumber(double value) {
    for (const Magnitude& magnitude : kMagnitudes)
        if (value >= magnitude.factor)
            return fmt::format("{:.3g} {}", value / magnitude.factor, magnitude.letter);
    return fmt::format("{:.3g}", value);
}

std::string withThousands(std::uint64_t value) {
    std::string digits = fmt::format("{}", value);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
        digits.insert(static_cast<std::size_t>(at), ",");
    return digits;
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
    return withThousands(count).append(" ").append(count == 1 ? one : many);
}

std::string formatDuration(double seconds) {
    if (seconds < 10)
        return fmt::format("{:.1f} s", std::max(0.0, seconds));
    const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
    if (whole < 60)
        return fmt::format("{} s", whole);
    if (whole < 3600)
        return fmt::format("{} min {} s", whole / 60, whole % 60);
    return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::string formatBytes(std::uint64_t bytes) {
    if (bytes < 1000)
        return fmt::format("{} bytes", bytes);
    double value = static_cast<double>(bytes);
    const char* unit = "bytes";
    for (const char* next : {"kB", "MB", "GB", "TB"}) {
        if (value < 1000)
            break;
        value /= 1000;
        unit = next;
    }
    return fmt::format("{:.1f} {}", value, unit);
}

std::string quoted(std::string_view text) {
    constexpr std::size_t kMost = 40;
    std::string result = "“";
    std::size_t length = std::min(text.size(), kMost);
    while (length > 0 && length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U)
        --length;
    for (const char c : text.substr(0, length))
        result += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    if (length < text.size())
        result += "…";
    return result + "”";
}

bool naturallyLess(std::string_view a, std::string_view b) noexcept {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto fold = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() && j < b.size()) {
        if (digit(a[i]) && digit(b[j])) {
            while (i < a.size() && a[i] == '0')
                ++i;
            while (j < b.size() && b[j] == '0')
                ++j;
            const std::size_t startA = i;
            const std::size_t startB = j;
            while (i < a.size() && digit(a[i]))
                ++i;
            while (j < b.size() && digit(b[j]))
                ++j;
            if (i - startA != j - startB)
                return i - startA < j - startB;
            if (const int order = a.compare(startA, i - startA, b, startB, j - startB); order != 0)
                return order < 0;
        } else {
            const int x = fold(a[i++]);
            const int y = fold(b[j++]);
            if (x != y)
                return x < y;
        }
    }
    return a.size() - i < b.size() - j;
}

} // namespace tercet
