#include "core/study/study.h"

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/study/database.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <ctime>
#include <fcntl.h>
#include <fmt/format.h>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <sys/file.h>
#include <unistd.h>

namespace tercet {
namespace fs = std::filesystem;
namespace {

constexpr std::array<std::pair<SystemSource, const char*>, 7> kSourceWords{
    {{SystemSource::Categories, "categories"},
     {SystemSource::Dimensions, "dimensions"},
     {SystemSource::Judgments, "judgments"},
     {SystemSource::Embedding, "embedding"},
     {SystemSource::CategoryRatings, "category-ratings"},
     {SystemSource::DimensionRatings, "dimension-ratings"},
     {SystemSource::AllRatings, "all-ratings"}}};

constexpr std::array kSchema = {
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE stimuli (place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL)",
    "CREATE TABLE systems (place INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, title TEXT NOT NULL,"
    " source TEXT NOT NULL)",
    "CREATE TABLE imports (place INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, kind TEXT NOT NULL,"
    " system TEXT NOT NULL, path TEXT NOT NULL, bytes INTEGER NOT NULL, imported_at TEXT NOT NULL, notes TEXT NOT "
    "NULL)",
    "CREATE TABLE results (place INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, step TEXT NOT NULL,"
    " step_version INTEGER NOT NULL, system TEXT NOT NULL, parameters TEXT NOT NULL, inputs TEXT NOT NULL,"
    " program TEXT NOT NULL, created_at TEXT NOT NULL, seconds REAL NOT NULL, threads INTEGER NOT NULL)",
    "CREATE INDEX results_of_step ON results (step, system)",
    "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
};

/// What format 2 added to format 1: subjects.
constexpr std::array kSchemaOfSubjects = {
    "CREATE TABLE subjects (place INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, title TEXT NOT NULL)",
    "ALTER TABLE results ADD COLUMN subject TEXT NOT NULL DEFAULT ''",
};
/// The same for a study of format 1 that may not be written.
constexpr std::array kViewsOfSubjects = {
    "CREATE TEMP TABLE subjects (place INTEGER PRIMARY KEY, name TEXT, title TEXT)",
    "CREATE TEMP VIEW results AS SELECT *, '' AS subject FROM main.results",
};

const std::string kParameterCountPrefix = "parameter-count/"; ///< of settings, before a system's name

std::string utcNow() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm parts{};
    gmtime_r(&now, &parts);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                       parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string newIdentity() {
    std::random_device device;
    return fmt::format("{:08x}{:08x}{:08x}{:08x}", device(), device(), device(), device());
}

using TextMap = std::map<std::string, std::string>;

std::string hashOf(const ArrayBundle& bundle) {
    Hasher hasher;
    for (const auto& [name, value] : bundle.arrays) {
        hasher.add(name);
        std::visit(
            [&]<class T>(const Array<T>& array) {
                hasher.addValues(std::span<const std::size_t>(array.shape));
                if constexpr (std::is_same_v<T, std::string>)
                    for (const auto& text : array.values)
                        hasher.add(text);
                else
                    hasher.addValues(std::span<const T>(array.values));
            },
            value);
    }
    return hasher.hex();
}

/// Held by the one program that may write.
class WriterLock {
public:
    explicit WriterLock(const fs::path& folder) {
        m_file = ::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644); // NOLINT
        m_readOnly = m_file < 0;
        m_held = m_file >= 0 && ::flock(m_file, LOCK_EX | LOCK_NB) == 0;
    }
    ~WriterLock() {
        if (m_file >= 0)
            ::close(m_file);
    }
    WriterLock(const WriterLock&) = delete;
    WriterLock& operator=(const WriterLock&) = delete;
    [[nodiscard]] bool held() const noexcept { return m_held; }
    [[nodiscard]] bool folderReadOnly() const noexcept { return m_readOnly; }

private:
    int m_file = -1;
    bool m_held = false;
    bool m_readOnly = false;
};

/// Removes what a killed program had half written. Only for the one that may write.
void removeUnfinished(const fs::path& folder) {
    std::error_code error;
    std::vector<fs::path> unfinished;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        if (entry->path().extension() == kUnfinishedFileEnding)
            unfinished.push_back(entry->path());
    for (const fs::path& path : unfinished)
        fs::remove(path, error);
}

/// Reads a file of arrays; what it throws says how to get the file back.
template <class Read, class Remedy>
auto reading(const fs::path& file, const Read& read, const Remedy& remedy) {
    const auto remedied = [&](const Error& error) {
        Fault fault = error.fault();
        fault.remedy = remedy();
        return fault;
    };
    try {
        return read(file);
    } catch (const DamagedFileError& error) {
        throw DamagedFileError(remedied(error));
    } catch (const MissingError& error) {
        throw MissingError(remedied(error));
    }
}

} // namespace

