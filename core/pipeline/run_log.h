#pragma once

#include "core/io/array_file.h"

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>

namespace tercet {

/// What the finished runs of a step gave, each under a number, kept in a checkpoint so that a killed program goes on
/// with the others. Not thread-safe.
class RunLog {
public:
    /// With what the file holds; with nothing if there is none or it is damaged.
    explicit RunLog(std::filesystem::path file);

    /// The arrays of a run; null if it is not finished.
    [[nodiscard]] const ArrayBundle* find(std::size_t number) const;
    /// Adds a run; on the disk when this returns. Throws StorageError.
    void add(std::size_t number, ArrayBundle run);

private:
    std::filesystem::path m_file;
    std::map<std::size_t, ArrayBundle> m_runs;
};

} // namespace tercet
