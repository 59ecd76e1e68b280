#include "core/pipeline/offered_files.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/brain_file_kind.h"
#include "core/io/event_file.h"
#include "core/io/file_content.h"
#include "core/io/pycortex_folder.h"
#include "core/pipeline/import_parts.h"
#include "core/pipeline/run_mapping.h"
#include "core/pipeline/surface_import.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/format.h>
#include <map>
#include <set>

namespace tercet {
namespace {

namespace fs = std::filesystem;

constexpr int kDeepest = 8;                ///< folders within folders
constexpr std::size_t kMostFiles = 20'000; ///< that are looked at

struct Found {
    fs::path path;
    RecognisedFile file;
    std::string subject; ///< "sub-01" of the path, or the name of the folder that holds the file
    bool chosen = false; ///< by itself, not as a part of a folder
};

/// Whether a folder's name says what kind of files it holds, or of which session or run, and not whose they are.
bool saysKind(const std::string& folder) {
    constexpr std::array kinds = {"func",     "anat",   "surf", "label", "labels",     "scans", "data",
                                  "surfaces", "fmri",   "mri",  "raw",   "bold",       "nii",   "nifti",
                                  "events",   "motion", "mask", "masks", "regressors", "beh"};
    const std::string word = lowered(folder);
    const auto numbered = [&](std::string_view beginning) {
        return word.starts_with(beginning) &&
               std::none_of(word.begin() + static_cast<std::ptrdiff_t>(beginning.size()), word.end(),
                            [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; });
    };
    return std::ranges::find(kinds, word) != kinds.end() || numbered("ses") || numbered("session") || numbered("run");
}

/// The name of the nearest folder that says whose a file may be; `root` at the highest, unless that is empty.
std::string tellingFolder(const fs::path& file, const fs::path& root) {
    for (fs::path folder = fs::absolute(file).lexically_normal().parent_path(); folder.has_filename();
         folder = folder.parent_path())
        if (!saysKind(folder.filename().string()) || folder == root)
            return folder.filename().string();
    return {};
}

bool comesBefore(const fs::path& a, const fs::path& b) { return naturallyLess(a.string(), b.string()); }

class Sorter {
public:
    explicit Sorter(const JobControl& control) : m_control(control) {}

    void add(const fs::path& path) {
        if (!fs::is_directory(path)) {
            look(path, true);
            return;
        }
        RecognisedFile whole = recogniseFile(path);
        if (whole.kind != FileKind::Unknown) {
            m_found.push_back({path, std::move(whole), bidsSubject(path), true});
            return;
        }
        const std::size_t before = m_found.size();
        fs::path folder = fs::absolute(path).lexically_normal();
        if (!folder.has_filename()) // "folder/"
            folder = folder.parent_path();
        m_root = folder;
        walk(folder);
        m_root.clear();
        if (m_found.size() == before)
            m_sorted.leftOut.push_back(
                fmt::format("{}: nothing in this folder can be imported.", folder.filename().string()));
        else if (m_others > 0)
            m_sorted.leftOut.push_back(fmt::format("{} of {} were left out, because they are nothing that is imported.",
                                                   counted(m_others, "file", "files"), folder.filename().string()));
        m_others = 0;
    }

    OfferedFiles sorted() {
        addPlain(FileKind::Ratings, "ratings");
        addJudgments();
        addPlain(FileKind::Embedding, "embedding");
        addScans();
        addSurfaces();
        addParcellations();
        addPlain(FileKind::Regions, "regions");
        for (const Found& one : m_found)
            if (one.file.kind == FileKind::Unknown || one.file.kind == FileKind::Captions || isUnused(one))
                m_sorted.leftOut.push_back(fmt::format("{}: {}", one.path.filename().string(), one.file.description));
        return std::move(m_sorted);
    }

private:
    void look(const fs::path& path, bool chosen) {
        m_control.check();
        const fs::path header = headerOfVolume(path);
        if (std::ranges::find(m_found, header, &Found::path) != m_found.end())
            return;
        RecognisedFile file = recogniseFile(header);
        const bool useless = file.kind == FileKind::Unknown || file.kind == FileKind::Captions ||
                             (file.kind == FileKind::Surface && !isUsedSurface(header));
        if (useless && !chosen) {
            ++m_others;
            return;
        }
        const std::string bids = bidsSubject(header);
        m_found.push_back({header, std::move(file), bids.empty() ? tellingFolder(header, m_root) : bids, chosen});
    }

