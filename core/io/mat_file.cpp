#include "core/io/mat_file.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/file_content.h"
#include "core/io/hdf5.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <fmt/format.h>
#include <zlib.h>

namespace tercet {
namespace {

constexpr int kDeepest = 32; ///< cells within cells
constexpr std::size_t kHeaderBytes = 128;
constexpr std::string_view kTextStart = "MATLAB 5.0 MAT-file";
constexpr std::string_view kHdf5Start = "MATLAB 7.3 MAT-file";

/// From MATLAB's order, first axis fastest, to last axis fastest.
template <class T>
std::vector<T> inRowOrder(std::vector<T> values, const std::vector<std::size_t>& shape) {
    if (shape.size() < 2 || values.size() < 2 || std::ranges::count(shape, std::size_t{1}) + 1 >= std::ssize(shape))
        return values; // a vector is the same in both orders
    std::vector<T> result(values.size());
    std::vector<std::size_t> index(shape.size(), 0);
    std::vector<std::size_t> strides(shape.size(), 1);
    for (std::size_t axis = 1; axis < shape.size(); ++axis)
        strides[axis] = strides[axis - 1] * shape[axis - 1];
    std::size_t from = 0;
    for (T& value : result) {
        value = std::move(values[from]);
        for (std::size_t axis = shape.size(); axis-- > 0;) {
            from += strides[axis];
            if (++index[axis] < shape[axis])
                break;
            from -= strides[axis] * shape[axis];
            index[axis] = 0;
        }
    }
    return result;
}

void appendUtf8(std::string& text, std::uint32_t code) {
    if (code < 0x80) {
        text += static_cast<char>(code);
    } else if (code < 0x800) {
        text += static_cast<char>(0xC0 | (code >> 6));
        text += static_cast<char>(0x80 | (code & 0x3F));
    } else {
        text += static_cast<char>(0xE0 | ((code >> 12) & 0x0F));
        text += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        text += static_cast<char>(0x80 | (code & 0x3F));
    }
}

/// One text a row, of characters in MATLAB's order.
MatValue textValue(const std::vector<std::uint32_t>& codes, std::vector<std::size_t> shape) {
    MatValue value{
        .kind = MatValue::Kind::Text, .shape = std::move(shape), .numbers = {}, .texts = {}, .cells = {}, .fields = {}};
    const std::size_t rows = value.shape.empty() ? 0 : value.shape[0];
    if (codes.empty() || rows == 0) {
        value.texts.emplace_back();
        return value;
    }
    for (std::size_t row = 0; row < rows; ++row) {
        std::string text;
        for (std::size_t at = row; at < codes.size(); at += rows)
            appendUtf8(text, codes[at]);
        text.resize(text.find_last_not_of(" \0") + 1);
        value.texts.push_back(std::move(text));
    }
    return value;
}

/// Version 5: a sequence of tagged elements, which may hold others.
class Reader5 {
public:
    Reader5(std::string_view bytes, bool swapped, std::string place)
        : m_bytes(bytes), m_swapped(swapped), m_place(std::move(place)) {}

    struct Element {
        std::uint32_t type = 0;
        std::string_view data;
    };

    [[nodiscard]] bool atEnd() const noexcept { return m_at >= m_bytes.size(); }

    Element next() {
        Element element;
        element.type = take<std::uint32_t>();
        std::size_t length = 0;
        if ((element.type >> 16) != 0) { // small: data within the tag
            length = element.type >> 16;
            element.type &= 0xFFFF;
            if (length > 4)
                refuse("a small element of more than 4 bytes");
            need(4);
            element.data = m_bytes.substr(m_at, length);
            m_at += 4;
            return element;
        }
        length = take<std::uint32_t>();
        need(length);
        element.data = m_bytes.substr(m_at, length);
        m_at += length;
        if (element.type != kCompressed)
            m_at = std::min(m_bytes.size(), (m_at + 7) / 8 * 8);
        return element;
    }

    /// The variable in a matrix or compressed element of the top level; its name is "" for others.
    std::pair<std::string, MatValue> variable(const Element& element) {
        if (element.type == kCompressed) {
            const std::string unpacked = inflated(element.data);
            Reader5 inner(unpacked, m_swapped, m_place);
            return inner.variable(inner.next());
        }
        if (element.type != kMatrix)
            return {};
        return matrix(element.data, 0);
    }

