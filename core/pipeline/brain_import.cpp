#include "core/pipeline/brain_import.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/brain/region_table.h"
#include "core/io/file_content.h"
#include "core/io/stimulus_id.h"
#include "core/pipeline/import_parts.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <fmt/format.h>
#include <regex>
#include <set>

namespace tercet {
namespace {

bool hasScans(const Study& study) {
    const std::vector<Subject> subjects = study.subjects();
    return std::any_of(subjects.begin(), subjects.end(),
                       [&](const Subject& subject) { return study.imported(subject.name, "fmri").has_value(); });
}

/// Those that the scans, which came before the ratings, could not bring with them.
void addRatingModels(Study& study) {
    const std::vector<System> known = study.systems();
    for (const System& model : ratingModels(study))
        if (std::none_of(known.begin(), known.end(), [&](const System& one) { return one.name == model.name; }))
            study.setSystem(model);
}

/// Says which earlier import is not used any more.
void noteReplaced(const Study& study, ImportReport& report) {
    const std::vector<ImportRecord> imports = study.imports();
    const auto isNew = [&](const ImportRecord& record) { return record.key == report.key; };
    const auto added = std::find_if(imports.rbegin(), imports.rend(), isNew);
    if (added == imports.rend())
        return;
    const auto replaced = std::find_if(imports.rbegin(), imports.rend(), [&](const ImportRecord& record) {
        return !isNew(record) && record.kind == added->kind && record.owner == added->owner;
    });
    if (replaced != imports.rend())
        report.notes.push_back(fmt::format("It takes the place of {}, imported {}.",
                                           replaced->path.empty() ? "what was generated" : replaced->path,
                                           replaced->importedAt));
}

/// Says which parcels of the table no parcellation of the study has, where it has any.
void noteUnknownParcels(const Study& study, const RegionTable& table, std::vector<std::string>& notes) {
    std::set<std::string> known;
    for (const ImportRecord& record : study.imports())
        if (record.kind == "parcels" || record.kind == "volume-parcels" || record.kind == "fmri")
            if (const auto arrays = study.arrays(record.key); arrays->contains(scan_arrays::kParcelName))
                for (const std::string& name : arrays->get<std::string>(scan_arrays::kParcelName).values)
                    known.insert(parcelKey(name));
    if (known.empty())
        return;
    std::vector<std::string> unknown;
    for (const RegionTable::Region& region : table.regions)
        for (const std::string& parcel : region.parcels)
            if (!known.contains(parcelKey(parcel)))
                unknown.push_back(parcel);
    if (!unknown.empty())
        notes.push_back(fmt::format("{} of the table {} in no parcellation of the study: {}{}.",
                                    counted(unknown.size(), "parcel", "parcels"), unknown.size() == 1 ? "is" : "are",
                                    unknown.front(), unknown.size() == 1 ? "" : " and others"));
}

Study::Import regionImport(const RegionTable& table) {
    Study::Import import;
    import.kind = "regions";
    import.arrays.set("csv", std::vector<std::string>{toCsv(table)});
    import.replaces = true;
    return import;
}

} // namespace

const std::vector<std::string>& importKinds() {
    static const std::vector<std::string> kinds = {"ratings", "judgments", "validation",   "repeats", "embedding",
                                                   "fmri",    "surface",   "parcellation", "regions"};
    return kinds;
}

ImportReport importFiles(Study& study, const ImportRequest& request, const JobControl& control,
                         const Progress& progress) {
    using Reader = ImportReport (*)(Study&, const ImportRequest&);
    static const std::unordered_map<std::string, Reader> readers = {
        {"surface", importSurface}, {"parcellation", importParcellation}, {"regions", importRegions}};
    const auto reader = readers.find(request.kind);
    const bool scans = request.kind == "fmri";
    if (!scans && reader == readers.end()) {
        ImportReport report = importInto(study, request);
        if (request.kind == "ratings" && hasScans(study))
            addRatingModels(study);
        return report;
    }
    if (!study.readOnlyReason().empty())
        throw StorageError({.where = study.folder().string(), .what = study.readOnlyReason()});
    if (request.files.empty())
        throw ParameterError({.where = "import", .expected = "a file", .found = "none"});
    std::set<std::filesystem::path> given;
    for (const std::filesystem::path& file : request.files)
        if (!given.insert(std::filesystem::absolute(file).lexically_normal()).second)
            throw ParameterError({.where = file.string(), .expected = "each file once", .found = "it twice"});
    ImportReport report = scans ? importScans(study, request, control, progress) : reader->second(study, request);
    noteReplaced(study, report);
    return report;
}

std::string bidsSubject(const std::filesystem::path& file) {
    static const std::regex bids("(^|[/_])(sub-[A-Za-z0-9]+)");
    std::smatch match;
    const std::string path = file.string();
    return std::regex_search(path, match, bids) ? match[2].str() : std::string();
}

std::optional<Subject> subjectOrAll(const ImportRequest& request) {
    std::string name = request.subject;
    if (name.empty()) {
        name = bidsSubject(request.files.front());
        for (const std::filesystem::path& file : request.files)
            if (const std::string other = bidsSubject(file); other != name && !other.empty()) {
                if (!name.empty())
                    throw ParameterError({.where = "import " + request.kind,
                                          .expected = "files of one subject",
                                          .found = name + " and " + other,
                                          .remedy = "import each subject’s by themselves, or say with --subject whose "
                                                    "they all are"});
                name = other;
            }
        if (name.empty())
            return {};
    }
    const std::string plain = plainNameFrom(name);
    const bool isPlain = std::ranges::all_of(name, [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == ' ';
    });
    if (plain.empty() || !isPlain) // else two names could become one
        throw ParameterError(
            {.where = "--subject", .expected = "a name of letters, digits and hyphens", .found = tercet::quoted(name)});
    return Subject{plain, request.subjectTitle.empty() ? name : request.subjectTitle};
}

Subject subjectFor(const ImportRequest& request) {
    if (auto subject = subjectOrAll(request))
        return *subject;
    throw ParameterError({.where = "import " + request.kind,
                          .expected = "whose it is",
                          .found = "no subject in the files’ names",
                          .remedy = "give it as --subject NAME"});
}

StimulusNames::StimulusNames(const std::vector<Stimulus>& stimuli, std::optional<int> base)
    : m_count(static_cast<std::int64_t>(stimuli.size())), m_base(base), m_idsFirst(!base) {
    for (std::size_t i = 0; i < stimuli.size(); ++i)
        m_rows.emplace(lowered(stimuli[i].name), static_cast<std::int32_t>(i));
    for (std::size_t i = 0; i < stimuli.size(); ++i)
        m_rows[stimuli[i].id] = static_cast<std::int32_t>(i);
    if (!base && std::none_of(stimuli.begin(), stimuli.end(),
                              [](const Stimulus& stimulus) { return toNumber(stimulus.id).has_value(); }))
        m_base = 1;
}

std::optional<std::int32_t> StimulusNames::byName(const std::string& cell) const {
    for (const std::string& text : {canonicalStimulusId(cell), lowered(cell)})
        if (const auto found = m_rows.find(text); found != m_rows.end())
            return found->second;
    return {};
}

bool StimulusNames::isCounted(const std::string& cell) const {
    return m_idsFirst && m_base && toNumber(cell).has_value() && !byName(cell);
}

std::optional<std::int32_t> StimulusNames::find(const std::string& cell) const {
    if (cell.empty())
        return {};
    if (m_idsFirst)
        if (const auto row = byName(cell))
            return row;
    if (const auto number = toNumber(cell); m_base && number && *number == std::floor(*number)) {
        const double row = *number - *m_base;
        return row >= 0 && row < static_cast<double>(m_count) ? std::optional(static_cast<std::int32_t>(row))
                                                              : std::nullopt;
    }
    return m_idsFirst ? std::nullopt : byName(cell);
}

ImportReport importRegions(Study& study, const ImportRequest& request) {
    if (request.files.size() != 1)
        throw ParameterError(
            {.where = "import regions", .expected = "one file", .found = std::to_string(request.files.size())});
    const auto& file = request.files.front();
    const RegionTable table = regionTableFromCsv(FileContent::read(file).text(), file.string());
    Study::Import import = regionImport(table);
    import.source = file;
    noteUnknownParcels(study, table, import.notes);
    ImportReport report;
    report.notes = import.notes;
    report.key = study.add(std::move(import));
    report.summary = fmt::format("Imported {}.", counted(table.regions.size(), "region", "regions"));
    return report;
}

RegionTable regionTableIn(const ArrayBundle& arrays) {
    return regionTableFromCsv(arrays.get<std::string>("csv").values.at(0), "the study’s table of regions");
}

RegionTable regionTableOf(const Study& study) {
    const auto key = study.imported("", "regions");
    return key ? regionTableIn(*study.arrays(*key)) : defaultRegionTable();
}

void setRegionTable(Study& study, const RegionTable& table) {
    if (table == defaultRegionTable()) {
        study.forgetImports("", "regions");
        return;
    }
    static_cast<void>(regionTableFromCsv(toCsv(table), "the table of regions"));
    Study::Import import = regionImport(table);
    import.notes = {"Edited in the window."};
    study.add(std::move(import));
}

} // namespace tercet
