#pragma once

#include <string>
#include <vector>

namespace tercet {

/// A table of text as people take it into other programs and papers. UTF-8; lines end in "\n".
/// Cells of numbers are in full (numberCell()); LaTeX and shown() round them to the decimals of their column. In CSV
/// and TSV the true minus of a number becomes a hyphen, which spreadsheets read. All forms throw ParameterError if a
/// row has another number of cells than there are columns. Any thread.
struct Table {
    std::string title; ///< caption; empty for none
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;
    std::vector<int> decimals = {}; ///< per column; −1, and for columns beyond the end: numbers as the cells have them

    /// A cell as people read it: a number rounded to the decimals of its column, with a true minus.
    /// Throws std::out_of_range for a cell that is not there.
    [[nodiscard]] std::string shown(std::size_t row, std::size_t column) const;
    /// RFC 4180 but for the line ends: cells with a comma, quote or line break are quoted. Without the title.
    [[nodiscard]] std::string toCsv() const;
    /// Tab-separated for spreadsheets; a tab or line break in a cell becomes a space. Without the title.
    [[nodiscard]] std::string toTsv() const;
    /// A LaTeX table with the rules of booktabs, the title as its caption. Columns whose cells are all numbers (empty
    /// cells and "–" aside) are set to the right, rounded as shown(). Every character stands for itself; a true minus
    /// becomes $-$.
    [[nodiscard]] std::string toLatex() const;
};

/// The shortest text that reads back as the same number, independent of the locale; empty for NaN.
[[nodiscard]] std::string numberCell(double value);

} // namespace tercet
