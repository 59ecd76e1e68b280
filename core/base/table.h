#pragma once

#include <string>
#include <vector>

namespace tercet {

/// A table of text as people take it into other programs and papers. UTF-8; lines end in "\n".
/// In CSV and TSV the true minus of a number becomes a hyphen, which spreadsheets read.
/// All forms throw ParameterError if a row has another number of cells than there are columns. Any thread.
struct Table {
    std::string title; ///< caption; empty for none
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;

    /// RFC 4180 but for the line ends: cells with a comma, quote or line break are quoted. Without the title.
    [[nodiscard]] std::string toCsv() const;
    /// Tab-separated for spreadsheets; a tab or line break in a cell becomes a space. Without the title.
    [[nodiscard]] std::string toTsv() const;
    /// A LaTeX table with the rules of booktabs, the title as its caption. Columns whose cells are all numbers (empty
    /// cells and "–" aside) are set to the right. Every character stands for itself; a true minus becomes $-$.
    [[nodiscard]] std::string toLatex() const;
};

} // namespace tercet
