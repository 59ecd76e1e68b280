#include "core/base/table.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <fmt/format.h>

#include <cmath>
#include <string_view>

namespace tercet {
namespace {

constexpr std::string_view kMinus = "\u2212";
constexpr std::string_view kDash = "\u2013";

void checkShape(const Table& table) {
    for (std::size_t i = 0; i < table.rows.size(); ++i)
        if (table.rows[i].size() != table.columns.size())
            throw ParameterError({.where = fmt::format("Row {} of the table \"{}\"", i + 1, table.title),
                                  .expected = fmt::format("{} cells, one per column", table.columns.size()),
                                  .found = fmt::format("{}", table.rows[i].size())});
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

/// Spreadsheets read numbers with a hyphen for the minus only.
std::string plainCell(const std::string& cell) {
    if (!cell.starts_with(kMinus))
        return cell;
    std::string plain = "-" + cell.substr(kMinus.size());
    return toNumber(plain) ? plain : cell;
}

std::string csvCell(const std::string& written) {
    const std::string cell = plainCell(written);
    if (cell.find_first_of(",\"\r\n") == std::string::npos)
        return cell;
    return '"' + replaced(cell, "\"", "\"\"") + '"';
}

std::string tsvCell(const std::string& written) {
    std::string cell = replaced(plainCell(written), "\r\n", " ");
    for (char& letter : cell)
        if (letter == '\t' || letter == '\n' || letter == '\r')
            letter = ' ';
    return cell;
}

std::string latexText(const std::string& text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char letter = text[i];
        if (std::string_view(text).substr(i).starts_with(kMinus)) {
            result += "$-$";
            i += kMinus.size() - 1;
        } else if (std::string_view("&%$#_{}").find(letter) != std::string_view::npos) {
            result += '\\';
            result += letter;
        } else if (letter == '\\') {
            result += "\\textbackslash{}";
        } else if (letter == '~') {
            result += "\\textasciitilde{}";
        } else if (letter == '^') {
            result += "\\textasciicircum{}";
        } else if (letter == '<') {
            result += "\\textless{}";
        } else if (letter == '>') {
            result += "\\textgreater{}";
        } else if (letter == '|') {
            result += "\\textbar{}";
        } else if (letter == '"') {
            result += "\\textquotedbl{}";
        } else if (letter == '\n' || letter == '\r' || letter == '\t') {
            result += ' ';
        } else if (letter == '[' || letter == ']') {
            // At the start of a row a bracket would be read as an option of the row before.
            result += std::string("{") + letter + '}';
        } else {
            result += letter;
        }
    }
    return result;
}

bool isNumeric(const Table& table, std::size_t column) {
    bool any = false;
    for (const auto& row : table.rows) {
        const std::string& cell = row[column];
        if (cell.empty() || cell == kDash)
            continue;
        if (!toNumber(replaced(cell, kMinus, "-")))
            return false;
        any = true;
    }
    return any;
}

template <class Cell>
std::string joined(const std::vector<std::string>& cells, std::string_view separator, Cell&& written) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0)
            line += separator;
        line += written(cells[i]);
    }
    return line;
}

template <class Cell>
std::string separated(const Table& table, std::string_view separator, Cell&& written) {
    checkShape(table);
    std::string text = joined(table.columns, separator, written) + '\n';
    for (const auto& row : table.rows)
        text += joined(row, separator, written) + '\n';
    return text;
}

} // namespace

std::string numberCell(double value) { return std::isnan(value) ? std::string() : fmt::format("{}", value); }

std::string Table::shown(std::size_t row, std::size_t column) const {
    const std::string& cell = rows.at(row).at(column);
    const int places = column < decimals.size() ? decimals[column] : -1;
    const auto value = places < 0 ? std::nullopt : toNumber(replaced(cell, kMinus, "-"));
    if (!value || !std::isfinite(*value))
        return cell;
    std::string text = fmt::format("{:.{}f}", *value, places);
    if (!text.starts_with('-'))
        return text;
    text.erase(0, 1);
    const bool zero = text.find_first_not_of("0.") == std::string::npos;
    return zero ? text : std::string(kMinus) + text;
}

std::string Table::toCsv() const { return separated(*this, ",", csvCell); }

std::string Table::toTsv() const { return separated(*this, "\t", tsvCell); }

std::string Table::toLatex() const {
    checkShape(*this);
    std::string alignment;
    for (std::size_t i = 0; i < columns.size(); ++i)
        alignment += isNumeric(*this, i) ? 'r' : 'l';
    std::string text = "% needs \\usepackage{booktabs} and \\usepackage[T1]{fontenc}\n\\begin{table}\n";
    if (!title.empty())
        text += "  \\caption{" + latexText(title) + "}\n";
    text += "  \\begin{tabular}{" + alignment + "}\n    \\toprule\n";
    text += "    " + joined(columns, " & ", latexText) + " \\\\\n    \\midrule\n";
    for (std::size_t i = 0; i < rows.size(); ++i) {
        std::vector<std::string> cells;
        for (std::size_t column = 0; column < columns.size(); ++column)
            cells.push_back(shown(i, column));
        text += "    " + joined(cells, " & ", latexText) + " \\\\\n";
    }
    return text + "    \\bottomrule\n  \\end{tabular}\n\\end{table}\n";
}

} // namespace tercet
