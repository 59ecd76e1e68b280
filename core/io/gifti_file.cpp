#include "core/io/gifti_file.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/atomic_file.h"
#include "core/io/file_content.h"
#include "core/io/xml_reader.h"
#include "core/io/xml_text.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <new>

namespace tercet {
namespace {

constexpr double kMostExpansion = 1100; ///< zlib cannot pack more bytes into one

struct ElementType {
    std::string_view name;
    std::size_t bytes;
    double (*read)(const unsigned char* at);
};

template <class T>
double valueAt(const unsigned char* at) {
    T value;
    std::memcpy(&value, at, sizeof(T));
    return static_cast<double>(value);
}

constexpr std::array<ElementType, 8> kTypes{{{"NIFTI_TYPE_UINT8", 1, valueAt<std::uint8_t>},
                                             {"NIFTI_TYPE_INT8", 1, valueAt<std::int8_t>},
                                             {"NIFTI_TYPE_INT16", 2, valueAt<std::int16_t>},
                                             {"NIFTI_TYPE_UINT16", 2, valueAt<std::uint16_t>},
                                             {"NIFTI_TYPE_INT32", 4, valueAt<std::int32_t>},
                                             {"NIFTI_TYPE_UINT32", 4, valueAt<std::uint32_t>},
                                             {"NIFTI_TYPE_FLOAT32", 4, valueAt<float>},
                                             {"NIFTI_TYPE_FLOAT64", 8, valueAt<double>}}};

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The bytes of base64 text; white space does not count.
std::vector<unsigned char> fromBase64(std::string_view text, const std::string& where) {
    static const auto values = [] {
        std::array<std::int8_t, 256> table{};
        table.fill(-1);
        for (std::size_t i = 0; i < kLetters.size(); ++i)
            table[static_cast<unsigned char>(kLetters[i])] = static_cast<std::int8_t>(i);
        return table;
    }();
    std::vector<unsigned char> bytes;
    bytes.reserve(text.size() / 4 * 3 + 3);
    std::uint32_t group = 0;
    int bits = 0;
    for (const char letter : text) {
        if (letter == '=' || letter == ' ' || letter == '\n' || letter == '\r' || letter == '\t')
            continue;
        const std::int8_t value = values[static_cast<unsigned char>(letter)];
        if (value < 0)
            throw FormatError(
                {.where = where, .expected = "base64 data", .found = tercet::quoted(std::string(1, letter))});
        group = group << 6U | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes.push_back(static_cast<unsigned char>(group >> static_cast<unsigned>(bits) & 0xFFU));
        }
    }
    return bytes;
}

std::vector<unsigned char> inflated(const std::vector<unsigned char>& packed, std::size_t size,
                                    const std::string& where) {
    std::vector<unsigned char> bytes(size);
    if (bytes.empty())
        return bytes;
    z_stream stream{};
    if (inflateInit2(&stream, 15 + 32) != Z_OK)
        throw StorageError({.where = where, .what = "cannot be unpacked"});
    const std::unique_ptr<z_stream, int (*)(z_streamp)> end(&stream, inflateEnd);
    stream.next_in = const_cast<Bytef*>(packed.data()); // NOLINT: zlib's interface
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = bytes.data();
    stream.avail_out = static_cast<uInt>(size);
    const int result = inflate(&stream, Z_FINISH);
    if ((result != Z_STREAM_END && !(result == Z_BUF_ERROR && stream.avail_in == 0)) || stream.avail_out != 0)
        throw FormatError({.where = where,
                           .expected = withThousands(size) + " bytes after unpacking",
                           .found = result == Z_STREAM_END || stream.avail_out != 0
                                        ? withThousands(size - stream.avail_out)
                                        : std::string("more, or damaged data"),
                           .remedy = "get the file again"});
    return bytes;
}

/// Makes the content from what the XML parser meets.
class Builder : public XmlListener {
public:
    explicit Builder(std::string file) : m_file(std::move(file)) {}

