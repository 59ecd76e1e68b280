#include "core/io/ratings_file.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/array.h"
#include "core/io/delimited_table.h"
#include "core/io/embedding_file.h"
#include "core/io/mat_file.h"
#include "core/io/name_list.h"
#include "core/io/stimulus_id.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <numeric>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

namespace tercet {
namespace {

constexpr std::size_t kNamesInNote = 6;

std::string someOf(const std::vector<std::string>& names) {
    std::vector<std::string> some(names.begin(),
                                  names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kNamesInNote)));
    return fmt::format("{}{}", fmt::join(some, ", "), names.size() > kNamesInNote ? ", …" : "");
}

std::string columns(std::size_t count) { return fmt::format("{} {}", count, count == 1 ? "column" : "columns"); }

/// Which columns of a file hold which terms.
struct ColumnChoice {
    std::vector<Term> terms;
    std::vector<std::size_t> columns;
};

class ColumnFinder {
public:
    /// `isNumeric` is asked of unknown columns only.
    template <class IsNumeric>
    ColumnChoice find(const std::vector<std::string>& names, std::optional<std::size_t> idColumn, bool others,
                      const IsNumeric& isNumeric, std::vector<std::string>& notes) {
        std::vector<std::optional<std::size_t>> columnOf(knownTerms().size());
        std::vector<std::size_t> unknown;
        std::vector<std::string> repeated;
        for (std::size_t column = 0; column < names.size(); ++column) {
            if (column == idColumn)
                continue;
            const auto term = findTerm(names[column]);
            if (!term)
                unknown.push_back(column);
            else if (columnOf[*term])
                repeated.push_back(names[column]);
            else
                columnOf[*term] = column;
        }
        ColumnChoice choice;
        for (std::size_t term = 0; term < columnOf.size(); ++term)
            if (columnOf[term]) {
                choice.terms.push_back(knownTerms()[term]);
                choice.columns.push_back(*columnOf[term]);
            }
        std::vector<std::string> leftOut;
        for (const std::size_t column : unknown) {
            if (others && isNumeric(column)) {
                choice.terms.push_back({names[column], TermKind::Other});
                choice.columns.push_back(column);
            } else {
                leftOut.push_back(names[column].empty() ? fmt::format("column {}", column + 1) : names[column]);
            }
        }
        if (!repeated.empty())
            notes.push_back(fmt::format("{} left out for repeating an earlier name: {}.", columns(repeated.size()),
                                        someOf(repeated)));
        if (!leftOut.empty())
            notes.push_back(fmt::format("{} left out for holding none of the 48 known ratings: {}.",
                                        columns(leftOut.size()), someOf(leftOut)));
        return choice;
    }
};

/// Terms by position where names are absent.
std::optional<std::vector<Term>> termsByCount(std::size_t count) {
    const auto known = knownTerms();
    const auto part = [&](std::size_t first, std::size_t size) {
        return std::vector<Term>(known.begin() + static_cast<std::ptrdiff_t>(first),
                                 known.begin() + static_cast<std::ptrdiff_t>(first + size));
    };
    if (count == known.size())
        return part(0, count);
    if (count == kCategoryCount)
        return part(0, count);
    if (count == kDimensionCount)
        return part(kCategoryCount, count);
    return std::nullopt;
}

const char* byPositionNote() {
    return "Columns carry no names and were taken in alphabetical order of the known ratings.";
}

[[noreturn]] void throwNoRatings(const std::string& where, const std::vector<std::string>& names) {
    throw FormatError({.where = where,
                       .expected = "columns named like the 34 categories (admiration, adoration, …) or the 14 "
                                   "dimensions (approach, arousal, …)",
                       .found = names.empty() ? std::string("none") : someOf(names)});
}

struct Sheet {
    std::vector<std::string> names; ///< of the rows
    ColumnChoice choice;
    Matrix<double> values;
    std::vector<std::string> notes;
    std::vector<std::size_t> lines; ///< of the rows in a text file; empty for others
};

