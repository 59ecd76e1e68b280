#include "core/io/delimited_table.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <limits>

namespace tercet {
namespace {

constexpr char kOneColumn = '\0';
constexpr std::size_t kSampledLines = 32;

bool isSpace(char c) { return c == ' ' || c == '\t'; }

/// Cells of the file in reading order; row r has cells [ends[r − 1], ends[r]).
struct Scan {
    std::vector<std::string_view> cells;
    std::vector<std::size_t> ends;
    std::vector<std::size_t> lines;

    [[nodiscard]] std::size_t begin(std::size_t row) const { return row == 0 ? 0 : ends[row - 1]; }
    [[nodiscard]] std::size_t count(std::size_t row) const { return ends[row] - begin(row); }
};

class Scanner {
public:
    Scanner(std::span<char> text, const std::string& name, char separator)
        : m_at(text.data()), m_end(text.data() + text.size()), m_name(name), m_separator(separator) {}

    Scan run(std::size_t mostRows) {
        Scan scan;
        bool commentsMayFollow = true;
        while (m_at < m_end && scan.lines.size() < mostRows) {
            const std::size_t line = m_line;
            if (skipBlankLine() || (commentsMayFollow && skipComment()))
                continue;
            commentsMayFollow = false;
            scanRow(scan);
            scan.ends.push_back(scan.cells.size());
            scan.lines.push_back(line);
        }
        return scan;
    }

private:
    [[nodiscard]] bool atLineEnd() const { return m_at == m_end || *m_at == '\n' || *m_at == '\r'; }
    void passLineEnd() {
        if (m_at == m_end)
            return;
        if (*m_at == '\r' && m_at + 1 < m_end && m_at[1] == '\n')
            ++m_at;
        ++m_at;
        ++m_line;
    }
    bool skipBlankLine() {
        char* ahead = m_at;
        while (ahead < m_end && isSpace(*ahead) && *ahead != m_separator)
            ++ahead;
        if (m_separator == ' ')
            while (ahead < m_end && isSpace(*ahead))
                ++ahead;
        if (ahead < m_end && *ahead != '\n' && *ahead != '\r')
            return false;
        m_at = ahead;
        passLineEnd();
        return true;
    }
    bool skipComment() {
        if (m_end - m_at < 2 || m_at[0] != '#' || m_at[1] != ' ')
            return false;
        while (!atLineEnd())
            ++m_at;
        passLineEnd();
        return true;
    }
    void scanRow(Scan& scan) {
        if (m_separator == ' ') {
            for (;;) {
                while (m_at < m_end && isSpace(*m_at))
                    ++m_at;
                if (atLineEnd())
                    break;
                scan.cells.push_back(*m_at == '"' ? quotedCell() : plainCell());
            }
        } else {
            for (;;) {
                char* ahead = m_at;
                while (ahead < m_end && isSpace(*ahead) && *ahead != m_separator)
                    ++ahead;
                if (m_separator != kOneColumn && ahead < m_end && *ahead == '"') {
                    m_at = ahead;
                    scan.cells.push_back(quotedCell());
                } else {
                    scan.cells.push_back(plainCell());
                }
                if (atLineEnd())
                    break;
                ++m_at; // the separator
            }
        }
        passLineEnd();
    }
    std::string_view plainCell() {
        char* const begin = m_at;
        if (m_separator == ' ')
            while (m_at < m_end && !isSpace(*m_at) && *m_at != '\n' && *m_at != '\r')
                ++m_at;
        else
            while (m_at < m_end && (*m_at != m_separator || m_separator == kOneColumn) && *m_at != '\n' &&
                   *m_at != '\r')
                ++m_at;
        return trimmed({begin, static_cast<std::size_t>(m_at - begin)});
    }
    /// Doubled quotes become single ones in place; the content may only shrink.
    std::string_view quotedCell() {
        const std::size_t begunAt = m_line;
        char* const begin = ++m_at;
        char* out = begin;
        for (;;) {
            if (m_at == m_end)
                throw FormatError({.where = fmt::format("{}, line {}", m_name, begunAt),
                                   .expected = "a closing quote \" of a cell",
                                   .found = "the end of the file"});
            if (*m_at == '"') {
                if (m_at + 1 < m_end && m_at[1] == '"')
                    ++m_at;
                else
                    break;
            }
            m_line += *m_at == '\n' || (*m_at == '\r' && (m_at + 1 == m_end || m_at[1] != '\n')) ? 1 : 0;
            *out++ = *m_at++;
        }
        ++m_at;
        while (m_at < m_end && isSpace(*m_at) && *m_at != m_separator)
            ++m_at;
        if (!atLineEnd() && *m_at != m_separator && !(m_separator == ' ' && isSpace(m_at[-1])))
            throw FormatError({.where = fmt::format("{}, line {}", m_name, m_line),
                               .expected = "a separator or line end after a quoted cell",
                               .found = tercet::quoted(std::string_view(m_at, 1))});
        return trimmed({begin, static_cast<std::size_t>(out - begin)});
    }

