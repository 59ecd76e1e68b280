#include "core/io/array_file.h"

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/io/atomic_file.h"
#include "core/io/hdf5.h"

#include <algorithm>
#include <bit>
#include <concepts>
#include <fmt/format.h>
#include <fstream>
#include <span>
#include <vector>

namespace tercet {
namespace {

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

[[noreturn]] void throwDamaged(const std::string& where, const std::string& what) {
    throw DamagedFileError(
        {.where = where, .what = what, .remedy = "delete the file and run the step that made it again"});
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
        std::error_code ignored;
        if (!std::filesystem::exists(path, ignored))
            throw;
        throwDamaged(path.string(), error.fault().what);
    }
}

/// Where the values of one array lie in the file.
struct Region {
    std::size_t offset = 0;
    std::size_t bytes = 0;
    std::string array;
    std::string checksum;
    bool large = false; ///< stays in the file when the others are read
};

/// The text before HDF5's content: a checksum of each array and of all other bytes after the text.
struct Seal {
    std::vector<Region> regions; ///< by offset
    std::string rest;

    [[nodiscard]] std::string text() const {
        std::string lines = fmt::format("{}\nrest {}\n", kSealTitle, rest);
        for (const Region& region : regions)
            lines += fmt::format("{} {} {} {} {}\n", region.large ? kLargeWord : "array", region.checksum,
                                 region.offset, region.bytes, region.array);
        return lines + fmt::format("end {}\n", Hasher().add(lines).hex());
    }
    static constexpr std::string_view kSealTitle = "Tercet arrays, in HDF5 after this text";
    static constexpr const char* kLargeWord = "large";
};

/// The room for the text of a seal, which HDF5 wants to be a power of two.
std::size_t sealBytes(const ArrayBundle& bundle) {
    std::size_t most = 256;
    for (const auto& [name, value] : bundle.arrays)
        most += name.size() + 96;
    for (const auto& [name, value] : bundle.large)
        most += name.size() + 96;
    return std::max<std::size_t>(512, std::bit_ceil(most));
}

/// Reads parts of one file.
class ByteReader {
public:
    ByteReader(const std::filesystem::path& path, const JobControl& control)
        : m_path(path), m_control(control), m_file(path, std::ios::binary) {
        std::error_code error;
        const auto status = std::filesystem::status(path, error);
        if (status.type() == std::filesystem::file_type::not_found)
            throw MissingError({.where = path.string(), .what = "there is no such file"});
        if (status.type() == std::filesystem::file_type::directory)
            throw StorageError({.where = path.string(), .expected = "an array file", .found = "a folder"});
        m_size = m_file ? std::filesystem::file_size(path, error) : 0;
        if (!m_file || error)
            throw StorageError(
                {.where = path.string(), .what = "cannot be read", .remedy = "check its permissions and the disk"});
    }
    [[nodiscard]] std::size_t size() const noexcept { return m_size; }
    [[nodiscard]] std::string beginning(std::size_t bytes) {
        std::string text(std::min(bytes, m_size), '\0');
        read(0, std::as_writable_bytes(std::span(text)));
        return text;
    }
    void hash(Hasher& hasher, std::size_t offset, std::size_t bytes) {
        constexpr std::size_t kChunk = std::size_t{1} << 20;
        m_buffer.resize(kChunk);
        for (std::size_t done = 0; done < bytes; done += kChunk) {
            m_control.check();
            const std::span<std::byte> part(m_buffer.data(), std::min(kChunk, bytes - done));
            read(offset + done, part);
            hasher.add(std::span<const std::byte>(part));
        }
    }

private:
    void read(std::size_t offset, std::span<std::byte> to) {
        m_file.seekg(static_cast<std::streamoff>(offset));
        m_file.read(reinterpret_cast<char*>(to.data()), static_cast<std::streamsize>(to.size()));
        if (!m_file)
            throw StorageError(
                {.where = m_path.string(), .what = "cannot be read to its end", .remedy = "check the disk"});
    }
    const std::filesystem::path& m_path;
    const JobControl& m_control;
    std::ifstream m_file;
    std::size_t m_size = 0;
    std::vector<std::byte> m_buffer;
};

/// The checksum of everything from `begin` on that is not in an array.
std::string checksumOfRest(ByteReader& file, const std::vector<Region>& regions, std::size_t begin) {
    Hasher hasher;
    for (const Region& region : regions) {
        file.hash(hasher, begin, region.offset - begin);
        begin = region.offset + region.bytes;
    }
    file.hash(hasher, begin, file.size() - begin);
    return hasher.hex();
}

std::string checksumOf(ByteReader& file, const Region& region) {
    Hasher hasher;
    file.hash(hasher, region.offset, region.bytes);
    return hasher.hex();
}

/// Reads the seal and compares it with the content. Throws StorageError naming the array that is damaged.
Seal checkSeal(const std::filesystem::path& path, bool arraysToo, const JobControl& control) {
    ByteReader file(path, control);
    const auto refuse = [&](const char* what) { throwDamaged(path.string(), what); };
    std::string text = file.beginning(std::size_t{1} << 20);
    text.resize(std::min(text.size(), text.find("\nend ") + 64));
    if (!text.starts_with(Seal::kSealTitle))
        refuse("the array file is damaged at its beginning, or is not an array file");
    Seal seal;
    bool ended = false;
    for (const std::string_view line : split(text, '\n')) {
        const std::vector<std::string_view> parts = split(line, ' ');
        if (parts[0] == "rest" && parts.size() == 2) {
            seal.rest = parts[1];
        } else if ((parts[0] == "array" || parts[0] == Seal::kLargeWord) && parts.size() >= 5) {
            const auto offset = toInteger(parts[2]);
            const auto bytes = toInteger(parts[3]);
            const auto name = static_cast<std::size_t>(parts[4].data() - line.data());
            if (!offset || !bytes || *offset < 0 || *bytes < 0)
                break;
            seal.regions.push_back({static_cast<std::size_t>(*offset), static_cast<std::size_t>(*bytes),
                                    std::string(line.substr(name)), std::string(parts[1]), parts[0] != "array"});
        } else if (parts[0] == "end") {
            ended = text.starts_with(seal.text());
            break;
        }
    }
    if (!ended)
        refuse("the array file is damaged at its beginning");
    const std::size_t begin = seal.text().size();
    std::size_t end = begin;
    for (const Region& region : seal.regions) {
        if (region.offset < end || region.bytes > file.size() || region.offset > file.size() - region.bytes)
            throwDamaged(placeOf(path, region.array), "the file is damaged: it ends before or within this array");
        end = region.offset + region.bytes;
    }
    if (checksumOfRest(file, seal.regions, begin) != seal.rest)
        refuse("the array file is damaged outside of its arrays");
    if (arraysToo)
        for (const Region& region : seal.regions)
            if (checksumOf(file, region) != region.checksum)
                throwDamaged(placeOf(path, region.array),
                             "the values are damaged: they do not have the checksum they were stored with");
    return seal;
}

std::map<std::string, std::string> readAttributes(const Hdf5File& file) {
    std::map<std::string, std::string> attributes;
    for (const std::string& name : file.attributeNames())
        attributes[name] = file.attribute("/", name);
    return attributes;
}

ArrayValue readArray(const Hdf5File& file, const std::string& name) {
    const Hdf5Dataset info = file.describe(name);
    switch (info.kind) {
    case ElementKind::Text:
        return file.read<std::string>(name);
    case ElementKind::Float:
        if (info.elementBytes == sizeof(float))
            return file.read<float>(name);
        return file.read<double>(name);
    case ElementKind::Signed:
        if (info.elementBytes == sizeof(std::int32_t))
            return file.read<std::int32_t>(name);
        return file.read<std::int64_t>(name);
    case ElementKind::Unsigned:
        if (info.elementBytes == 1)
            return file.read<std::uint8_t>(name);
        if (info.elementBytes == sizeof(std::uint16_t))
            return file.read<std::uint16_t>(name);
        return file.read<std::uint32_t>(name);
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

const LargeArray& ArrayBundle::largeArray(const std::string& name) const {
    const auto found = large.find(name);
    if (found == large.end())
        throw MissingError({.where = source.empty() ? "array " + tercet::quoted(name) : placeOf(source, name),
                            .what = "there is no such large array"});
    return found->second;
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

void writeArrayFile(const std::filesystem::path& path, const ArrayBundle& bundle, const JobControl& control) {
    const std::size_t sealRoom = sealBytes(bundle);
    std::size_t bytes = sealRoom + 64 * 1024;
    const auto checkName = [&](const std::string& name) {
        if (name.empty() || name.find_first_of("/\n") != std::string::npos)
            throw ParameterError(
                {.where = path.string(), .expected = "array names without “/”", .found = tercet::quoted(name)});
    };
    for (const auto& [name, value] : bundle.arrays) {
        checkName(name);
        std::visit([&]<class T>(const Array<T>& array) { bytes += array.values.size() * sizeof(T) + 4096; }, value);
    }
    for (const auto& [name, array] : bundle.large) {
        checkName(name);
        bytes += array.rows() * array.columns() * sizeof(float) + 4096;
    }
    for (const auto& [name, value] : bundle.attributes)
        bytes += name.size() + value.size();
    AtomicFile target(path);
    try {
        Hdf5File file = Hdf5File::create(target.temporaryPath(), sealRoom);
        target.reserve(bytes);
        Seal seal;
        for (const auto& [name, value] : bundle.arrays) {
            std::visit(
                [&, &key = name]<class T>(const Array<T>& array) { file.write<T>(key, array.shape, array.values); },
                value);
            const Hdf5Dataset info = file.describe(name);
            if (const auto offset = file.dataOffset(name))
                seal.regions.push_back({*offset, elementCount(info.shape) * info.elementBytes, name, {}});
        }
        for (const auto& [name, array] : bundle.large) {
            file.reserve(name, {array.rows(), array.columns()});
            if (const auto offset = file.dataOffset(name))
                seal.regions.push_back(
                    {*offset, array.rows() * array.columns() * sizeof(float), name, {}, /*large=*/true});
        }
        for (const auto& [name, value] : bundle.attributes)
            file.writeAttribute("/", name, value);
        file.close();
        for (const Region& region : seal.regions)
            if (region.large)
                bundle.large.at(region.array).copyTo(target.temporaryPath(), region.offset, control);

        std::ranges::sort(seal.regions, {}, &Region::offset);
        ByteReader written(target.temporaryPath(), control);
        for (Region& region : seal.regions)
            region.checksum = checksumOf(written, region);
        seal.rest.resize(Hasher().hex().size(), '0'); // the text's length is needed first
        seal.rest = checksumOfRest(written, seal.regions, seal.text().size());
        target.overwriteBeginning(seal.text());
    } catch (const StorageError& error) {
        target.rethrow(error);
    }
    target.commit();
}

ArrayBundle readArrayFile(const std::filesystem::path& path, const JobControl& control) {
    const Seal seal = checkSeal(path, true, control);
    return readingFrom(path, [&] {
        const Hdf5File file = Hdf5File::open(path);
        ArrayBundle bundle{.attributes = readAttributes(file), .source = path.string()};
        for (const std::string& name : file.list()) {
            const auto region = std::ranges::find(seal.regions, name, &Region::array);
            if (region == seal.regions.end() || !region->large) {
                bundle.arrays.emplace(name, readArray(file, name));
                continue;
            }
            const std::vector<std::size_t> shape = file.describe(name).shape;
            if (shape.size() != 2 || region->bytes / sizeof(float) != elementCount(shape))
                throwDamaged(placeOf(path, name), "the large array does not have the size it was stored with");
            bundle.large.emplace(name, LargeArray(path, region->offset, shape[0], shape[1]));
        }
        return bundle;
    });
}

std::map<std::string, std::string> readArrayFileAttributes(const std::filesystem::path& path) {
    static_cast<void>(checkSeal(path, false, JobControl()));
    return readingFrom(path, [&] { return readAttributes(Hdf5File::open(path)); });
}

void verifyArrayFile(const std::filesystem::path& path, const JobControl& control) {
    static_cast<void>(checkSeal(path, true, control));
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
