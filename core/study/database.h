#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <variant>

namespace tercet {

/// One SQLite file. Every change is on disk when the call (or the transaction's commit) returns. Not thread-safe.
/// All members throw StorageError, with what SQLite said, naming the file.
class Database {
public:
    enum class Mode { Create, ReadWrite, ReadOnly };
    using Value = std::variant<std::nullptr_t, std::int64_t, double, std::string>;

    /// One row of an answer; valid during the callback.
    class Row {
    public:
        explicit Row(void* statement) : m_statement(statement) {}
        [[nodiscard]] std::string text(int column) const; ///< NULL gives ""
        [[nodiscard]] std::int64_t integer(int column) const;
        [[nodiscard]] double real(int column) const;

    private:
        void* m_statement;
    };

    /// Rolls back unless committed.
    class Transaction {
    public:
        explicit Transaction(Database& database);
        ~Transaction();
        Transaction(const Transaction&) = delete;
        Transaction& operator=(const Transaction&) = delete;
        void commit();

    private:
        Database& m_database;
        bool m_open = true;
    };

    Database(const std::filesystem::path& path, Mode mode);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    void run(const std::string& sql, std::initializer_list<Value> values = {});
    void query(const std::string& sql, std::initializer_list<Value> values,
               const std::function<void(const Row&)>& each);

private:
    struct Handle;
    std::unique_ptr<Handle> m_handle;
    std::filesystem::path m_path;
};

} // namespace tercet
