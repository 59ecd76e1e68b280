#include "core/base/table.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <stdexcept>

using namespace tercet;

namespace {

const Table kTable{.title = "Labels of 50 %",
                   .columns = {"component", "name", "r"},
                   .rows = {{"1", "fear, arousal-high", "0.71"}, {"2", "aesthetic_appreciation", "\u22120.30"}}};

Table single(const std::string& cell) { return {.title = {}, .columns = {"a"}, .rows = {{cell}}}; }

std::string latexCell(const std::string& cell) {
    const std::string text = single(cell).toLatex();
    const std::string start = "\\midrule\n    ";
    const std::size_t from = text.find(start) + start.size();
    return text.substr(from, text.find(" \\\\\n", from) - from);
}

} // namespace

TEST_CASE("A table as CSV quotes what would break it") {
    CHECK(kTable.toCsv() == "component,name,r\n1,\"fear, arousal-high\",0.71\n2,aesthetic_appreciation,-0.30\n");
    CHECK(single("say \"no\"").toCsv() == "a\n\"say \"\"no\"\"\"\n");
    CHECK(single("two\nlines").toCsv() == "a\n\"two\nlines\"\n");
    CHECK(single("").toCsv() == "a\n\n");
    CHECK(single("\u2212joy").toCsv() == "a\n\u2212joy\n");
}

TEST_CASE("A table as TSV keeps one line per row") {
    CHECK(kTable.toTsv() == "component\tname\tr\n1\tfear, arousal-high\t0.71\n2\taesthetic_appreciation\t-0.30\n");
    CHECK(single("a\tb\r\nc\nd").toTsv() == "a\na b c d\n");
}

TEST_CASE("A table as LaTeX has the rules of booktabs and numbers to the right") {
    CHECK(kTable.toLatex() == R"(% needs \usepackage{booktabs} and \usepackage[T1]{fontenc}
\begin{table}
  \caption{Labels of 50 \%}
  \begin{tabular}{rlr}
    \toprule
    component & name & r \\
    \midrule
    1 & fear, arousal-high & 0.71 \\
    2 & aesthetic\_appreciation & $-$0.30 \\
    \bottomrule
  \end{tabular}
\end{table}
)");
    Table gaps{.title = {}, .columns = {"a", "b", "c"}, .rows = {{"", "1", "\u2013"}, {"\u2013", "x", "2"}}};
    CHECK(gaps.toLatex().find("{tabular}{llr}") != std::string::npos);
    CHECK(gaps.toLatex().find("\\caption") == std::string::npos);
}

TEST_CASE("LaTeX shows every character as it is") {
    CHECK(latexCell("&%$#_{}") == "\\&\\%\\$\\#\\_\\{\\}");
    CHECK(latexCell("\\~^") == "\\textbackslash{}\\textasciitilde{}\\textasciicircum{}");
    CHECK(latexCell("<|>\"") == "\\textless{}\\textbar{}\\textgreater{}\\textquotedbl{}");
    CHECK(latexCell("[2] a\nb") == "{[}2{]} a b");
    CHECK(latexCell("caf\u00e9") == "caf\u00e9");
}

TEST_CASE("A table whose rows are of other lengths is refused in every form") {
    Table ragged = kTable;
    ragged.rows.push_back({"3"});
    CHECK_THROWS_WITH(ragged.toCsv(),
                      "Row 3 of the table \"Labels of 50 %\": expected 3 cells, one per column, found 1.");
    CHECK_THROWS_AS(ragged.toTsv(), ParameterError);
    CHECK_THROWS_AS(ragged.toLatex(), ParameterError);
}

TEST_CASE("A number in a cell reads back as the same number, and none is no text") {
    for (const double value : {1.0 / 3, -0.1, 1e-300, 6.02214076e23, 0.0, 100.0, 2.7240076065063477})
        CHECK(toNumber(numberCell(value)) == value);
    CHECK(numberCell(100) == "100");
    CHECK(numberCell(0.1) == "0.1");
    CHECK(numberCell(std::nan("")).empty());
}

TEST_CASE("Numbers are in full in CSV and TSV and rounded where people read them") {
    const Table table{
        .title = {},
        .columns = {"name", "r", "n"},
        .rows = {{"a", "0.123456789", "12"}, {"b", "-0.98765", ""}, {"c", "-0.001", "3.5"}, {"d", "", "7"}},
        .decimals = {-1, 2}};
    CHECK(table.toCsv() == "name,r,n\na,0.123456789,12\nb,-0.98765,\nc,-0.001,3.5\nd,,7\n");
    CHECK(table.toTsv() == "name\tr\tn\na\t0.123456789\t12\nb\t-0.98765\t\nc\t-0.001\t3.5\nd\t\t7\n");
    CHECK(table.shown(0, 1) == "0.12");
    CHECK(table.shown(1, 1) == "\u22120.99");
    CHECK(table.shown(2, 1) == "0.00");
    CHECK(table.shown(2, 2) == "3.5");
    CHECK(table.shown(3, 1).empty());
    const std::string latex = table.toLatex();
    CHECK(latex.find("{tabular}{lrr}") != std::string::npos);
    CHECK(latex.find("a & 0.12 & 12 ") != std::string::npos);
    CHECK(latex.find("b & $-$0.99 &  ") != std::string::npos);
    CHECK_THROWS_AS(table.shown(4, 0), std::out_of_range);
}
