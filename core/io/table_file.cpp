#include "core/io/table_file.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/atomic_file.h"

#include <algorithm>

namespace tercet {
namespace {

std::string endingOf(const std::filesystem::path& file) { return lowered(file.extension().string()); }

/// Small letters and digits, runs of anything else as one hyphen; "table" if nothing is left.
std::string slugOf(std::string_view title) {
    std::string slug;
    for (const char letter : lowered(title)) {
        const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
        if (plain)
            slug += letter;
        else if (!slug.empty() && slug.back() != '-')
            slug += '-';
    }
    while (!slug.empty() && slug.back() == '-')
        slug.pop_back();
    return slug.empty() ? "table" : slug;
}

} // namespace

bool isTableFile(const std::filesystem::path& file) {
    const std::string ending = endingOf(file);
    return ending == ".csv" || ending == ".tsv" || ending == ".tex";
}

std::vector<std::filesystem::path> tableFiles(const std::filesystem::path& file, std::span<const Table> tables) {
    if (tables.size() < 2)
        return std::vector<std::filesystem::path>(tables.size(), file);
    std::vector<std::filesystem::path> files;
    for (const Table& table : tables) {
        const std::string stem = file.stem().string() + "-" + slugOf(table.title);
        const std::string ending = file.extension().string();
        std::filesystem::path path = file.parent_path() / (stem + ending);
        for (int number = 2; std::find(files.begin(), files.end(), path) != files.end(); ++number)
            path = file.parent_path() / (stem + "-" + std::to_string(number) + ending);
        files.push_back(std::move(path));
    }
    return files;
}

std::vector<std::filesystem::path> writeTables(const std::filesystem::path& file, std::span<const Table> tables) {
    if (!isTableFile(file))
        throw ParameterError({.where = file.string(),
                              .expected = "a name that ends in " + std::string(kTableEndings),
                              .found = endingOf(file).empty() ? std::string("no ending") : endingOf(file)});
    if (tables.empty())
        throw MissingError({.where = file.string(), .what = "there is no table to write"});
    const std::string ending = endingOf(file);
    std::vector<std::string> texts; // all before the first file, so that a bad table leaves none
    for (const Table& table : tables)
        texts.push_back(ending == ".csv" ? table.toCsv() : ending == ".tsv" ? table.toTsv() : table.toLatex());
    std::vector<std::filesystem::path> files = tableFiles(file, tables);
    for (std::size_t i = 0; i < files.size(); ++i)
        writeFileAtomically(files[i], texts[i]);
    return files;
}

} // namespace tercet