std::string toString(SystemSource source) {
    return std::find_if(kSourceWords.begin(), kSourceWords.end(),
                        [&](const auto& entry) { return entry.first == source; })
        ->second;
}

SystemSource systemSourceFrom(const std::string& word) {
    std::string known;
    for (const auto& [source, text] : kSourceWords) {
        if (word == text)
            return source;
        known += (known.empty() ? "" : ", ") + std::string(text);
    }
    throw FormatError(
        {.where = "the source of a system", .expected = "one of " + known, .found = tercet::quoted(word)});
}

std::vector<System> modelsInOrder(std::vector<System> systems) {
    std::stable_partition(systems.begin(), systems.end(),
                          [](const System& system) { return !isRatingTable(system.source); });
    return systems;
}

std::vector<std::size_t> Ratings::columns(TermKind kind) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < terms.size(); ++i)
        if (terms[i].kind == kind)
            found.push_back(i);
    return found;
}

Matrix<double> Ratings::part(TermKind kind) const {
    const auto chosen = columns(kind);
    Matrix<double> result(values.rows(), chosen.size());
    for (std::size_t i = 0; i < values.rows(); ++i)
        for (std::size_t j = 0; j < chosen.size(); ++j)
            result(i, j) = values(i, chosen[j]);
    return result;
}

struct Study::State {
    State(const fs::path& file, Database::Mode mode) : database(file, mode) {}

    std::unique_ptr<WriterLock> lock;
    mutable std::mutex mutex; ///< guards the database and the caches
    Database database;
    std::shared_ptr<const std::vector<Stimulus>> stimuli;
    std::map<std::string, std::weak_ptr<const ArrayBundle>> loaded;
    std::weak_ptr<const Ratings> ratings;
    std::string ratingsKey;
    std::atomic<std::uint64_t> revision{0};

    void readStimuli() {
        auto rows = std::make_shared<std::vector<Stimulus>>();
        database.query("SELECT id, name FROM stimuli ORDER BY place", {}, [&](const Database::Row& row) {
            rows->push_back({row.text(0), row.text(1)});
        });
        stimuli = std::move(rows);
    }
    std::optional<std::string> text(const std::string& sql, std::initializer_list<Database::Value> values) {
        std::optional<std::string> found;
        database.query(sql, values, [&](const Database::Row& row) { found = row.text(0); });
        return found;
    }
    void putSystem(const System& system) {
        database.run("INSERT INTO systems (name, title, source) VALUES (?, ?, ?) "
                     "ON CONFLICT (name) DO UPDATE SET title = excluded.title, source = excluded.source",
                     {system.name, system.title, toString(system.source)});
        const std::string setting = kParameterCountPrefix + system.name;
        if (system.parameterCount > 0)
            database.run("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)",
                         {setting, fmt::format("{}", system.parameterCount)});
        else
            database.run("DELETE FROM settings WHERE name = ?", {setting});
    }
    void forgetImports(const std::string& owner, const std::string& kind) {
        database.run("DELETE FROM imports WHERE system = ? AND kind = ?", {owner, kind});
    }
};

