#pragma once

#include "core/base/error.h"
#include "core/base/text.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

namespace tercet {

/// Reads a FreeSurfer file from its beginning: everything is big-endian. Every member that reads throws FormatError,
/// naming the byte, where the file ends too early.
class BigEndianReader {
public:
    BigEndianReader(std::span<const std::byte> bytes, std::string file) : m_bytes(bytes), m_file(std::move(file)) {}

    [[nodiscard]] std::size_t left() const { return m_bytes.size() - m_at; }
    std::int16_t shortInteger() { return static_cast<std::int16_t>(word(2)); }
    std::uint32_t unsigned24() { return word(3); }
    std::int32_t integer() { return static_cast<std::int32_t>(word(4)); }
    float real() { return std::bit_cast<float>(word(4)); }
    std::string line() {
        std::string text;
        while (left() > 0) {
            const char letter = static_cast<char>(m_bytes[m_at++]);
            if (letter == '\n')
                return text;
            text += letter;
        }
        endsEarly("the end of a line");
    }
    std::string text(std::int32_t length) {
        if (length < 0 || static_cast<std::size_t>(length) > kLongestName)
            throw FormatError({.where = place(), .expected = "the length of a name", .found = std::to_string(length)});
        require(static_cast<std::size_t>(length), "a name");
        std::string result(reinterpret_cast<const char*>(m_bytes.data() + m_at), // NOLINT: as text
                           static_cast<std::size_t>(length));
        m_at += static_cast<std::size_t>(length);
        result.resize(std::strlen(result.c_str())); // it ends in zeros
        return result;
    }
    /// A count of things that take `bytes` each, which the file must hold.
    std::size_t count(std::size_t bytes, const char* what) {
        const std::int32_t number = integer();
        if (number < 0)
            throw FormatError(
                {.where = place(), .expected = std::string("a number of ") + what, .found = std::to_string(number)});
        require(static_cast<std::size_t>(number) * bytes, what);
        return static_cast<std::size_t>(number);
    }
    void require(std::size_t bytes, const char* what) const {
        if (bytes > left())
            throw FormatError({.where = place(),
                               .expected = withThousands(bytes) + " more bytes (" + what + ")",
                               .found = withThousands(left()),
                               .remedy = "get the file again"});
    }
    [[nodiscard]] std::string place() const { return m_file + ", byte " + std::to_string(m_at); }

private:
    [[noreturn]] void endsEarly(const char* what) const {
        throw FormatError({.where = place(), .expected = what, .found = "the end of the file"});
    }
    std::uint32_t word(std::size_t bytes) {
        require(bytes, "a number");
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < bytes; ++i)
            value = value << 8U | static_cast<std::uint32_t>(m_bytes[m_at++]);
        return value;
    }

    std::span<const std::byte> m_bytes;
    std::string m_file;
    std::size_t m_at = 0;
    static constexpr std::size_t kLongestName = 1U << 16U;
};

} // namespace tercet
