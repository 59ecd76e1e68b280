#include "core/io/parcel_names.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/file_content.h"
#include "core/io/xml_reader.h"

#include <fmt/format.h>
#include <limits>
#include <optional>
#include <vector>

namespace tercet {
namespace {

using Names = std::map<std::int32_t, std::string>;

void add(Names& names, std::int64_t number, std::string_view name, const std::string& where) {
    const std::string word = lowered(name);
    if (name.empty() || word == "unknown" || word == "???" || name.find_first_not_of("*.") == std::string_view::npos)
        return;
    if (number < std::numeric_limits<std::int32_t>::min() || number > std::numeric_limits<std::int32_t>::max())
        throw FormatError({.where = where, .expected = "a number of a parcel", .found = std::to_string(number)});
    const auto [place, isNew] = names.emplace(static_cast<std::int32_t>(number), std::string(name));
    if (!isNew && place->second != name)
        throw FormatError(
            {.where = where,
             .expected = "one name for each number",
             .found = fmt::format("{} and {} for {}", tercet::quoted(place->second), tercet::quoted(name), number)});
}

class AtlasListener : public XmlListener {
public:
    AtlasListener(Names& names, std::string where) : m_names(names), m_where(std::move(where)) {}
    void begin(const std::string& name, const XmlAttributes& attributes) override {
        m_text.clear();
        m_index.reset();
        if (name == "label")
            if (const auto found = attributes.find("index"); found != attributes.end())
                m_index = toInteger(found->second);
    }
    void text(std::string_view characters) override { m_text += characters; }
    void end(const std::string& name) override {
        if (name == "label" && m_index)
            add(m_names, *m_index, trimmed(m_text), m_where);
    }

private:
    Names& m_names;
    std::string m_where;
    std::string m_text;
    std::optional<std::int64_t> m_index;
};

/// The words of a line, without comments.
std::vector<std::string_view> wordsOf(std::string_view line) {
    line = line.substr(0, line.find('#'));
    std::vector<std::string_view> words;
    for (std::size_t i = 0; i < line.size();) {
        const auto begin = line.find_first_not_of(" \t,;\r", i);
        if (begin == std::string_view::npos)
            break;
        const auto end = std::min(line.find_first_of(" \t,;\r", begin), line.size());
        words.push_back(line.substr(begin, end - begin));
        i = end;
    }
    return words;
}

using Line = std::vector<std::string_view>;

bool isNumber(std::string_view word) { return toInteger(word).has_value(); }

/// A number and a name, in either order; further words are colours.
bool isEntry(const Line& line) {
    return line.size() >= 2 && (isNumber(line[0]) != isNumber(line[1])) && (isNumber(line[0]) || line.size() == 2);
}

void addFromLines(Names& names, std::string_view text, const std::string& where) {
    std::vector<Line> lines;
    for (const std::string_view line : split(text, '\n'))
        if (Line words = wordsOf(line); !words.empty())
            lines.push_back(std::move(words));
    constexpr std::size_t kNumberAndColor = 5;
    if (lines.size() >= 2 && lines[0].size() == 1 && lines[1].size() == kNumberAndColor && isNumber(lines[1][0])) {
        for (std::size_t i = 0; i + 1 < lines.size(); i += 2) {
            const auto number = toInteger(lines[i + 1][0]);
            if (!number)
                throw FormatError({.where = where,
                                   .expected = "a number and a colour after " + tercet::quoted(lines[i][0]),
                                   .found = tercet::quoted(lines[i + 1][0])});
            add(names, *number, lines[i][0], where);
        }
        return;
    }
    if (lines.size() >= 2 && isEntry(lines[1])) {
        for (std::size_t i = isEntry(lines[0]) ? 0 : 1; i < lines.size(); ++i) { // the first may be a header
            if (!isEntry(lines[i]))
                throw FormatError({.where = fmt::format("{}, entry {}", where, i + 1),
                                   .expected = "a number and a name",
                                   .found = tercet::quoted(lines[i][0])});
            const bool numberFirst = isNumber(lines[i][0]);
            add(names, *toInteger(lines[i][numberFirst ? 0 : 1]), lines[i][numberFirst ? 1 : 0], where);
        }
        return;
    }
    if (lines.size() == 1 && isEntry(lines[0]) && isNumber(lines[0][0]))
        return add(names, *toInteger(lines[0][0]), lines[0][1], where);
    std::int64_t next = 1;
    for (const Line& line : lines)
        for (const std::string_view name : line)
            add(names, next++, name, where);
}

} // namespace

std::map<std::int32_t, std::string> readParcelNames(const std::filesystem::path& path) {
    const FileContent content = FileContent::read(path);
    const std::string where = path.string();
    Names names;
    if (trimmed(content.text().substr(0, 64)).starts_with("<?xml")) {
        AtlasListener listener(names, where);
        readXml(content.text(), where, "an atlas", listener);
    } else {
        addFromLines(names, content.text(), where);
    }
    if (names.empty())
        throw FormatError({.where = where, .expected = "names of parcels", .found = "none"});
    return names;
}

} // namespace tercet
