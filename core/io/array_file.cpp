#include "core/io/array_file.h"

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/io/atomic_file.h"
#include "core/io/hdf5.h"

#include <algorithm>
#include <fmt/format.h>

namespace tercet {
namespace {

constexpr const char* kArrayChecksum = "xxh3";
constexpr const char* kFileChecksum = "tercet_contents_xxh3";

template <class T>
constexpr const char* typeName() {
    if constexpr (std::same_as<T, double>)
        return "float64";
    else if constexpr (std::same_as<T, float>)
        return "float32";
    else if constexpr (std::same_as<T, std::int64_t>)
        return "int64";
    else if constexpr (std::same_as<T, std::int32_t>)
        return "int32";
    else if constexpr (std::same_as<T, std::uint32_t>)
        return "uint32";
    else if constexpr (std::same_as<T, std::uint16_t>)
        return "uint16";
    else if constexpr (std::same_as<T, std::uint8_t>)
        return "uint8";
    else
        return "text";
}

template <class T>
std::string checksumOf(const std::string& name, const Array<T>& array) {
    Hasher hasher;
    hasher.add(name).add(typeName<T>()).addValues(std::span(array.shape));
    if constexpr (std::same_as<T, std::string>)
        for (const std::string& text : array.values)
            hasher.add(text);
    else
        hasher.addValues(std::span(array.values));
    return hasher.hex();
}

/// Over everything that is not inside an array.
std::string checksumOf(const std::map<std::string, std::string>& attributes, const std::vector<std::string>& arrays) {
    Hasher hasher;
    for (const auto& [name, value] : attributes)
        hasher.add(name).add(value);
    hasher.add("arrays");
    for (const std::string& name : arrays)
        hasher.add(name);
    return hasher.hex();
}

[[noreturn]] void throwDamaged(const std::string& where, const std::string& what) {
    throw StorageError({.where = where, .what = what, .remedy = "delete the file and run the step that made it again"});
}

std::string placeOf(const std::filesystem::path& path, const std::string& array) {
    return fmt::format("{}, array {}", path.string(), tercet::quoted(array));
}

/// Runs `work`; what HDF5 finds wrong inside is damage of a file that was once complete.
template <class Work>
auto readingFrom(const std::filesystem::path& path, const Work& work) {
    try {
        return work();
    } catch (const FormatError& error) {
        throwDamaged(error.fault().where, error.fault().what.empty() ? "the array file is damaged or not an array file"
                                                                     : error.fault().what);
    } catch (const MissingError& error) {
        if (!std::filesystem::exists(path))
            throw;
        throwDamaged(path.string(), error.fault().what);
    }
}

struct Header {
    std::map<std::string, std::string> attributes;
    std::vector<std::string> arrays;
};

Header readHeader(const Hdf5File& file) {
    Header header;
    for (const std::string& name : file.attributeNames())
        if (name != kFileChecksum)
            header.attributes[name] = file.attribute("/", name);
    header.arrays = file.list();
    if (file.attribute("/", kFileChecksum) != checksumOf(header.attributes, header.arrays))
        throwDamaged(file.path().string(),
                     "the array file is damaged: its attributes do not have the checksum they were stored with");
    return header;
}

template <class T>
ArrayValue readChecked(const Hdf5File& file, const std::string& name) {
    Array<T> array = file.read<T>(name);
    if (file.attribute(name, kArrayChecksum) != checksumOf(name, array))
        throwDamaged(placeOf(file.path(), name),
                     "the values are damaged: they do not have the checksum they were stored with");
    return array;
}

ArrayValue readArray(const Hdf5File& file, const std::string& name) {
    const Hdf5Dataset info = file.describe(name);
    switch (info.kind) {
    case ElementKind::Text:
        return readChecked<std::string>(file, name);
    case ElementKind::Float:
        return info.elementBytes == sizeof(float) ? readChecked<float>(file, name) : readChecked<double>(file, name);
    case ElementKind::Signed:
        return info.elementBytes == 4 ? readChecked<std::int32_t>(file, name) : readChecked<std::int64_t>(file, name);
    case ElementKind::Unsigned:
        if (info.elementBytes == 1)
            return readChecked<std::uint8_t>(file, name);
        return info.elementBytes == 2 ? readChecked<std::uint16_t>(file, name) : readChecked<std::uint32_t>(file, name);
    default:
        throwDamaged(placeOf(file.path(), name), "the array is of an unknown type");
    }
}

} // namespace

template <class T>
const Array<T>& ArrayBundle::get(const std::string& name) const {
    const std::string where = source.empty() ? "array " + tercet::quoted(name) : placeOf(source, name);
    const auto found = arrays.find(name);
    if (found == arrays.end())
        throw MissingError({.where = where, .what = "there is no such array"});
    if (const auto* array = std::get_if<Array<T>>(&found->second))
        return *array;
    throw FormatError(
        {.where = where,
         .expected = typeName<T>(),
         .found = std::visit([]<class U>(const Array<U>&) { return std::string(typeName<U>()); }, found->second)});
}

template <class T>
Array<T> ArrayBundle::take(const std::string& name) {
    static_cast<void>(get<T>(name));
    const auto found = arrays.find(name);
    Array<T> array = std::move(std::get<Array<T>>(found->second));
    arrays.erase(found);
    return array;
}

MatrixView<const double> ArrayBundle::matrix(const std::string& name) const {
    const auto& array = get<double>(name);
    if (array.shape.size() != 2)
        throw FormatError({.where = source.empty() ? "array " + tercet::quoted(name) : placeOf(source, name),
                           .expected = "rows × columns",
                           .found = shapeText(array.shape)});
    return {array.values.data(), array.shape[0], array.shape[1]};
}

void ArrayBundle::set(const std::string& name, Matrix<double> values) {
    std::vector<std::size_t> shape{values.rows(), values.cols()};
    arrays[name] = Array<double>{std::move(shape), std::move(values.values())};
}

const std::string& ArrayBundle::attribute(const std::string& name) const {
    const auto found = attributes.find(name);
    if (found == attributes.end())
        throw MissingError({.where = source, .what = "there is no attribute " + tercet::quoted(name)});
    return found->second;
}

void writeArrayFile(const std::filesystem::path& path, const ArrayBundle& bundle) {
    std::size_t bytes = 64 * 1024;
    std::vector<std::string> names;
    for (const auto& [name, value] : bundle.arrays) {
        if (name.empty() || name.find('/') != std::string::npos)
            throw ParameterError(
                {.where = path.string(), .expected = "array names without “/”", .found = tercet::quoted(name)});
        names.push_back(name);
        std::visit([&]<class T>(const Array<T>& array) { bytes += array.values.size() * sizeof(T) + 4096; }, value);
    }
    for (const auto& [name, value] : bundle.attributes) {
        if (name.empty() || name == kFileChecksum)
            throw ParameterError(
                {.where = path.string(), .expected = "another attribute name", .found = tercet::quoted(name)});
        bytes += name.size() + value.size();
    }
    AtomicFile target(path);
    try {
        Hdf5File file = Hdf5File::create(target.temporaryPath());
        target.reserve(bytes);
        for (const auto& [name, value] : bundle.arrays) {
            std::visit(
                [&, &key = name]<class T>(const Array<T>& array) {
                    file.write<T>(key, array.shape, array.values);
                    file.writeAttribute(key, kArrayChecksum, checksumOf(key, array));
                },
                value);
        }
        for (const auto& [name, value] : bundle.attributes)
            file.writeAttribute("/", name, value);
        file.writeAttribute("/", kFileChecksum, checksumOf(bundle.attributes, names));
        file.close();
    } catch (const StorageError& error) {
        target.rethrow(error);
    }
    target.commit();
}

ArrayBundle readArrayFile(const std::filesystem::path& path) {
    return readingFrom(path, [&] {
        const Hdf5File file = Hdf5File::open(path);
        Header header = readHeader(file);
        ArrayBundle bundle{.attributes = std::move(header.attributes), .source = path.string()};
        for (const std::string& name : header.arrays)
            bundle.arrays.emplace(name, readArray(file, name));
        return bundle;
    });
}

std::map<std::string, std::string> readArrayFileAttributes(const std::filesystem::path& path) {
    return readingFrom(path, [&] { return readHeader(Hdf5File::open(path)).attributes; });
}

void verifyArrayFile(const std::filesystem::path& path) {
    readingFrom(path, [&] {
        const Hdf5File file = Hdf5File::open(path);
        for (const std::string& name : readHeader(file).arrays)
            static_cast<void>(readArray(file, name));
    });
}

#define TERCET_ARRAY_TYPE(T)                                                                                           \
    template const Array<T>& ArrayBundle::get<T>(const std::string&) const;                                            \
    template Array<T> ArrayBundle::take<T>(const std::string&);
TERCET_ARRAY_TYPE(double)
TERCET_ARRAY_TYPE(float)
TERCET_ARRAY_TYPE(std::int64_t)
TERCET_ARRAY_TYPE(std::int32_t)
TERCET_ARRAY_TYPE(std::uint32_t)
TERCET_ARRAY_TYPE(std::uint16_t)
TERCET_ARRAY_TYPE(std::uint8_t)
TERCET_ARRAY_TYPE(std::string)
#undef TERCET_ARRAY_TYPE

} // namespace tercet
