#include "core/io/hdf5.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <concepts>
#include <cstring>
#include <fmt/format.h>
#include <hdf5.h>
#include <limits>
#include <system_error>
#include <utility>

namespace tercet {
namespace {

/// Closes an HDF5 identifier at the end of its scope.
class Handle {
public:
    using Close = herr_t (*)(hid_t);
    Handle(hid_t id, Close close) noexcept : m_id(id), m_close(close) {}
    Handle(Handle&& other) noexcept : m_id(std::exchange(other.m_id, -1)), m_close(other.m_close) {}
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    Handle& operator=(Handle&&) = delete;
    ~Handle() {
        if (m_id >= 0)
            m_close(m_id);
    }
    [[nodiscard]] operator hid_t() const noexcept { return m_id; }
    [[nodiscard]] bool valid() const noexcept { return m_id >= 0; }
    [[nodiscard]] hid_t release() noexcept { return std::exchange(m_id, -1); }

private:
    hid_t m_id;
    Close m_close;
};

/// HDF5's own clean-up at exit crashes on a file that could not be closed because the disk was full. Every file is
/// closed by its owner, so that nothing is left to clean up.
const herr_t kNoCleanUpAtExit = H5dont_atexit();

/// HDF5 keeps one error stack and one error printer per thread.
void silenceLibrary() {
    thread_local const bool silenced = H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr) >= 0;
    static_cast<void>(silenced);
}

struct LibraryFailure {
    std::string reason; ///< the deepest message of the library
    int systemError = 0;
};

herr_t visitError(unsigned /*depth*/, const H5E_error2_t* entry, void* data) {
    auto& failure = *static_cast<LibraryFailure*>(data);
    const std::string_view text = entry->desc == nullptr ? "" : entry->desc;
    if (failure.reason.empty())
        failure.reason = text;
    constexpr std::string_view kMark = "errno = ";
    if (const auto at = text.find(kMark); at != std::string_view::npos && failure.systemError == 0)
        failure.systemError = std::atoi(text.data() + at + kMark.size());
    return 0;
}

/// What the last failed call on this thread was about; ask before any other call.
LibraryFailure lastFailure() {
    LibraryFailure failure;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, visitError, &failure);
    return failure;
}

[[noreturn]] void throwWriteFailure(const std::filesystem::path& path) {
    const LibraryFailure failure = lastFailure();
    if (failure.systemError == ENOSPC || failure.systemError == EDQUOT || failure.systemError == EFBIG)
        throw StorageError(
            {.where = path.string(), .what = "the disk is full", .remedy = "free some space and try again"});
    const std::string reason =
        failure.systemError != 0 ? std::generic_category().message(failure.systemError) : failure.reason;
    throw StorageError({.where = path.string(),
                        .what = "cannot be written (" + reason + ")",
                        .remedy = "check the folder and the disk"});
}

template <class T>
hid_t memoryType() {
    if constexpr (std::same_as<T, double>)
        return H5T_NATIVE_DOUBLE;
    else if constexpr (std::same_as<T, float>)
        return H5T_NATIVE_FLOAT;
    else if constexpr (std::same_as<T, std::int64_t>)
        return H5T_NATIVE_INT64;
    else if constexpr (std::same_as<T, std::int32_t>)
        return H5T_NATIVE_INT32;
    else if constexpr (std::same_as<T, std::uint64_t>)
        return H5T_NATIVE_UINT64;
    else if constexpr (std::same_as<T, std::uint32_t>)
        return H5T_NATIVE_UINT32;
    else if constexpr (std::same_as<T, std::uint16_t>)
        return H5T_NATIVE_UINT16;
    else
        return H5T_NATIVE_UINT8;
}

Handle textType(std::size_t length) {
    Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type, std::max<std::size_t>(1, length));
    H5Tset_strpad(type, H5T_STR_NULLPAD);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
}

ElementKind kindOf(hid_t type) {
    switch (H5Tget_class(type)) {
    case H5T_FLOAT:
        return ElementKind::Float;
    case H5T_INTEGER:
        return H5Tget_sign(type) == H5T_SGN_NONE ? ElementKind::Unsigned : ElementKind::Signed;
    case H5T_ENUM: { // h5py's booleans
        const Handle base(H5Tget_super(type), H5Tclose);
        return base.valid() ? kindOf(base) : ElementKind::Other;
    }
    case H5T_STRING:
        return ElementKind::Text;
    case H5T_REFERENCE:
        return H5Tequal(type, H5T_STD_REF_OBJ) > 0 ? ElementKind::Reference : ElementKind::Other;
    default:
        return ElementKind::Other;
    }
}

