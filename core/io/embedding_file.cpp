#include "core/io/embedding_file.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/delimited_table.h"
#include "core/io/mat_file.h"
#include "core/io/name_list.h"
#include "core/io/numpy_file.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <functional>
#include <numeric>

namespace tercet {
namespace {

/// A table before its orientation is known, and how its cells are named in messages.
struct RawMatrix {
    Matrix<double> values;
    std::vector<std::string> rowNames;
    std::vector<std::string> columnNames;
    std::vector<std::string> notes;
    std::function<std::string(std::size_t, std::size_t)> place;
};

/// The one of several named matrices that is meant.
template <class Map>
typename Map::iterator chosen(Map& matrices, const std::string& wanted, const std::filesystem::path& path,
                              const std::vector<std::string>& others) {
    std::vector<std::string> names;
    for (const auto& [name, matrix] : matrices)
        names.push_back(name);
    if (!wanted.empty()) {
        if (const auto found = matrices.find(wanted); found != matrices.end())
            return found;
        throw MissingError({.where = path.string(),
                            .what = "there is no matrix " + tercet::quoted(wanted),
                            .found = fmt::format("{}", fmt::join(names, ", "))});
    }
    if (const auto vice = matrices.find("pruned_loc"); vice != matrices.end())
        return vice;
    if (matrices.size() == 1)
        return matrices.begin();
    if (matrices.empty())
        throw FormatError({.where = path.string(),
                           .expected = "a matrix of stimuli × components",
                           .found = others.empty() ? std::string("none") : fmt::format("{}", fmt::join(others, ", "))});
    throw FormatError({.where = path.string(),
                       .expected = "one matrix",
                       .found = fmt::format("{}", fmt::join(names, ", ")),
                       .remedy = "name the one that is the embedding"});
}

Matrix<double> asMatrix(ArrayValue array, const std::string& where) {
    Array<double> values = toDoubles(std::move(array), where);
    if (values.shape.size() != 2)
        throw FormatError(
            {.where = where, .expected = "a matrix of stimuli × components", .found = shapeText(values.shape)});
    return {values.shape[0], values.shape[1], std::move(values.values)};
}

RawMatrix fromNpz(const std::filesystem::path& path, const std::string& wanted) {
    std::map<std::string, ArrayValue> matrices;
    std::vector<std::string> others;
    for (auto& [name, array] : readNpz(path)) {
        if (shapeOf(array).size() == 2 && !isText(array))
            matrices.emplace(name, std::move(array));
        else
            others.push_back(fmt::format("{} ({})", name, shapeText(shapeOf(array))));
    }
    const auto found = chosen(matrices, wanted, path, others);
    const std::string where = fmt::format("{}, array {}", path.string(), tercet::quoted(found->first));
    RawMatrix raw;
    raw.values = asMatrix(std::move(found->second), where);
    raw.place = [where](std::size_t row, std::size_t column) {
        return fmt::format("{}, row {}, column {}", where, row + 1, column + 1);
    };
    return raw;
}

RawMatrix fromMat(const std::filesystem::path& path, const std::string& wanted) {
    std::map<std::string, MatValue> matrices;
    std::vector<std::string> others;
    for (auto& [name, value] : readMatFile(path)) {
        if (value.isMatrix() && value.shape[0] > 1 && value.shape[1] > 1)
            matrices.emplace(name, std::move(value));
        else
            others.push_back(name);
    }
    const auto found = chosen(matrices, wanted, path, others);
    const std::string where = fmt::format("{}, variable {}", path.string(), tercet::quoted(found->first));
    RawMatrix raw;
    raw.values = found->second.matrix();
    raw.place = [where](std::size_t row, std::size_t column) {
        return fmt::format("{}, row {}, column {}", where, row + 1, column + 1);
    };
    return raw;
}

bool countsRows(const DelimitedTable& table, std::size_t column) {
    const auto first = table.rows() > 0 ? table.tryNumber(0, column) : std::nullopt;
    if (!first || (*first != 0 && *first != 1))
        return false;
    for (std::size_t row = 0; row < table.rows(); ++row)
        if (table.tryNumber(row, column) != *first + static_cast<double>(row))
            return false;
    return true;
}

RawMatrix fromText(FileContent content, const std::filesystem::path& path) {
    auto table = std::make_shared<const DelimitedTable>(DelimitedTable::parse(std::move(content), path.string()));
    if (table->rows() == 0)
        throw FormatError({.where = path.string(), .expected = "rows of numbers", .found = "a header alone"});
    RawMatrix raw;
    std::vector<std::size_t> columns(table->columns());
    std::iota(columns.begin(), columns.end(), std::size_t{0});
    const bool namelessCounter = table->hasHeader() && table->header()[0].empty() && countsRows(*table, 0);
    const bool hasText = std::ranges::any_of(columns, [&](std::size_t column) { return !table->tryNumber(0, column); });
    if (table->hasHeader() || hasText) {
        const auto id = findIdColumn(*table);
        if (id) {
            raw.rowNames = table->texts(*id);
            std::erase(columns, *id);
        }
        if (namelessCounter && id != std::size_t{0}) {
            std::erase(columns, std::size_t{0});
            raw.notes.emplace_back("The first column counts the rows and was left out.");
        }
    }
    if (columns.empty())
        throw FormatError({.where = path.string(), .expected = "columns of numbers", .found = "names alone"});
    raw.values = table->numbers(columns);
    if (table->hasHeader())
        for (const std::size_t column : columns)
            raw.columnNames.push_back(table->header()[column]);
    raw.place = [table, columns](std::size_t row, std::size_t column) { return table->place(row, columns[column]); };
    return raw;
}

RawMatrix readRaw(const std::filesystem::path& path, const std::string& wanted) {
    FileContent content = FileContent::readHead(path, 256);
    if (looksLikeMat(content.text()) || content.text().starts_with("\x89HDF"))
        return fromMat(path, wanted);
    if (looksLikeZip(content.bytes()))
        return fromNpz(path, wanted);
    content = FileContent::read(path);
    if (!looksLikeNpy(content.bytes()))
        return fromText(std::move(content), path);
    RawMatrix raw;
    raw.values = asMatrix(parseNpy(content.bytes(), path.string()), path.string());
    raw.place = [file = path.string()](std::size_t row, std::size_t column) {
        return fmt::format("{}, row {}, column {}", file, row + 1, column + 1);
    };
    return raw;
}

Matrix<double> transposed(const Matrix<double>& matrix) {
    Matrix<double> result(matrix.cols(), matrix.rows());
    for (std::size_t row = 0; row < matrix.rows(); ++row)
        for (std::size_t column = 0; column < matrix.cols(); ++column)
            result(column, row) = matrix(row, column);
    return result;
}

bool shouldTranspose(const RawMatrix& raw, const std::filesystem::path& path, const EmbeddingOptions& options) {
    if (options.orientation != EmbeddingOrientation::Detect)
        return options.orientation == EmbeddingOrientation::ComponentsByStimuli;
    const bool named = plainFileName(path).starts_with("sparse_embed_epoch");
    const bool rowsFit = raw.values.rows() == options.stimuli;
    const bool columnsFit = raw.values.cols() == options.stimuli;
    return rowsFit == columnsFit ? named : columnsFit;
}

} // namespace

bool isSymmetric(MatrixView<const double> matrix) {
    if (matrix.rows() != matrix.cols() || matrix.rows() < 2)
        return false;
    for (std::size_t row = 0; row < matrix.rows(); ++row)
        for (std::size_t column = 0; column < row; ++column)
            if (matrix(row, column) != matrix(column, row))
                return false;
    return true;
}

EmbeddingTable readEmbedding(const std::filesystem::path& path, const EmbeddingOptions& options) {
    RawMatrix raw = readRaw(path, options.array);
    if (raw.values.empty())
        throw FormatError(
            {.where = path.string(), .expected = "a matrix of stimuli × components", .found = "an empty one"});
    for (std::size_t row = 0; row < raw.values.rows(); ++row)
        for (std::size_t column = 0; column < raw.values.cols(); ++column)
            if (const double value = raw.values(row, column); !std::isfinite(value))
                throw FormatError({.where = raw.place(row, column),
                                   .expected = "a finite number",
                                   .found = fmt::format("{}", value),
                                   .remedy = "correct the value or leave its row out"});

    if (isSymmetric(raw.values))
        throw FormatError({.where = path.string(),
                           .expected = "a matrix of stimuli × components",
                           .found = fmt::format("a symmetric one of {} × {}, which holds similarities",
                                                raw.values.rows(), raw.values.cols())});

    EmbeddingTable table;
    table.notes = std::move(raw.notes);
    if (shouldTranspose(raw, path, options)) {
        table.values = transposed(raw.values);
        std::swap(raw.rowNames, raw.columnNames);
        table.notes.push_back(fmt::format("The file holds {} components × {} stimuli and was transposed.",
                                          raw.values.rows(), withThousands(raw.values.cols())));
    } else {
        table.values = std::move(raw.values);
        if (options.stimuli == 0 && options.orientation == EmbeddingOrientation::Detect &&
            table.values.cols() > table.values.rows())
            table.notes.push_back(
                fmt::format("There are more columns ({}) than rows ({}): if rows are components, import it transposed.",
                            table.values.cols(), table.values.rows()));
    }
    table.stimulusIds = std::move(raw.rowNames);
    table.componentNames = std::move(raw.columnNames);
    if (options.stimuli != 0 && table.stimulusIds.empty() && table.values.rows() != options.stimuli)
        throw FormatError({.where = path.string(),
                           .expected = fmt::format("a row for each of {} stimuli", withThousands(options.stimuli)),
                           .found = fmt::format("{} × {}", table.values.rows(), table.values.cols()),
                           .remedy = "import the embedding of the same stimuli"});
    const double lowest = std::ranges::min(table.values.values());
    const auto negative = std::ranges::count_if(table.values.values(), [](double value) { return value < 0; });
    if (lowest < -kNegativeTolerance) {
        table.notes.push_back(
            fmt::format("The embedding is not non-negative: {} values are below 0, the lowest is {:.4g}.",
                        withThousands(static_cast<std::uint64_t>(negative)), lowest));
    } else if (negative > 0) {
        for (double& value : table.values.values())
            value = std::max(0.0, value);
        table.notes.push_back(fmt::format("{} slightly negative values (the lowest {:.2g}) were set to 0.",
                                          withThousands(static_cast<std::uint64_t>(negative)), lowest));
    }
    return table;
}

} // namespace tercet
