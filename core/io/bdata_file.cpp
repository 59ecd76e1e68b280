#include "core/io/bdata_file.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/hdf5.h"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <optional>
#include <unordered_map>

namespace tercet {
namespace {

constexpr std::size_t kNearColumns = 4096; ///< read together rather than one by one
constexpr int kDeepest = 200;              ///< parentheses within each other

struct Layout {
    const char* data;
    const char* metadata;
};
constexpr Layout kLayouts[] = {{"dataset", "metadata"}, {"dataSet", "metaData"}};

std::optional<Layout> layoutOf(const Hdf5File& file) {
    for (const Layout& layout : kLayouts)
        if (file.isDataset(layout.data) && file.isDataset(std::string(layout.metadata) + "/key"))
            return layout;
    return std::nullopt;
}

using ColumnMask = std::vector<std::uint8_t>; ///< 1 for the columns that are selected

std::vector<std::size_t> selectedIn(const ColumnMask& mask) {
    std::vector<std::size_t> selected;
    for (std::size_t c = 0; c < mask.size(); ++c)
        if (mask[c] != 0)
            selected.push_back(c);
    return selected;
}

ColumnMask whereEqual(const std::vector<double>& values, double wanted) {
    ColumnMask mask(values.size());
    std::ranges::transform(values, mask.begin(), [wanted](double value) { return value == wanted ? 1 : 0; });
    return mask;
}

/// Works out an expression of keys from left to right.
class Selector {
public:
    /// What the file knows.
    struct Source {
        std::function<bool(std::string_view key)> knows;
        std::function<std::vector<double>(std::string_view key)> values;
    };
    Selector(std::string_view expression, std::string file, Source source)
        : m_text(expression), m_file(std::move(file)), m_source(std::move(source)) {}

    ColumnMask run() {
        ColumnMask mask = chain(0);
        if (m_at != m_text.size())
            refuse("an operator (| + & -) or the end");
        return mask;
    }

private:
    static constexpr std::string_view kSigns = "()|+&-=";

    ColumnMask chain(int depth) {
        ColumnMask mask = operand(depth);
        for (;;) {
            skipSpace();
            if (m_at == m_text.size() || std::string_view("|+&-").find(m_text[m_at]) == std::string_view::npos)
                return mask;
            const char sign = m_text[m_at++];
            const ColumnMask other = operand(depth);
            for (std::size_t c = 0; c < mask.size(); ++c)
                mask[c] = sign == '&'   ? mask[c] & other[c]
                          : sign == '-' ? mask[c] & static_cast<std::uint8_t>(1 - other[c])
                                        : mask[c] | other[c];
        }
    }
    ColumnMask operand(int depth) {
        skipSpace();
        if (m_at < m_text.size() && m_text[m_at] == '(') {
            if (depth == kDeepest)
                refuse(fmt::format("at most {} parentheses within each other", kDeepest));
            ++m_at;
            ColumnMask inner = chain(depth + 1);
            if (m_at == m_text.size() || m_text[m_at] != ')')
                refuse("a closing parenthesis");
            ++m_at;
            return inner;
        }
        const std::vector<double> values = m_source.values(key());
        return whereEqual(values, condition());
    }
    std::string key() {
        if (m_at < m_text.size() && (m_text[m_at] == '\'' || m_text[m_at] == '"')) {
            const std::size_t end = m_text.find(m_text[m_at], m_at + 1);
            if (end == std::string_view::npos)
                refuse("a closing quote");
            const std::string_view name = m_text.substr(m_at + 1, end - m_at - 1);
            m_at = end + 1;
            return std::string(name);
        }
        // Names of regions may hold hyphens: the longest known key, else what comes before the first hyphen.
        const std::size_t begin = m_at;
        std::size_t shortest = std::string_view::npos;
        std::size_t known = std::string_view::npos;
        for (std::size_t end = begin;; ++end) {
            const bool ends = end == m_text.size() || isSpace(m_text[end]) || m_text[end] == '"' ||
                              m_text[end] == '\'' || kSigns.find(m_text[end]) != std::string_view::npos;
            if (!ends)
                continue;
            if (end > begin && shortest == std::string_view::npos)
                shortest = end;
            if (m_source.knows(m_text.substr(begin, end - begin)))
                known = end;
            if (end == m_text.size() || m_text[end] != '-')
                break;
        }
        if (shortest == std::string_view::npos)
            refuse("a key");
        m_at = known != std::string_view::npos ? known : shortest;
        return std::string(m_text.substr(begin, m_at - begin));
    }
    /// The number after "=", else 1.
    double condition() {
        skipSpace();
        if (m_at == m_text.size() || m_text[m_at] != '=')
            return 1;
        ++m_at;
        skipSpace();
        const std::size_t end = std::min(m_text.find_first_of(" \t\n)|&=", m_at), m_text.size());
        std::size_t length = end - m_at;
        std::optional<double> number = toNumber(m_text.substr(m_at, length));
        if (!number) { // "+" and "-" may belong to the number or follow it
            length = std::min(m_text.find_first_of("+-", m_at + 1), end) - m_at;
            number = toNumber(m_text.substr(m_at, length));
        }
        if (!number)
            refuse("a number");
        m_at += length;
        return *number;
    }
    static bool isSpace(char letter) { return letter == ' ' || letter == '\t' || letter == '\n'; }
    void skipSpace() {
        while (m_at < m_text.size() && isSpace(m_text[m_at]))
            ++m_at;
    }
    [[noreturn]] void refuse(std::string expected) const {
        throw ParameterError(
            {.where = fmt::format("{}, selection {}, character {}", m_file, tercet::quoted(m_text), m_at + 1),
             .expected = std::move(expected),
             .found = m_at < m_text.size() ? tercet::quoted(m_text.substr(m_at)) : "the end"});
    }