    static constexpr std::uint32_t kMatrix = 14;
    static constexpr std::uint32_t kCompressed = 15;

private:
    [[noreturn]] void refuse(std::string found) const {
        throw FormatError({.where = m_place,
                           .expected = "a complete MATLAB file",
                           .found = std::move(found),
                           .remedy = "copy or save the file again"});
    }
    void need(std::size_t bytes) const {
        if (bytes > m_bytes.size() - m_at)
            refuse(fmt::format("its end: {} bytes are needed and {} are left", bytes, m_bytes.size() - m_at));
    }
    template <class T>
    [[nodiscard]] T load(const char* at) const {
        std::array<char, sizeof(T)> raw;
        std::memcpy(raw.data(), at, sizeof(T));
        if (m_swapped)
            std::ranges::reverse(raw);
        return std::bit_cast<T>(raw);
    }
    template <class T>
    T take() {
        need(sizeof(T));
        const T value = load<T>(m_bytes.data() + m_at);
        m_at += sizeof(T);
        return value;
    }

    [[nodiscard]] std::string inflated(std::string_view packed) const {
        std::string out;
        z_stream stream{};
        if (inflateInit(&stream) != Z_OK)
            throw std::bad_alloc();
        stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data()));
        stream.avail_in = static_cast<uInt>(packed.size());
        int result = Z_OK;
        while (result == Z_OK) {
            const std::size_t before = out.size();
            out.resize(std::max<std::size_t>(std::size_t{1} << 16, 2 * before));
            stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
            stream.avail_out = static_cast<uInt>(std::min<std::size_t>(out.size() - before, 1U << 30));
            const uInt offered = stream.avail_out;
            result = inflate(&stream, Z_NO_FLUSH);
            out.resize(before + offered - stream.avail_out);
            if (result == Z_BUF_ERROR && stream.avail_in > 0)
                result = Z_OK;
        }
        inflateEnd(&stream);
        if (result != Z_STREAM_END)
            refuse(fmt::format("damaged compressed content after {} bytes", out.size()));
        return out;
    }

    /// Numbers of any stored type as T.
    template <class T>
    std::vector<T> values(const Element& element) const {
        std::vector<T> result;
        const auto convert = [&]<class S>(S) {
            result.reserve(element.data.size() / sizeof(S));
            for (std::size_t at = 0; at + sizeof(S) <= element.data.size(); at += sizeof(S))
                result.push_back(static_cast<T>(load<S>(element.data.data() + at)));
        };
        switch (element.type) {
        case 1:
            convert(std::int8_t{});
            break;
        case 2:
        case 16:
            convert(std::uint8_t{});
            break;
        case 3:
            convert(std::int16_t{});
            break;
        case 4:
        case 17:
            convert(std::uint16_t{});
            break;
        case 5:
            convert(std::int32_t{});
            break;
        case 6:
        case 18:
            convert(std::uint32_t{});
            break;
        case 7:
            convert(float{});
            break;
        case 9:
            convert(double{});
            break;
        case 12:
            convert(std::int64_t{});
            break;
        case 13:
            convert(std::uint64_t{});
            break;
        default:
            refuse(fmt::format("values of unknown type {}", element.type));
        }
        return result;
    }

    std::pair<std::string, MatValue> matrix(std::string_view data, int depth) {
        MatValue value;
        if (data.empty()) { // an empty cell
            value.kind = MatValue::Kind::Numbers;
            value.shape = {0, 0};
            return {"", std::move(value)};
        }
        if (depth > kDeepest)
            refuse("cells nested too deeply");
        Reader5 inner(data, m_swapped, m_place);
        const auto flags = inner.values<std::uint32_t>(inner.next());
        if (flags.empty())
            refuse("a variable without a type");
        const std::uint32_t kind = flags[0] & 0xFF;
        const bool complex = (flags[0] & 0x0800) != 0;
        if (kind > 15) // function handles and objects, which have another layout
            return {inner.opaqueName(), std::move(value)};
        std::size_t count = 1;
        for (const std::int64_t extent : inner.values<std::int64_t>(inner.next())) {
            if (extent < 0 || __builtin_mul_overflow(count, static_cast<std::size_t>(extent), &count))
                refuse("an impossible size");
            value.shape.push_back(static_cast<std::size_t>(extent));
        }
        std::string name(inner.next().data);
        if (depth == 0)
            inner.m_place = fmt::format("{}, variable {}", m_place, tercet::quoted(name));
        inner.body(value, kind, complex, count, depth);
        return {std::move(name), std::move(value)};
    }

