#include "core/io/numpy_file.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/atomic_file.h"
#include "core/io/file_content.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <limits>
#include <memory>
#include <utility>
#include <zip.h>

namespace tercet {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view kMagic = "\x93NUMPY";

/// The dictionary literal of a header: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
class HeaderText {
public:
    HeaderText(std::string_view text, const std::string& name) : m_text(text), m_name(name) {}

    NpyHeader parse() {
        NpyHeader header;
        bool described = false;
        bool shaped = false;
        expect('{');
        while (!accept('}')) {
            const std::string_view key = word();
            expect(':');
            if (key == "descr") {
                describe(word(), header);
                described = true;
            } else if (key == "fortran_order") {
                header.fortranOrder = accept("True");
                if (!header.fortranOrder && !accept("False"))
                    refuse("True or False");
            } else if (key == "shape") {
                expect('(');
                while (!accept(')')) {
                    header.shape.push_back(number());
                    if (!accept(',') && !peek(')'))
                        refuse("a shape");
                }
                shaped = true;
            } else {
                refuse("descr, fortran_order and shape");
            }
            if (!accept(',') && !peek('}'))
                refuse("a comma");
        }
        if (!described || !shaped)
            refuse("descr and shape");
        return header;
    }

private:
    [[noreturn]] void refuse(std::string expected) const {
        throw FormatError(
            {.where = m_name, .expected = "a NumPy header with " + expected, .found = tercet::quoted(m_text)});
    }
    void skipSpace() {
        while (m_at < m_text.size() && std::isspace(static_cast<unsigned char>(m_text[m_at])) != 0)
            ++m_at;
    }
    bool peek(char c) {
        skipSpace();
        return m_at < m_text.size() && m_text[m_at] == c;
    }
    bool accept(char c) {
        const bool there = peek(c);
        m_at += there ? 1 : 0;
        return there;
    }
    bool accept(std::string_view text) {
        skipSpace();
        const bool there = m_text.substr(m_at).starts_with(text);
        m_at += there ? text.size() : 0;
        return there;
    }
    void expect(char c) {
        if (!accept(c))
            refuse(fmt::format("“{}”", c));
    }
    std::string_view word() {
        skipSpace();
        const char quote = peek('"') ? '"' : '\'';
        if (!accept(quote)) {
            if (peek('['))
                throw FormatError({.where = m_name,
                                   .expected = "an array of numbers",
                                   .found = "a record array",
                                   .remedy = "store each field as its own array"});
            refuse("quoted words");
        }
        const std::size_t end = m_text.find(quote, m_at);
        if (end == std::string_view::npos)
            refuse("quoted words");
        const std::string_view found = m_text.substr(m_at, end - m_at);
        m_at = end + 1;
        return found;
    }
    std::size_t number() {
        skipSpace();
        std::size_t end = m_at;
        while (end < m_text.size() && std::isdigit(static_cast<unsigned char>(m_text[end])) != 0)
            ++end;
        const auto value = toInteger(m_text.substr(m_at, end - m_at));
        if (!value)
            refuse("a shape");
        m_at = end;
        accept('L'); // Python 2
        return static_cast<std::size_t>(*value);
    }
    void describe(std::string_view code, NpyHeader& header) {
        const std::string_view whole = code;
        if (!code.empty() && std::string_view("<>|=").find(code.front()) != std::string_view::npos) {
            header.bigEndian = code.front() == '>';
            code.remove_prefix(1);
        }
        const auto size = code.size() > 1 ? toInteger(code.substr(1)) : std::nullopt;
        header.kind = code.empty() ? '?' : code.front();
        header.elementBytes = size && *size > 0 && *size < (1 << 24) ? static_cast<std::size_t>(*size) : 0;
        bool known = false;
        switch (header.kind) {
        case 'f':
            known = header.elementBytes == 2 || header.elementBytes == 4 || header.elementBytes == 8;
            break;
        case 'i':
        case 'u':
            known = header.elementBytes <= 8 && std::has_single_bit(header.elementBytes);
            break;
        case 'b':
            known = header.elementBytes == 1;
            break;
        case 'S':
            known = header.elementBytes > 0;
            break;
        case 'U':
            known = header.elementBytes > 0;
            header.elementBytes *= 4;
            break;
        default:
            break;
        }
        if (!known)
            throw FormatError({.where = m_name,
                               .expected = "an array of numbers or text",
                               .found = header.kind == 'O' ? std::string("Python objects")
                                                           : "elements of type " + tercet::quoted(whole),
                               .remedy = "convert it with astype() and save it again"});
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    const std::string& m_name;
};

template <class T>
T load(const std::byte* at, bool bigEndian) {
    std::array<std::byte, sizeof(T)> raw;
    std::memcpy(raw.data(), at, sizeof(T));
    if (bigEndian)
        std::ranges::reverse(raw);
    return std::bit_cast<T>(raw);
}

float halfToFloat(std::uint16_t half) {
    const int exponent = (half >> 10) & 0x1f;
    const int mantissa = half & 0x3ff;
    float value = 0;
    if (exponent == 31)
        value = mantissa == 0 ? std::numeric_limits<float>::infinity() : std::numeric_limits<float>::quiet_NaN();
    else if (exponent == 0)
        value = std::ldexp(static_cast<float>(mantissa), -24);
    else
        value = std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
    return (half & 0x8000) != 0 ? -value : value;
}

/// Calls place(i, from): i counts in C order, `from` in the order of the file.
template <class Place>
void forEachElement(const NpyHeader& header, std::size_t count, const Place& place) {
    if (!header.fortranOrder || header.shape.size() < 2) {
        for (std::size_t i = 0; i < count; ++i)
            place(i, i);
        return;
    }
    std::vector<std::size_t> strides(header.shape.size(), 1);
    for (std::size_t axis = 1; axis < strides.size(); ++axis)
        strides[axis] = strides[axis - 1] * header.shape[axis - 1];
    std::vector<std::size_t> index(header.shape.size(), 0);
    std::size_t from = 0;
    for (std::size_t i = 0; i < count; ++i) {
        place(i, from);
        for (std::size_t axis = index.size(); axis-- > 0;) {
            from += strides[axis];
            if (++index[axis] < header.shape[axis])
                break;
            from -= strides[axis] * header.shape[axis];
            index[axis] = 0;
        }
    }
}

/// Elements stored as S, given as T.
template <class S, class T, class Convert>
Array<T> elements(const NpyHeader& header, const std::byte* data, std::size_t count, const Convert& convert) {
    Array<T> result{header.shape, std::vector<T>(count)};
    if (std::same_as<S, T> && !header.bigEndian && (!header.fortranOrder || header.shape.size() < 2)) {
        if (count > 0)
            std::memcpy(result.values.data(), data, count * sizeof(T));
        return result;
    }
    forEachElement(header, count, [&](std::size_t to, std::size_t from) {
        result.values[to] = convert(load<S>(data + from * sizeof(S), header.bigEndian));
    });
    return result;
}

template <class S, class T = S>
Array<T> elements(const NpyHeader& header, const std::byte* data, std::size_t count) {
    return elements<S, T>(header, data, count, [](S value) { return static_cast<T>(value); });
}

void appendUtf8(std::string& text, std::uint32_t code) {
    if (code < 0x80) {
        text += static_cast<char>(code);
    } else if (code < 0x800) {
        text += static_cast<char>(0xC0 | (code >> 6));
        text += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        text += static_cast<char>(0xE0 | (code >> 12));
        text += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        text += static_cast<char>(0x80 | (code & 0x3F));
    } else {
        text += static_cast<char>(0xF0 | ((code >> 18) & 0x07));
        text += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
        text += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        text += static_cast<char>(0x80 | (code & 0x3F));
    }
}

std::vector<std::uint32_t> codePoints(std::string_view text) {
    std::vector<std::uint32_t> codes;
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const std::size_t length = byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
        std::uint32_t code = length == 1 ? byte : byte & (0x7FU >> length);
        for (std::size_t k = 1; k < length && i + k < text.size(); ++k)
            code = code << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
        codes.push_back(code);
        i += length;
    }
    return codes;
}

Array<std::string> textElements(const NpyHeader& header, const std::byte* data, std::size_t count) {
    Array<std::string> result{header.shape, std::vector<std::string>(count)};
    forEachElement(header, count, [&](std::size_t to, std::size_t from) {
        const std::byte* at = data + from * header.elementBytes;
        std::string& text = result.values[to];
        if (header.kind == 'S') {
            const auto* chars = reinterpret_cast<const char*>(at);
            text.assign(chars, strnlen(chars, header.elementBytes));
            return;
        }
        for (std::size_t k = 0; k < header.elementBytes; k += 4) {
            const auto code = load<std::uint32_t>(at + k, header.bigEndian);
            if (code == 0)
                break;
            appendUtf8(text, code);
        }
    });
    return result;
}

ArrayValue decode(const NpyHeader& header, const std::byte* data, std::size_t count, const std::string& name) {
    switch (header.kind) {
    case 'f':
        if (header.elementBytes == 8)
            return elements<double>(header, data, count);
        if (header.elementBytes == 4)
            return elements<float>(header, data, count);
        return elements<std::uint16_t, float>(header, data, count, halfToFloat);
    case 'i':
        switch (header.elementBytes) {
        case 8:
            return elements<std::int64_t>(header, data, count);
        case 4:
            return elements<std::int32_t>(header, data, count);
        case 2:
            return elements<std::int16_t, std::int32_t>(header, data, count);
        default:
            return elements<std::int8_t, std::int32_t>(header, data, count);
        }
    case 'u':
        switch (header.elementBytes) {
        case 8:
            return elements<std::uint64_t, std::int64_t>(header, data, count, [&](std::uint64_t value) {
                if (!std::in_range<std::int64_t>(value))
                    throw FormatError(
                        {.where = name, .expected = "whole numbers below 2^63", .found = fmt::format("{}", value)});
                return static_cast<std::int64_t>(value);
            });
        case 4:
            return elements<std::uint32_t>(header, data, count);
        case 2:
            return elements<std::uint16_t>(header, data, count);
        default:
            return elements<std::uint8_t>(header, data, count);
        }
    case 'b':
        return elements<std::uint8_t>(header, data, count);
    default:
        return textElements(header, data, count);
    }
}

struct ZipDeleter {
    void operator()(zip_t* archive) const noexcept { zip_discard(archive); }
};
struct ZipFileDeleter {
    void operator()(zip_file_t* file) const noexcept { zip_fclose(file); }
};

/// What stands before the elements of a .npy file.
std::string npyBeginning(const std::string& descr, const std::vector<std::size_t>& shape) {
    std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}", descr,
                                     fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
    header.append(63 - (10 + header.size()) % 64, ' ');
    header += '\n';
    std::string beginning = std::string(kMagic) + '\1' + '\0';
    beginning += static_cast<char>(header.size() & 0xFF);
    beginning += static_cast<char>(header.size() >> 8);
    return beginning + header;
}

} // namespace