    std::string_view m_text;
    std::string m_file;
    Source m_source;
    std::size_t m_at = 0;
};

/// Neighbouring columns that are read as one, and where those asked for go.
struct Stripe {
    std::size_t first = 0;
    std::size_t count = 0;
    std::vector<std::pair<std::size_t, std::size_t>> places; ///< column in the file, column of the block
};

/// Stripes of at most `most` columns, or of one unit; no unit (a chunk's columns) lies in two of them.
std::vector<Stripe> stripesOf(std::span<const std::size_t> columns, std::size_t unit, std::size_t most) {
    std::vector<std::pair<std::size_t, std::size_t>> places(columns.size());
    for (std::size_t k = 0; k < columns.size(); ++k)
        places[k] = {columns[k], k};
    std::ranges::sort(places);
    std::vector<Stripe> stripes;
    for (const auto& place : places) {
        const std::size_t column = place.first;
        const bool fresh = stripes.empty() || column / unit > (stripes.back().places.back().first / unit) + 1 ||
                           (column / unit != stripes.back().places.back().first / unit &&
                            column / unit * unit + unit - stripes.back().first > most);
        if (fresh)
            stripes.push_back({column, 0, {}});
        stripes.back().count = column - stripes.back().first + 1;
        stripes.back().places.push_back(place);
    }
    return stripes;
}

} // namespace

struct BDataFile::State {
    Hdf5File file;
    std::string data;     ///< name of the dataset
    std::string metadata; ///< name of the group
    std::size_t samples = 0;
    std::size_t columns = 0;
    std::vector<std::size_t> chunk;
    std::vector<std::string> keys;
    std::vector<std::string> descriptions;
    std::unordered_map<std::string, std::size_t> rows; ///< of the metadata, by key