    std::string opaqueName() {
        const Element element = next();
        return element.type == 1 ? std::string(element.data) : std::string();
    }

    void body(MatValue& value, std::uint32_t kind, bool complex, std::size_t count, int depth) {
        switch (kind) {
        case 1:
            value.kind = MatValue::Kind::Cell;
            value.cells = members(count, depth);
            break;
        case 3:
            next();
            [[fallthrough]]; // the class of an object, then as a struct
        case 2:
            structFields(value, count, depth);
            break;
        case 4: {
            const Element element = next();
            std::vector<std::uint32_t> codes = values<std::uint32_t>(element);
            if (element.type == 16 && std::ranges::any_of(codes, [](std::uint32_t c) { return c >= 0x80; })) {
                value.kind = MatValue::Kind::Text; // UTF-8: bytes are not characters
                value.texts.emplace_back(element.data);
                break;
            }
            if (codes.size() != count)
                refuse(fmt::format("{} of {} characters", codes.size(), count));
            value = textValue(codes, std::move(value.shape));
            break;
        }
        case 5:
            break; // sparse
        default:
            if (complex)
                break;
            value.kind = MatValue::Kind::Numbers;
            value.numbers = values<double>(next());
            if (value.numbers.size() != count)
                refuse(fmt::format("{} of {} values", value.numbers.size(), count));
            value.numbers = inRowOrder(std::move(value.numbers), value.shape);
        }
    }

    std::vector<MatValue> members(std::size_t count, int depth) {
        if (count > m_bytes.size() / 8)
            refuse(fmt::format("too little content for {} cells", count));
        std::vector<MatValue> result;
        result.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            const Element element = next();
            if (element.type != kMatrix)
                refuse("a cell that is not an array");
            result.push_back(matrix(element.data, depth + 1).second);
        }
        return result;
    }

    void structFields(MatValue& value, std::size_t count, int depth) {
        value.kind = MatValue::Kind::Struct;
        const auto widths = values<std::int64_t>(next());
        const std::string_view names = next().data;
        if (widths.empty() || widths[0] <= 0)
            refuse("a struct without field names");
        const auto width = static_cast<std::size_t>(widths[0]);
        std::vector<std::string> fields;
        for (std::size_t at = 0; at + width <= names.size(); at += width)
            fields.emplace_back(names.data() + at, strnlen(names.data() + at, width));
        std::size_t total = 0;
        if (__builtin_mul_overflow(count, fields.size(), &total))
            refuse("an impossible size");
        std::vector<MatValue> all = members(total, depth);
        for (std::size_t k = 0; k < fields.size(); ++k) {
            if (count == 1) {
                value.fields[fields[k]] = std::move(all[k]);
                continue;
            }
            MatValue column;
            column.kind = MatValue::Kind::Cell;
            column.shape = value.shape;
            for (std::size_t i = 0; i < count; ++i)
                column.cells.push_back(std::move(all[i * fields.size() + k]));
            value.fields[fields[k]] = std::move(column);
        }
    }

    std::string_view m_bytes;
    bool m_swapped;
    std::string m_place;
    std::size_t m_at = 0;
};

std::map<std::string, MatValue> readVersion5(const FileContent& content, const std::filesystem::path& path) {
    const std::string_view bytes = content.text();
    if (bytes.size() < kHeaderBytes)
        throw FormatError({.where = path.string(),
                           .expected = "a complete MATLAB file",
                           .found = fmt::format("its end after {} bytes", bytes.size()),
                           .remedy = "copy or save the file again"});
    const std::string_view order = bytes.substr(126, 2);
    if (order != "IM" && order != "MI")
        throw FormatError({.where = path.string(),
                           .expected = "a MATLAB file",
                           .found = "a damaged header",
                           .remedy = "copy or save the file again"});
    Reader5 reader(bytes.substr(kHeaderBytes), order == "MI", path.string());
    std::map<std::string, MatValue> variables;
    while (!reader.atEnd()) {
        auto [name, value] = reader.variable(reader.next());
        if (!name.empty())
            variables[name] = std::move(value);
    }
    return variables;
}

