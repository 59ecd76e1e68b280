#pragma once

#include <filesystem>
#include <string>

namespace tercet {

enum class FileKind {
    Ratings,
    Embedding,
    Judgments,
    Captions,
    Scans,        ///< volumes one after another, or responses of a BData file
    Surface,      ///< also a flat patch, values of vertices, a folder of pycortex
    Parcellation, ///< of vertices or voxels
    Regions,      ///< which parcels make up each region
    Events,       ///< of a run
    Motion,       ///< of a run
    Mask,         ///< of scans
    VolumeLabels, ///< what was shown in each volume
    Unknown
};

struct RecognisedFile {
    FileKind kind = FileKind::Unknown;
    std::string description; ///< one sentence: what it is and what importing it will do, or why it cannot be imported
};

/// Says what a file or folder is, by its content; of single volumes, motion parameters and CIFTI files also by the
/// name, as the imports do. Reads the beginning of large files, of scans the header only, and all of small ones, so
/// that it answers in well under a second. Damage and foreign content make it Unknown with the reason; throws
/// MissingError if there is no such file, StorageError if it cannot be read.
[[nodiscard]] RecognisedFile recogniseFile(const std::filesystem::path& path);

} // namespace tercet