    char* m_at;
    char* m_end;
    const std::string& m_name;
    char m_separator;
    std::size_t m_line = 1;
};

/// The first lines without their quoted parts, which may hold separators.
std::vector<std::string> sampleLines(std::string_view text) {
    std::vector<std::string> lines;
    std::string line;
    bool quotedPart = false;
    for (const char c : text.substr(0, std::size_t{1} << 20)) {
        if (c == '"') {
            quotedPart = !quotedPart;
            line += '"';
        } else if (!quotedPart && (c == '\n' || c == '\r')) {
            if (!trimmed(line).empty() && !(lines.empty() && line.starts_with("# ")))
                lines.push_back(std::move(line));
            line.clear();
            if (lines.size() == kSampledLines)
                return lines;
        } else if (!quotedPart) {
            line += c;
        }
    }
    if (!trimmed(line).empty() && (lines.empty() || text.size() < (std::size_t{1} << 20)))
        lines.push_back(std::move(line));
    return lines;
}

std::vector<std::string_view> spaceParts(std::string_view line) {
    std::vector<std::string_view> parts;
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t begin = line.find_first_not_of(" \t", at);
        if (begin == std::string_view::npos)
            break;
        at = std::min(line.find_first_of(" \t", begin), line.size());
        parts.push_back(line.substr(begin, at - begin));
    }
    return parts;
}

char detectSeparator(std::string_view text) {
    const std::vector<std::string> lines = sampleLines(text);
    if (lines.empty())
        return ',';
    char best = kOneColumn;
    std::size_t bestCount = 0;
    bool bestAgrees = false;
    for (const char candidate : {'\t', ',', ';'}) {
        const auto countIn = [&](const std::string& line) {
            return static_cast<std::size_t>(std::ranges::count(line, candidate));
        };
        const std::size_t first = countIn(lines.front());
        const bool agrees =
            first > 0 && std::ranges::all_of(lines, [&](const std::string& line) { return countIn(line) == first; });
        const std::size_t count = agrees ? first : std::max(first, lines.size() > 1 ? countIn(lines[1]) : 0);
        if (count > 0 && (agrees > bestAgrees || (agrees == bestAgrees && count > bestCount))) {
            best = candidate;
            bestCount = count;
            bestAgrees = agrees;
        }
    }
    // Spaces separate only numbers, with a name before them at most: names may hold spaces.
    bool anySpace = false;
    const bool spaced =
        std::ranges::all_of(lines,
                            [&](const std::string& line) {
                                const std::vector<std::string_view> parts = spaceParts(line);
                                anySpace = anySpace || parts.size() > 1;
                                if (&line == &lines.front() && lines.size() > 1 && parts.size() > 1)
                                    return true; // may be a header
                                return std::all_of(parts.begin() + (parts.size() > 1 ? 1 : 0), parts.end(),
                                                   [](std::string_view part) { return toNumber(part).has_value(); });
                            }) &&
        anySpace;
    if (spaced && !bestAgrees && (best == kOneColumn || best == '\t'))
        return ' ';
    return best;
}

bool isHeader(const Scan& scan, HeaderRule rule) {
    if (rule != HeaderRule::Detect || scan.lines.empty())
        return rule == HeaderRule::Present;
    const std::size_t columns = scan.ends[0];
    const auto first = [&](std::size_t column) { return scan.cells[column]; };
    bool anyText = false;
    bool anyNumber = false;
    for (std::size_t column = 0; column < columns; ++column) {
        const bool number = toNumber(first(column)).has_value();
        anyNumber |= number;
        anyText |= !number && !first(column).empty();
    }
    if (scan.lines.size() < 2)
        return anyText && !anyNumber;
    const auto second = [&](std::size_t column) {
        return column < scan.count(1) ? scan.cells[scan.begin(1) + column] : std::string_view();
    };
    if (anyNumber) // a numbered header has an empty corner
        return columns > 1 && first(0).empty() && !second(0).empty();
    for (std::size_t column = 0; column < columns; ++column)
        if (!first(column).empty() && toNumber(second(column)))
            return true; // a name above a number
    return columns > 1 && anyText;
}

std::string joinedKey(std::string_view name) {
    std::string key;
    for (const char c : lowered(name))
        if (c != ' ' && c != '_' && c != '-' && c != '.')
            key += c;
    return key;
}

} // namespace

