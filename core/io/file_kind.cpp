#include "core/io/file_kind.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/brain_file_kind.h"
#include "core/io/delimited_table.h"
#include "core/io/embedding_file.h"
#include "core/io/judgment_file.h"
#include "core/io/mat_file.h"
#include "core/io/name_list.h"
#include "core/io/numpy_file.h"
#include "core/io/ratings_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <optional>

namespace tercet {
namespace {

constexpr std::size_t kHeadBytes = std::size_t{1} << 18;
constexpr std::uintmax_t kSmallFile = std::uintmax_t{64} << 20; ///< may be read as a whole
constexpr std::size_t kEnoughRows = 50;

RecognisedFile unknown(std::string description) { return {FileKind::Unknown, std::move(description)}; }

RecognisedFile judgments(const std::string& count, bool fourth) {
    return {FileKind::Judgments, fmt::format("{} odd-one-out judgments{}: importing adds them as a system’s judgments.",
                                             count, fourth ? " with a fourth column (participant or odd one)" : "")};
}

RecognisedFile embedding(std::size_t rows, std::size_t columns) {
    return {FileKind::Embedding,
            fmt::format("An embedding of {} × {} values: importing adds it as a system’s embedding of {} stimuli.",
                        withThousands(rows), withThousands(columns), withThousands(rows))};
}

RecognisedFile ratings(const std::filesystem::path& path) {
    const RatingsTable table = readRatings(path);
    const auto count = [&](TermKind kind, const char* one, const char* many) {
        return counted(static_cast<std::uint64_t>(std::ranges::count(table.terms, kind, &Term::kind)), one, many);
    };
    return {FileKind::Ratings, fmt::format("A ratings table of {}: {} and {} were recognised and will be imported.",
                                           counted(table.values.rows(), "stimulus", "stimuli"),
                                           count(TermKind::Category, "category", "categories"),
                                           count(TermKind::Dimension, "dimension", "dimensions"))};
}

/// What rows of numbers are: whole ones in threes are judgments.
std::optional<RecognisedFile> fromNumbers(const Array<double>& values, const std::string& total) {
    const std::size_t columns = values.shape[1];
    const std::size_t rows = values.shape[0];
    if (columns != 3 && columns != 4)
        return std::nullopt;
    bool whole = true;
    bool ascending = true;
    bool sumsToOne = true;
    for (std::size_t row = 0; row < rows; ++row) {
        const double* cells = values.values.data() + row * columns;
        for (std::size_t k = 0; k < columns; ++k)
            whole = whole && cells[k] >= 0 && cells[k] == std::floor(cells[k]);
        ascending = ascending && cells[0] < cells[1] && cells[1] < cells[2];
        sumsToOne = sumsToOne && std::abs(cells[0] + cells[1] + cells[2] - 1) < 1e-3;
    }
    if (whole && ascending && rows >= kEnoughRows)
        return unknown("A list of triplets without choices: every row is in ascending order, so it cannot be imported "
                       "as judgments.");
    if (whole)
        return judgments(total, columns == 4);
    if (sumsToOne && columns == 3 && rows >= kEnoughRows)
        return unknown("Choice probabilities of triplets, which cannot be imported.");
    return std::nullopt;
}

RecognisedFile fromNpy(const std::filesystem::path& path, const FileContent& head) {
    const NpyHeader header = parseNpyHeader(head.bytes(), path.string());
    if (header.shape.size() != 2 || header.shape[0] == 0 || header.shape[1] == 0 || header.kind == 'U' ||
        header.kind == 'S')
        return unknown(fmt::format("A NumPy array of {}; judgments or an embedding need a matrix of numbers.",
                                   shapeText(header.shape)));
    if (header.shape[1] <= 4) { // judgments or a very small embedding: look at the values
        const FileContent content =
            std::filesystem::file_size(path) <= kSmallFile ? FileContent::read(path) : FileContent();
        if (content.text().empty())
            return judgments(withThousands(header.shape[0]), header.shape[1] == 4);
        const auto values = toDoubles(parseNpy(content.bytes(), path.string()), path.string());
        if (auto found = fromNumbers(values, withThousands(header.shape[0])))
            return *found;
    }
    return embedding(header.shape[0], header.shape[1]);
}

RecognisedFile fromNpz(const std::filesystem::path& path) {
    for (const auto& [name, array] : readNpz(path)) {
        if (shapeOf(array).size() != 2 || isText(array))
            continue;
        if (isWhole(array))
            if (auto found = fromNumbers(toDoubles(array, path.string()), withThousands(shapeOf(array)[0])))
                return *found;
    }
    const EmbeddingTable table = readEmbedding(path);
    return embedding(table.values.rows(), table.values.cols());
}

RecognisedFile fromMat(const std::filesystem::path& path) {
    if (std::filesystem::file_size(path) > kSmallFile)
        return unknown("A large MATLAB file; ratings and embeddings are smaller.");
    try {
        return ratings(path);
    } catch (const FormatError& error) {
        try {
            const EmbeddingTable table = readEmbedding(path);
            return embedding(table.values.rows(), table.values.cols());
        } catch (const Error&) {
            return unknown(std::string("A MATLAB file that cannot be imported: ") + error.what());
        }
    }
}

/// How many rows the file has, exactly where all of it was read, else by its length.
std::string rowCount(const std::filesystem::path& path, const DelimitedTable& head, bool complete,
                     std::size_t headBytes) {
    if (complete || head.rows() == 0)
        return withThousands(head.rows());
    std::uintmax_t total = std::filesystem::file_size(path);
    if (FileContent::readHead(path, 1).wasCompressed())
        return fmt::format("more than {}", withThousands(head.rows()));
    const double share = static_cast<double>(total) / static_cast<double>(headBytes);
    const auto estimate = static_cast<std::uint64_t>(static_cast<double>(head.rows()) * share);
    const std::uint64_t unit = std::max<std::uint64_t>(
        1, static_cast<std::uint64_t>(std::pow(10, std::floor(std::log10(static_cast<double>(estimate))) - 1)));
    return "about " + withThousands(estimate / unit * unit);
}

std::optional<std::size_t> captionColumn(const DelimitedTable& table) {
    for (const char* name : {"description", "caption", "captions", "descriptions", "sentence"})
        if (const auto column = table.findColumn(name); column && !table.isNumeric(*column))
            return column;
    return std::nullopt;
}

RecognisedFile fromText(const std::filesystem::path& path, bool complete) {
    FileContent content = complete || std::filesystem::file_size(path) <= kSmallFile / 16
                              ? FileContent::read(path)
                              : FileContent::readHead(path, kHeadBytes);
    const bool whole = content.complete();
    const std::size_t bytes = content.text().size();
    const DelimitedTable table = DelimitedTable::parse(std::move(content), path.string());
    const std::string rows = rowCount(path, table, whole, bytes);
    if (table.rows() == 0)
        return unknown("A table without rows.");
    if (auto found = recogniseBrainTable(path, table, rows, whole))
        return *found;
    if (captionColumn(table))
        return {FileKind::Captions, fmt::format("A table of {} captions of stimuli.", rows)};
    if (std::ranges::any_of(table.header(), [](const std::string& name) { return findTerm(name).has_value(); }))
        return ratings(path);

    const std::size_t looked = std::min<std::size_t>(table.rows(), 1000);
    std::vector<std::size_t> numeric;
    for (std::size_t column = 0; column < table.columns(); ++column) {
        bool numbers = true;
        for (std::size_t row = 0; row < looked && numbers; ++row)
            numbers = table.tryNumber(row, column).has_value();
        if (numbers)
            numeric.push_back(column);
    }
    if (numeric.size() == table.columns() && (table.columns() == 3 || table.columns() == 4)) {
        Array<double> values{{looked, table.columns()}, {}};
        for (std::size_t row = 0; row < looked; ++row)
            for (std::size_t column = 0; column < table.columns(); ++column)
                values.values.push_back(table.number(row, column));
        if (auto found = fromNumbers(values, rows))
            return *found;
    }
    if (!table.hasHeader() &&
        (numeric.size() == kCategoryCount || numeric.size() == kCategoryCount + kDimensionCount ||
         numeric.size() == kDimensionCount) &&
        numeric.size() + 1 == table.columns())
        return ratings(path);
    if (table.columns() == 1)
        return unknown(
            fmt::format("A list of {} lines; choose it where names of stimuli or components are asked for.", rows));
    bool onlyWhole = true; // whole numbers in a few columns are ids or counts
    for (const std::size_t column : numeric)
        for (std::size_t row = 0; row < looked && onlyWhole; ++row)
            onlyWhole = table.number(row, column) == std::floor(table.number(row, column));
    if (numeric.size() >= 2 && numeric.size() + 1 >= table.columns() && !(onlyWhole && numeric.size() <= 4)) {
        if (!whole)
            return {FileKind::Embedding,
                    fmt::format("An embedding of {} rows × {} columns: importing adds it as a system’s embedding.",
                                rows, numeric.size())};
        const EmbeddingTable found = readEmbedding(path);
        return embedding(found.values.rows(), found.values.cols());
    }
    return unknown(fmt::format(
        "A text table of {} rows and {} columns without ratings, judgments, captions or an embedding in it.", rows,
        table.columns()));
}

RecognisedFile fromContent(const std::filesystem::path& path) {
    const FileContent head = FileContent::readHead(path, kBrainHeadBytes);
    if (head.text().empty())
        return unknown("An empty file.");
    if (auto found = recogniseBrainFile(path, head))
        return *found;
    if (looksLikeNpy(head.bytes()))
        return fromNpy(path, head);
    if (looksLikeZip(head.bytes()))
        return fromNpz(path);
    if (looksLikeMat(head.text()))
        return fromMat(path);
    if (looksBinary(head.text()))
        return unknown("A binary file of an unknown format.");
    return fromText(path, head.complete());
}

} // namespace

RecognisedFile recogniseFile(const std::filesystem::path& path) {
    try {
        if (std::filesystem::is_directory(path)) {
            if (auto found = recogniseBrainFile(path, {}))
                return *found;
            const JudgmentTable table = readJudgments(path);
            return {FileKind::Judgments,
                    fmt::format("A folder of {} odd-one-out judgments, {} of them held out: importing adds them as a "
                                "system’s judgments.",
                                withThousands(table.triplets->size()),
                                withThousands(static_cast<std::uint64_t>(std::ranges::count(table.heldOut, 1))))};
        }
        return fromContent(path);
    } catch (const FormatError& error) {
        return unknown(error.what());
    } catch (const MissingError& error) {
        if (!std::filesystem::exists(path))
            throw;
        return unknown(error.what());
    }
}

} // namespace tercet
