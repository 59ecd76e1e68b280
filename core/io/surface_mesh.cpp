#include "core/io/surface_mesh.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/big_endian_reader.h"
#include "core/io/file_content.h"
#include "core/io/gifti_file.h"

#include <cmath>
#include <limits>
#include <span>
#include <string_view>

namespace tercet {
namespace {

constexpr std::uint32_t kTriangleMagic = 0xFFFFFE;
constexpr std::uint32_t kCurvatureMagic = 0xFFFFFF;

std::uint32_t magicOf(std::span<const std::byte> bytes) {
    std::uint32_t magic = 0;
    for (std::size_t i = 0; i < 3 && i < bytes.size(); ++i)
        magic = magic << 8U | static_cast<std::uint32_t>(bytes[i]);
    return magic;
}

void checkMesh(const SurfaceMesh& mesh, const std::string& file) {
    for (std::size_t t = 0; t < mesh.triangles.size(); ++t)
        for (const std::uint32_t vertex : mesh.triangles[t]) {
            const std::string where = file + ", triangle " + withThousands(t + 1);
            if (vertex >= mesh.vertices.size())
                throw FormatError({.where = where,
                                   .expected = "vertices below " + withThousands(mesh.vertices.size()),
                                   .found = withThousands(vertex)});
            for (const float value : mesh.vertices[vertex])
                if (!std::isfinite(value))
                    throw FormatError({.where = where,
                                       .expected = "finite coordinates",
                                       .found = "vertex " + withThousands(vertex) + " without"});
        }
}

const GiftiArray& arrayIn(const GiftiContent& content, const char* intent, const std::string& file) {
    for (const GiftiArray& array : content.arrays)
        if (array.intent == intent)
            return array;
    throw FormatError({.where = file,
                       .expected = std::string("an array ") + intent,
                       .found = content.arrays.empty() ? std::string("none") : content.arrays.front().intent});
}

void requireTriples(const GiftiArray& array, const std::string& file) {
    if (array.shape.size() != 2 || array.shape[1] != 3)
        throw FormatError({.where = file + ", " + array.intent,
                           .expected = "rows of three numbers",
                           .found = shapeText(array.shape)});
}

SurfaceMesh meshFrom(const GiftiContent& content, const std::string& file) {
    const GiftiArray& points = arrayIn(content, "POINTSET", file);
    const GiftiArray& triangles = arrayIn(content, "TRIANGLE", file);
    requireTriples(points, file);
    requireTriples(triangles, file);
    SurfaceMesh mesh;
    mesh.vertices.reserve(points.shape[0]);
    for (std::size_t v = 0; v < points.shape[0]; ++v) {
        Point3 point{points.values[3 * v], points.values[3 * v + 1], points.values[3 * v + 2]};
        if (points.transform)
            point = (*points.transform)(point);
        mesh.vertices.push_back(
            {static_cast<float>(point[0]), static_cast<float>(point[1]), static_cast<float>(point[2])});
    }
    mesh.triangles.reserve(triangles.shape[0]);
    for (std::size_t t = 0; t < triangles.shape[0]; ++t) {
        std::array<std::uint32_t, 3> corners{};
        for (std::size_t c = 0; c < 3; ++c) {
            const double value = triangles.values[3 * t + c];
            if (!(value >= 0 && value < 4294967296.0 && value == std::floor(value)))
                throw FormatError({.where = file + ", triangle " + withThousands(t + 1),
                                   .expected = "numbers of vertices",
                                   .found = std::to_string(value)});
            corners[c] = static_cast<std::uint32_t>(value);
        }
        mesh.triangles.push_back(corners);
    }
    return mesh;
}

SurfaceMesh meshFrom(BigEndianReader& reader) {
    static_cast<void>(reader.unsigned24());
    static_cast<void>(reader.line()); // who made it
    static_cast<void>(reader.line());
    SurfaceMesh mesh;
    const std::size_t vertices = reader.count(12, "vertices");
    const std::size_t triangles = reader.count(12, "triangles");
    reader.require(12 * (vertices + triangles), "vertices and triangles");
    mesh.vertices.resize(vertices);
    for (auto& vertex : mesh.vertices)
        for (float& value : vertex)
            value = reader.real();
    mesh.triangles.resize(triangles);
    for (auto& triangle : mesh.triangles)
        for (std::uint32_t& vertex : triangle)
            vertex = static_cast<std::uint32_t>(reader.integer());
    return mesh;
}

/// FreeSurfer's own tables of colours: keys are what red, green and blue make.
void readColors(BigEndianReader& reader, VertexLabels& labels) {
    const std::int32_t version = reader.integer();
    const auto addParcel = [&](const std::string& name) {
        std::array<std::int32_t, 4> color{};
        for (std::int32_t& channel : color)
            channel = reader.integer();
        VertexLabels::Parcel parcel{name};
        for (std::size_t c = 0; c < 3; ++c)
            parcel.color[c] = static_cast<float>(color[c]) / 255;
        parcel.color[3] = 1 - static_cast<float>(color[3]) / 255; // it is transparency there
        labels.parcels[color[0] + color[1] * 256 + color[2] * 65536] = std::move(parcel);
    };
    if (version > 0) { // the first format: this is the number of parcels
        static_cast<void>(reader.text(reader.integer()));
        for (std::int32_t i = 0; i < version; ++i)
            addParcel(reader.text(reader.integer()));
        return;
    }
    if (version != -2)
        throw FormatError({.where = reader.place(),
                           .expected = "a table of colours of version 1 or 2",
                           .found = std::to_string(-static_cast<std::int64_t>(version))});
    static_cast<void>(reader.integer()); // the highest number of a parcel
    static_cast<void>(reader.text(reader.integer()));
    const std::int32_t parcels = reader.integer();
    for (std::int32_t i = 0; i < parcels; ++i) {
        static_cast<void>(reader.integer()); // its number
        addParcel(reader.text(reader.integer()));
    }
}

} // namespace

SurfaceMesh readSurface(const std::filesystem::path& path) {
    const FileContent head = FileContent::readHead(path, 1024);
    SurfaceMesh mesh;
    if (looksLikeGifti(head.bytes())) {
        mesh = meshFrom(readGifti(path), path.string());
    } else if (magicOf(head.bytes()) == kTriangleMagic) {
        const FileContent content = FileContent::read(path);
        BigEndianReader reader(content.bytes(), path.string());
        mesh = meshFrom(reader);
    } else {
        throw FormatError({.where = path.string(),
                           .expected = "a surface: GIFTI, or FreeSurfer's binary triangles",
                           .found = "another kind of file"});
    }
    checkMesh(mesh, path.string());
    return mesh;
}

std::vector<float> readVertexValues(const std::filesystem::path& path) {
    const FileContent head = FileContent::readHead(path, 1024);
    std::vector<float> values;
    if (looksLikeGifti(head.bytes())) {
        const GiftiContent content = readGifti(path);
        for (const GiftiArray& array : content.arrays) {
            if (array.intent == "POINTSET" || array.intent == "TRIANGLE" || array.intent == "LABEL")
                continue;
            if (!values.empty())
                throw FormatError({.where = path.string(), .expected = "one array of values", .found = "several"});
            values.assign(array.values.begin(), array.values.end());
        }
        if (values.empty())
            throw FormatError({.where = path.string(), .expected = "an array of values", .found = "none"});
        return values;
    }
    if (magicOf(head.bytes()) != kCurvatureMagic)
        throw FormatError({.where = path.string(),
                           .expected = "values of vertices: GIFTI, or a FreeSurfer curvature file",
                           .found = "another kind of file"});
    const FileContent content = FileContent::read(path);
    BigEndianReader reader(content.bytes(), path.string());
    static_cast<void>(reader.unsigned24());
    const std::size_t vertices = reader.count(4, "values");
    static_cast<void>(reader.integer()); // triangles
    if (const std::int32_t perVertex = reader.integer(); perVertex != 1)
        throw FormatError(
            {.where = reader.place(), .expected = "one value per vertex", .found = std::to_string(perVertex)});
    reader.require(4 * vertices, "values");
    values.resize(vertices);
    for (float& value : values)
        value = reader.real();
    return values;
}

VertexLabels readVertexLabels(const std::filesystem::path& path) {
    const FileContent content = FileContent::read(path);
    VertexLabels labels;
    if (looksLikeGifti(content.bytes().subspan(0, std::min<std::size_t>(1024, content.bytes().size())))) {
        const GiftiContent gifti = readGifti(path);
        const GiftiArray& array = arrayIn(gifti, "LABEL", path.string());
        for (const double key : array.values) {
            if (!(std::abs(key) < 2147483648.0 && key == std::floor(key)))
                throw FormatError({.where = path.string(), .expected = "whole keys", .found = std::to_string(key)});
            labels.keys.push_back(static_cast<std::int32_t>(key));
        }
        for (const auto& [key, label] : gifti.labels)
            labels.parcels[static_cast<std::int32_t>(key)] = {label.name, label.color};
        return labels;
    }
    BigEndianReader reader(content.bytes(), path.string());
    const std::size_t vertices = reader.count(8, "vertices with a label");
    labels.keys.assign(vertices, 0);
    for (std::size_t i = 0; i < vertices; ++i) {
        const std::int32_t vertex = reader.integer();
        if (vertex < 0 || static_cast<std::size_t>(vertex) >= vertices)
            throw FormatError({.where = reader.place(),
                               .expected = "vertices below " + withThousands(vertices),
                               .found = std::to_string(vertex)});
        labels.keys[static_cast<std::size_t>(vertex)] = reader.integer();
    }
    if (reader.left() == 0 || reader.integer() != 1)
        throw FormatError({.where = reader.place(),
                           .expected = "a table of colours, with the names of the parcels",
                           .found = "none"});
    readColors(reader, labels);
    return labels;
}

std::vector<PatchVertex> readPatch(const std::filesystem::path& path) {
    const FileContent content = FileContent::read(path);
    BigEndianReader reader(content.bytes(), path.string());
    if (const std::int32_t mark = reader.integer(); mark != -1)
        throw FormatError({.where = path.string(),
                           .expected = "a FreeSurfer patch, which begins with −1",
                           .found = std::to_string(mark)});
    const std::size_t count = reader.count(16, "vertices of a patch");
    std::vector<PatchVertex> patch(count);
    for (PatchVertex& one : patch) {
        const std::int32_t number = reader.integer();
        if (number == 0 || number == std::numeric_limits<std::int32_t>::min())
            throw FormatError({.where = reader.place(),
                               .expected = "a vertex from 1 on, below 0 on the border",
                               .found = std::to_string(number)});
        one.border = number < 0;
        one.vertex = static_cast<std::uint32_t>(std::abs(number)) - 1;
        for (float& value : one.place)
            value = reader.real();
    }
    return patch;
}

SurfaceMesh flattened(const SurfaceMesh& surface, const std::vector<PatchVertex>& patch) {
    SurfaceMesh flat;
    flat.vertices.assign(surface.vertices.size(), {0, 0, 0});
    std::vector<std::uint8_t> inside(surface.vertices.size(), 0);
    for (const PatchVertex& one : patch) {
        if (one.vertex >= surface.vertices.size())
            throw DataError({.where = "flat patch",
                             .expected = "vertices of the surface, below " + withThousands(surface.vertices.size()),
                             .found = withThousands(one.vertex),
                             .remedy = "choose the patch of the same surface"});
        flat.vertices[one.vertex] = {one.place[1], -one.place[0], 0};
        inside[one.vertex] = 1;
    }
    for (const auto& triangle : surface.triangles)
        if (inside[triangle[0]] && inside[triangle[1]] && inside[triangle[2]])
            flat.triangles.push_back(triangle);
    return flat;
}

SurfaceMesh halfway(const SurfaceMesh& one, const SurfaceMesh& other) {
    if (one.vertices.size() != other.vertices.size() || one.triangles != other.triangles)
        throw DataError({.where = "two surfaces",
                         .expected = "the same vertices and triangles",
                         .found = one.vertices.size() == other.vertices.size()
                                      ? std::string("other triangles")
                                      : withThousands(one.vertices.size()) + " and " +
                                            withThousands(other.vertices.size()) + " vertices",
                         .remedy = "choose two surfaces of the same hemisphere"});
    SurfaceMesh middle = one;
    for (std::size_t v = 0; v < middle.vertices.size(); ++v)
        for (std::size_t c = 0; c < 3; ++c)
            middle.vertices[v][c] = (one.vertices[v][c] + other.vertices[v][c]) / 2;
    return middle;
}

} // namespace tercet
