#include "core/io/name_list.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/terms.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <unordered_map>
#include <unordered_set>

namespace tercet {
namespace {

/// Names of columns that identify rows, best first.
constexpr std::array<std::string_view, 16> kIdNames{
    "filename",  "file_name", "file", "video",    "stim_id", "stimid", "stimulus_id", "video_id",
    "unique_id", "uniqueid",  "id",   "stimulus", "item",    "name",   "word",        "label"};

bool isUnique(const DelimitedTable& table, std::size_t column) {
    std::unordered_set<std::string_view> seen;
    for (std::size_t row = 0; row < table.rows(); ++row)
        if (table.cell(row, column).empty() || !seen.insert(table.cell(row, column)).second)
            return false;
    return true;
}

} // namespace

std::optional<std::size_t> findIdColumn(const DelimitedTable& table) {
    for (const std::string_view name : kIdNames)
        if (const auto column = table.findColumn(name); column && isUnique(table, *column))
            return column;
    for (std::size_t column = 0; column < table.columns(); ++column)
        if (table.rows() > 0 && !table.tryNumber(0, column) && isUnique(table, column))
            return column;
    return std::nullopt;
}

std::vector<std::string> readNameList(const std::filesystem::path& path) {
    FileContent content = FileContent::read(path);
    const std::string file = plainFileName(path);
    TableOptions options;
    if (!file.ends_with(".csv") && !file.ends_with(".tsv")) { // names may hold commas and spaces
        const std::string_view text = content.text();
        const std::string_view first = text.substr(0, text.find_first_of("\r\n"));
        options.separator = first.find('\t') == std::string_view::npos ? '\0' : '\t';
    }
    if (options.separator == '\0')
        options.header = HeaderRule::Absent;
    const DelimitedTable table = DelimitedTable::parse(std::move(content), path.string(), options);
    std::size_t column = 0;
    std::size_t firstRow = 0;
    if (table.columns() > 1) {
        const auto found = findIdColumn(table);
        if (!found)
            throw FormatError(
                {.where = path.string(), .expected = "a column of names that do not repeat", .found = "none"});
        column = *found;
    } else if (!table.hasHeader() && table.rows() > 1) {
        firstRow = std::ranges::find(kIdNames, snakeCase(table.cell(0, 0))) != kIdNames.end() ? 1 : 0;
    }
    std::vector<std::string> names;
    std::unordered_map<std::string_view, std::size_t> rowOf;
    for (std::size_t row = firstRow; row < table.rows(); ++row) {
        const std::string_view name = table.cell(row, column);
        if (name.empty())
            throw FormatError({.where = table.place(row, column), .expected = "a name", .found = "an empty cell"});
        if (const auto [other, isNew] = rowOf.emplace(name, row); !isNew)
            throw FormatError({.where = path.string(),
                               .expected = "names that do not repeat",
                               .found = fmt::format("{} in line {} and line {}", tercet::quoted(name),
                                                    table.line(other->second), table.line(row))});
        names.emplace_back(name);
    }
    if (names.empty())
        throw FormatError({.where = path.string(), .expected = "a list of names", .found = "none"});
    return names;
}

} // namespace tercet
