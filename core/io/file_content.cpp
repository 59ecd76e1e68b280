#include "core/io/file_content.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <limits>
#include <new>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <zlib.h>

namespace tercet {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 18;

[[noreturn]] void throwUnreadable(const std::filesystem::path& path, int error) {
    throw StorageError({.where = path.string(),
                        .what = "cannot be read (" + std::generic_category().message(error) + ")",
                        .remedy = "check its permissions and the disk"});
}

/// An open file read from its beginning.
class Source {
public:
    explicit Source(const std::filesystem::path& path)
        : m_path(path), m_fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
        if (m_fd < 0 && (errno == ENOENT || errno == ENOTDIR))
            throw MissingError({.where = path.string(),
                                .what = "there is no such file",
                                .remedy = "check its name and whether it was moved"});
        struct stat status {};
        if (m_fd < 0)
            throwUnreadable(path, errno);
        ::fstat(m_fd, &status);
        if (S_ISDIR(status.st_mode)) {
            ::close(m_fd);
            throw FormatError({.where = path.string(), .expected = "a file", .found = "a folder"});
        }
        m_size = static_cast<std::size_t>(std::max<off_t>(0, status.st_size));
    }
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    ~Source() { ::close(m_fd); }

    [[nodiscard]] std::size_t size() const noexcept { return m_size; }
    /// As many of `most` bytes as there are; fewer only at the end.
    std::size_t read(char* to, std::size_t most) {
        std::size_t done = 0;
        while (done < most) {
            const ssize_t got = ::read(m_fd, to + done, most - done);
            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0)
                throwUnreadable(m_path, errno);
            if (got == 0)
                break;
            done += static_cast<std::size_t>(got);
        }
        return done;
    }

private:
    const std::filesystem::path& m_path;
    int m_fd;
    std::size_t m_size = 0;
};

/// Memory that grows without being cleared first.
struct Buffer {
    char* bytes = nullptr;
    std::size_t size = 0;
    std::size_t capacity = 0;

    Buffer() = default;
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    ~Buffer() { std::free(bytes); }
    void grow(std::size_t atLeast) {
        if (atLeast <= capacity)
            return;
        const std::size_t wanted = std::max(atLeast, capacity + capacity / 2);
        char* larger = static_cast<char*>(std::realloc(bytes, wanted));
        if (larger == nullptr)
            throw std::bad_alloc();
        bytes = larger;
        capacity = wanted;
    }
};

/// Unpacks gzip members one after another, as gunzip does; zeros after the last are padding.
class Inflater {
public:
    Inflater() {
        if (inflateInit2(&m_stream, 15 + 16) != Z_OK)
            throw std::bad_alloc();
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    ~Inflater() { inflateEnd(&m_stream); }

    /// Unpacks into `out` until `most` bytes are there or the source ends; whether all of it was unpacked.
    bool run(Source& source, std::string_view beginning, const std::filesystem::path& path, Buffer& out,
             std::size_t most) {
        Buffer in;
        in.grow(kChunk);
        std::copy(beginning.begin(), beginning.end(), in.bytes);
        std::size_t available = beginning.size() + source.read(in.bytes + beginning.size(), kChunk - beginning.size());
        m_stream.next_in = reinterpret_cast<Bytef*>(in.bytes);
        m_stream.avail_in = static_cast<uInt>(available);
        const auto refuse = [&](std::string found) {
            throw FormatError({.where = path.string(),
                               .expected = "complete gzip content",
                               .found = std::move(found),
                               .remedy = "copy or download the file again"});
        };
        bool ended = false; // at the end of a member
        for (;;) {
            if (m_stream.avail_in == 0) {
                available = source.read(in.bytes, kChunk);
                m_stream.next_in = reinterpret_cast<Bytef*>(in.bytes);
                m_stream.avail_in = static_cast<uInt>(available);
                if (available == 0) {
                    if (!ended)
                        refuse(fmt::format("its end after {} unpacked", formatBytes(out.size)));
                    return true;
                }
            }
            if (ended) {
                if (*m_stream.next_in == 0) {
                    ++m_stream.next_in;
                    --m_stream.avail_in;
                    continue;
                }
                inflateReset(&m_stream);
                ended = false;
            }
            if (out.size >= most)
                return false;
            out.grow(out.size + std::min(kChunk, most - out.size));
            const std::size_t room = std::min(out.capacity, most) - out.size;
            m_stream.next_out = reinterpret_cast<Bytef*>(out.bytes + out.size);
            m_stream.avail_out = static_cast<uInt>(std::min<std::size_t>(room, std::numeric_limits<uInt>::max()));
            const uInt offered = m_stream.avail_out;
            const int result = inflate(&m_stream, Z_NO_FLUSH);
            out.size += offered - m_stream.avail_out;
            if (result == Z_STREAM_END)
                ended = true;
            else if (result != Z_OK && result != Z_BUF_ERROR)
                refuse(fmt::format("damage after {} unpacked", formatBytes(out.size)));
        }
    }

private:
    z_stream m_stream{};
};

} // namespace

void FileContent::Free::operator()(char* bytes) const noexcept { std::free(bytes); }

FileContent FileContent::read(const std::filesystem::path& path) {
    return readHead(path, std::numeric_limits<std::size_t>::max());
}

FileContent FileContent::readHead(const std::filesystem::path& path, std::size_t most) {
    Source source(path);
    FileContent content;
    Buffer buffer;
    char magic[2] = {};
    const std::size_t begun = source.read(magic, 2);
    if (begun == 2 && magic[0] == '\x1f' && magic[1] == '\x8b') {
        content.m_compressed = true;
        buffer.grow(std::min(most, 4 * source.size() + kChunk));
        content.m_complete = Inflater().run(source, {magic, begun}, path, buffer, most);
    } else {
        buffer.grow(std::max<std::size_t>(2, std::min(most, source.size())) + 1);
        std::copy(magic, magic + begun, buffer.bytes);
        buffer.size = begun;
        while (buffer.size < most) { // a pipe or a growing file may hold more than its size says
            buffer.grow(buffer.size + 1);
            const std::size_t wanted = std::min(buffer.capacity, most) - buffer.size;
            const std::size_t got = source.read(buffer.bytes + buffer.size, wanted);
            buffer.size += got;
            if (got < wanted)
                break;
        }
        content.m_complete = buffer.size >= source.size();
    }
    content.m_size = std::min(buffer.size, most);
    content.m_bytes.reset(std::exchange(buffer.bytes, nullptr));
    return content;
}

FileContent FileContent::copyOf(std::string_view text) {
    Buffer buffer;
    buffer.grow(text.size() + 1);
    std::ranges::copy(text, buffer.bytes);
    FileContent content;
    content.m_size = text.size();
    content.m_bytes.reset(std::exchange(buffer.bytes, nullptr));
    return content;
}

bool looksBinary(std::string_view content) noexcept {
    return content.substr(0, 8192).find('\0') != std::string_view::npos;
}

std::string plainFileName(const std::filesystem::path& path) {
    std::string name = lowered(path.filename().string());
    if (name.ends_with(".gz"))
        name.resize(name.size() - 3);
    return name;
}

} // namespace tercet