    void walk(const fs::path& folder, int depth = 0) {
        std::vector<fs::path> inside;
        std::error_code failure;
        for (const auto& entry : fs::directory_iterator(folder, failure))
            inside.push_back(entry.path());
        if (failure)
            throw StorageError({.where = folder.string(),
                                .what = "cannot be read (" + failure.message() + ")",
                                .remedy = "check its permissions and the disk"});
        std::sort(inside.begin(), inside.end(), comesBefore);
        for (const fs::path& path : inside) {
            if (path.filename().string().starts_with('.') || path.extension() == ".tercet")
                continue;
            if (++m_looked > kMostFiles)
                throw ParameterError({.where = folder.string(),
                                      .expected = fmt::format("at most {} files", withThousands(kMostFiles)),
                                      .found = "more",
                                      .remedy = "drop a smaller folder"});
            std::error_code ignored;
            if (!fs::is_directory(path, ignored)) {
                if (fs::is_regular_file(path, ignored))
                    look(path, false);
            } else if (looksLikePycortexFolder(path)) {
                m_found.push_back({path, recogniseFile(path), bidsSubject(path), false});
            } else if (depth < kDeepest) {
                walk(path, depth + 1);
            }
        }
    }

    void addGroup(ImportRequest request, std::string description, bool wanted = true) {
        m_sorted.groups.push_back({std::move(request), std::move(description), {}, wanted});
    }

    void addPlain(FileKind kind, const char* word) {
        for (const Found& one : m_found)
            if (one.file.kind == kind)
                addGroup({.kind = word, .files = {one.path}}, one.file.description,
                         one.chosen || kind != FileKind::Embedding); // any table of numbers may be one
    }

    void addJudgments() {
        ImportRequest request{.kind = "judgments"};
        std::string description;
        for (const Found& one : m_found)
            if (one.file.kind == FileKind::Judgments) {
                request.files.push_back(one.path);
                description = one.file.description;
            }
        const std::size_t files = request.files.size();
        if (files > 0)
            addGroup(std::move(request),
                     files == 1 ? description : fmt::format("{} files of judgments, which become one set.", files));
    }

    /// Files of a kind by subject, each in order of their paths.
    [[nodiscard]] std::map<std::string, std::vector<const Found*>> bySubject(FileKind kind) const {
        std::map<std::string, std::vector<const Found*>> groups;
        for (const Found& one : m_found)
            if (one.file.kind == kind)
                groups[one.subject].push_back(&one);
        for (auto& [subject, files] : groups)
            std::ranges::sort(files, comesBefore, &Found::path);
        return groups;
    }

    /// Files that go with runs: of their subject, in their folder, or of no other subject.
    [[nodiscard]] std::vector<fs::path> companions(FileKind kind, const std::string& subject,
                                                   const fs::path& run) const {
        std::vector<fs::path> paths;
        for (const Found& one : m_found)
            if (one.file.kind == kind && (one.subject == subject || one.path.parent_path() == run.parent_path() ||
                                          (m_scanned.size() == 1 && bidsSubject(one.path).empty())))
                paths.push_back(one.path);
        std::sort(paths.begin(), paths.end(), comesBefore);
        return paths;
    }

    void addScans() {
        const auto scans = bySubject(FileKind::Scans);
        for (const auto& [subject, files] : scans)
            m_scanned.insert(subject);
        for (const auto& [subject, files] : scans) {
            for (const bool responses : {false, true}) {
                ImportRequest request{.kind = "fmri"};
                request.subject = subject;
                for (const Found* one : files)
                    if (isBData(one->path) == responses)
                        request.files.push_back(one->path);
                if (request.files.empty())
                    continue;
                const Found& first = *std::ranges::find(m_found, request.files.front(), &Found::path);
                std::string description = request.files.size() == 1
                                              ? first.file.description
                                              : counted(request.files.size(), responses ? "file of responses" : "run",
                                                        responses ? "files of responses" : "runs");
                if (!responses)
                    description += addCompanions(subject, request);
                if (request.files.size() > 1)
                    description += '.';
                addGroup(std::move(request), std::move(description));
            }
        }
    }

    /// Mask, events and labels of a subject's runs; says which.
    std::string addCompanions(const std::string& subject, ImportRequest& request) {
        std::vector<std::string> with;
        bool beside = false;
        for (const fs::path& run : request.files) {
            beside = beside || !eventsBeside(run).empty();
            m_used.insert({eventsBeside(run), motionBeside(run)});
        }
        const std::vector<fs::path> events = companions(FileKind::Events, subject, request.files.front());
        if (!beside && events.size() == request.files.size())
            request.events = events;
        const std::vector<fs::path> motion = companions(FileKind::Motion, subject, request.files.front());
        if ((beside || !request.events.empty()) && motion.size() == request.files.size())
            request.motion = motion;
        const std::vector<fs::path> labels = companions(FileKind::VolumeLabels, subject, request.files.front());
        if (beside || !request.events.empty())
            with.emplace_back("events");
        else if (!labels.empty()) {
            request.volumeLabels = labels.front();
            for (const fs::path& file : labels) // words are better than numbers
                if (const VolumeLabels volumes = readVolumeLabels(file); !toNumber(volumes.labels.front()))
                    request.volumeLabels = file;
            with.push_back("the labels " + request.volumeLabels.filename().string());
        }
        const std::vector<fs::path> masks = companions(FileKind::Mask, subject, request.files.front());
        if (masks.size() == 1) {
            request.mask = masks.front();
            with.emplace_back("a mask");
        }
        m_used.insert(request.events.begin(), request.events.end());
        m_used.insert(request.motion.begin(), request.motion.end());
        m_used.insert({request.volumeLabels, request.mask});
        if (request.files.size() == 1 || with.empty())
            return {};
        return fmt::format(" with {}", fmt::join(with, " and "));
    }

