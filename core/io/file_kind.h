#pragma once

#include <filesystem>
#include <string>

namespace tercet {

enum class FileKind { Ratings, Embedding, Judgments, Captions, Unknown };

struct RecognisedFile {
    FileKind kind = FileKind::Unknown;
    std::string description; ///< one sentence: what it is and what importing it will do, or why it cannot be imported
};

/// Says what a file or folder is, by its content. Reads the beginning of large files and all of small ones, so that
/// it answers in well under a second. Damage and foreign content make it Unknown with the reason; throws
/// MissingError if there is no such file, StorageError if it cannot be read.
[[nodiscard]] RecognisedFile recogniseFile(const std::filesystem::path& path);

} // namespace tercet