const char* kindText(ElementKind kind) {
    switch (kind) {
    case ElementKind::Float:
        return "fractional numbers";
    case ElementKind::Signed:
    case ElementKind::Unsigned:
        return "whole numbers";
    case ElementKind::Text:
        return "text";
    case ElementKind::Reference:
        return "references";
    case ElementKind::Other:
        break;
    }
    return "compound values";
}

std::optional<std::vector<std::size_t>> shapeOf(hid_t space) {
    const H5S_class_t kind = H5Sget_simple_extent_type(space);
    if (kind == H5S_NULL)
        return std::vector<std::size_t>{0};
    const int rank = H5Sget_simple_extent_ndims(space);
    if (rank < 0)
        return std::nullopt;
    std::vector<hsize_t> extent(static_cast<std::size_t>(rank));
    if (rank > 0 && H5Sget_simple_extent_dims(space, extent.data(), nullptr) < 0)
        return std::nullopt;
    return std::vector<std::size_t>(extent.begin(), extent.end());
}

/// Texts of `count` elements read as `type` through `readInto`.
template <class ReadInto>
bool readTexts(hid_t type, hid_t space, std::size_t count, std::vector<std::string>& texts, const ReadInto& readInto) {
    texts.reserve(count);
    if (H5Tis_variable_str(type) > 0) {
        Handle memory(H5Tcopy(H5T_C_S1), H5Tclose);
        H5Tset_size(memory, H5T_VARIABLE);
        H5Tset_cset(memory, H5Tget_cset(type));
        std::vector<char*> pointers(count, nullptr);
        if (readInto(memory, pointers.data()) < 0)
            return false;
        for (const char* text : pointers)
            texts.emplace_back(text == nullptr ? "" : text);
        H5Dvlen_reclaim(memory, space, H5P_DEFAULT, pointers.data());
        return true;
    }
    const std::size_t width = H5Tget_size(type);
    const Handle memory = textType(width);
    H5Tset_cset(memory, H5Tget_cset(type));
    std::vector<char> buffer(count * width);
    if (readInto(memory, buffer.data()) < 0)
        return false;
    const bool spacePadded = H5Tget_strpad(type) == H5T_STR_SPACEPAD;
    for (std::size_t i = 0; i < count; ++i) {
        const char* first = buffer.data() + i * width;
        std::string_view text(first, strnlen(first, width));
        if (spacePadded)
            text = text.substr(0, text.find_last_not_of(' ') + 1);
        texts.emplace_back(text);
    }
    return true;
}

bool hasZeroByte(const std::string& text) { return text.find('\0') != std::string::npos; }

/// A dataset with what is asked of it first.
struct OpenDataset {
    Handle dataset;
    Handle type;
    Handle space;
    std::vector<std::size_t> shape;
    ElementKind kind = ElementKind::Other;

    operator hid_t() const noexcept { return dataset; }
    [[nodiscard]] std::size_t elementBytes() const { return H5Tget_size(type); }
};

} // namespace

struct Hdf5File::State {
    Handle file;
    std::filesystem::path path;
    std::size_t bytes = 0; ///< of a file opened for reading

