#include "core/io/table_file.h"

#include "core/base/error.h"
#include "core/io/scratch.h"

using namespace tercet;
using namespace tercet::test;
using Catch::Matchers::Contains;

namespace {

Table titled(const std::string& title) { return {.title = title, .columns = {"a", "b"}, .rows = {{"1", "x,y"}}}; }

} // namespace

TEST_CASE("a table is written in the form that the file's ending names") {
    const ScratchFolder folder;
    const std::vector<Table> one{titled("One")};
    CHECK(writeTables(folder / "t.csv", one) == std::vector{folder / "t.csv"});
    CHECK(contentOf(folder / "t.csv") == "a,b\n1,\"x,y\"\n");
    writeTables(folder / "t.TSV", one);
    CHECK(contentOf(folder / "t.TSV") == "a\tb\n1\tx,y\n");
    writeTables(folder / "t.tex", one);
    CHECK(contentOf(folder / "t.tex") == one[0].toLatex());
    CHECK(folder.fileCount() == 3);
}

TEST_CASE("several tables are written to files named for their titles") {
    const ScratchFolder folder;
    const std::vector<Table> several{titled("Nodes"), titled("Edges, r > 0.2 "), titled("edges (r>0.2)"),
                                     titled("\u2013")};
    const auto files = writeTables(folder / "graph.csv", several);
    CHECK(files == std::vector{folder / "graph-nodes.csv", folder / "graph-edges-r-0-2.csv",
                               folder / "graph-edges-r-0-2-2.csv", folder / "graph-table.csv"});
    CHECK(files == tableFiles(folder / "graph.csv", several));
    CHECK(folder.fileCount() == 4);
}

TEST_CASE("tables that cannot be written leave no file and say why") {
    const ScratchFolder folder;
    const std::vector<Table> one{titled("One")};
    CHECK_THROWS_WITH(writeTables(folder / "t.xlsx", one), Contains(".csv, .tsv or .tex") && Contains(".xlsx"));
    CHECK_THROWS_WITH(writeTables(folder / "t", one), Contains("no ending"));
    CHECK_THROWS_AS(writeTables(folder / "t.csv", {}), MissingError);
    std::vector<Table> ragged{titled("One"), titled("Two")};
    ragged[1].rows.push_back({"1"});
    CHECK_THROWS_AS(writeTables(folder / "t.csv", ragged), ParameterError);
    CHECK_THROWS_AS(writeTables(folder / "no/such/t.csv", one), StorageError);
    CHECK(folder.fileCount() == 0);
}