    void begin(const std::string& name, const XmlAttributes& attributes) override {
        m_text.clear();
        if (name == "DataArray")
            beginArray(attributes);
        else if (name == "Label")
            m_label = attributes;
        else if (name == "GIFTI")
            m_isGifti = true;
        m_open.push_back(name);
    }
    void text(std::string_view characters) override { m_text += characters; }
    void end(const std::string& name) override {
        m_open.pop_back();
        if (name == "Data")
            fill();
        else if (name == "DataArray")
            m_content.arrays.push_back(std::move(m_array));
        else if (name == "Label")
            addLabel();
        else if (name == "Name")
            m_key = trimmedText(m_text);
        else if (name == "Value")
            (inArray() ? m_array.meta : m_content.meta)[m_key] = trimmedText(m_text);
        else if (name == "MatrixData" && inArray())
            takeTransform();
        m_text.clear();
    }
    GiftiContent take() {
        if (!m_isGifti)
            throw FormatError({.where = m_file, .expected = "a GIFTI document", .found = "another kind of XML"});
        return std::move(m_content);
    }

private:
    [[nodiscard]] std::string where() const {
        return m_file + ", array " + std::to_string(m_content.arrays.size() + 1);
    }
    [[nodiscard]] bool inArray() const { return std::find(m_open.begin(), m_open.end(), "DataArray") != m_open.end(); }
    std::string attribute(const std::string& name) const {
        const auto found = m_attributes.find(name);
        if (found == m_attributes.end())
            throw FormatError({.where = where(), .expected = "the attribute " + name, .found = "none"});
        return found->second;
    }

    void beginArray(const XmlAttributes& attributes) {
        m_attributes = attributes;
        m_array = {};
        m_array.intent = attribute("Intent");
        if (m_array.intent.starts_with("NIFTI_INTENT_"))
            m_array.intent.erase(0, 13);
        const auto axes = toInteger(attribute("Dimensionality"));
        if (!axes || *axes < 1 || *axes > 6)
            throw FormatError({.where = where(),
                               .expected = "1 to 6 dimensions",
                               .found = tercet::quoted(attribute("Dimensionality"))});
        for (std::int64_t axis = 0; axis < *axes; ++axis) {
            const std::string length = attribute("Dim" + std::to_string(axis));
            const auto number = toInteger(length);
            if (!number || *number < 0)
                throw FormatError({.where = where() + ", Dim" + std::to_string(axis),
                                   .expected = "a number of at least 0",
                                   .found = tercet::quoted(length)});
            m_array.shape.push_back(static_cast<std::size_t>(*number));
        }
    }

