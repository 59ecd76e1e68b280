#include "core/io/atomic_file.h"

#include "core/io/array_file.h"

#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace tercet {
namespace {

/// A file descriptor that is closed at the end of its scope.
class Descriptor {
public:
    Descriptor(const std::filesystem::path& path, int flags, mode_t mode = 0)
        : m_fd(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    [[nodiscard]] operator int() const noexcept { return m_fd; }

private:
    int m_fd;
};

[[noreturn]] void throwSystem(const std::filesystem::path& path, int error) {
    if (error == ENOSPC || error == EDQUOT || error == EFBIG)
        throw StorageError({.where = path.string(),
                            .what = "the disk is full",
                            .remedy = "free some space and try again; nothing was lost"});
    throw StorageError({.where = path.string(),
                        .what = "cannot be written (" + std::generic_category().message(error) + ")",
                        .remedy = "check the folder and the disk; nothing was lost"});
}

void writeAll(const Descriptor& file, std::span<const std::byte> bytes, const std::filesystem::path& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            throwSystem(path, errno);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
}

/// Makes a file that is complete or absent; `write` fills it.
template <class Write>
void writeAtomically(const std::filesystem::path& path, const Write& write) {
    AtomicFile target(path);
    {
        const Descriptor file(target.temporaryPath(), O_WRONLY | O_CREAT | O_EXCL, 0666);
        if (file < 0)
            throwSystem(path, errno);
        write(file);
    }
    target.commit();
}

std::filesystem::path folderOf(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

} // namespace

AtomicFile::AtomicFile(std::filesystem::path path) : m_path(std::move(path)) {
    static std::atomic<unsigned> counter{0};
    m_temporary = m_path;
    m_temporary += fmt::format(".{}-{}{}", ::getpid(), counter.fetch_add(1), kUnfinishedFileEnding);
    std::error_code error;
    if (!std::filesystem::is_directory(folderOf(m_path), error))
        throw StorageError({.where = m_path.string(),
                            .what = "its folder does not exist",
                            .remedy = "make the folder or choose another"});
}

AtomicFile::~AtomicFile() {
    std::error_code ignored;
    if (!m_committed)
        std::filesystem::remove(m_temporary, ignored);
}

void AtomicFile::reserve(std::size_t bytes) const {
    const Descriptor file(m_temporary, O_WRONLY);
    if (file < 0)
        throwSystem(m_path, errno);
    if (::fallocate(file, FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(bytes)) != 0 &&
        (errno == ENOSPC || errno == EDQUOT || errno == EFBIG))
        throwSystem(m_path, errno);
}

void AtomicFile::overwriteBeginning(std::string_view text) const {
    const Descriptor file(m_temporary, O_WRONLY);
    if (file < 0)
        throwSystem(m_path, errno);
    writeAll(file, std::as_bytes(std::span(text)), m_path);
}

void AtomicFile::commit() {
    {
        const Descriptor file(m_temporary, O_WRONLY);
        if (file < 0 || ::fsync(file) != 0)
            throwSystem(m_path, errno);
    }
    if (::rename(m_temporary.c_str(), m_path.c_str()) != 0)
        throwSystem(m_path, errno);
    m_committed = true;
    const Descriptor folder(folderOf(m_path), O_RDONLY | O_DIRECTORY);
    if (folder < 0 || (::fsync(folder) != 0 && errno != EINVAL)) // some network folders cannot be synced
        throwSystem(m_path, errno);
}

void AtomicFile::rethrow(const StorageError& error) const {
    Fault fault = error.fault();
    fault.where = m_path.string();
    if (fault.what == "the disk is full")
        throwSystem(m_path, ENOSPC);
    throw StorageError(std::move(fault));
}

void writeFileAtomically(const std::filesystem::path& path, std::string_view beginning,
                         std::span<const std::byte> rest) {
    writeAtomically(path, [&](const Descriptor& file) {
        writeAll(file, std::as_bytes(std::span(beginning)), path);
        writeAll(file, rest, path);
    });
}

void writeFileAtomically(const std::filesystem::path& path, const std::function<std::string()>& next) {
    writeAtomically(path, [&](const Descriptor& file) {
        for (std::string part = next(); !part.empty(); part = next())
            writeAll(file, std::as_bytes(std::span(part)), path);
    });
}

} // namespace tercet
