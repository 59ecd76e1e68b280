#include "core/io/cifti_file.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/file_content.h"
#include "core/io/xml_reader.h"

#include <nifti2_io.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>

namespace tercet {
namespace {

constexpr std::int32_t kCiftiCode = 32; ///< of a NIfTI extension
constexpr std::size_t kHeader = sizeof(nifti_2_header);

/// Whole numbers parted by white space.
std::vector<std::int64_t> numbersIn(const std::string& text, const std::string& where) {
    std::vector<std::int64_t> numbers;
    const char* at = text.data();
    const char* end = at + text.size();
    while (true) {
        while (at != end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
            ++at;
        if (at == end)
            return numbers;
        std::int64_t number = 0;
        const auto [next, failure] = std::from_chars(at, end, number);
        if (failure != std::errc())
            throw FormatError({.where = where,
                               .expected = "whole numbers",
                               .found = tercet::quoted(std::string(at, std::min(end, at + 12)))});
        numbers.push_back(number);
        at = next;
    }
}

/// The parts and maps that the XML tells of.
class Builder : public XmlListener {
public:
    explicit Builder(std::string file) : m_file(std::move(file)) {}

    void begin(const std::string& name, const XmlAttributes& attributes) override {
        m_text.clear();
        if (name == "MatrixIndicesMap") {
            m_type = valueOf(attributes, "IndicesMapToDataType");
            m_dimension = valueOf(attributes, "AppliesToMatrixDimension");
            if (m_type == "CIFTI_INDEX_TYPE_BRAIN_MODELS")
                m_placesAt = m_dimension;
            else if (m_type == "CIFTI_INDEX_TYPE_SCALARS" || m_type == "CIFTI_INDEX_TYPE_LABELS")
                m_mapsAt = m_dimension;
        } else if (name == "BrainModel") {
            CiftiPart part;
            part.structure = valueOf(attributes, "BrainStructure");
            if (part.structure.starts_with("CIFTI_STRUCTURE_"))
                part.structure.erase(0, 16);
            part.first = countOf(attributes, "IndexOffset");
            part.count = countOf(attributes, "IndexCount");
            if (valueOf(attributes, "ModelType") == "CIFTI_MODEL_TYPE_SURFACE")
                part.surfaceVertices = countOf(attributes, "SurfaceNumberOfVertices");
            m_content.parts.push_back(std::move(part));
        } else if (name == "NamedMap") {
            m_content.maps.emplace_back();
            m_content.parcels.emplace_back();
        } else if (name == "Label") {
            m_label = attributes;
        }
    }
    void text(std::string_view characters) override { m_text += characters; }
    void end(const std::string& name) override {
        if (name == "MapName" && !m_content.maps.empty())
            m_content.maps.back() = trimmedText(m_text);
        else if (name == "Label" && !m_content.parcels.empty())
            addLabel();
        else if (name == "VertexIndices" && !m_content.parts.empty())
            takeVertices();
        else if (name == "VoxelIndicesIJK" && !m_content.parts.empty())
            takeVoxels();
        m_text.clear();
    }
    CiftiContent take(std::size_t maps, std::size_t places) {
        if (m_placesAt != "1" || m_mapsAt != "0")
            throw FormatError({.where = m_file,
                               .expected = "a dense file of scalars or labels (dscalar, dlabel)",
                               .found = "another kind of CIFTI file"});
        if (m_content.maps.size() != maps)
            throw FormatError({.where = m_file,
                               .expected = withThousands(maps) + " named maps",
                               .found = withThousands(m_content.maps.size())});
        std::size_t next = 0;
        for (const CiftiPart& part : m_content.parts) {
            const std::size_t listed = part.surfaceVertices > 0 ? part.vertices.size() : part.voxels.size();
            if (part.first != next || listed != part.count)
                throw FormatError(
                    {.where = m_file + ", " + part.structure,
                     .expected = withThousands(part.count) + " places from " + withThousands(next) + " on",
                     .found = withThousands(listed) + " from " + withThousands(part.first) + " on"});
            next += part.count;
        }
        if (next != places)
            throw FormatError({.where = m_file,
                               .expected = withThousands(places) + " places in its parts",
                               .found = withThousands(next)});
        return std::move(m_content);
    }

private:
    std::string valueOf(const XmlAttributes& attributes, const char* name) const {
        const auto found = attributes.find(name);
        if (found == attributes.end())
            throw FormatError({.where = m_file, .expected = std::string("the attribute ") + name, .found = "none"});
        return found->second;
    }
    std::size_t countOf(const XmlAttributes& attributes, const char* name) const {
        const std::string text = valueOf(attributes, name);
        const auto number = toInteger(text);
        if (!number || *number < 0 || *number > std::numeric_limits<std::int32_t>::max())
            throw FormatError(
                {.where = m_file + ", " + name, .expected = "a number of at least 0", .found = tercet::quoted(text)});
        return static_cast<std::size_t>(*number);
    }
    void takeVertices() {
        CiftiPart& part = m_content.parts.back();
        for (const std::int64_t vertex : numbersIn(m_text, m_file + ", " + part.structure)) {
            if (vertex < 0 || static_cast<std::size_t>(vertex) >= part.surfaceVertices)
                throw FormatError({.where = m_file + ", " + part.structure,
                                   .expected = "vertices below " + withThousands(part.surfaceVertices),
                                   .found = std::to_string(vertex)});
            part.vertices.push_back(static_cast<std::uint32_t>(vertex));
        }
    }
    void takeVoxels() {
        CiftiPart& part = m_content.parts.back();
        const std::vector<std::int64_t> numbers = numbersIn(m_text, m_file + ", " + part.structure);
        if (numbers.size() % 3 != 0)
            throw FormatError({.where = m_file + ", " + part.structure,
                               .expected = "three numbers per voxel",
                               .found = withThousands(numbers.size())});
        for (std::size_t v = 0; v < numbers.size(); v += 3)
            part.voxels.push_back({static_cast<std::int32_t>(numbers[v]), static_cast<std::int32_t>(numbers[v + 1]),
                                   static_cast<std::int32_t>(numbers[v + 2])});
    }
    void addLabel() {
        const auto key = toInteger(valueOf(m_label, "Key"));
        if (!key)
            throw FormatError({.where = m_file + ", label " + tercet::quoted(trimmedText(m_text)),
                               .expected = "a whole number as its key",
                               .found = tercet::quoted(valueOf(m_label, "Key"))});
        VertexLabels::Parcel parcel{trimmedText(m_text)};
        const std::array<const char*, 4> channels{"Red", "Green", "Blue", "Alpha"};
        for (std::size_t c = 0; c < 4; ++c)
            if (const auto found = m_label.find(channels[c]); found != m_label.end())
                parcel.color[c] = static_cast<float>(std::clamp(toNumber(found->second).value_or(0), 0.0, 1.0));
        m_content.parcels.back()[static_cast<std::int32_t>(*key)] = std::move(parcel);
    }

    std::string m_file;
    CiftiContent m_content;
    std::string m_type;
    std::string m_dimension;
    std::string m_placesAt;
    std::string m_mapsAt;
    XmlAttributes m_label;
    std::string m_text;
};

} // namespace

CiftiContent readCifti(const std::filesystem::path& path) {
    const FileContent content = FileContent::read(path);
    const auto bytes = content.bytes();
    const std::string file = path.string();
    const auto fail = [&](const std::string& expected, const std::string& found) {
        throw FormatError({.where = file, .expected = expected, .found = found, .remedy = "get the file again"});
    };
    if (bytes.size() < kHeader + 12)
        fail("a CIFTI-2 file", withThousands(bytes.size()) + " bytes");
    nifti_2_header header;
    std::memcpy(&header, bytes.data(), kHeader);
    if (header.sizeof_hdr != static_cast<int>(kHeader) || std::memcmp(header.magic, "n+2", 3) != 0 || header.dim[0] < 6)
        fail("a CIFTI-2 file, a little-endian NIfTI-2 file of six dimensions", "another kind of file");
    if (header.datatype != DT_FLOAT32)
        fail("values of 32-bit floats", std::string(nifti_datatype_to_string(header.datatype)));
    std::int32_t size = 0;
    std::int32_t code = 0;
    std::memcpy(&size, bytes.data() + kHeader + 4, 4);
    std::memcpy(&code, bytes.data() + kHeader + 8, 4);
    if (code != kCiftiCode || size < 8 || kHeader + 4 + static_cast<std::size_t>(size) > bytes.size())
        fail("its description in an extension with the code 32", "code " + std::to_string(code));
    if (header.dim[5] < 1 || header.dim[6] < 1 || header.dim[5] > 1'000'000 || header.dim[6] > 1'000'000'000)
        fail("maps and places", std::to_string(header.dim[5]) + " and " + std::to_string(header.dim[6]));
    const auto maps = static_cast<std::size_t>(header.dim[5]);
    const auto places = static_cast<std::size_t>(header.dim[6]);
    const std::size_t offset = header.vox_offset > 0 ? static_cast<std::size_t>(header.vox_offset) : 0;
    if (offset < kHeader || offset > bytes.size() || (bytes.size() - offset) / sizeof(float) / maps < places)
        fail(withThousands(maps) + " maps of " + withThousands(places) + " values",
             withThousands(bytes.size() - std::min(offset, bytes.size())) + " bytes");

    const char* text = content.text().data() + kHeader + 12;
    Builder builder(file);
    std::string_view document(text, static_cast<std::size_t>(size) - 8);
    document = document.substr(0, document.find('\0')); // padded with zeros
    readXml(document, file, "the description of a CIFTI-2 file", builder);
    CiftiContent result = builder.take(maps, places);
    result.values = Matrix<float>(maps, places);
    for (std::size_t place = 0; place < places; ++place)
        for (std::size_t map = 0; map < maps; ++map) // maps side by side
            std::memcpy(&result.values(map, place), bytes.data() + offset + (place * maps + map) * sizeof(float),
                        sizeof(float));
    return result;
}

std::vector<float> onSurface(const CiftiContent& content, std::size_t map, const std::string& structure) {
    std::string there;
    for (const CiftiPart& part : content.parts) {
        if (part.structure != structure || part.surfaceVertices == 0) {
            there += (there.empty() ? "" : ", ") + part.structure;
            continue;
        }
        std::vector<float> values(part.surfaceVertices, std::numeric_limits<float>::quiet_NaN());
        for (std::size_t i = 0; i < part.count; ++i)
            values[part.vertices[i]] = content.values(map, part.first + i);
        return values;
    }
    throw MissingError({.where = "CIFTI map", .expected = "the surface " + structure, .found = there});
}

} // namespace tercet