    void fill() {
        const std::string type = attribute("DataType");
        const auto element =
            std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& one) { return one.name == type; });
        if (element == kTypes.end())
            throw FormatError({.where = where(), .expected = "real numbers of at most 64 bits", .found = type});
        double count = 1;
        for (const std::size_t length : m_array.shape)
            count *= static_cast<double>(length);
        const std::string encoding = attribute("Encoding");
        const auto available = static_cast<double>(m_text.size());
        const double most = encoding == "ASCII"              ? available
                            : encoding == "Base64Binary"     ? available * 0.75 / static_cast<double>(element->bytes)
                            : encoding == "GZipBase64Binary" ? available * kMostExpansion
                                                             : -1;
        if (most < 0)
            throw FormatError({.where = where(),
                               .expected = "data in the file, as ASCII, Base64Binary or GZipBase64Binary",
                               .found = encoding,
                               .remedy = "write the file with its data inside"});
        if (count > most + 1)
            throw FormatError({.where = where(),
                               .expected = fmt::format("{:.0f} values", count),
                               .found = "data for fewer",
                               .remedy = "get the file again"});
        const auto size = static_cast<std::size_t>(count);
        if (encoding == "ASCII")
            fillFromText(size);
        else
            fillFromBytes(size, *element, encoding == "GZipBase64Binary");
        if (const auto order = m_attributes.find("ArrayIndexingOrder");
            order != m_attributes.end() && order->second == "ColumnMajorOrder" && m_array.shape.size() == 2)
            turn();
    }
    void fillFromText(std::size_t size) {
        const char* at = m_text.data();
        const char* end = at + m_text.size();
        while (true) {
            while (at != end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t' || *at == '+'))
                ++at;
            if (at == end)
                break;
            double value = 0;
            const auto [next, failure] = std::from_chars(at, end, value);
            if (failure != std::errc())
                throw FormatError({.where = where(),
                                   .expected = "numbers",
                                   .found = tercet::quoted(std::string(at, std::min(end, at + 12)))});
            m_array.values.push_back(value);
            at = next;
        }
        if (m_array.values.size() != size)
            throw FormatError({.where = where(),
                               .expected = withThousands(size) + " values",
                               .found = withThousands(m_array.values.size())});
    }
    void fillFromBytes(std::size_t size, const ElementType& element, bool packed) {
        std::vector<unsigned char> bytes = fromBase64(m_text, where());
        m_text = {};
        if (packed)
            bytes = inflated(bytes, size * element.bytes, where());
        if (bytes.size() != size * element.bytes)
            throw FormatError({.where = where(),
                               .expected = withThousands(size * element.bytes) + " bytes",
                               .found = withThousands(bytes.size()),
                               .remedy = "get the file again"});
        const auto endian = m_attributes.find("Endian");
        if (endian != m_attributes.end() && endian->second == "BigEndian")
            for (std::size_t i = 0; i < size; ++i)
                std::reverse(bytes.data() + i * element.bytes, bytes.data() + (i + 1) * element.bytes);
        m_array.values.resize(size);
        for (std::size_t i = 0; i < size; ++i)
            m_array.values[i] = element.read(bytes.data() + i * element.bytes);
    }
    /// From columns one after another to rows.
    void turn() {
        const std::size_t rows = m_array.shape[0];
        const std::size_t columns = m_array.shape[1];
        std::vector<double> turned(m_array.values.size());
        for (std::size_t i = 0; i < rows; ++i)
            for (std::size_t j = 0; j < columns; ++j)
                turned[i * columns + j] = m_array.values[j * rows + i];
        m_array.values = std::move(turned);
    }
    void takeTransform() {
        std::array<double, 16> numbers{};
        std::size_t count = 0;
        const char* at = m_text.data();
        const char* end = at + m_text.size();
        while (count < numbers.size()) {
            while (at != end && std::strchr(" \n\r\t+", *at))
                ++at;
            const auto [next, failure] = std::from_chars(at, end, numbers[count]);
            if (failure != std::errc())
                break;
            at = next;
            ++count;
        }
        if (count < 12)
            throw FormatError(
                {.where = where() + ", matrix", .expected = "16 numbers", .found = std::to_string(count)});
        Affine affine;
        for (std::size_t r = 0; r < 3; ++r)
            std::copy_n(numbers.begin() + static_cast<std::ptrdiff_t>(4 * r), 4, affine.rows[r].begin());
        if (!(affine == Affine()))
            m_array.transform = affine;
    }
    void addLabel() {
        const auto key = m_label.contains("Key") ? toInteger(m_label["Key"]) : toInteger(m_label["Index"]);
        if (!key)
            throw FormatError({.where = m_file + ", label " + tercet::quoted(trimmedText(m_text)),
                               .expected = "a whole number as its key",
                               .found = "none"});
        GiftiLabel label{trimmedText(m_text)};
        const std::array<const char*, 4> channels{"Red", "Green", "Blue", "Alpha"};
        for (std::size_t c = 0; c < 4; ++c)
            label.color[c] = static_cast<float>(
                std::clamp(toNumber(m_label.contains(channels[c]) ? m_label[channels[c]] : "1").value_or(1), 0.0, 1.0));
        m_content.labels[*key] = std::move(label);
    }

    std::string m_file;
    GiftiContent m_content;
    GiftiArray m_array;
    XmlAttributes m_attributes;
    XmlAttributes m_label;
    std::string m_key;
    std::string m_text;
    std::vector<std::string> m_open;
    bool m_isGifti = false;
};

std::string toBase64(std::span<const Bytef> bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k)
            group = group << 8U | (i + k < bytes.size() ? bytes[i + k] : 0U);
        for (std::size_t k = 0; k < 4; ++k)
            text += i + k > bytes.size() ? '=' : kLetters[group >> (18 - 6 * k) & 63U];
    }
    return text;
}

template <class T>
std::string packedText(const std::vector<T>& values) {
    const auto size = static_cast<uLong>(values.size() * sizeof(T));
    uLongf packedSize = compressBound(size);
    std::vector<Bytef> packed(packedSize);
    if (compress(packed.data(), &packedSize, reinterpret_cast<const Bytef*>(values.data()), size) != Z_OK) // NOLINT
        throw std::bad_alloc();
    return toBase64(std::span(packed).first(packedSize));
}

std::string metaText(const std::map<std::string, std::string>& meta) {
    std::string xml = "<MetaData>\n";
    for (const auto& [name, value] : meta)
        xml += fmt::format("<MD><Name>{}</Name><Value>{}</Value></MD>\n", xmlEscaped(name), xmlEscaped(value));
    return xml + "</MetaData>\n";
}

std::string transformText(const Affine& transform) {
    std::string xml = "<CoordinateSystemTransformMatrix>\n<DataSpace>NIFTI_XFORM_UNKNOWN</DataSpace>\n"
                      "<TransformedSpace>NIFTI_XFORM_UNKNOWN</TransformedSpace>\n<MatrixData>";
    for (const auto& row : transform.rows)
        xml += fmt::format("{} ", fmt::join(row, " "));
    return xml + "0 0 0 1</MatrixData>\n</CoordinateSystemTransformMatrix>\n";
}

