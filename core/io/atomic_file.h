#pragma once

#include "core/base/error.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace tercet {

/// A file that appears under its name only once all of it is on the disk. Written under a temporary name in the same
/// folder (ending kUnfinishedFileEnding of array_file.h); if it is not committed, the destructor removes that.
class AtomicFile {
public:
    explicit AtomicFile(std::filesystem::path path);
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;
    ~AtomicFile();

    /// Where to write. Nothing is there yet.
    [[nodiscard]] const std::filesystem::path& temporaryPath() const noexcept { return m_temporary; }
    /// Asks the file system to set aside `bytes` for the temporary file, which must exist; a file system that
    /// cannot is not an error. Throws StorageError if there is not so much space.
    void reserve(std::size_t bytes) const;
    /// Writes `text` over the beginning of the temporary file, which must exist. Throws StorageError.
    void overwriteBeginning(std::string_view text) const;
    /// Makes the content durable and gives it its name, replacing what was there. Throws StorageError.
    void commit();
    /// Throws `error`, said of the final path instead of the temporary one.
    [[noreturn]] void rethrow(const StorageError& error) const;

private:
    std::filesystem::path m_path;
    std::filesystem::path m_temporary;
    bool m_committed = false;
};

/// Writes `beginning`, then `rest`, as a file that is either complete or absent. Throws StorageError (disk full, no
/// such folder).
void writeFileAtomically(const std::filesystem::path& path, std::string_view beginning,
                         std::span<const std::byte> rest = {});
/// The same of parts: what `next` gives in turn, until it gives nothing. Throws what `next` throws, too.
void writeFileAtomically(const std::filesystem::path& path, const std::function<std::string()>& next);

} // namespace tercet