    [[nodiscard]] std::string place(const std::string& object) const {
        return fmt::format("{}, array {}", path.string(), tercet::quoted(object));
    }
    [[noreturn]] void throwDamaged(const std::string& object) const {
        const LibraryFailure failure = lastFailure();
        throw FormatError({.where = place(object),
                           .what = "cannot be read (" + failure.reason + ")",
                           .remedy = "the file is damaged or incomplete, copy or make it again"});
    }
    [[nodiscard]] OpenDataset openDataset(const std::string& name) const {
        silenceLibrary();
        Handle dataset(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose);
        if (!dataset.valid())
            throw MissingError(
                {.where = path.string(), .what = "there is no array " + tercet::quoted(name) + " in this file"});
        Handle type(H5Dget_type(dataset), H5Tclose);
        Handle space(H5Dget_space(dataset), H5Sclose);
        auto shape = shapeOf(space);
        if (!type.valid() || !shape)
            throwDamaged(name);
        const ElementKind kind = kindOf(type);
        return {std::move(dataset), std::move(type), std::move(space), std::move(*shape), kind};
    }
    [[nodiscard]] Handle openObject(const std::string& name) const {
        silenceLibrary();
        Handle object(H5Oopen(file, name.c_str(), H5P_DEFAULT), H5Oclose);
        if (!object.valid())
            throw MissingError(
                {.where = path.string(), .what = "there is no " + tercet::quoted(name) + " in this file"});
        return object;
    }
    /// The number of elements, after checking that the file can hold them.
    [[nodiscard]] std::size_t countChecked(const std::string& name, const OpenDataset& opened) const {
        constexpr std::size_t kDeflateRatio = 1100; // deflate cannot do better
        const std::size_t stored = H5Dget_storage_size(opened);
        const std::size_t most = std::min(stored, bytes) * kDeflateRatio;
        std::size_t count = 1;
        for (const std::size_t extent : opened.shape)
            if (__builtin_mul_overflow(count, extent, &count))
                count = std::numeric_limits<std::size_t>::max();
        std::size_t needed = 0;
        if (__builtin_mul_overflow(count, opened.elementBytes(), &needed) || (needed > most && needed > 4096))
            throw FormatError({.where = place(name),
                               .expected = fmt::format("values for {}", shapeText(opened.shape)),
                               .found = fmt::format("{} stored", formatBytes(stored)),
                               .remedy = "the file is damaged or incomplete, copy or make it again"});
        return count;
    }
};

Hdf5File::Hdf5File(std::unique_ptr<State> state) : m_state(std::move(state)) {}
Hdf5File::Hdf5File(Hdf5File&&) noexcept = default;
Hdf5File& Hdf5File::operator=(Hdf5File&&) noexcept = default;
Hdf5File::~Hdf5File() = default;

namespace {

Handle accessProperties() {
    silenceLibrary();
    Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18); // headers with checksums, read by MATLAB and h5py
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    H5Pset_file_locking(access, false, true); // network folders refuse locks
    return access;
}

} // namespace

Hdf5File Hdf5File::open(const std::filesystem::path& path) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status))
        throw MissingError({.where = path.string(), .what = "there is no such file"});
    if (!std::filesystem::is_regular_file(status))
        throw FormatError({.where = path.string(), .expected = "an HDF5 file", .found = "a folder"});
    const Handle access = accessProperties();
    Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access), H5Fclose);
    if (!file.valid()) {
        const LibraryFailure failure = lastFailure();
        if (failure.systemError == EACCES || failure.systemError == EPERM || failure.systemError == EIO)
            throw StorageError({.where = path.string(),
                                .what = "cannot be read (" + std::generic_category().message(failure.systemError) + ")",
                                .remedy = "check its permissions and the disk"});
        throw FormatError({.where = path.string(),
                           .expected = "a complete HDF5 file",
                           .found = "other or incomplete content (" + failure.reason + ")",
                           .remedy = "copy or make it again"});
    }
    const auto bytes = std::filesystem::file_size(path, error);
    return Hdf5File(std::unique_ptr<State>(new State{std::move(file), path, error ? 0 : bytes}));
}

Hdf5File Hdf5File::create(const std::filesystem::path& path, std::size_t reserved) {
    const Handle access = accessProperties();
    const Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
    H5Pset_userblock(creation, reserved);
    H5Pset_obj_track_times(creation, false); // of the root group
    Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation, access), H5Fclose);
    if (!file.valid())
        throwWriteFailure(path);
    return Hdf5File(std::unique_ptr<State>(new State{std::move(file), path, 0}));
}

void Hdf5File::close() {
    silenceLibrary();
    if (H5Fflush(m_state->file, H5F_SCOPE_GLOBAL) < 0 || H5Fclose(m_state->file.release()) < 0)
        throwWriteFailure(m_state->path);
}

const std::filesystem::path& Hdf5File::path() const noexcept { return m_state->path; }

bool Hdf5File::contains(const std::string& object) const {
    silenceLibrary();
    if (object.empty() || object == "/")
        return true;
    // Every part of the path must be asked for: the library fails where a parent is absent.
    for (std::size_t at = object.find('/', 1);; at = object.find('/', at + 1)) {
        if (H5Lexists(m_state->file, object.substr(0, at).c_str(), H5P_DEFAULT) <= 0)
            return false;
        if (at == std::string::npos)
            return H5Oexists_by_name(m_state->file, object.c_str(), H5P_DEFAULT) > 0;
    }
}

bool Hdf5File::isDataset(const std::string& object) const {
    if (!contains(object))
        return false;
    const Handle opened(H5Oopen(m_state->file, object.empty() ? "/" : object.c_str(), H5P_DEFAULT), H5Oclose);
    return opened.valid() && H5Iget_type(opened) == H5I_DATASET;
}