std::string arrayText(const GiftiArray& array, const std::string& where) {
    if (array.shape.empty() || array.shape.size() > 6)
        throw ParameterError(
            {.where = where, .expected = "1 to 6 dimensions", .found = std::to_string(array.shape.size())});
    if (array.values.size() != elementCount(array.shape))
        throw ParameterError({.where = where,
                              .expected = "values for " + shapeText(array.shape),
                              .found = withThousands(array.values.size())});
    const bool whole = array.intent == "TRIANGLE" || array.intent == "LABEL";
    std::vector<std::int32_t> integers(whole ? array.values.size() : 0);
    std::vector<float> floats(whole ? 0 : array.values.size());
    for (std::size_t i = 0; i < array.values.size(); ++i) {
        const double value = array.values[i];
        const bool fits = whole ? value >= -2147483648.0 && value <= 2147483647.0 && value == std::floor(value)
                                : !std::isfinite(value) || std::abs(value) <= std::numeric_limits<float>::max();
        if (!fits)
            throw DataError({.where = fmt::format("{}, value {}", where, i + 1),
                             .expected = whole ? "a whole number of 32 bits" : "a number of 32 bits",
                             .found = fmt::format("{}", value)});
        if (whole)
            integers[i] = static_cast<std::int32_t>(value);
        else
            floats[i] = static_cast<float>(value);
    }
    std::string xml = fmt::format("<DataArray Intent=\"NIFTI_INTENT_{}\" DataType=\"NIFTI_TYPE_{}\" "
                                  "ArrayIndexingOrder=\"RowMajorOrder\" Dimensionality=\"{}\"",
                                  xmlEscaped(array.intent), whole ? "INT32" : "FLOAT32", array.shape.size());
    for (std::size_t axis = 0; axis < array.shape.size(); ++axis)
        xml += fmt::format(" Dim{}=\"{}\"", axis, array.shape[axis]);
    xml += fmt::format(" Encoding=\"GZipBase64Binary\" Endian=\"{}\" ExternalFileName=\"\" "
                       "ExternalFileOffset=\"\">\n",
                       std::endian::native == std::endian::little ? "LittleEndian" : "BigEndian");
    xml += metaText(array.meta);
    if (array.transform || array.intent == "POINTSET")
        xml += transformText(array.transform.value_or(Affine()));
    return xml + "<Data>" + (whole ? packedText(integers) : packedText(floats)) + "</Data>\n</DataArray>\n";
}

} // namespace

GiftiContent readGifti(const std::filesystem::path& path) {
    const FileContent content = FileContent::read(path);
    Builder builder(path.string());
    readXml(content.text(), path.string(), "a GIFTI document", builder);
    return builder.take();
}

void writeGifti(const std::filesystem::path& path, const GiftiContent& content) {
    if (lowered(path.extension().string()) != ".gii")
        throw ParameterError({.where = path.string(), .expected = "a name that ends in .gii", .found = "another"});
    std::string xml = kXmlBegin;
    xml += fmt::format("<!DOCTYPE GIFTI SYSTEM \"http://www.nitrc.org/frs/download.php/115/gifti.dtd\">\n"
                       "<GIFTI Version=\"1.0\" NumberOfDataArrays=\"{}\">\n",
                       content.arrays.size());
    xml += metaText(content.meta) + "<LabelTable>\n";
    for (const auto& [key, label] : content.labels)
        xml += fmt::format("<Label Key=\"{}\" Red=\"{}\" Green=\"{}\" Blue=\"{}\" Alpha=\"{}\">{}</Label>\n", key,
                           label.color[0], label.color[1], label.color[2], label.color[3], xmlEscaped(label.name));
    xml += "</LabelTable>\n";
    for (std::size_t i = 0; i < content.arrays.size(); ++i)
        xml += arrayText(content.arrays[i], fmt::format("{}, array {}", path.string(), i + 1));
    writeFileAtomically(path, xml + "</GIFTI>\n");
}

bool looksLikeGifti(std::span<const std::byte> beginning) noexcept {
    const std::string_view text(reinterpret_cast<const char*>(beginning.data()), beginning.size()); // NOLINT: as text
    return text.find("<GIFTI") != std::string_view::npos || text.find("!DOCTYPE GIFTI") != std::string_view::npos;
}

} // namespace tercet
