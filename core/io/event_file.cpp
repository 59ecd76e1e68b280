#include "core/io/event_file.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/delimited_table.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <numeric>

namespace tercet {
namespace {

constexpr double kMostWhole = 9007199254740992; ///< beyond it doubles pass over whole numbers

bool saysNothing(std::string_view cell) { return cell.empty() || lowered(cell) == "n/a"; }

std::size_t requireColumn(const DelimitedTable& table, std::string_view name) {
    if (const auto column = table.findColumn(name))
        return *column;
    throw FormatError({.where = table.name(),
                       .expected = "a column " + tercet::quoted(name),
                       .found = fmt::format("{}", fmt::join(table.header(), ", "))});
}

double finiteNumber(const DelimitedTable& table, std::size_t row, std::size_t column, const char* expected) {
    const double value = table.number(row, column);
    if (!std::isfinite(value))
        throw FormatError({.where = table.place(row, column),
                           .expected = expected,
                           .found = tercet::quoted(table.cell(row, column))});
    return value;
}

} // namespace

const std::vector<std::string>& EventTable::column(std::string_view name) const {
    const auto found = std::ranges::find(names, name);
    if (found == names.end())
        throw MissingError({.where = "the events of a run",
                            .what = "there is no column " + tercet::quoted(name),
                            .remedy = fmt::format("choose one of: {}", fmt::join(names, ", "))});
    return values[static_cast<std::size_t>(found - names.begin())];
}

EventTable readEvents(const std::filesystem::path& path) {
    const DelimitedTable table = DelimitedTable::read(path, {.header = HeaderRule::Present});
    const std::size_t onset = requireColumn(table, "onset");
    const std::size_t duration = requireColumn(table, "duration");
    EventTable events;
    for (std::size_t row = 0; row < table.rows(); ++row) {
        events.onset.push_back(finiteNumber(table, row, onset, "seconds"));
        if (saysNothing(table.cell(row, duration))) {
            events.duration.push_back(std::numeric_limits<double>::quiet_NaN());
            continue;
        }
        constexpr const char* kDuration = "seconds, at least 0, or n/a";
        events.duration.push_back(finiteNumber(table, row, duration, kDuration));
        if (events.duration.back() < 0)
            throw FormatError({.where = table.place(row, duration),
                               .expected = kDuration,
                               .found = std::string(table.cell(row, duration))});
    }
    for (std::size_t column = 0; column < table.columns(); ++column) {
        if (column == onset || column == duration)
            continue;
        events.names.push_back(table.header()[column]);
        events.values.push_back(table.texts(column));
        for (std::string& cell : events.values.back())
            if (saysNothing(cell))
                cell.clear();
    }
    return events;
}

bool looksLikeEvents(std::string_view beginning) {
    if (beginning.starts_with("\xef\xbb\xbf"))
        beginning.remove_prefix(3);
    const std::string first = lowered(beginning.substr(0, beginning.find_first_of("\r\n")));
    const std::vector<std::string_view> cells = split(first, first.find('\t') != std::string::npos ? '\t' : ',');
    const auto holds = [&](std::string_view name) {
        return std::ranges::any_of(cells, [&](std::string_view cell) { return trimmed(cell) == name; });
    };
    return holds("onset") && holds("duration");
}

VolumeLabels readVolumeLabels(const std::filesystem::path& path) {
    const DelimitedTable table = DelimitedTable::read(path);
    if (table.columns() != 2)
        throw FormatError({.where = table.name(),
                           .expected = "a label and a run per line, parted by a space, tab or comma",
                           .found = counted(table.columns(), "column", "columns")});
    VolumeLabels volumes;
    for (std::size_t row = 0; row < table.rows(); ++row) {
        if (table.cell(row, 0).empty())
            throw FormatError(
                {.where = table.place(row, 0), .expected = "the label of a volume", .found = "an empty cell"});
        const double run = table.number(row, 1);
        if (!(std::abs(run) <= kMostWhole && run == std::floor(run)))
            throw FormatError({.where = table.place(row, 1),
                               .expected = "the number of a run",
                               .found = tercet::quoted(table.cell(row, 1))});
        volumes.runs.push_back(static_cast<std::int64_t>(run));
    }
    volumes.labels = table.texts(0);
    return volumes;
}

Matrix<double> readMotion(const std::filesystem::path& path) {
    FileContent content = FileContent::read(path);
    bool lineBegins = true;
    bool inComment = false;
    for (char& letter : content.mutableText()) { // blank lines are passed over, and the others keep their numbers
        const bool lineEnds = letter == '\n' || letter == '\r';
        inComment = !lineEnds && (inComment || (lineBegins && letter == '#'));
        lineBegins = lineEnds || (lineBegins && (letter == ' ' || letter == '\t'));
        if (inComment)
            letter = ' ';
    }
    const DelimitedTable table = DelimitedTable::parse(std::move(content), path.string());
    std::vector<std::size_t> columns;
    if (table.hasHeader()) {
        for (const char* name : {"trans_x", "trans_y", "trans_z", "rot_x", "rot_y", "rot_z"})
            columns.push_back(requireColumn(table, name));
    } else {
        columns.resize(table.columns());
        std::iota(columns.begin(), columns.end(), std::size_t{0});
    }
    Matrix<double> motion(table.rows(), columns.size());
    for (std::size_t row = 0; row < table.rows(); ++row)
        for (std::size_t k = 0; k < columns.size(); ++k)
            motion(row, k) = finiteNumber(table, row, columns[k], "a finite number");
    return motion;
}

} // namespace tercet