    [[nodiscard]] std::string where() const { return file.path().string(); }
    [[nodiscard]] std::size_t rowOf(std::string_view key) const {
        const auto found = rows.find(std::string(key));
        if (found == rows.end())
            throw MissingError({.where = where(),
                                .what = "there is no key " + tercet::quoted(key) + " in its metadata",
                                .remedy = "choose another, or put the key in quotes if it holds signs"});
        return found->second;
    }
};

BDataFile::BDataFile(std::unique_ptr<State> state) : m_state(std::move(state)) {}
BDataFile::BDataFile(BDataFile&&) noexcept = default;
BDataFile& BDataFile::operator=(BDataFile&&) noexcept = default;
BDataFile::~BDataFile() = default;

BDataFile BDataFile::open(const std::filesystem::path& path) {
    Hdf5File file = Hdf5File::open(path);
    const auto layout = layoutOf(file);
    if (!layout)
        throw FormatError({.where = path.string(),
                           .expected = "a BData file, with dataset and metadata/key (or dataSet and metaData/key)",
                           .found = fmt::format("{}", fmt::join(file.list(), ", "))});
    auto state = std::make_unique<State>(State{std::move(file), layout->data, layout->metadata, 0, 0, {}, {}, {}, {}});
    static_cast<void>(state->file.readBlock(state->data, 0, 0, 0, 0)); // numbers in rows and columns that are there
    const Hdf5Dataset data = state->file.describe(state->data);
    state->samples = data.shape[0];
    state->columns = data.shape[1];
    state->chunk = data.chunk;
    state->keys = state->file.read<std::string>(state->metadata + "/key").values;
    state->descriptions = state->file.read<std::string>(state->metadata + "/description").values;
    if (state->descriptions.size() != state->keys.size())
        throw FormatError({.where = path.string() + ", " + state->metadata + "/description",
                           .expected = counted(state->keys.size(), "description", "descriptions") + ", one per key",
                           .found = withThousands(state->descriptions.size())});
    const std::vector<std::size_t> expected{state->keys.size(), state->columns};
    if (const auto found = state->file.describe(state->metadata + "/value").shape; found != expected)
        throw FormatError({.where = path.string() + ", " + state->metadata + "/value",
                           .expected = shapeText(expected) + " numbers, one per key and column of the data",
                           .found = shapeText(found)});
    for (std::size_t row = 0; row < state->keys.size(); ++row)
        if (state->keys[row].empty() || !state->rows.emplace(state->keys[row], row).second)
            throw FormatError({.where = fmt::format("{}, {}/key, row {}", path.string(), state->metadata, row + 1),
                               .expected = "a name that no other key has",
                               .found = tercet::quoted(state->keys[row])});
    return BDataFile(std::move(state));
}

std::size_t BDataFile::samples() const noexcept { return m_state->samples; }
std::size_t BDataFile::columns() const noexcept { return m_state->columns; }
const std::vector<std::string>& BDataFile::keys() const noexcept { return m_state->keys; }

const std::string& BDataFile::description(std::string_view key) const {
    return m_state->descriptions[m_state->rowOf(key)];
}

std::vector<std::string> BDataFile::roiKeys() const {
    std::vector<std::string> regions;
    for (std::size_t row = 0; row < m_state->keys.size(); ++row)
        if (m_state->descriptions[row].starts_with("1 = ROI"))
            regions.push_back(m_state->keys[row]);
    return regions;
}

std::vector<double> BDataFile::metadata(std::string_view key) const {
    return std::move(
        m_state->file.readBlock(m_state->metadata + "/value", m_state->rowOf(key), 1, 0, m_state->columns).values());
}

std::vector<std::size_t> BDataFile::select(std::string_view expression) const {
    return selectedIn(Selector(expression, m_state->where(),
                               {[this](std::string_view key) { return m_state->rows.contains(std::string(key)); },
                                [this](std::string_view key) { return metadata(key); }})
                          .run());
}

Matrix<double> BDataFile::column(std::string_view key) const {
    const std::vector<std::size_t> selected = selectedIn(whereEqual(metadata(key), 1));
    Matrix<double> values(m_state->samples, selected.size());
    readRows(0, m_state->samples, selected, [&](std::size_t sample, MatrixView<const double> rows) {
        std::ranges::copy(rows.values(), values.data() + sample * values.cols());
    });
    return values;
}

std::map<double, std::string> BDataFile::labels(std::string_view key) const {
    static_cast<void>(m_state->rowOf(key));
    const std::string group = "vmap/" + std::string(key);
    std::map<double, std::string> names;
    if (!m_state->file.contains(group))
        return names;
    for (const std::string& member : m_state->file.list(group)) {
        const auto value = toNumber(member);
        const auto text = m_state->file.read<std::string>(group + "/" + member).values;
        if (!value || text.size() != 1)
            throw FormatError({.where = fmt::format("{}, {}/{}", m_state->where(), group, member),
                               .expected = "one text, under the number that it stands for",
                               .found = counted(text.size(), "text", "texts")});
        names[*value] = text.front();
    }
    return names;
}

void BDataFile::readRows(std::size_t first, std::size_t count, std::span<const std::size_t> columns,
                         const std::function<void(std::size_t sample, MatrixView<const double> rows)>& take,
                         std::size_t memory) const {
    const State& state = *m_state;
    if (first > state.samples || count > state.samples - first)
        throw ParameterError({.where = state.where(),
                              .expected = "samples below " + withThousands(state.samples),
                              .found = fmt::format("{} from {} on", count, first)});
    for (const std::size_t column : columns)
        if (column >= state.columns)
            throw ParameterError({.where = state.where(),
                                  .expected = "columns below " + withThousands(state.columns),
                                  .found = withThousands(column)});
    const bool chunked = state.chunk.size() == 2;
    const std::size_t unit = chunked ? state.chunk[1] : kNearColumns;
    // Half of the memory for what is handed over, half for what is read; blocks end where chunks do, so that each is
    // unpacked once.
    const std::size_t most = memory / 2 / sizeof(double);
    std::size_t height =
        std::max<std::size_t>(1, most / std::max({columns.size(), std::min(unit, state.columns), std::size_t{1}}));
    if (chunked && height >= state.chunk[0])
        height -= height % state.chunk[0];
    const std::vector<Stripe> stripes = stripesOf(columns, unit, most / height);
    std::vector<double> values;
    for (std::size_t sample = first; sample < first + count;) {
        const std::size_t end = std::min(first + count, (sample / height + 1) * height);
        values.resize((end - sample) * columns.size());
        for (const Stripe& stripe : stripes) {
            const Matrix<double> block =
                state.file.readBlock(state.data, sample, end - sample, stripe.first, stripe.count);
            for (std::size_t row = 0; row < block.rows(); ++row)
                for (const auto& [column, place] : stripe.places)
                    values[row * columns.size() + place] = block(row, column - stripe.first);
        }
        take(sample, {values.data(), end - sample, columns.size()});
        sample = end;
    }
}

bool looksLikeBData(const Hdf5File& file) { return layoutOf(file).has_value(); }

} // namespace tercet