std::vector<std::string> Hdf5File::list(const std::string& group) const {
    const Handle opened = m_state->openObject(group);
    std::vector<std::string> names;
    const auto add = [](hid_t, const char* name, const H5L_info_t*, void* data) -> herr_t {
        static_cast<std::vector<std::string>*>(data)->emplace_back(name);
        return 0;
    };
    if (H5Literate(opened, H5_INDEX_NAME, H5_ITER_INC, nullptr, add, &names) < 0)
        m_state->throwDamaged(group);
    std::ranges::sort(names);
    return names;
}

Hdf5Dataset Hdf5File::describe(const std::string& name) const {
    OpenDataset opened = m_state->openDataset(name);
    const Handle creation(H5Dget_create_plist(opened), H5Pclose);
    std::vector<hsize_t> chunk(H5Pget_layout(creation) == H5D_CHUNKED ? opened.shape.size() : 0);
    if (!chunk.empty() && H5Pget_chunk(creation, static_cast<int>(chunk.size()), chunk.data()) < 0)
        m_state->throwDamaged(name);
    return {std::move(opened.shape), opened.kind, opened.elementBytes(), {chunk.begin(), chunk.end()}};
}

template <class T>
Array<T> Hdf5File::read(const std::string& name) const {
    OpenDataset opened = m_state->openDataset(name);
    const ElementKind kind = opened.kind;
    const auto refuse = [&](const char* expected) {
        throw FormatError({.where = m_state->place(name), .expected = expected, .found = kindText(kind)});
    };
    const std::size_t count = m_state->countChecked(name, opened);
    Array<T> result{std::move(opened.shape), {}};
    const auto readAs = [&](hid_t memory, void* values) {
        return H5Dread(opened, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    };
    if constexpr (std::same_as<T, std::string>) {
        if (kind != ElementKind::Text)
            refuse("text");
        if (count > 0 && !readTexts(opened.type, opened.space, count, result.values, readAs))
            m_state->throwDamaged(name);
    } else {
        const auto readNumbers = [&]<class U>(std::vector<U>& values) {
            values.resize(count);
            if (count > 0 && readAs(memoryType<U>(), values.data()) < 0)
                m_state->throwDamaged(name);
        };
        const bool integral = kind == ElementKind::Signed || kind == ElementKind::Unsigned;
        if (!integral && kind != ElementKind::Float)
            refuse("numbers");
        if constexpr (std::floating_point<T>) {
            readNumbers(result.values);
        } else {
            if (!integral)
                refuse("whole numbers");
            const bool isUnsigned = kind == ElementKind::Unsigned;
            const std::size_t stored = opened.elementBytes();
            const bool fits =
                isUnsigned == std::unsigned_integral<T> ? stored <= sizeof(T) : isUnsigned && stored < sizeof(T);
            if (fits) {
                readNumbers(result.values);
            } else {
                const auto narrow = [&]<class U>(std::vector<U> wide) {
                    readNumbers(wide);
                    result.values.reserve(count);
                    for (const U value : wide) {
                        if (!std::in_range<T>(value))
                            throw FormatError(
                                {.where = m_state->place(name),
                                 .expected = fmt::format("whole numbers from {} to {}", std::numeric_limits<T>::min(),
                                                         std::numeric_limits<T>::max()),
                                 .found = fmt::format("{}", value)});
                        result.values.push_back(static_cast<T>(value));
                    }
                };
                if (isUnsigned)
                    narrow(std::vector<std::uint64_t>());
                else
                    narrow(std::vector<std::int64_t>());
            }
        }
    }
    return result;
}

Matrix<double> Hdf5File::readBlock(const std::string& name, std::size_t firstRow, std::size_t rows,
                                   std::size_t firstColumn, std::size_t columns) const {
    const OpenDataset opened = m_state->openDataset(name);
    if (opened.kind != ElementKind::Float && opened.kind != ElementKind::Signed && opened.kind != ElementKind::Unsigned)
        throw FormatError({.where = m_state->place(name), .expected = "numbers", .found = kindText(opened.kind)});
    if (opened.shape.size() != 2)
        throw FormatError(
            {.where = m_state->place(name), .expected = "rows and columns", .found = shapeText(opened.shape)});
    static_cast<void>(m_state->countChecked(name, opened));
    const auto requireInside = [&](std::size_t first, std::size_t count, std::size_t axis, const char* what) {
        const std::size_t length = opened.shape[axis];
        if (first > length || count > length - first)
            throw ParameterError({.where = m_state->place(name),
                                  .expected = fmt::format("{} below {}", what, length),
                                  .found = fmt::format("{} from {} on", count, first)});
    };
    requireInside(firstRow, rows, 0, "rows");
    requireInside(firstColumn, columns, 1, "columns");
    Matrix<double> block(rows, columns);
    if (block.empty())
        return block;
    const std::array<hsize_t, 2> start{firstRow, firstColumn};
    const std::array<hsize_t, 2> count{rows, columns};
    const Handle memory(H5Screate_simple(2, count.data(), nullptr), H5Sclose);
    if (H5Sselect_hyperslab(opened.space, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr) < 0 ||
        H5Dread(opened, H5T_NATIVE_DOUBLE, memory, opened.space, H5P_DEFAULT, block.data()) < 0)
        m_state->throwDamaged(name);
    return block;
}

namespace {

/// A new dataset, contiguous, with room in the file and nothing written there.
Handle newDataset(hid_t file, const std::string& name, hid_t type, const std::vector<std::size_t>& shape) {
    silenceLibrary();
    const std::vector<hsize_t> extent(shape.begin(), shape.end());
    const Handle space(shape.empty() ? H5Screate(H5S_SCALAR)
                                     : H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr),
                       H5Sclose);
    const Handle links(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
    H5Pset_create_intermediate_group(links, 1);
    H5Pset_char_encoding(links, H5T_CSET_UTF8);
    const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_obj_track_times(creation, false); // the same values give the same bytes
    H5Pset_layout(creation, H5D_CONTIGUOUS);
    H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER);
    return {H5Dcreate2(file, name.c_str(), type, space, links, creation, H5P_DEFAULT), H5Dclose};
}

} // namespace