bool looksLikeNpy(std::span<const std::byte> beginning) noexcept {
    return beginning.size() >= kMagic.size() && std::memcmp(beginning.data(), kMagic.data(), kMagic.size()) == 0;
}

bool looksLikeZip(std::span<const std::byte> beginning) noexcept {
    return beginning.size() >= 4 && std::memcmp(beginning.data(), "PK", 2) == 0 &&
           (beginning[2] == std::byte{3} || beginning[2] == std::byte{5});
}

NpyHeader parseNpyHeader(std::span<const std::byte> beginning, const std::string& name) {
    if (!looksLikeNpy(beginning))
        throw FormatError({.where = name,
                           .expected = "a NumPy array file",
                           .found = beginning.empty() ? "nothing in it" : "other content"});
    const auto tooShort = [&] {
        throw FormatError({.where = name,
                           .expected = "a complete NumPy header",
                           .found = fmt::format("the end of the file after {}", formatBytes(beginning.size())),
                           .remedy = "copy or download the file again"});
    };
    if (beginning.size() < 12)
        tooShort();
    const auto version = static_cast<unsigned>(beginning[6]);
    if (version < 1 || version > 3)
        throw FormatError(
            {.where = name, .expected = "NumPy format 1, 2 or 3", .found = fmt::format("format {}", version)});
    const std::size_t start = version == 1 ? 10 : 12;
    const std::size_t length = version == 1 ? load<std::uint16_t>(beginning.data() + 8, false)
                                            : load<std::uint32_t>(beginning.data() + 8, false);
    if (beginning.size() < start + length)
        tooShort();
    const auto* text = reinterpret_cast<const char*>(beginning.data() + start);
    NpyHeader header = HeaderText({text, length}, name).parse();
    header.dataOffset = start + length;
    return header;
}

