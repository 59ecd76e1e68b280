#include "core/study/database.h"

#include "core/base/error.h"

#include <sqlite3.h>

namespace tercet {

struct Database::Handle {
    sqlite3* db = nullptr;
    ~Handle() { sqlite3_close_v2(db); }
};

namespace {

[[noreturn]] void fail(const std::filesystem::path& path, sqlite3* db, int code) {
    const std::string said = db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code);
    switch (code & 0xff) {
    case SQLITE_FULL:
        throw StorageError({.where = path.string(),
                            .what = "the disk is full, the change was not kept",
                            .remedy = "free some space and try again; nothing that was there is lost"});
    case SQLITE_READONLY:
        throw StorageError({.where = path.string(),
                            .what = "the study may not be changed here",
                            .remedy = "copy its folder to a place where you may write"});
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        throw StorageError({.where = path.string(),
                            .what = "the study's database is damaged (" + said + ")",
                            .remedy = "restore study.sqlite from a backup; the arrays beside it are untouched"});
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        throw StorageError({.where = path.string(),
                            .what = "another program is using the study's database",
                            .remedy = "close it and try again"});
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_IOERR:
        throw StorageError({.where = path.string(),
                            .what = "the study's database cannot be read or written (" + said + ")",
                            .remedy = "check its permissions and the disk"});
    default:
        throw StorageError({.where = path.string(),
                            .what = "the study's database refused (" + said + ")",
                            .remedy = "if `tercet check` finds it damaged, restore study.sqlite from a backup"});
    }
}

class Statement {
public:
    Statement(const std::filesystem::path& path, sqlite3* db, const std::string& sql,
              std::initializer_list<Database::Value> values)
        : m_path(path), m_db(db) {
        check(sqlite3_prepare_v2(db, sql.c_str(), static_cast<int>(sql.size()), &m_statement, nullptr));
        int place = 0;
        for (const auto& value : values) {
            ++place;
            if (const auto* integer = std::get_if<std::int64_t>(&value))
                check(sqlite3_bind_int64(m_statement, place, *integer));
            else if (const auto* real = std::get_if<double>(&value))
                check(sqlite3_bind_double(m_statement, place, *real));
            else if (const auto* text = std::get_if<std::string>(&value))
                check(sqlite3_bind_text(m_statement, place, text->data(), static_cast<int>(text->size()),
                                        SQLITE_TRANSIENT)); // NOLINT
            else
                check(sqlite3_bind_null(m_statement, place));
        }
    }
    ~Statement() { sqlite3_finalize(m_statement); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    [[nodiscard]] bool step() {
        const int code = sqlite3_step(m_statement);
        if (code == SQLITE_ROW)
            return true;
        if (code != SQLITE_DONE)
            fail(m_path, m_db, code);
        return false;
    }
    [[nodiscard]] sqlite3_stmt* get() const noexcept { return m_statement; }

private:
    void check(int code) const {
        if (code != SQLITE_OK)
            fail(m_path, m_db, code);
    }
    const std::filesystem::path& m_path;
    sqlite3* m_db;
    sqlite3_stmt* m_statement = nullptr;
};

sqlite3_stmt* statementOf(void* pointer) { return static_cast<sqlite3_stmt*>(pointer); }

} // namespace

std::string Database::Row::text(int column) const {
    const void* bytes = sqlite3_column_blob(statementOf(m_statement), column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statementOf(m_statement), column));
    return size == 0 ? std::string() : std::string(static_cast<const char*>(bytes), size);
}
std::int64_t Database::Row::integer(int column) const { return sqlite3_column_int64(statementOf(m_statement), column); }
double Database::Row::real(int column) const { return sqlite3_column_double(statementOf(m_statement), column); }

Database::Transaction::Transaction(Database& database) : m_database(database) { m_database.run("BEGIN IMMEDIATE"); }
Database::Transaction::~Transaction() {
    if (!m_open)
        return;
    try {
        m_database.run("ROLLBACK");
    } catch (const StorageError&) { // SQLite has rolled back by itself
    }
}
void Database::Transaction::commit() {
    m_database.run("COMMIT");
    m_open = false;
}

Database::Database(const std::filesystem::path& path, Mode mode) : m_handle(std::make_unique<Handle>()), m_path(path) {
    const int flags = mode == Mode::ReadOnly    ? SQLITE_OPEN_READONLY
                      : mode == Mode::ReadWrite ? SQLITE_OPEN_READWRITE
                                                : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    const int code = sqlite3_open_v2(path.c_str(), &m_handle->db, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    if (code != SQLITE_OK)
        fail(path, m_handle->db, code);
    sqlite3_extended_result_codes(m_handle->db, 1);
    sqlite3_busy_timeout(m_handle->db, 2000);
    run("PRAGMA foreign_keys = ON");
    if (mode != Mode::ReadOnly)
        run("PRAGMA synchronous = FULL");
}

Database::~Database() = default;

void Database::run(const std::string& sql, std::initializer_list<Value> values) {
    Statement statement(m_path, m_handle->db, sql, values);
    while (statement.step()) {
    }
}

void Database::query(const std::string& sql, std::initializer_list<Value> values,
                     const std::function<void(const Row&)>& each) {
    Statement statement(m_path, m_handle->db, sql, values);
    while (statement.step())
        each(Row(statement.get()));
}

} // namespace tercet