Study::Study(fs::path folder, std::unique_ptr<State> state, std::string readOnlyReason)
    : m_folder(std::move(folder)), m_readOnlyReason(std::move(readOnlyReason)), m_state(std::move(state)) {}

Study::~Study() = default;

std::shared_ptr<Study> Study::create(const fs::path& where, const std::string& title) {
    const fs::path folder = where.has_filename() ? where : where.parent_path(); // without a “/” at its end
    std::error_code error;
    if (fs::exists(folder, error))
        throw StorageError({.where = folder.string(),
                            .what = "something of this name exists already",
                            .remedy = "choose another name or open it"});
    // The study is made under another name, so that a study half made is never found.
    const fs::path making = folder.string() + ".making";
    fs::remove_all(making, error);
    const struct Cleanup {
        const fs::path& path;
        ~Cleanup() {
            std::error_code ignored;
            fs::remove_all(path, ignored);
        }
    } cleanup{making};
    fs::create_directories(making / "arrays", error);
    if (!error)
        fs::create_directories(making / "cache", error);
    if (error)
        throw StorageError({.where = folder.string(),
                            .what = "the study's folder cannot be made (" + error.message() + ")",
                            .remedy = "choose a folder where you may write"});
    {
        Database database(making / "study.sqlite", Database::Mode::Create);
        Database::Transaction transaction(database);
        for (const char* sql : kSchema)
            database.run(sql);
        for (const char* sql : kSchemaOfSubjects)
            database.run(sql);
        for (const auto& [name, value] :
             std::initializer_list<std::pair<const char*, std::string>>{{"format", std::to_string(kFormatVersion)},
                                                                        {"id", newIdentity()},
                                                                        {"title", title},
                                                                        {"created_at", utcNow()},
                                                                        {"created_by", TERCET_VERSION}})
            database.run("INSERT INTO meta VALUES (?, ?)", {std::string(name), value});
        transaction.commit();
    }
    fs::rename(making, folder, error);
    if (error)
        throw StorageError({.where = folder.string(),
                            .what = "the study's folder cannot be made (" + error.message() + ")",
                            .remedy = "choose a folder where you may write"});
    return open(folder);
}

std::shared_ptr<Study> Study::open(const fs::path& folder) {
    const fs::path file = folder / "study.sqlite";
    std::error_code error;
    const bool exists = fs::exists(file, error);
    if (error)
        throw StorageError({.where = folder.string(),
                            .what = "the study cannot be opened (" + error.message() + ")",
                            .remedy = "check the permissions of the folder and the disk"});
    if (!exists)
        throw MissingError({.where = folder.string(),
                            .what = fs::exists(folder, error) ? "this folder is not a study" : "there is no such study",
                            .expected = "a folder with study.sqlite in it",
                            .remedy = "it may have been moved or renamed; open it where it is now"});
    auto lock = std::make_unique<WriterLock>(folder);
    std::string reason;
    if (lock->folderReadOnly() || ::access(file.c_str(), W_OK) != 0)
        reason = "This folder may not be written to, so the study is open for reading only; copy it to change it.";
    else if (!lock->held())
        reason = "This study is open in another window, so it is open for reading only here; close the other one to "
                 "change it.";
    auto state = std::make_unique<State>(file, reason.empty() ? Database::Mode::ReadWrite : Database::Mode::ReadOnly);
    state->lock = std::move(lock);
    const auto tables = state->text("SELECT name FROM sqlite_master WHERE name = 'meta'", {});
    const auto format = tables ? state->text("SELECT value FROM meta WHERE name = 'format'", {}) : std::nullopt;
    const auto version = format ? toInteger(*format) : std::nullopt;
    if (!version)
        throw StorageError({.where = file.string(),
                            .what = "the study does not say which format it has",
                            .remedy = "restore study.sqlite from a backup"});
    if (*version > kFormatVersion)
        throw StorageError({.where = folder.string(),
                            .what = "this study was made by a newer Tercet",
                            .expected = fmt::format("format {} or older", kFormatVersion),
                            .found = fmt::format("format {}", *version),
                            .remedy = "install the newest Tercet to open it"});
    if (*version < 2) {
        if (reason.empty()) {
            Database::Transaction transaction(state->database);
            for (const char* sql : kSchemaOfSubjects)
                state->database.run(sql);
            state->database.run("UPDATE meta SET value = ? WHERE name = 'format'", {std::to_string(kFormatVersion)});
            transaction.commit();
        } else {
            for (const char* sql : kViewsOfSubjects)
                state->database.run(sql);
        }
    }
    state->readStimuli();
    if (reason.empty())
        removeUnfinished(folder / "arrays");
    return std::shared_ptr<Study>(new Study(folder, std::move(state), std::move(reason)));
}