DelimitedTable DelimitedTable::read(const std::filesystem::path& path, const TableOptions& options) {
    return parse(FileContent::read(path), path.string(), options);
}

DelimitedTable DelimitedTable::parse(FileContent content, std::string name, const TableOptions& options) {
    DelimitedTable table;
    table.m_content = std::move(content);
    table.m_name = std::move(name);
    std::span<char> text = table.m_content.mutableText();
    const std::string_view all(text.data(), text.size());
    if (all.starts_with("\xff\xfe") || all.starts_with("\xfe\xff"))
        throw FormatError({.where = table.m_name,
                           .expected = "text in UTF-8",
                           .found = "UTF-16",
                           .remedy = "save it as “CSV UTF-8”"});
    if (looksBinary(all))
        throw FormatError({.where = table.m_name, .expected = "a text table", .found = "binary content"});
    if (all.starts_with("\xef\xbb\xbf"))
        text = text.subspan(3);
    if (!table.m_content.complete())
        text = text.first(std::string_view(text.data(), text.size()).find_last_of("\n\r") + 1);
    table.m_separator = options.separator.value_or(detectSeparator({text.data(), text.size()}));

    const Scan scan = Scanner(text, table.m_name, table.m_separator).run(std::numeric_limits<std::size_t>::max());
    if (scan.lines.empty())
        throw FormatError({.where = table.m_name, .expected = "a table", .found = "nothing in it"});
    const bool header = isHeader(scan, options.header);
    const std::size_t rows = scan.lines.size();
    const auto lastIsEmpty = [&](std::size_t row) { return scan.cells[scan.ends[row] - 1].empty(); };

    // The width: cells of the first row, but an empty last name, or a missing name of a first column of row names, does
    // not count.
    std::size_t width = scan.count(0);
    bool rowNames = false;
    if (rows > 1 && width > 1 && lastIsEmpty(0) && scan.count(1) == width - 1)
        --width;
    else if (header && rows > 1 && scan.count(1) == width + 1 && !lastIsEmpty(1)) {
        rowNames = true;
        for (std::size_t row = 1; row < rows && rowNames; ++row)
            rowNames = scan.count(row) == width + 1;
        width += rowNames ? 1 : 0;
    }
    for (std::size_t row = rowNames ? 1 : 0; row < rows; ++row)
        if (const std::size_t count = scan.count(row); count != width && !(count == width + 1 && lastIsEmpty(row)))
            throw FormatError({.where = fmt::format("{}, line {}", table.m_name, scan.lines[row]),
                               .expected = fmt::format("{} {}", width, width == 1 ? "cell" : "cells"),
                               .found = fmt::format("{}", count),
                               .remedy = "every row needs as many cells as the first"});
    const auto cellAt = [&](std::size_t row, std::size_t column) { return scan.cells[scan.begin(row) + column]; };
    bool lastColumnEmpty = width > 1 && !rowNames;
    for (std::size_t row = 0; row < rows && lastColumnEmpty; ++row)
        lastColumnEmpty = cellAt(row, width - 1).empty();
    table.m_columns = width - (lastColumnEmpty ? 1 : 0);

    if (header) {
        if (rowNames)
            table.m_header.emplace_back();
        for (std::size_t column = 0; table.m_header.size() < table.m_columns; ++column)
            table.m_header.emplace_back(cellAt(0, column));
    }
    const std::size_t firstRow = header ? 1 : 0;
    table.m_cells.reserve((rows - firstRow) * table.m_columns);
    for (std::size_t row = firstRow; row < rows; ++row) {
        const auto begin = scan.cells.begin() + static_cast<std::ptrdiff_t>(scan.begin(row));
        table.m_cells.insert(table.m_cells.end(), begin, begin + static_cast<std::ptrdiff_t>(table.m_columns));
    }
    table.m_lines.assign(scan.lines.begin() + static_cast<std::ptrdiff_t>(firstRow), scan.lines.end());
    return table;
}