ArrayValue parseNpy(std::span<const std::byte> content, const std::string& name) {
    const NpyHeader header = parseNpyHeader(content, name);
    const std::size_t found = content.size() - header.dataOffset;
    std::size_t count = 1;
    std::size_t expected = header.elementBytes;
    bool tooLarge = false;
    for (const std::size_t extent : header.shape) {
        tooLarge |= __builtin_mul_overflow(count, extent, &count);
        tooLarge |= __builtin_mul_overflow(expected, extent, &expected);
    }
    if (tooLarge || found < expected)
        throw FormatError(
            {.where = name,
             .expected = tooLarge ? "a possible shape"
                                  : fmt::format("{} bytes of values for {}", expected, shapeText(header.shape)),
             .found = tooLarge ? shapeText(header.shape) : fmt::format("{} bytes", found),
             .remedy = "copy or download the file again"});
    if (found > expected)
        throw FormatError({.where = name,
                           .expected = fmt::format("{} bytes of values for {}", expected, shapeText(header.shape)),
                           .found = fmt::format("{} bytes", found),
                           .remedy = "the file is damaged or holds several arrays"});
    return decode(header, content.data() + header.dataOffset, count, name);
}

ArrayValue readNpy(const std::filesystem::path& path) {
    return parseNpy(FileContent::read(path).bytes(), path.string());
}