void Study::requireWritable() const {
    if (!m_readOnlyReason.empty())
        throw StorageError({.where = m_folder.string(), .what = m_readOnlyReason});
}

fs::path Study::arrayPath(const std::string& key) const { return m_folder / "arrays" / (key + ".h5"); }
fs::path Study::checkpointPath(const std::string& key) const { return m_folder / "arrays" / (key + ".checkpoint.h5"); }

std::string Study::id() const {
    const std::lock_guard guard(m_state->mutex);
    return m_state->text("SELECT value FROM meta WHERE name = 'id'", {}).value_or("");
}

std::string Study::title() const {
    const std::lock_guard guard(m_state->mutex);
    return m_state->text("SELECT value FROM meta WHERE name = 'title'", {}).value_or("");
}

std::shared_ptr<const std::vector<Stimulus>> Study::stimuli() const {
    const std::lock_guard guard(m_state->mutex);
    return m_state->stimuli;
}

std::vector<System> Study::systems() const {
    const std::lock_guard guard(m_state->mutex);
    std::vector<System> found;
    m_state->database.query("SELECT systems.name, title, source, value FROM systems LEFT JOIN settings "
                            "ON settings.name = ? || systems.name ORDER BY place",
                            {kParameterCountPrefix}, [&](const Database::Row& row) {
                                found.push_back({row.text(0), row.text(1), systemSourceFrom(row.text(2)),
                                                 toNumber(row.text(3)).value_or(0)});
                            });
    return found;
}

System Study::system(const std::string& name) const {
    std::string known;
    for (const System& system : systems()) {
        if (system.name == name)
            return system;
        known += (known.empty() ? "" : ", ") + system.name;
    }
    throw MissingError({.where = "system " + tercet::quoted(name),
                        .what = "the study has no such system",
                        .expected = known.empty() ? "an import of ratings or judgments first" : "one of " + known});
}

std::vector<Subject> Study::subjects() const {
    const std::lock_guard guard(m_state->mutex);
    std::vector<Subject> found;
    m_state->database.query("SELECT name, title FROM subjects ORDER BY place", {}, [&](const Database::Row& row) {
        found.push_back({row.text(0), row.text(1)});
    });
    return found;
}

Subject Study::subject(const std::string& name) const {
    std::string known;
    for (const Subject& subject : subjects()) {
        if (subject.name == name)
            return subject;
        known += (known.empty() ? "" : ", ") + subject.name;
    }
    throw MissingError({.where = "subject " + tercet::quoted(name),
                        .what = "the study has no such subject",
                        .expected = known.empty() ? "an import of fMRI first" : "one of " + known});
}