/// As findIdColumn, but repeats in a column that must be the ids are left for the reader to report.
std::optional<std::size_t> guessIdColumn(const DelimitedTable& table) {
    for (const char* name : {"filename", "file", "video", "stim_id", "stimulus_id", "video_id", "id", "stimulus"})
        if (const auto column = table.findColumn(name))
            return column;
    if (table.hasHeader() && table.header()[0].empty())
        return 0;
    if (const auto column = findIdColumn(table))
        return column;
    for (std::size_t column = 0; column < table.columns(); ++column)
        if (!table.tryNumber(0, column) && !(table.hasHeader() && findTerm(table.header()[column])))
            return column;
    return std::nullopt;
}

Sheet readTable(const std::filesystem::path& path, const RatingsOptions& options) {
    const DelimitedTable table = DelimitedTable::read(path);
    Sheet sheet;
    if (table.rows() == 0)
        throw FormatError({.where = path.string(), .expected = "rows of ratings", .found = "a header alone"});
    std::optional<std::size_t> id;
    if (options.idColumn.empty()) {
        id = guessIdColumn(table);
    } else {
        id = table.findColumn(options.idColumn);
        if (!id)
            throw FormatError({.where = path.string(),
                               .expected = "a column " + tercet::quoted(options.idColumn),
                               .found = someOf(table.header())});
    }
    if (table.hasHeader()) {
        sheet.choice = ColumnFinder().find(
            table.header(), id, options.otherColumns, [&](std::size_t column) { return table.isNumeric(column); },
            sheet.notes);
    } else {
        std::vector<std::size_t> all(table.columns());
        std::iota(all.begin(), all.end(), std::size_t{0});
        if (id)
            std::erase(all, *id);
        if (auto terms = termsByCount(all.size())) {
            sheet.choice = {std::move(*terms), std::move(all)};
            sheet.notes.emplace_back(byPositionNote());
        }
    }
    if (sheet.choice.terms.empty())
        throwNoRatings(path.string(), table.header());
    sheet.values = table.numbers(sheet.choice.columns);
    for (std::size_t row = 0; row < table.rows(); ++row) {
        for (std::size_t k = 0; k < sheet.choice.columns.size(); ++k)
            if (const double value = sheet.values(row, k); !std::isfinite(value))
                throw FormatError({.where = table.place(row, sheet.choice.columns[k]),
                                   .expected = "a finite number",
                                   .found = fmt::format("{}", value),
                                   .remedy = "correct the cell or leave its row out"});
        sheet.lines.push_back(table.line(row));
    }
    if (id)
        sheet.names = table.texts(*id);
    return sheet;
}

Sheet sheetOf(const MatValue& matrix, const std::vector<std::string>* names, const std::string& where,
              const RatingsOptions& options) {
    Sheet sheet;
    Matrix<double> all = matrix.matrix();
    if (names != nullptr) {
        sheet.choice = ColumnFinder().find(
            *names, std::nullopt, options.otherColumns, [](std::size_t) { return true; }, sheet.notes);
        if (sheet.choice.terms.empty())
            throwNoRatings(where, *names);
    } else if (auto terms = termsByCount(all.cols())) {
        sheet.choice.terms = std::move(*terms);
        sheet.choice.columns.resize(all.cols());
        std::iota(sheet.choice.columns.begin(), sheet.choice.columns.end(), std::size_t{0});
        sheet.notes.emplace_back(byPositionNote());
    }
    sheet.values = Matrix<double>(all.rows(), sheet.choice.columns.size());
    for (std::size_t row = 0; row < all.rows(); ++row)
        for (std::size_t k = 0; k < sheet.choice.columns.size(); ++k) {
            const double value = all(row, sheet.choice.columns[k]);
            if (!std::isfinite(value))
                throw FormatError(
                    {.where = fmt::format("{}, row {}, column {} {}", where, row + 1, sheet.choice.columns[k] + 1,
                                          tercet::quoted(sheet.choice.terms[k].name)),
                     .expected = "a finite number",
                     .found = fmt::format("{}", value),
                     .remedy = "correct the value or leave its row out"});
            sheet.values(row, k) = value;
        }
    return sheet;
}