template <class T>
void Hdf5File::write(const std::string& name, const std::vector<std::size_t>& shape, std::span<const T> values) {
    if (values.size() != elementCount(shape))
        throw ParameterError({.where = "array " + tercet::quoted(name),
                              .expected = "values for " + shapeText(shape),
                              .found = fmt::format("{}", values.size())});
    const auto store = [&](hid_t type, const void* bytes) {
        const Handle dataset = newDataset(m_state->file, name, type, shape);
        if (!dataset.valid() || (!values.empty() && H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) < 0))
            throwWriteFailure(m_state->path);
    };
    if constexpr (std::same_as<T, std::string>) {
        std::size_t width = 1;
        for (const std::string& text : values) {
            if (hasZeroByte(text))
                throw ParameterError(
                    {.where = "array " + tercet::quoted(name), .expected = "text", .found = "a zero byte in it"});
            width = std::max(width, text.size());
        }
        std::vector<char> buffer(values.size() * width, '\0');
        for (std::size_t i = 0; i < values.size(); ++i)
            std::memcpy(buffer.data() + i * width, values[i].data(), values[i].size());
        store(textType(width), buffer.data());
    } else {
        store(memoryType<T>(), values.data());
    }
}

void Hdf5File::reserve(const std::string& name, const std::vector<std::size_t>& shape) {
    if (!newDataset(m_state->file, name, memoryType<float>(), shape).valid())
        throwWriteFailure(m_state->path);
}

std::optional<std::size_t> Hdf5File::dataOffset(const std::string& name) const {
    const haddr_t offset = H5Dget_offset(m_state->openDataset(name));
    if (offset == HADDR_UNDEF)
        return std::nullopt;
    return static_cast<std::size_t>(offset);
}

std::vector<std::string> Hdf5File::references(const std::string& name) const {
    const OpenDataset opened = m_state->openDataset(name);
    if (opened.kind != ElementKind::Reference)
        throw FormatError({.where = m_state->place(name), .expected = "references", .found = kindText(opened.kind)});
    std::vector<hobj_ref_t> references(m_state->countChecked(name, opened));
    if (!references.empty() && H5Dread(opened, H5T_STD_REF_OBJ, H5S_ALL, H5S_ALL, H5P_DEFAULT, references.data()) < 0)
        m_state->throwDamaged(name);
    std::vector<std::string> names;
    names.reserve(references.size());
    for (const hobj_ref_t& reference : references) {
        const ssize_t length = H5Rget_name(opened, H5R_OBJECT, &reference, nullptr, 0);
        if (length <= 0)
            m_state->throwDamaged(name);
        std::string target(static_cast<std::size_t>(length), '\0');
        H5Rget_name(opened, H5R_OBJECT, &reference, target.data(), target.size() + 1);
        names.push_back(std::move(target));
    }
    return names;
}