std::optional<std::size_t> DelimitedTable::findColumn(std::string_view name) const {
    const std::string key = joinedKey(name);
    for (std::size_t column = 0; column < m_header.size(); ++column)
        if (joinedKey(m_header[column]) == key)
            return column;
    return std::nullopt;
}

std::optional<double> DelimitedTable::tryNumber(std::size_t row, std::size_t column) const noexcept {
    const std::string_view text = cell(row, column);
    if (const auto value = toNumber(text))
        return value;
    if (m_separator == ';' && std::ranges::count(text, ',') == 1 && text.size() < 64) {
        std::array<char, 64> copy{};
        std::ranges::replace_copy(text, copy.begin(), ',', '.');
        return toNumber({copy.data(), text.size()});
    }
    return std::nullopt;
}

double DelimitedTable::number(std::size_t row, std::size_t column) const {
    if (const auto value = tryNumber(row, column))
        return *value;
    const std::string_view text = cell(row, column);
    throw FormatError({.where = place(row, column),
                       .expected = "a number",
                       .found = text.empty() ? std::string("an empty cell") : "the text " + tercet::quoted(text),
                       .remedy = "correct the cell or leave its row out"});
}

Matrix<double> DelimitedTable::numbers(const std::vector<std::size_t>& chosen) const {
    Matrix<double> values(rows(), chosen.size());
    for (std::size_t row = 0; row < rows(); ++row)
        for (std::size_t k = 0; k < chosen.size(); ++k)
            values(row, k) = number(row, chosen[k]);
    return values;
}

std::vector<std::string> DelimitedTable::texts(std::size_t column) const {
    std::vector<std::string> result;
    result.reserve(rows());
    for (std::size_t row = 0; row < rows(); ++row)
        result.emplace_back(cell(row, column));
    return result;
}

bool DelimitedTable::isNumeric(std::size_t column) const noexcept {
    for (std::size_t row = 0; row < rows(); ++row)
        if (!tryNumber(row, column))
            return false;
    return true;
}

std::string DelimitedTable::columnName(std::size_t column) const {
    if (column < m_header.size() && !m_header[column].empty())
        return fmt::format("column {} {}", column + 1, tercet::quoted(m_header[column]));
    return fmt::format("column {}", column + 1);
}

std::string DelimitedTable::place(std::size_t row, std::size_t column) const {
    return fmt::format("{}, line {}, {}", m_name, m_lines[row], columnName(column));
}

} // namespace tercet
