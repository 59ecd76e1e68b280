#include "core/io/judgment_file.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/file_content.h"
#include "core/io/numpy_file.h"
#include "core/io/terms.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <fmt/format.h>
#include <limits>
#include <optional>
#include <utility>

namespace tercet {
namespace {

constexpr std::int64_t kLargest = std::numeric_limits<std::int32_t>::max();

/// The trials of one file, with indices as written there.
struct Trials {
    std::vector<std::uint32_t> indices; ///< three a trial
    std::vector<std::int32_t> fourth;   ///< one a trial, or empty
    std::vector<std::string> header;
    FileContent text; ///< to find the line of a trial; empty for arrays
    std::string name;

    [[nodiscard]] std::size_t size() const noexcept { return indices.size() / 3; }
};

bool isBreak(char c) { return c == '\n' || c == '\r'; }
bool isGap(char c) { return c == ' ' || c == '\t' || c == ',' || c == ';'; }

/// Walks over the lines of a text that are not blank and not comments.
class Lines {
public:
    explicit Lines(std::string_view text) : m_at(text.data()), m_end(text.data() + text.size()) {
        if (text.starts_with("\xef\xbb\xbf"))
            m_at += 3;
    }
    /// Goes to the first cell of the next line that has one; false at the end.
    bool next() {
        for (;;) {
            while (m_at < m_end && isGap(*m_at))
                ++m_at;
            if (m_at == m_end)
                return false;
            if (!isBreak(*m_at) && *m_at != '#')
                return true;
            skipLine();
        }
    }
    void skipLine() {
        while (m_at < m_end && !isBreak(*m_at))
            ++m_at;
        passBreak();
    }
    void passBreak() {
        if (m_at == m_end)
            return;
        if (*m_at == '\r' && m_at + 1 < m_end && m_at[1] == '\n')
            ++m_at;
        ++m_at;
        ++m_line;
    }
    [[nodiscard]] bool atLineEnd() const { return m_at == m_end || isBreak(*m_at); }
    [[nodiscard]] std::size_t line() const noexcept { return m_line; }
    [[nodiscard]] const char*& at() noexcept { return m_at; }
    [[nodiscard]] const char* end() const noexcept { return m_end; }
    std::string_view cell() {
        const char* begin = m_at;
        while (!atLineEnd() && !isGap(*m_at))
            ++m_at;
        std::string_view text(begin, static_cast<std::size_t>(m_at - begin));
        if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
            text = text.substr(1, text.size() - 2);
        return text;
    }
    void skipGap() {
        while (m_at < m_end && isGap(*m_at))
            ++m_at;
    }

private:
    const char* m_at;
    const char* m_end;
    std::size_t m_line = 1;
};

std::string placeOf(const Trials& trials, std::size_t trial) {
    if (trials.text.text().empty())
        return fmt::format("{}, row {}", trials.name, trial + 1);
    Lines lines(trials.text.text());
    for (std::size_t passed = trial + (trials.header.empty() ? 0 : 1); lines.next() && passed > 0; --passed)
        lines.skipLine();
    return fmt::format("{}, line {}", trials.name, lines.line());
}

std::string rowText(const Trials& trials, std::size_t trial) {
    const std::uint32_t* row = trials.indices.data() + 3 * trial;
    return fmt::format("{} {} {}", row[0], row[1], row[2]);
}

/// A whole number from 0 to 2^31 − 1 that is not written in plain digits.
std::int64_t unusualNumber(std::string_view cell, const std::string& name, std::size_t line, std::size_t column) {
    const auto refuse = [&](const char* expected) {
        throw FormatError({.where = fmt::format("{}, line {}, column {}", name, line, column + 1),
                           .expected = expected,
                           .found = cell.empty() ? std::string("an empty cell") : tercet::quoted(cell)});
    };
    const auto value = toNumber(cell);
    if (!value || !std::isfinite(*value) || *value != std::floor(*value))
        refuse("a whole number");
    if (*value < 0)
        refuse("a number that is not negative");
    if (*value > static_cast<double>(kLargest))
        refuse("a number below 2^31");
    return static_cast<std::int64_t>(*value);
}

[[noreturn]] void throwColumns(const std::string& place, std::size_t found, std::optional<std::size_t> expected) {
    throw FormatError({.where = place,
                       .expected = expected
                                       ? fmt::format("{} columns as in the lines before", *expected)
                                       : std::string("3 columns (the pair that stays and the odd one), or 4 with the "
                                                     "participant or the odd one’s index"),
                       .found = fmt::format("{}", found)});
}

Trials parseText(FileContent content, const std::string& name) {
    Trials trials;
    trials.text = std::move(content);
    trials.name = name;
    if (looksBinary(trials.text.text()))
        throw FormatError({.where = name, .expected = "judgments as text or .npy", .found = "binary content"});
    Lines lines(trials.text.text());
    if (!lines.next())
        throw FormatError({.where = name, .expected = "judgments, three indices a line", .found = "nothing in it"});

    // A first line with a cell that is no number names the columns.
    Lines ahead = lines;
    std::vector<std::string> first;
    while (!ahead.atLineEnd()) {
        first.emplace_back(ahead.cell());
        ahead.skipGap();
    }
    const std::size_t columns = first.size();
    if (std::ranges::any_of(first, [](const std::string& cell) { return !toNumber(cell); }) &&
        std::ranges::none_of(first, [](const std::string& cell) { return toNumber(cell).has_value(); })) {
        trials.header = std::move(first);
        lines.skipLine();
    }
    if (columns != 3 && columns != 4)
        throwColumns(fmt::format("{}, line {}", name, lines.line()), columns, std::nullopt);

    const std::size_t guess = trials.text.text().size() / 8;
    trials.indices.reserve(std::min<std::size_t>(3 * guess, 1 << 20));
    std::array<std::int64_t, 4> row{};
    while (lines.next()) {
        const char*& at = lines.at();
        const char* const end = lines.end();
        std::size_t count = 0;
        for (;;) {
            const char* const begin = at;
            std::int64_t value = 0;
            while (at < end && *at >= '0' && *at <= '9' && at - begin < 10)
                value = value * 10 + (*at++ - '0');
            if (at == begin || (at < end && !isGap(*at) && !isBreak(*at)) || value > kLargest) {
                at = begin;
                value = unusualNumber(lines.cell(), name, lines.line(), count);
            }
            if (count < 4)
                row[count] = value;
            ++count;
            while (at < end && isGap(*at))
                ++at;
            if (at == end || isBreak(*at))
                break;
        }
        if (count != columns)
            throwColumns(fmt::format("{}, line {}", name, lines.line()), count, columns);
        trials.indices.insert(trials.indices.end(),
                              {static_cast<std::uint32_t>(row[0]), static_cast<std::uint32_t>(row[1]),
                               static_cast<std::uint32_t>(row[2])});
        if (columns == 4)
            trials.fourth.push_back(static_cast<std::int32_t>(row[3]));
        lines.passBreak();
    }
    if (trials.size() == 0)
        throw FormatError({.where = name, .expected = "judgments, three indices a line", .found = "a header alone"});
    return trials;
}

Trials fromArray(const ArrayValue& array, const std::string& name) {
    Trials trials;
    trials.name = name;
    const std::vector<std::size_t>& shape = shapeOf(array);
    if (shape.size() != 2 || (shape[1] != 3 && shape[1] != 4) || shape[0] == 0 || isText(array))
        throw FormatError({.where = name,
                           .expected = "judgments, n × 3 or n × 4 whole numbers",
                           .found = isText(array) ? std::string("text") : shapeText(shape)});
    const std::size_t columns = shape[1];
    trials.indices.reserve(3 * shape[0]);
    if (columns == 4)
        trials.fourth.reserve(shape[0]);
    std::visit(
        [&]<class T>(const Array<T>& values) {
            if constexpr (!std::same_as<T, std::string>) {
                for (std::size_t i = 0; i < values.values.size(); ++i) {
                    const T value = values.values[i];
                    bool whole = true;
                    if constexpr (std::floating_point<T>)
                        whole = value >= 0 && value <= static_cast<T>(kLargest) && value == std::floor(value);
                    else
                        whole = std::cmp_greater_equal(value, 0) && std::cmp_less_equal(value, kLargest);
                    if (!whole)
                        throw FormatError(
                            {.where = fmt::format("{}, row {}, column {}", name, i / columns + 1, i % columns + 1),
                             .expected = "a whole number that is not negative",
                             .found = fmt::format("{}", value)});
                    if (i % columns == 3)
                        trials.fourth.push_back(static_cast<std::int32_t>(value));
                    else
                        trials.indices.push_back(static_cast<std::uint32_t>(value));
                }
            }
        },
        array);
    return trials;
}

Trials readTrials(const std::filesystem::path& path) {
    if (looksLikeZip(FileContent::readHead(path, 16).bytes())) {
        auto arrays = readNpz(path);
        std::erase_if(arrays, [](const auto& entry) {
            const auto& shape = shapeOf(entry.second);
            return shape.size() != 2 || (shape[1] != 3 && shape[1] != 4) || isText(entry.second);
        });
        if (arrays.size() != 1)
            throw FormatError({.where = path.string(),
                               .expected = "one array of n × 3 or n × 4 whole numbers",
                               .found = fmt::format("{}", arrays.size())});
        return fromArray(arrays.begin()->second,
                         fmt::format("{}, array {}", path.string(), tercet::quoted(arrays.begin()->first)));
    }
    FileContent content = FileContent::read(path);
    if (looksLikeNpy(content.bytes()))
        return fromArray(parseNpy(content.bytes(), path.string()), path.string());
    return parseText(std::move(content), path.string());
}

void checkChoices(const Trials& trials, bool fourthIsChoice) {
    bool ascending = true;
    for (std::size_t trial = 0; trial < trials.size(); ++trial) {
        const std::uint32_t* row = trials.indices.data() + 3 * trial;
        if (row[0] == row[1] || row[0] == row[2] || row[1] == row[2])
            throw FormatError({.where = placeOf(trials, trial),
                               .expected = "three different stimuli",
                               .found = rowText(trials, trial),
                               .remedy = "correct the row or leave it out"});
        ascending = ascending && row[0] < row[1] && row[1] < row[2];
    }
    // By chance one order in six is ascending; fifty of them in a row never are.
    constexpr std::size_t kEnough = 50;
    static constexpr std::array<std::string_view, 5> kCountNames{"n", "count", "counts", "frequency", "repetitions"};
    const bool counted =
        trials.header.size() == 4 && std::ranges::find(kCountNames, snakeCase(trials.header[3])) != kCountNames.end();
    if (!fourthIsChoice && (counted || (ascending && trials.size() >= kEnough)))
        throw FormatError({.where = trials.name,
                           .expected = "judgments, with the odd one in the third column",
                           .found = counted ? "a list of triplets and how often each was shown, without choices"
                                            : "every row in ascending order, which lists triplets without choices"});
}

/// Whether the fourth column names the odd one: it is one of the three in every row.
bool fourthIsOddOne(const Trials& trials) {
    for (std::size_t trial = 0; trial < trials.fourth.size(); ++trial) {
        const std::uint32_t* row = trials.indices.data() + 3 * trial;
        if (std::find(row, row + 3, static_cast<std::uint32_t>(trials.fourth[trial])) == row + 3)
            return false;
    }
    return !trials.fourth.empty();
}

void moveOddOneLast(Trials& trials) {
    for (std::size_t trial = 0; trial < trials.size(); ++trial) {
        std::uint32_t* row = trials.indices.data() + 3 * trial;
        const auto odd = static_cast<std::uint32_t>(trials.fourth[trial]);
        std::uint32_t* found = std::find(row, row + 3, odd);
        if (found == row + 3)
            throw FormatError({.where = placeOf(trials, trial),
                               .expected = "the odd one’s index in the fourth column",
                               .found = fmt::format("{}, which is none of {}", odd, rowText(trials, trial))});
        std::swap(*found, row[2]);
    }
    trials.fourth = {};
}

std::optional<std::filesystem::path> partOf(const std::filesystem::path& folder,
                                            std::initializer_list<const char*> stems) {
    for (const char* stem : stems)
        for (const char* ending : {".npy", ".npy.gz", ".txt", ".txt.gz"})
            if (auto path = folder / (std::string(stem) + ending); std::filesystem::is_regular_file(path))
                return path;
    return std::nullopt;
}

std::uint32_t firstIndex(const std::vector<Trials>& parts, const JudgmentOptions& options,
                         std::vector<std::string>& notes) {
    std::uint32_t low = std::numeric_limits<std::uint32_t>::max();
    std::uint32_t high = 0;
    for (const Trials& part : parts)
        for (const std::uint32_t index : part.indices) {
            low = std::min(low, index);
            high = std::max(high, index);
        }
    std::uint32_t base = options.base == IndexBase::One ? 1 : 0;
    if (options.base == IndexBase::Detect) {
        base = low == 1 && (options.stimuli == 0 || high == options.stimuli) ? 1 : 0;
        if (options.stimuli != 0 && low >= 1 && high == options.stimuli)
            base = 1;
        notes.push_back(fmt::format("Indices run from {} to {} and were taken as counted from {}.", low, high, base));
    }
    const std::size_t stimuli = options.stimuli;
    for (const Trials& part : parts)
        for (std::size_t i = 0; i < part.indices.size(); ++i) {
            const std::uint32_t index = part.indices[i];
            if (index < base || (stimuli != 0 && index - base >= stimuli))
                throw FormatError({.where = fmt::format("{}, column {}", placeOf(part, i / 3), i % 3 + 1),
                                   .expected = stimuli == 0
                                                   ? fmt::format("an index of at least {}", base)
                                                   : fmt::format("an index from {} to {}", base, stimuli - 1 + base),
                                   .found = fmt::format("{}", index),
                                   .remedy = "correct the row, or check that the judgments are about these stimuli "
                                             "and how they count them"});
        }
    return base;
}

/// `heldOut` says of each part whether it is for testing; empty if that is not known.
JudgmentTable joined(std::vector<Trials> parts, const std::vector<bool>& heldOut, const JudgmentOptions& options) {
    JudgmentTable table;
    for (const Trials& part : parts)
        if (part.fourth.empty() != parts.front().fourth.empty())
            throw FormatError({.where = part.name,
                               .expected = fmt::format("{} columns as in {}", parts.front().fourth.empty() ? 3 : 4,
                                                       parts.front().name),
                               .found = fmt::format("{}", part.fourth.empty() ? 3 : 4)});
    const bool hasFourth = !parts.front().fourth.empty();
    const bool oddOne =
        hasFourth && (options.fourth == FourthColumn::OddOne ||
                      (options.fourth == FourthColumn::Detect && std::ranges::all_of(parts, fourthIsOddOne)));
    for (Trials& part : parts) {
        checkChoices(part, oddOne);
        if (oddOne)
            moveOddOneLast(part);
    }
    if (hasFourth)
        table.notes.emplace_back(oddOne ? "The fourth column is the odd one’s index; it was moved to the third place."
                                        : "The fourth column was taken as the participant.");
    const std::uint32_t base = firstIndex(parts, options, table.notes);

    std::size_t count = 0;
    std::uint32_t high = 0;
    for (std::size_t p = 0; p < parts.size(); ++p) {
        count += parts[p].size();
        for (const std::uint32_t index : parts[p].indices)
            high = std::max(high, index - base);
        table.participants.insert(table.participants.end(), parts[p].fourth.begin(), parts[p].fourth.end());
        if (!heldOut.empty())
            table.heldOut.resize(count, heldOut[p] ? 1 : 0);
        parts[p].text = {};
    }
    table.stimuli = options.stimuli != 0 ? options.stimuli : std::size_t{high} + 1;
    const auto gather = [&]<class Values>(Values values) {
        values.reserve(3 * count);
        for (Trials& part : parts) {
            for (const std::uint32_t index : part.indices)
                values.push_back(static_cast<typename Values::value_type>(index - base));
            part.indices = {};
        }
        return std::make_shared<const Triplets>(std::move(values));
    };
    table.triplets = Triplets::narrowFits(table.stimuli) ? gather(Triplets::Narrow()) : gather(Triplets::Wide());
    return table;
}

JudgmentTable readFolder(const std::filesystem::path& folder, const JudgmentOptions& options) {
    const auto train = partOf(folder, {"train_90", "train_90_ID", "trainset"});
    const auto test = partOf(folder, {"test_10", "test_10_ID", "validationset"});
    if (!train || !test)
        throw MissingError({.where = folder.string(),
                            .what = fmt::format("the folder has no {} (.npy or .txt)", train ? "test_10" : "train_90"),
                            .remedy = "choose a folder with train_90 and test_10, or a single file of judgments"});
    std::vector<Trials> parts;
    parts.push_back(readTrials(*train));
    parts.push_back(readTrials(*test));
    JudgmentTable table = joined(std::move(parts), {false, true}, options);
    if (plainFileName(*train).starts_with("trainset"))
        table.notes.emplace_back("Files of the original OSF release number the objects in another order than "
                                 "alphabetical (sortind.mat).");
    return table;
}

} // namespace

JudgmentTable readJudgments(const std::filesystem::path& path, const JudgmentOptions& options) {
    if (std::filesystem::is_directory(path))
        return readFolder(path, options);
    return readJudgments(std::span(&path, 1), options);
}

JudgmentTable readJudgments(std::span<const std::filesystem::path> files, const JudgmentOptions& options) {
    if (files.empty())
        throw ParameterError({.where = "judgments", .expected = "a file", .found = "none"});
    std::vector<Trials> parts;
    std::vector<bool> heldOut;
    for (const std::filesystem::path& file : files) {
        parts.push_back(readTrials(file));
        heldOut.push_back(plainFileName(file).starts_with("test"));
    }
    const auto tests = std::ranges::count(heldOut, true);
    const bool split = tests > 0 && tests < std::ssize(heldOut);
    JudgmentTable table = joined(std::move(parts), split ? heldOut : std::vector<bool>(), options);
    if (split)
        table.notes.push_back(fmt::format("{} of {} files are called test… and are held out.", tests, files.size()));
    return table;
}

} // namespace tercet