std::shared_ptr<const Ratings> Study::ratings() const {
    const auto key = imported("", "ratings");
    if (!key)
        return nullptr;
    {
        const std::lock_guard guard(m_state->mutex);
        if (auto known = m_state->ratings.lock(); known && m_state->ratingsKey == *key)
            return known;
    }
    ArrayBundle bundle = reading(
        arrayPath(*key), [](const fs::path& file) { return readArrayFile(file); }, [&] { return remedyFor(*key); });
    const std::lock_guard guard(m_state->mutex);
    auto ratings = std::make_shared<Ratings>();
    const auto& names = bundle.get<std::string>("terms").values;
    const auto& kinds = bundle.get<std::uint8_t>("kinds").values;
    for (std::size_t i = 0; i < names.size(); ++i)
        ratings->terms.push_back({names[i], static_cast<TermKind>(kinds[i])});
    auto values = bundle.take<double>("ratings");
    ratings->values = Matrix<double>(values.shape.at(0), values.shape.at(1), std::move(values.values));
    m_state->ratings = ratings;
    m_state->ratingsKey = *key;
    return ratings;
}

std::optional<std::string> Study::imported(const std::string& owner, const std::string& kind) const {
    const std::lock_guard guard(m_state->mutex);
    return m_state->text("SELECT key FROM imports WHERE system = ? AND kind = ? ORDER BY place DESC LIMIT 1",
                         {owner, kind});
}

std::vector<ImportRecord> Study::imports() const {
    const std::lock_guard guard(m_state->mutex);
    std::vector<ImportRecord> found;
    m_state->database.query("SELECT key, kind, system, path, bytes, imported_at, notes FROM imports ORDER BY place", {},
                            [&](const Database::Row& row) {
                                found.push_back({row.text(0), row.text(1), row.text(2), row.text(3),
                                                 static_cast<std::uint64_t>(row.integer(4)), row.text(5),
                                                 nlohmann::json::parse(row.text(6)).get<std::vector<std::string>>()});
                            });
    return found;
}

namespace {

/// Removes a file that was just written unless the database took note of it.
class NewFile {
public:
    explicit NewFile(fs::path path) : m_path(std::move(path)), m_isNew(isAbsent(m_path)) {}
    ~NewFile() {
        std::error_code ignored;
        if (m_isNew && !m_noted)
            fs::remove(m_path, ignored);
    }
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;
    void noted() noexcept { m_noted = true; }

private:
    static bool isAbsent(const fs::path& path) {
        std::error_code ignored;
        return !fs::exists(path, ignored);
    }
    fs::path m_path;
    bool m_isNew;
    bool m_noted = false;
};

} // namespace

std::string Study::add(Import import) {
    requireWritable();
    const std::string key = Hasher().add("import").add(import.kind).add(import.owner).add(hashOf(import.arrays)).hex();
    import.arrays.attributes["kind"] = import.kind;
    import.arrays.attributes["source"] =
        import.source.empty() && !import.notes.empty() ? import.notes.front() : import.source.string();
    import.arrays.attributes["program"] = TERCET_VERSION;
    NewFile file(arrayPath(key));
    writeArrayFile(arrayPath(key), import.arrays);
    std::error_code error;
    const auto bytes = fs::is_regular_file(import.source, error) ? fs::file_size(import.source, error) : 0;

    const std::lock_guard guard(m_state->mutex);
    auto& database = m_state->database;
    Database::Transaction transaction(database);
    auto place = static_cast<std::int64_t>(m_state->stimuli->size());
    for (const Stimulus& stimulus : import.newStimuli)
        database.run("INSERT INTO stimuli VALUES (?, ?, ?)", {place++, stimulus.id, stimulus.name});
    for (const System& system : import.systems)
        if (!m_state->text("SELECT name FROM systems WHERE name = ?", {system.name}))
            m_state->putSystem(system);
    for (const Subject& subject : import.subjects)
        database.run("INSERT OR IGNORE INTO subjects (name, title) VALUES (?, ?)", {subject.name, subject.title});
    if (import.replaces)
        m_state->forgetImports(import.owner, import.kind);
    database.run(
        "INSERT INTO imports (key, kind, system, path, bytes, imported_at, notes) VALUES (?, ?, ?, ?, ?, ?, ?)",
        {key, import.kind, import.owner,
         import.source.empty() ? std::string() : fs::absolute(import.source, error).string(),
         error ? std::int64_t{0} : static_cast<std::int64_t>(bytes), utcNow(), nlohmann::json(import.notes).dump()});
    transaction.commit();
    file.noted();
    m_state->readStimuli();
    ++m_state->revision;
    return key;
}