std::map<std::string, ArrayValue> readNpz(const std::filesystem::path& path) {
    const FileContent beginning =
        FileContent::readHead(path, 16); // its errors are the right ones for absent files and folders
    const auto refuse = [&](std::string place, std::string found) {
        throw FormatError({.where = std::move(place),
                           .expected = "a complete .npz archive",
                           .found = std::move(found),
                           .remedy = "copy or download the file again"});
    };
    int code = 0;
    const std::unique_ptr<zip_t, ZipDeleter> archive(zip_open(path.c_str(), ZIP_RDONLY, &code));
    if (!archive)
        refuse(path.string(), beginning.text().empty()          ? "nothing in it"
                              : looksLikeZip(beginning.bytes()) ? "an archive that ends early or is damaged"
                                                                : "other content");
    std::map<std::string, ArrayValue> arrays;
    const zip_int64_t entries = zip_get_num_entries(archive.get(), 0);
    for (zip_int64_t i = 0; i < entries; ++i) {
        zip_stat_t info;
        if (zip_stat_index(archive.get(), static_cast<zip_uint64_t>(i), 0, &info) != 0 ||
            (info.valid & ZIP_STAT_NAME) == 0 || (info.valid & ZIP_STAT_SIZE) == 0 ||
            (info.valid & ZIP_STAT_COMP_SIZE) == 0)
            refuse(path.string(), "a damaged list of arrays");
        std::string name = info.name;
        if (!name.ends_with(".npy"))
            continue;
        name.resize(name.size() - 4);
        const std::string place = fmt::format("{}, array {}", path.string(), tercet::quoted(name));
        constexpr std::uint64_t kDeflateRatio = 1100; // deflate cannot do better
        if (info.size / kDeflateRatio > info.comp_size)
            refuse(place, "a size that its content cannot have");
        const std::unique_ptr<zip_file_t, ZipFileDeleter> file(
            zip_fopen_index(archive.get(), static_cast<zip_uint64_t>(i), 0));
        if (!file)
            refuse(place, std::string("an entry that cannot be opened (") + zip_strerror(archive.get()) + ")");
        std::vector<std::byte> bytes(info.size);
        std::size_t done = 0;
        while (done < bytes.size()) {
            const zip_int64_t got = zip_fread(file.get(), bytes.data() + done, bytes.size() - done);
            if (got <= 0)
                refuse(place, fmt::format("damage after {} of {} bytes", done, bytes.size()));
            done += static_cast<std::size_t>(got);
        }
        std::byte past{};
        if (zip_fread(file.get(), &past, 1) != 0) // reads to the end, where the checksum is compared
            refuse(place, "content that does not have the stored checksum");
        arrays.emplace(std::move(name), parseNpy(bytes, place));
    }
    if (arrays.empty())
        throw FormatError({.where = path.string(), .expected = "arrays (.npy) in the archive", .found = "none"});
    return arrays;
}

void writeNpy(const std::filesystem::path& path, const ArrayValue& array) {
    std::visit(
        [&]<class T>(const Array<T>& values) {
            if constexpr (std::same_as<T, std::string>) {
                std::vector<std::vector<std::uint32_t>> texts;
                std::size_t width = 1;
                for (const std::string& text : values.values) {
                    texts.push_back(codePoints(text));
                    width = std::max(width, texts.back().size());
                }
                std::vector<std::uint32_t> codes;
                for (std::vector<std::uint32_t>& text : texts) {
                    text.resize(width, 0);
                    codes.insert(codes.end(), text.begin(), text.end());
                }
                writeFileAtomically(path, npyBeginning(fmt::format("<U{}", width), values.shape),
                                    std::as_bytes(std::span(codes)));
            } else {
                const char kind = std::floating_point<T> ? 'f' : std::signed_integral<T> ? 'i' : 'u';
                writeFileAtomically(
                    path,
                    npyBeginning(fmt::format("{}{}{}", sizeof(T) == 1 ? '|' : '<', kind, sizeof(T)), values.shape),
                    std::as_bytes(std::span(values.values)));
            }
        },
        array);
}

void writeNpy(const std::filesystem::path& path, const LargeArray& array) {
    constexpr std::size_t kTogether = std::size_t{1} << 22; // bytes
    const std::size_t rows =
        std::max<std::size_t>(1, kTogether / std::max<std::size_t>(1, array.columns() * sizeof(float)));
    std::string beginning = npyBeginning("<f4", {array.rows(), array.columns()});
    std::size_t row = 0;
    writeFileAtomically(path, [&]() -> std::string {
        if (!beginning.empty())
            return std::exchange(beginning, {});
        Matrix<float> part(std::min(rows, array.rows() - row), array.columns());
        array.read(row, 0, part.view());
        row += part.rows();
        return {reinterpret_cast<const char*>(part.data()), part.size() * sizeof(float)};
    });
}

} // namespace tercet
