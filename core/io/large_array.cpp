#include "core/io/large_array.h"

#include "core/base/error.h"
#include "core/io/array_file.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <span>
#include <unistd.h>
#include <vector>

namespace tercet {

/// An open file, read and written at places.
class LargeArray::File {
public:
    File(std::filesystem::path path, int flags) : m_path(std::move(path)) {
        m_file = ::open(m_path.c_str(), flags | O_CLOEXEC); // NOLINT
        if (m_file < 0)
            fail("cannot be opened");
    }
    /// A file without a name in `folder`.
    explicit File(const std::filesystem::path& folder) : m_path(folder) {
        std::string name = (folder / ("XXXXXX" + std::string(kUnfinishedFileEnding))).string();
        m_file = ::mkostemps(name.data(), static_cast<int>(kUnfinishedFileEnding.size()), O_CLOEXEC);
        if (m_file < 0)
            fail("cannot be written to");
        ::unlink(name.c_str());
    }
    ~File() { ::close(m_file); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    void setSize(std::size_t bytes) const {
        if (::ftruncate(m_file, static_cast<off_t>(bytes)) != 0)
            fail("cannot be written");
        if (bytes > 0 && ::posix_fallocate(m_file, 0, static_cast<off_t>(bytes)) == ENOSPC) {
            errno = ENOSPC;
            fail("has no room for what is computed");
        }
    }
    void read(std::size_t offset, std::span<std::byte> to) const {
        while (!to.empty()) {
            const ssize_t got = ::pread(m_file, to.data(), to.size(), static_cast<off_t>(offset));
            if (got < 0 && errno == EINTR)
                continue;
            if (got <= 0) {
                errno = got == 0 ? 0 : errno;
                fail("cannot be read to its end");
            }
            offset += static_cast<std::size_t>(got);
            to = to.subspan(static_cast<std::size_t>(got));
        }
    }
    void write(std::size_t offset, std::span<const std::byte> from) const {
        while (!from.empty()) {
            const ssize_t put = ::pwrite(m_file, from.data(), from.size(), static_cast<off_t>(offset));
            if (put < 0 && errno == EINTR)
                continue;
            if (put <= 0)
                fail("cannot be written");
            offset += static_cast<std::size_t>(put);
            from = from.subspan(static_cast<std::size_t>(put));
        }
    }

private:
    [[noreturn]] void fail(const char* what) const {
        throw StorageError(
            {.where = m_path.string(),
             .what = std::string(what) + (errno != 0 ? std::string(" (") + std::strerror(errno) + ")" : std::string()),
             .remedy = "check the disk and its free space"});
    }

    std::filesystem::path m_path;
    int m_file = -1;
};

LargeArray::LargeArray(const std::filesystem::path& file, std::size_t offset, std::size_t rows, std::size_t columns)
    : m_file(std::make_shared<const File>(file, O_RDONLY)), m_offset(offset), m_rows(rows), m_columns(columns) {}

LargeArray::LargeArray(std::shared_ptr<const File> file, std::size_t rows, std::size_t columns)
    : m_file(std::move(file)), m_rows(rows), m_columns(columns) {}

void LargeArray::read(std::size_t row, std::size_t column, MatrixView<float> values) const {
    assert(row + values.rows() <= m_rows && column + values.cols() <= m_columns);
    const auto offsetOf = [&](std::size_t r) { return m_offset + (r * m_columns + column) * sizeof(float); };
    if (values.cols() == m_columns)
        return m_file->read(offsetOf(row), std::as_writable_bytes(values.values()));
    for (std::size_t r = 0; r < values.rows(); ++r)
        m_file->read(offsetOf(row + r), std::as_writable_bytes(values.row(r)));
}

void LargeArray::read(std::size_t row, std::size_t column, MatrixView<double> values) const {
    std::vector<float> buffer(values.cols());
    for (std::size_t r = 0; r < values.rows(); ++r) {
        read(row + r, column, MatrixView<float>(buffer.data(), 1, buffer.size()));
        std::copy(buffer.begin(), buffer.end(), values.row(r).begin());
    }
}

void LargeArray::copyTo(const std::filesystem::path& file, std::size_t offset, const JobControl& control) const {
    constexpr std::size_t kBlock = std::size_t{1} << 22;
    const File target(file, O_WRONLY);
    std::vector<std::byte> buffer(std::min(kBlock, m_rows * m_columns * sizeof(float)));
    for (std::size_t done = 0, all = m_rows * m_columns * sizeof(float); done < all; done += buffer.size()) {
        control.check();
        const std::span<std::byte> part(buffer.data(), std::min(buffer.size(), all - done));
        m_file->read(m_offset + done, part);
        target.write(offset + done, part);
    }
}

LargeArrayWriter::LargeArrayWriter(const std::filesystem::path& folder, std::size_t rows, std::size_t columns)
    : m_file(std::make_shared<const LargeArray::File>(folder)), m_rows(rows), m_columns(columns) {
    m_file->setSize(rows * columns * sizeof(float));
}

void LargeArrayWriter::write(std::size_t row, std::size_t column, MatrixView<const double> values) {
    assert(row + values.rows() <= m_rows && column + values.cols() <= m_columns);
    std::vector<float> buffer(values.cols());
    for (std::size_t r = 0; r < values.rows(); ++r) {
        std::transform(values.row(r).begin(), values.row(r).end(), buffer.begin(),
                       [](double value) { return static_cast<float>(value); });
        m_file->write(((row + r) * m_columns + column) * sizeof(float), std::as_bytes(std::span(buffer)));
    }
}

LargeArray LargeArrayWriter::finish() const { return {m_file, m_rows, m_columns}; }

} // namespace tercet