void Study::forgetImports(const std::string& owner, const std::string& kind) {
    requireWritable();
    const std::lock_guard guard(m_state->mutex);
    Database::Transaction transaction(m_state->database);
    m_state->forgetImports(owner, kind);
    transaction.commit();
    ++m_state->revision;
}

void Study::setSystem(const System& system) {
    requireWritable();
    const std::lock_guard guard(m_state->mutex);
    Database::Transaction transaction(m_state->database);
    m_state->putSystem(system);
    transaction.commit();
    ++m_state->revision;
}

std::string Study::remedyFor(const std::string& key) const {
    const std::lock_guard guard(m_state->mutex);
    std::string remedy;
    m_state->database.query("SELECT path FROM imports WHERE key = ?", {key}, [&](const Database::Row& row) {
        remedy = row.text(0).empty() ? "make the study that was generated again" : "import " + row.text(0) + " again";
    });
    m_state->database.query("SELECT step, system, subject FROM results WHERE key = ?", {key},
                            [&](const Database::Row& row) {
                                remedy = "run " + row.text(0) + (row.text(1).empty() ? "" : " of " + row.text(1)) +
                                         (row.text(2).empty() ? "" : " for " + row.text(2)) + " again";
                            });
    return remedy;
}

std::shared_ptr<const ArrayBundle> Study::arrays(const std::string& key, const JobControl& control) const {
    {
        const std::lock_guard guard(m_state->mutex);
        if (const auto found = m_state->loaded.find(key); found != m_state->loaded.end())
            if (auto bundle = found->second.lock())
                return bundle;
    }
    auto bundle = std::make_shared<const ArrayBundle>(reading(
        arrayPath(key), [&](const fs::path& file) { return readArrayFile(file, control); },
        [&] { return remedyFor(key); }));
    const std::lock_guard guard(m_state->mutex);
    m_state->loaded[key] = bundle;
    return bundle;
}

TextMap Study::attributes(const std::string& key) const {
    return reading(arrayPath(key), readArrayFileAttributes, [&] { return remedyFor(key); });
}

bool Study::isSound(const std::string& key, const JobControl& control) const {
    try {
        verifyArrayFile(arrayPath(key), control);
        return true;
    } catch (const Error&) {
        return false;
    }
}

void Study::store(const ResultRecord& record, ArrayBundle bundle, const JobControl& control) {
    requireWritable();
    bundle.attributes["step"] = record.step;
    bundle.attributes["step_version"] = std::to_string(record.stepVersion);
    bundle.attributes["system"] = record.system;
    bundle.attributes["subject"] = record.subject;
    bundle.attributes["parameters"] = nlohmann::json(record.parameters).dump();
    bundle.attributes["inputs"] = nlohmann::json(record.inputs).dump();
    bundle.attributes["program"] = record.program;
    NewFile file(arrayPath(record.key));
    writeArrayFile(arrayPath(record.key), bundle, control);
    const std::lock_guard guard(m_state->mutex);
    m_state->database.run("INSERT OR REPLACE INTO results (key, step, step_version, system, parameters, inputs, "
                          "program, created_at, seconds,"
                          " threads, subject) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          {record.key, record.step, std::int64_t{record.stepVersion}, record.system,
                           bundle.attributes["parameters"], bundle.attributes["inputs"], record.program, utcNow(),
                           record.seconds, std::int64_t{record.threads}, record.subject});
    file.noted();
    ++m_state->revision;
}

namespace {

constexpr const char* kResultColumns =
    "SELECT key, step, step_version, system, parameters, inputs, program, created_at, seconds, threads, subject "
    "FROM results ";

ResultRecord resultFrom(const Database::Row& row) {
    return {row.text(0),
            row.text(1),
            static_cast<int>(row.integer(2)),
            row.text(3),
            row.text(10),
            nlohmann::json::parse(row.text(4)).get<TextMap>(),
            nlohmann::json::parse(row.text(5)).get<TextMap>(),
            row.text(6),
            row.text(7),
            row.real(8),
            static_cast<int>(row.integer(9))};
}

} // namespace