Sheet readMat(const std::filesystem::path& path, const RatingsOptions& options) {
    const auto variables = readMatFile(path);
    const auto place = [&](const std::string& name) {
        return fmt::format("{}, variable {}", path.string(), tercet::quoted(name));
    };
    for (const auto& [name, value] : variables) {
        const MatValue* features = value.field("feat");
        const MatValue* featureNames = value.field("featname");
        if (features == nullptr || featureNames == nullptr)
            continue;
        const auto names = featureNames->textList();
        if (!features->isMatrix() || !names || names->size() != features->shape[1])
            throw FormatError(
                {.where = place(name),
                 .expected = "a matrix feat and a name in featname for each of its columns",
                 .found = fmt::format("{} and {} names", shapeText(features->shape), names ? names->size() : 0)});
        return sheetOf(*features, &*names, place(name), options);
    }
    // A matrix beside a list of names for its columns, or of a telling width.
    std::vector<std::string> found;
    for (const auto& [name, value] : variables) {
        if (!value.isMatrix() || value.shape[0] < 2 || isSymmetric(value.matrix()))
            continue;
        for (const auto& [otherName, other] : variables)
            if (const auto names = other.textList();
                names && names->size() == value.shape[1] &&
                std::ranges::any_of(*names, [](const std::string& n) { return findTerm(n).has_value(); }))
                return sheetOf(value, &*names, place(name), options);
        if (termsByCount(value.shape[1]))
            return sheetOf(value, nullptr, place(name), options);
        found.push_back(fmt::format("{} ({})", name, shapeText(value.shape)));
    }
    throw FormatError(
        {.where = path.string(),
         .expected = "a struct with feat and featname, or a matrix with 34 categories, 14 dimensions or both",
         .found = found.empty() ? std::string("none") : someOf(found)});
}

/// Rows that are equal or nearly so, found among neighbours in the order of their sums; of several equal ones each
/// is paired with one of them.
std::vector<DuplicateRows> findDuplicates(const Matrix<double>& values) {
    const std::size_t rows = values.rows();
    const std::size_t cols = values.cols();
    constexpr std::size_t kFewestColumns = 5; // few ratings coincide by chance
    if (cols < kFewestColumns)
        return {};
    std::vector<double> tolerance(cols, 0);
    double slack = 0;
    for (std::size_t k = 0; k < cols; ++k) {
        double low = values(0, k);
        double high = low;
        for (std::size_t row = 0; row < rows; ++row) {
            low = std::min(low, values(row, k));
            high = std::max(high, values(row, k));
        }
        tolerance[k] = 0.005 * (high - low);
        slack += tolerance[k];
    }
    std::vector<double> sums(rows);
    for (std::size_t row = 0; row < rows; ++row)
        sums[row] = std::accumulate(values.row(row).begin(), values.row(row).end(), 0.0);
    std::vector<std::size_t> order(rows);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order,
                      [&](std::size_t a, std::size_t b) { return std::pair(sums[a], a) < std::pair(sums[b], b); });
    std::vector<DuplicateRows> found;
    std::vector<bool> paired(rows, false); // with an earlier one, which stands for both
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = i + 1;
             !paired[order[i]] && j < rows && sums[order[j]] - sums[order[i]] <= slack * (1 + 1e-9); ++j) {
            if (paired[order[j]])
                continue;
            const auto [a, b] = std::minmax(order[i], order[j]);
            bool near = true;
            for (std::size_t k = 0; k < cols && near; ++k)
                near = std::abs(values(a, k) - values(b, k)) <= tolerance[k];
            if (near) {
                found.push_back({a, b, std::ranges::equal(values.row(a), values.row(b))});
                paired[order[j]] = true;
            }
        }
    std::ranges::sort(found, {}, [](const DuplicateRows& pair) { return std::pair(pair.a, pair.b); });
    return found;
}

void noteDuplicates(RatingsTable& table) {
    for (const bool exact : {true, false}) {
        std::vector<std::string> pairs;
        for (const DuplicateRows& pair : table.duplicates)
            if (pair.exact == exact)
                pairs.push_back(fmt::format("{} and {}", table.stimulusIds[pair.a], table.stimulusIds[pair.b]));
        if (!pairs.empty())
            table.notes.push_back(
                fmt::format("{} {} of stimuli have {} ratings ({}); all were kept, exclude ids to drop them.",
                            withThousands(pairs.size()), pairs.size() == 1 ? "pair" : "pairs",
                            exact ? "exactly the same" : "nearly the same", someOf(pairs)));
    }
}

} // namespace

