#pragma once

#include "core/base/matrix.h"
#include "core/io/file_content.h"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tercet {

enum class HeaderRule { Detect, Present, Absent };

struct TableOptions {
    /// ',', '\t', ';', ' ' (runs of spaces and tabs) or '\0' (one column, lines are cells); found from the content if
    /// not given.
    std::optional<char> separator = {};
    HeaderRule header = HeaderRule::Detect;
};

/// A text table: comma, tab, semicolon or space separated; quoted as RFC 4180; UTF-8 with or without byte-order
/// mark; LF, CRLF or CR line ends; gzip; a separator at the end of every line; empty lines and leading "# " comment
/// lines are passed over. Cells are text without the spaces around them; names may repeat.
class DelimitedTable {
public:
    /// Throws MissingError, StorageError as FileContent::read, and FormatError if it is not text, a quote is not
    /// closed, or a row has another number of cells than the first, naming the line.
    [[nodiscard]] static DelimitedTable read(const std::filesystem::path& path, const TableOptions& options = {});
    /// Reads from memory; `name` stands for the file in messages. An incomplete content's last line is left out.
    [[nodiscard]] static DelimitedTable parse(FileContent content, std::string name, const TableOptions& options = {});

    [[nodiscard]] std::size_t rows() const noexcept { return m_lines.size(); } ///< without the header
    [[nodiscard]] std::size_t columns() const noexcept { return m_columns; }
    [[nodiscard]] char separator() const noexcept { return m_separator; }
    [[nodiscard]] bool hasHeader() const noexcept { return !m_header.empty(); }
    /// One name a column in order, as written; empty without a header.
    [[nodiscard]] const std::vector<std::string>& header() const noexcept { return m_header; }
    /// The first column of that name, ignoring case and " ", "_", "-" in it.
    [[nodiscard]] std::optional<std::size_t> findColumn(std::string_view name) const;

    [[nodiscard]] std::string_view cell(std::size_t row, std::size_t column) const {
        return m_cells[row * m_columns + column];
    }
    /// The number in a cell. Throws FormatError naming line, column and what was found. "nan" and "inf" are numbers;
    /// in semicolon tables a comma may stand for the decimal point.
    [[nodiscard]] double number(std::size_t row, std::size_t column) const;
    [[nodiscard]] std::optional<double> tryNumber(std::size_t row, std::size_t column) const noexcept;
    /// The numbers of the given columns, rows × chosen. Throws as number().
    [[nodiscard]] Matrix<double> numbers(const std::vector<std::size_t>& chosen) const;
    [[nodiscard]] std::vector<std::string> texts(std::size_t column) const;
    /// Whether every cell of the column is a number.
    [[nodiscard]] bool isNumeric(std::size_t column) const noexcept;

    [[nodiscard]] const std::string& name() const noexcept { return m_name; }               ///< of the file
    [[nodiscard]] std::size_t line(std::size_t row) const noexcept { return m_lines[row]; } ///< 1-based, in the file
    /// "FILE, line 12, column 3 “Awe”" (columns count from 1).
    [[nodiscard]] std::string place(std::size_t row, std::size_t column) const;
    [[nodiscard]] std::string columnName(std::size_t column) const; ///< "column 3 “Awe”"

private:
    DelimitedTable() = default;
    FileContent m_content;
    std::string m_name;
    std::vector<std::string> m_header;
    std::vector<std::string_view> m_cells; ///< into m_content
    std::vector<std::size_t> m_lines;
    std::size_t m_columns = 0;
    char m_separator = ',';
};

} // namespace tercet