std::optional<ResultRecord> Study::result(const std::string& key) const {
    std::error_code error;
    if (!fs::exists(arrayPath(key), error))
        return std::nullopt;
    const std::lock_guard guard(m_state->mutex);
    std::optional<ResultRecord> found;
    m_state->database.query(std::string(kResultColumns) + "WHERE key = ?", {key},
                            [&](const Database::Row& row) { found = resultFrom(row); });
    return found;
}

std::optional<ResultRecord> Study::newestResult(const std::string& step, const std::string& system,
                                                const std::string& subject) const {
    const std::lock_guard guard(m_state->mutex);
    std::optional<ResultRecord> found;
    m_state->database.query(std::string(kResultColumns) +
                                "WHERE step = ? AND system = ? AND subject = ? ORDER BY place DESC",
                            {step, system, subject}, [&](const Database::Row& row) {
                                std::error_code error;
                                if (!found && fs::exists(arrayPath(row.text(0)), error))
                                    found = resultFrom(row);
                            });
    return found;
}

std::vector<ResultRecord> Study::results() const {
    const std::lock_guard guard(m_state->mutex);
    std::vector<ResultRecord> found;
    m_state->database.query(std::string(kResultColumns) + "ORDER BY place", {},
                            [&](const Database::Row& row) { found.push_back(resultFrom(row)); });
    return found;
}

std::optional<std::string> Study::setting(const std::string& name) const {
    const std::lock_guard guard(m_state->mutex);
    return m_state->text("SELECT value FROM settings WHERE name = ?", {name});
}

void Study::setSetting(const std::string& name, const std::optional<std::string>& value) {
    requireWritable();
    const std::lock_guard guard(m_state->mutex);
    if (value)
        m_state->database.run("INSERT OR REPLACE INTO settings VALUES (?, ?)", {name, *value});
    else
        m_state->database.run("DELETE FROM settings WHERE name = ?", {name});
    ++m_state->revision;
}

std::map<std::string, std::string> Study::settings(const std::string& prefix) const {
    const std::lock_guard guard(m_state->mutex);
    TextMap found;
    m_state->database.query("SELECT name, value FROM settings WHERE substr(name, 1, ?) = ?",
                            {static_cast<std::int64_t>(prefix.size()), prefix},
                            [&](const Database::Row& row) { found[row.text(0)] = row.text(1); });
    return found;
}

std::vector<CheckFinding> Study::check() const {
    std::vector<CheckFinding> findings;
    {
        const std::lock_guard guard(m_state->mutex);
        std::string answer;
        m_state->database.query("PRAGMA integrity_check", {}, [&](const Database::Row& row) {
            answer += (answer.empty() ? "" : "; ") + row.text(0);
        });
        findings.push_back({answer == "ok", answer == "ok" ? "study.sqlite: the database is sound."
                                                           : "study.sqlite: the database is damaged (" + answer +
                                                                 "); restore it from a backup."});
    }
    std::set<std::string> needed;
    for (const ResultRecord& record : results())
        needed.insert(record.key);
    for (const ImportRecord& record : imports())
        needed.insert(record.key);
    std::size_t sound = 0;
    for (const std::string& key : needed) {
        try {
            reading(
                arrayPath(key), [](const fs::path& file) { verifyArrayFile(file); }, [&] { return remedyFor(key); });
            ++sound;
        } catch (const Error& error) {
            findings.push_back({false, error.what()});
        }
    }
    findings.push_back(
        {sound == needed.size(), fmt::format("arrays: {} of {} files are there and sound.", sound, needed.size())});
    return findings;
}

std::uint64_t Study::revision() const noexcept { return m_state->revision.load(); }

} // namespace tercet
