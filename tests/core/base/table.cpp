#include "core/base/table.h"

#include "core/base/error.h"

#include <catch2/catch.hpp>

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
