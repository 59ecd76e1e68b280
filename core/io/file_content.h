#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

namespace tercet {

/// The bytes of a file, or its beginning, in memory; gzip content is unpacked, whatever the file is called.
class FileContent {
public:
    /// Reads all of a file. Throws MissingError if it is absent, FormatError if it is a folder or its gzip content
    /// is damaged or ends early, StorageError if it cannot be read.
    [[nodiscard]] static FileContent read(const std::filesystem::path& path);
    /// Reads at most the first `most` unpacked bytes. Throws as read().
    [[nodiscard]] static FileContent readHead(const std::filesystem::path& path, std::size_t most);

    /// Text that is in memory already.
    [[nodiscard]] static FileContent copyOf(std::string_view text);

    [[nodiscard]] std::string_view text() const noexcept { return {m_bytes.get(), m_size}; }
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
        return std::as_bytes(std::span(m_bytes.get(), m_size));
    }
    /// For parsers that unescape in place.
    [[nodiscard]] std::span<char> mutableText() noexcept { return {m_bytes.get(), m_size}; }
    [[nodiscard]] bool wasCompressed() const noexcept { return m_compressed; }
    /// Whether this is the whole file, not just its beginning.
    [[nodiscard]] bool complete() const noexcept { return m_complete; }

private:
    struct Free {
        void operator()(char* bytes) const noexcept;
    };
    std::unique_ptr<char[], Free> m_bytes;
    std::size_t m_size = 0;
    bool m_compressed = false;
    bool m_complete = true;
};

/// Whether text begins with what no text file holds in its first kilobytes: zero bytes.
[[nodiscard]] bool looksBinary(std::string_view content) noexcept;

/// The file name in small letters without a final ".gz".
[[nodiscard]] std::string plainFileName(const std::filesystem::path& path);

} // namespace tercet