std::vector<std::string> Hdf5File::attributeNames(const std::string& object) const {
    const Handle opened = m_state->openObject(object);
    std::vector<std::string> names;
    const auto add = [](hid_t, const char* name, const H5A_info_t*, void* data) -> herr_t {
        static_cast<std::vector<std::string>*>(data)->emplace_back(name);
        return 0;
    };
    if (H5Aiterate2(opened, H5_INDEX_NAME, H5_ITER_INC, nullptr, add, &names) < 0)
        m_state->throwDamaged(object);
    std::ranges::sort(names);
    return names;
}

bool Hdf5File::hasAttribute(const std::string& object, const std::string& name) const {
    const Handle opened = m_state->openObject(object);
    return H5Aexists(opened, name.c_str()) > 0;
}

std::string Hdf5File::attribute(const std::string& object, const std::string& name) const {
    const Handle opened = m_state->openObject(object);
    const std::string place =
        fmt::format("{}, attribute {} of {}", m_state->path.string(), tercet::quoted(name), tercet::quoted(object));
    if (H5Aexists(opened, name.c_str()) <= 0)
        throw MissingError({.where = place, .what = "it is not there"});
    const Handle attribute(H5Aopen(opened, name.c_str(), H5P_DEFAULT), H5Aclose);
    const Handle type(attribute.valid() ? H5Aget_type(attribute) : -1, H5Tclose);
    const Handle space(attribute.valid() ? H5Aget_space(attribute) : -1, H5Sclose);
    if (!type.valid() || !space.valid() || kindOf(type) != ElementKind::Text ||
        H5Sget_simple_extent_npoints(space) != 1)
        throw FormatError({.where = place, .expected = "one text", .found = "something else"});
    std::vector<std::string> texts;
    if (!readTexts(type, space, 1, texts, [&](hid_t memory, void* bytes) { return H5Aread(attribute, memory, bytes); }))
        m_state->throwDamaged(object);
    return std::move(texts.front());
}

std::optional<double> Hdf5File::numericAttribute(const std::string& object, const std::string& name) const {
    const Handle opened = m_state->openObject(object);
    if (H5Aexists(opened, name.c_str()) <= 0)
        return std::nullopt;
    const Handle attribute(H5Aopen(opened, name.c_str(), H5P_DEFAULT), H5Aclose);
    const Handle type(attribute.valid() ? H5Aget_type(attribute) : -1, H5Tclose);
    const Handle space(attribute.valid() ? H5Aget_space(attribute) : -1, H5Sclose);
    if (!type.valid() || !space.valid() || H5Sget_simple_extent_npoints(space) != 1)
        return std::nullopt;
    const ElementKind kind = kindOf(type);
    double value = 0;
    if (kind == ElementKind::Text || kind == ElementKind::Other || kind == ElementKind::Reference ||
        H5Aread(attribute, H5T_NATIVE_DOUBLE, &value) < 0)
        return std::nullopt;
    return value;
}

void Hdf5File::writeAttribute(const std::string& object, const std::string& name, const std::string& value) {
    if (hasZeroByte(value))
        throw ParameterError(
            {.where = "attribute " + tercet::quoted(name), .expected = "text", .found = "a zero byte in it"});
    const Handle opened = m_state->openObject(object);
    const Handle type = textType(value.size());
    const Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    const std::string bytes = value.empty() ? std::string(1, '\0') : value;
    const Handle attribute(H5Acreate2(opened, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    if (!attribute.valid() || H5Awrite(attribute, type, bytes.data()) < 0)
        throwWriteFailure(m_state->path);
}

#define TERCET_HDF5_TYPE(T)                                                                                            \
    template Array<T> Hdf5File::read<T>(const std::string&) const;                                                     \
    template void Hdf5File::write<T>(const std::string&, const std::vector<std::size_t>&, std::span<const T>);
TERCET_HDF5_TYPE(double)
TERCET_HDF5_TYPE(float)
TERCET_HDF5_TYPE(std::int64_t)
TERCET_HDF5_TYPE(std::int32_t)
TERCET_HDF5_TYPE(std::uint32_t)
TERCET_HDF5_TYPE(std::uint16_t)
TERCET_HDF5_TYPE(std::uint8_t)
TERCET_HDF5_TYPE(std::string)
#undef TERCET_HDF5_TYPE

} // namespace tercet