RatingsTable readRatings(const std::filesystem::path& path, const RatingsOptions& options) {
    const FileContent head = FileContent::readHead(path, 256);
    const bool matlab = looksLikeMat(head.text()) || head.text().starts_with("\x89HDF");
    Sheet sheet = matlab ? readMat(path, options) : readTable(path, options);
    RatingsTable table;
    table.notes = std::move(sheet.notes);
    const std::size_t rows = sheet.values.rows();
    if (rows == 0)
        throw FormatError({.where = path.string(), .expected = "rows of ratings", .found = "none"});
    if (sheet.names.empty()) {
        for (std::size_t row = 0; row < rows; ++row)
            sheet.names.push_back(fmt::format("{:04}", row + 1));
        table.notes.push_back(
            fmt::format("The file names no stimuli: rows were taken as stimuli 0001 to {:04}.", rows));
    }
    const auto placeOfRow = [&](std::size_t row) {
        return sheet.lines.empty() ? fmt::format("row {}", row + 1) : fmt::format("line {}", sheet.lines[row]);
    };

    std::set<std::string> excluded;
    for (const std::string& id : options.excludedIds)
        excluded.insert(canonicalStimulusId(id));
    std::set<std::string> unseen = excluded;
    std::unordered_map<std::string, std::size_t> rowOf;
    std::vector<std::size_t> kept;
    for (std::size_t row = 0; row < rows; ++row) {
        std::string id = canonicalStimulusId(sheet.names[row]);
        if (id.empty())
            throw FormatError({.where = fmt::format("{}, {}", path.string(), placeOfRow(row)),
                               .expected = "a stimulus id",
                               .found = "an empty cell"});
        if (const auto [other, isNew] = rowOf.emplace(id, row); !isNew)
            throw FormatError({.where = path.string(),
                               .expected = "every stimulus once",
                               .found = fmt::format("{} in {} and {}", tercet::quoted(sheet.names[row]),
                                                    placeOfRow(other->second), placeOfRow(row)),
                               .remedy = "remove one of the two, or name another column as the id"});
        unseen.erase(id);
        if (excluded.contains(id))
            continue;
        kept.push_back(row);
        table.stimulusIds.push_back(std::move(id));
        table.names.push_back(std::move(sheet.names[row]));
    }
    if (kept.empty())
        throw FormatError({.where = path.string(), .expected = "stimuli that are not excluded", .found = "none"});
    if (kept.size() < rows)
        table.notes.push_back(fmt::format("{} of {} stimuli were excluded as asked.", withThousands(rows - kept.size()),
                                          withThousands(rows)));
    if (!unseen.empty())
        table.notes.push_back(
            fmt::format("Ids to exclude that the file does not have: {}.", someOf({unseen.begin(), unseen.end()})));

    table.terms = std::move(sheet.choice.terms);
    table.values = Matrix<double>(kept.size(), table.terms.size());
    for (std::size_t row = 0; row < kept.size(); ++row)
        std::ranges::copy(std::as_const(sheet.values).row(kept[row]), table.values.row(row).begin());

    for (std::size_t row = 0; row < kept.size(); ++row) {
        const auto allZero = [&](TermKind kind) {
            bool any = false;
            for (std::size_t k = 0; k < table.terms.size(); ++k)
                if (table.terms[k].kind == kind) {
                    any = true;
                    if (table.values(row, k) != 0)
                        return false;
                }
            return any;
        };
        if (allZero(TermKind::Category) || allZero(TermKind::Dimension))
            table.allZeroRows.push_back(row);
    }
    if (!table.allZeroRows.empty()) {
        std::vector<std::string> ids;
        for (const std::size_t row : table.allZeroRows)
            ids.push_back(table.stimulusIds[row]);
        table.notes.push_back(fmt::format("{} {} rated 0 throughout, so that judgments cannot be simulated for {}: {}.",
                                          withThousands(ids.size()), ids.size() == 1 ? "stimulus is" : "stimuli are",
                                          ids.size() == 1 ? "it" : "them", someOf(ids)));
    }
    table.duplicates = findDuplicates(table.values);
    noteDuplicates(table);
    return table;
}

} // namespace tercet
