#include "core/study/study_import.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/embedding_file.h"
#include "core/io/file_content.h"
#include "core/io/judgment_file.h"
#include "core/io/name_list.h"
#include "core/io/ratings_file.h"
#include "core/io/stimulus_id.h"
#include "core/study/judgment_set.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>
#include <unordered_map>

namespace tercet {
namespace {

namespace fs = std::filesystem;

const fs::path& onlyFile(const ImportRequest& request) {
    if (request.files.size() != 1)
        throw ParameterError(
            {.where = "import " + request.kind, .expected = "one file", .found = std::to_string(request.files.size())});
    return request.files.front();
}

/// The place of each of `ids` among the study's stimuli; nothing for those it does not have.
std::vector<std::optional<std::size_t>> placesOf(const std::vector<Stimulus>& stimuli,
                                                 const std::vector<std::string>& ids) {
    std::unordered_map<std::string, std::size_t> known;
    for (std::size_t i = 0; i < stimuli.size(); ++i)
        known[stimuli[i].id] = i;
    std::vector<std::optional<std::size_t>> places(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (const auto found = known.find(canonicalStimulusId(ids[i])); found != known.end())
            places[i] = found->second;
    return places;
}

/// Rows of a file in the order of the study's stimuli. Every stimulus must be there; rows of others are left out and
/// noted.
Matrix<double> inStudyOrder(const std::vector<Stimulus>& stimuli, const std::vector<std::string>& ids,
                            const Matrix<double>& values, const fs::path& file, std::vector<std::string>& notes) {
    const auto places = placesOf(stimuli, ids);
    std::vector<std::uint8_t> seen(stimuli.size());
    Matrix<double> ordered(stimuli.size(), values.cols());
    std::size_t unknown = 0;
    std::string firstUnknown;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (!places[i]) {
            if (unknown++ == 0)
                firstUnknown = ids[i];
            continue;
        }
        seen[*places[i]] = 1;
        std::copy(values.row(i).begin(), values.row(i).end(), ordered.row(*places[i]).begin());
    }
    const auto missing = static_cast<std::size_t>(std::count(seen.begin(), seen.end(), 0));
    if (missing > 0) {
        const auto first = static_cast<std::size_t>(std::find(seen.begin(), seen.end(), 0) - seen.begin());
        throw FormatError(
            {.where = file.string(),
             .expected = fmt::format("a row for each of the study's {} stimuli", withThousands(stimuli.size())),
             .found = fmt::format("none for {} of them, the first being {}", withThousands(missing),
                                  tercet::quoted(stimuli[first].id)),
             .remedy = "add the rows, or import this file into a study of its own"});
    }
    if (unknown > 0)
        notes.push_back(
            fmt::format("{} rows are about stimuli that the study does not have and were left out, the first "
                        "being {}.",
                        withThousands(unknown), tercet::quoted(firstUnknown)));
    return ordered;
}

/// The system an import belongs to; made if the study does not have it.
System systemFor(const Study& study, const ImportRequest& request, SystemSource source) {
    const std::string fromFile = plainFileName(
        request.files.front().has_filename() ? request.files.front() : request.files.front().parent_path());
    const std::string name =
        plainNameFrom(request.system.empty() ? fs::path(fromFile).stem().string() : request.system);
    if (name.empty())
        throw ParameterError({.where = "--system",
                              .expected = "a name of letters, digits and hyphens",
                              .found = tercet::quoted(request.system)});
    for (const System& known : study.systems())
        if (known.name == name) {
            if (known.source != source)
                throw ParameterError(
                    {.where = "system " + tercet::quoted(name),
                     .what = fmt::format("it has its judgments from {} already", toString(known.source)),
                     .remedy = "choose another --system name"});
            return known;
        }
    const std::string title = !request.systemTitle.empty() ? request.systemTitle
                              : !request.system.empty()    ? request.system
                                                           : fs::path(fromFile).stem().string();
    return {name, title, source};
}

/// New stimuli for a study that has none: from the names, else numbered.
std::vector<Stimulus> newStimuli(const std::vector<std::string>& names, std::size_t count) {
    std::vector<Stimulus> stimuli;
    stimuli.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const std::string name = names.empty() ? fmt::format("{:04}", i + 1) : names[i];
        stimuli.push_back({canonicalStimulusId(name), name});
    }
    return stimuli;
}

std::vector<std::string> namesFor(const Study& study, const ImportRequest& request, std::vector<std::string>& notes) {
    if (request.names.empty())
        return {};
    std::vector<std::string> names = readNameList(request.names);
    const auto stimuli = study.stimuli();
    if (stimuli->empty())
        return names;
    for (std::size_t i = 0; i < std::max(names.size(), stimuli->size()); ++i) {
        const std::string mine = i < stimuli->size() ? (*stimuli)[i].id : "";
        const std::string theirs = i < names.size() ? canonicalStimulusId(names[i]) : "";
        if (mine != theirs)
            throw FormatError({.where = fmt::format("{}, name {}", request.names.string(), i + 1),
                               .expected = mine.empty() ? "no more names than the study has stimuli"
                                                        : "the study’s stimulus " + tercet::quoted(mine),
                               .found = theirs.empty() ? "none" : tercet::quoted(names[i]),
                               .remedy = "bring rows and names into the study’s order, as the study has its stimuli "
                                         "already"});
    }
    notes.emplace_back("The names are those of the study’s stimuli.");
    return {};
}

ImportReport importRatings(Study& study, const ImportRequest& request) {
    const fs::path& file = onlyFile(request);
    RatingsTable table = readRatings(file, {.idColumn = request.idColumn, .excludedIds = request.excludedIds});
    Study::Import import;
    import.kind = "ratings";
    import.source = file;
    import.notes = std::move(table.notes);
    const auto stimuli = study.stimuli();
    if (stimuli->empty()) {
        for (std::size_t i = 0; i < table.stimulusIds.size(); ++i)
            import.newStimuli.push_back({table.stimulusIds[i], table.names[i]});
    } else {
        table.values = inStudyOrder(*stimuli, table.stimulusIds, table.values, file, import.notes);
    }
    std::vector<std::string> names;
    std::vector<std::uint8_t> kinds;
    std::size_t categories = 0;
    std::size_t dimensions = 0;
    for (const Term& term : table.terms) {
        names.push_back(term.name);
        kinds.push_back(static_cast<std::uint8_t>(term.kind));
        categories += static_cast<std::size_t>(term.kind == TermKind::Category);
        dimensions += static_cast<std::size_t>(term.kind == TermKind::Dimension);
    }
    const std::size_t rows = table.values.rows();
    import.arrays.set("ratings", std::move(table.values));
    import.arrays.set("terms", std::move(names));
    import.arrays.set("kinds", std::move(kinds));
    if (categories > 0)
        import.systems.push_back({"human-categories", "Human categories", SystemSource::Categories});
    if (dimensions > 0)
        import.systems.push_back({"human-dimensions", "Human dimensions", SystemSource::Dimensions});
    ImportReport report;
    report.notes = import.notes;
    report.key = study.add(std::move(import));
    report.summary =
        fmt::format("Imported ratings of {}: {} and {}.", counted(rows, "stimulus", "stimuli"),
                    counted(categories, "category", "categories"), counted(dimensions, "dimension", "dimensions"));
    return report;
}

/// Several tables as one, in order; those called test… are held out if others are not.
JudgmentTable joined(std::vector<JudgmentTable> tables, const std::vector<fs::path>& files) {
    if (tables.size() == 1)
        return std::move(tables.front());
    JudgmentTable all;
    Triplets::Wide values;
    const auto isTest = [&](std::size_t i) { return plainFileName(files[i]).starts_with("test"); };
    std::size_t tests = 0;
    bool participants = true;
    for (std::size_t i = 0; i < tables.size(); ++i) {
        tests += static_cast<std::size_t>(isTest(i));
        participants = participants && !tables[i].participants.empty();
        all.stimuli = std::max(all.stimuli, tables[i].stimuli);
    }
    const bool split = tests > 0 && tests < tables.size();
    for (std::size_t i = 0; i < tables.size(); ++i) {
        tables[i].triplets->visit([&](const auto part) { values.insert(values.end(), part.begin(), part.end()); });
        if (split)
            all.heldOut.insert(all.heldOut.end(), tables[i].triplets->size(), static_cast<std::uint8_t>(isTest(i)));
        if (participants)
            all.participants.insert(all.participants.end(), tables[i].participants.begin(),
                                    tables[i].participants.end());
        for (const std::string& note : tables[i].notes)
            all.notes.push_back(files[i].filename().string() + ": " + note);
    }
    if (Triplets::narrowFits(all.stimuli))
        all.triplets = std::make_shared<const Triplets>(Triplets::Narrow(values.begin(), values.end()));
    else
        all.triplets = std::make_shared<const Triplets>(std::move(values));
    if (split)
        all.notes.push_back(fmt::format("{} of {} files are called test… and are held out.", tests, tables.size()));
    return all;
}

ImportReport importJudgments(Study& study, const ImportRequest& request) {
    Study::Import import;
    import.kind = request.kind;
    const std::vector<std::string> names = namesFor(study, request, import.notes);
    const auto stimuli = study.stimuli();
    const std::size_t known = !stimuli->empty() ? stimuli->size()
                              : !names.empty()  ? names.size()
                                                : request.stimuli.value_or(0);
    if (request.stimuli && known != *request.stimuli)
        throw ParameterError({.where = "--stimuli",
                              .expected = withThousands(known) + ", as in the study or its names",
                              .found = withThousands(*request.stimuli)});
    std::vector<JudgmentTable> tables;
    for (const fs::path& file : request.files)
        tables.push_back(readJudgments(file, {.stimuli = known,
                                              .base = !request.indexBase        ? IndexBase::Detect
                                                      : *request.indexBase == 0 ? IndexBase::Zero
                                                                                : IndexBase::One}));
    JudgmentTable table = joined(std::move(tables), request.files);
    const System system = systemFor(study, request, SystemSource::Judgments);
    import.source = request.files.front();
    import.owner = system.name;
    import.systems = {system};
    import.notes.insert(import.notes.end(), table.notes.begin(), table.notes.end());
    if (stimuli->empty())
        import.newStimuli = newStimuli(names, table.stimuli);
    const std::size_t count = table.triplets->size();
    import.arrays.arrays["triplets"] = toArray(*table.triplets);
    if (!table.heldOut.empty() && request.kind == "judgments")
        import.arrays.set("held_out", std::move(table.heldOut));
    if (!table.participants.empty())
        import.arrays.set("participants", std::move(table.participants));
    ImportReport report;
    report.notes = import.notes;
    report.key = study.add(std::move(import));
    const char* what = request.kind == "validation" ? "validation judgments"
                       : request.kind == "repeats"  ? "repeated judgments"
                                                    : "judgments";
    report.summary = fmt::format("Imported {} {} about {} stimuli as system “{}”.", withThousands(count), what,
                                 withThousands(study.stimuli()->size()), system.name);
    return report;
}

ImportReport importEmbedding(Study& study, const ImportRequest& request) {
    const fs::path& file = onlyFile(request);
    Study::Import import;
    import.kind = "embedding";
    import.source = file;
    const std::vector<std::string> names = namesFor(study, request, import.notes);
    const auto stimuli = study.stimuli();
    EmbeddingOptions options;
    options.stimuli = !stimuli->empty() ? stimuli->size() : names.size();
    if (request.transposed)
        options.orientation = EmbeddingOrientation::ComponentsByStimuli;
    EmbeddingTable table = readEmbedding(file, options);
    import.notes.insert(import.notes.end(), table.notes.begin(), table.notes.end());
    if (!stimuli->empty() && !table.stimulusIds.empty())
        table.values = inStudyOrder(*stimuli, table.stimulusIds, table.values, file, import.notes);
    else if (stimuli->empty())
        import.newStimuli = newStimuli(names.empty() ? table.stimulusIds : names, table.values.rows());

    // Components by descending sum, as a fit orders them (E1).
    const std::size_t n = table.values.rows();
    const std::size_t d = table.values.cols();
    std::vector<double> sums(d);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t c = 0; c < d; ++c)
            sums[c] += std::abs(table.values(i, c));
    std::vector<std::int32_t> order(d);
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
        return sums[static_cast<std::size_t>(a)] > sums[static_cast<std::size_t>(b)];
    });
    Matrix<double> sorted(n, d);
    std::vector<double> sortedSums(d);
    for (std::size_t c = 0; c < d; ++c) {
        const auto from = static_cast<std::size_t>(order[c]);
        sortedSums[c] = sums[from];
        for (std::size_t i = 0; i < n; ++i)
            sorted(i, c) = table.values(i, from);
    }
    const System system = systemFor(study, request, SystemSource::Embedding);
    import.owner = system.name;
    import.systems = {system};
    import.arrays.set("embedding", std::move(sorted));
    import.arrays.set("training_column", std::move(order));
    import.arrays.set("sums", std::move(sortedSums));
    ImportReport report;
    report.notes = import.notes;
    report.key = study.add(std::move(import));
    report.summary = fmt::format("Imported an embedding of {} stimuli in {} components as system “{}”.",
                                 withThousands(n), d, system.name);
    return report;
}

} // namespace

std::string plainNameFrom(const std::string& text) {
    std::string name;
    for (const char c : lowered(text)) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (plain)
            name += c;
        else if (!name.empty() && name.back() != '-')
            name += '-';
    }
    while (!name.empty() && name.back() == '-')
        name.pop_back();
    return name;
}

ImportReport importInto(Study& study, const ImportRequest& request) {
    if (!study.readOnlyReason().empty())
        throw StorageError({.where = study.folder().string(), .what = study.readOnlyReason()});
    if (request.files.empty())
        throw ParameterError({.where = "import", .expected = "a file", .found = "none"});
    if (request.kind == "ratings")
        return importRatings(study, request);
    if (request.kind == "judgments" || request.kind == "validation" || request.kind == "repeats")
        return importJudgments(study, request);
    if (request.kind == "embedding")
        return importEmbedding(study, request);
    throw ParameterError({.where = "import",
                          .expected = "ratings, judgments, validation, repeats or embedding",
                          .found = tercet::quoted(request.kind)});
}

} // namespace tercet