    /// Surfaces and parcels of a dropped folder without scans are of all subjects.
    [[nodiscard]] std::string ownerOf(const Found& file) const {
        return !bidsSubject(file.path).empty() || m_scanned.contains(file.subject) ? file.subject : std::string();
    }

    void addSurfaces() {
        std::map<std::pair<std::string, fs::path>, std::vector<const Found*>> groups;
        for (const auto& [subject, files] : bySubject(FileKind::Surface))
            for (const Found* one : files)
                groups[{ownerOf(*one), fs::is_directory(one->path) ? one->path : one->path.parent_path()}].push_back(
                    one);
        for (const auto& [place, files] : groups) {
            ImportRequest request{.kind = "surface", .subject = place.first};
            for (const Found* one : files)
                request.files.push_back(one->path);
            addGroup(std::move(request), files.size() == 1
                                             ? files.front()->file.description
                                             : fmt::format("{} files of the cortical surface in {}.", files.size(),
                                                           place.second.filename().string()));
            for (const Found* one : files)
                if (fs::is_directory(one->path))
                    for (const auto& [name, transform] : readPycortexFolder(one->path).transforms)
                        m_sorted.groups.back().transforms.push_back(name);
        }
    }

    void addParcellations() {
        std::map<std::pair<std::string, std::string>, std::vector<const Found*>> groups; // owner and atlas
        for (const auto& [subject, files] : bySubject(FileKind::Parcellation))
            for (const Found* one : files)
                groups[{ownerOf(*one), nameWithoutHemisphere(one->path)}].push_back(one);
        const auto isKnown = [](const std::string& atlas) {
            return atlas.find("hcp") != std::string::npos || atlas.find("mmp") != std::string::npos ||
                   atlas.find("glasser") != std::string::npos;
        };
        std::map<std::pair<std::string, bool>, const std::string*> best; // by owner, of vertices or of volumes
        const auto slotOf = [](const auto& group) {
            return std::pair{group.first.first, isVolume(group.second.front()->path)};
        };
        for (const auto& group : groups) {
            const auto [slot, isNew] = best.emplace(slotOf(group), &group.first.second);
            if (!isNew && isKnown(group.first.second) && !isKnown(*slot->second))
                slot->second = &group.first.second;
        }
        for (const auto& group : groups) {
            const auto& files = group.second;
            ImportRequest request{.kind = "parcellation", .subject = group.first.first};
            for (const Found* one : files)
                request.files.push_back(one->path);
            addGroup(std::move(request),
                     files.size() == 1 ? files.front()->file.description
                                       : fmt::format("The parcellation {} of {}.", group.first.second,
                                                     files.size() == 2 ? std::string("both hemispheres")
                                                                       : fmt::format("{} files", files.size())),
                     best.at(slotOf(group)) == &group.first.second);
        }
    }

    static bool isVolume(const fs::path& path) {
        const std::string name = plainFileName(path);
        return (name.ends_with(".nii") && !name.ends_with(".dlabel.nii")) || name.ends_with(".mgz") ||
               name.ends_with(".mgh") || name.ends_with(".hdr") || name.ends_with(".img");
    }

    /// Whether a file that goes with scans goes with none of them. Labels of volumes may stand there twice.
    [[nodiscard]] bool isUnused(const Found& one) const {
        const bool companion = one.file.kind == FileKind::Events || one.file.kind == FileKind::Motion ||
                               one.file.kind == FileKind::Mask ||
                               (one.file.kind == FileKind::VolumeLabels && !m_scanned.contains(one.subject));
        return companion && !m_used.contains(one.path);
    }

    const JobControl& m_control;
    std::vector<Found> m_found;
    fs::path m_root;                 ///< the folder that was dropped; empty for a file
    std::set<std::string> m_scanned; ///< subjects
    std::set<fs::path> m_used;       ///< files that go with runs
    std::size_t m_looked = 0;
    std::size_t m_others = 0;
    OfferedFiles m_sorted;
};

} // namespace

OfferedFiles sortOffered(const std::vector<fs::path>& paths, const JobControl& control) {
    Sorter sorter(control);
    for (const fs::path& path : paths)
        sorter.add(path);
    return sorter.sorted();
}

} // namespace tercet