/// Version 7.3: HDF5 with axes reversed, text as 16-bit codes, cells as references, structs as groups.
MatValue readHdf5Value(const Hdf5File& file, const std::string& object, int depth) {
    MatValue value;
    if (depth > kDeepest)
        throw FormatError(
            {.where = file.path().string(), .expected = "a MATLAB file", .found = "cells nested too deeply"});
    if (!file.isDataset(object)) {
        value.kind = MatValue::Kind::Struct;
        value.shape = {1, 1};
        for (const std::string& name : file.list(object))
            value.fields[name] = readHdf5Value(file, object + "/" + name, depth + 1);
        return value;
    }
    const Hdf5Dataset info = file.describe(object);
    const std::string type = file.hasAttribute(object, "MATLAB_class") ? file.attribute(object, "MATLAB_class") : "";
    value.shape.assign(info.shape.rbegin(), info.shape.rend());
    const bool sparse = file.hasAttribute(object, "MATLAB_sparse");
    if (file.numericAttribute(object, "MATLAB_empty").value_or(0) != 0) {
        value.kind = type == "char"   ? MatValue::Kind::Text
                     : type == "cell" ? MatValue::Kind::Cell
                                      : MatValue::Kind::Numbers;
        value.shape = {0, 0};
        if (type == "char")
            value.texts.emplace_back();
    } else if (info.kind == ElementKind::Reference) {
        value.kind = MatValue::Kind::Cell;
        for (const std::string& target : file.references(object))
            value.cells.push_back(readHdf5Value(file, target, depth + 1));
    } else if (type == "char") {
        const auto codes = file.read<std::uint32_t>(object).values;
        value = textValue(codes, std::move(value.shape));
    } else if (!sparse && (info.kind == ElementKind::Float || info.kind == ElementKind::Signed ||
                           info.kind == ElementKind::Unsigned)) {
        value.kind = MatValue::Kind::Numbers;
        value.numbers = inRowOrder(file.read<double>(object).values, value.shape);
    } else if (info.kind == ElementKind::Text) {
        value.kind = MatValue::Kind::Text;
        value.texts = file.read<std::string>(object).values;
    }
    return value;
}

std::map<std::string, MatValue> readVersion73(const std::filesystem::path& path) {
    const Hdf5File file = Hdf5File::open(path);
    std::map<std::string, MatValue> variables;
    for (const std::string& name : file.list())
        if (!name.starts_with('#')) // MATLAB keeps the targets of references and its own objects there
            variables[name] = readHdf5Value(file, name, 0);
    return variables;
}

} // namespace

const MatValue* MatValue::field(const std::string& name) const {
    const auto found = fields.find(name);
    return found == fields.end() ? nullptr : &found->second;
}

Matrix<double> MatValue::matrix() const { return {shape.at(0), shape.at(1), numbers}; }

std::optional<std::vector<std::string>> MatValue::textList() const {
    if (kind == Kind::Text)
        return texts;
    if (kind != Kind::Cell)
        return std::nullopt;
    std::vector<std::string> result;
    for (const MatValue& cell : cells) {
        if (cell.kind == Kind::Text && cell.texts.size() == 1)
            result.push_back(cell.texts.front());
        else if (cell.kind == Kind::Numbers && cell.numbers.empty())
            result.emplace_back();
        else
            return std::nullopt;
    }
    return result;
}

bool looksLikeMat(std::string_view beginning) noexcept {
    return beginning.starts_with(kTextStart) || beginning.starts_with(kHdf5Start);
}

std::map<std::string, MatValue> readMatFile(const std::filesystem::path& path) {
    const FileContent head = FileContent::readHead(path, kHeaderBytes);
    std::map<std::string, MatValue> variables;
    if (head.text().starts_with(kHdf5Start) || head.text().starts_with("\x89HDF"))
        variables = readVersion73(path);
    else if (head.text().starts_with(kTextStart))
        variables = readVersion5(FileContent::read(path), path);
    else
        throw FormatError({.where = path.string(),
                           .expected = "a MATLAB file of version 5 to 7.3",
                           .found = head.text().empty() ? "nothing in it" : "other content",
                           .remedy = "save it in MATLAB with “-v7” or “-v7.3”"});
    if (variables.empty())
        throw FormatError({.where = path.string(), .expected = "variables", .found = "none"});
    return variables;
}

} // namespace tercet
