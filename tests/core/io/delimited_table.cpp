#include "core/io/delimited_table.h"

#include "core/base/error.h"
#include "scratch.h"

#include "packing.h"

#include <cmath>

using namespace tercet;
using namespace tercet::test;
using Catch::Contains;

namespace {

DelimitedTable tableOf(const std::string& content, const TableOptions& options = {}) {
    const ScratchFolder folder;
    return DelimitedTable::read(folder.write("table.csv", content), options);
}

using Texts = std::vector<std::string>;

} // namespace

TEST_CASE("the same table in every dress of text tables") {
    for (const std::string content :
         {"name,a,b\nx,1,2.5\ny,-3,4e2\n", "name,a,b\r\nx,1,2.5\r\ny,-3,4e2\r\n", "name,a,b\rx,1,2.5\ry,-3,4e2",
          "\xef\xbb\xbfname,a,b\r\nx,1,2.5\r\ny,-3,4e2", "name\ta\tb\nx\t1\t2.5\ny\t-3\t4e2\n",
          "name;a;b\nx;1;2.5\ny;-3;4e2\n", "name;a;b\nx;1;2,5\ny;-3;4e2\n", "name a b\nx 1   2.5\ny\t-3 4e2 \n",
          "name,a,b,\nx,1,2.5,\ny,-3,4e2,\n", "name,a,b\nx,1,2.5,\ny,-3,4e2,\n", "name,a,b,\nx,1,2.5\ny,-3,4e2\n",
          "a,b\nx,1,2.5\ny,-3,4e2\n", "\"name\",\"a\",\"b\"\n\"x\",1,2.5\n\"y\",\"-3\",4e2\n",
          "# made by hand\nname,a,b\n\nx, 1 ,2.5\n\n y,-3,4e2\n\n"}) {
        CAPTURE(content);
        for (const std::string& dressed : {content, gzipped(content)}) {
            const DelimitedTable table = tableOf(dressed);
            CHECK(table.hasHeader());
            REQUIRE(table.rows() == 2);
            REQUIRE(table.columns() == 3);
            CHECK(table.texts(0) == Texts{"x", "y"});
            CHECK(table.numbers({1, 2}) == Matrix<double>(2, 2, {1, 2.5, -3, 400}));
            CHECK(table.findColumn("B") == 2U);
        }
    }
}

TEST_CASE("quoted cells hold separators, quotes and line ends, and lines are still counted") {
    const DelimitedTable table = tableOf("id,text,n\r\n1,\"a, \"\"b\"\"\r\nc\",2\r\n2,d,none\r\n");
    CHECK(table.cell(0, 1) == "a, \"b\"\r\nc");
    CHECK(table.line(1) == 4);
    CHECK_THAT(messageOf<FormatError>([&] { (void)table.number(1, 2); }),
               Contains("table.csv, line 4, column 3 “n”") && Contains("expected a number") && Contains("“none”"));
}

TEST_CASE("names that repeat keep their places") {
    const DelimitedTable table = tableOf("Awe,awe,Awe\n1,2,3\n");
    CHECK(table.header() == Texts{"Awe", "awe", "Awe"});
    CHECK(table.findColumn("AWE") == 0U);
}

TEST_CASE("a header is told from data") {
    CHECK_FALSE(tableOf("1 2 3\n4 5 6\n").hasHeader());
    CHECK_FALSE(tableOf("1\tcategory\tAwe\n2\tcategory\tFear\n").hasHeader());
    CHECK(tableOf(",0,1\na,0.5,0.25\nb,1,2\n").hasHeader());
    CHECK(tableOf("id,word\na,b\nc,d\n").hasHeader());
    CHECK_FALSE(tableOf("nan 1\n2 3\n").hasHeader());
    CHECK(tableOf("1,2\n3,4\n", {.header = HeaderRule::Present}).rows() == 1);
    CHECK(std::isnan(tableOf("nan 1\n2 3\n").number(0, 0)));
}

TEST_CASE("spaces separate numbers, not words") {
    CHECK(tableOf("polar bear\nsea lion\n", {.header = HeaderRule::Absent}).columns() == 1);
    const DelimitedTable table = tableOf("0.1 0.2 \n0.3 0.4 \n");
    CHECK(table.columns() == 2);
    CHECK(table.number(1, 1) == 0.4);
}

TEST_CASE("an empty last column with a name stays") {
    const DelimitedTable table = tableOf("id,note\n1,\n2,\n");
    CHECK(table.columns() == 2);
}

TEST_CASE("bad text tables") {
    const auto complaint = [](const std::string& content) {
        return messageOf<FormatError>([&] { (void)tableOf(content); });
    };
    CHECK_THAT(complaint("a,b\n1,2\n3\n"), Contains("table.csv, line 3: expected 2 cells, found 1"));
    CHECK_THAT(complaint("a,b\n1,2\n\n3,4,5\n"), Contains("line 4: expected 2 cells, found 3"));
    CHECK_THAT(complaint("a,b\r\n1,\"2\r\n3,4\r\n"), Contains("line 2") && Contains("closing quote"));
    CHECK_THAT(complaint("a,b\n\"1\"x,2\n"), Contains("line 2") && Contains("separator"));
    CHECK_THAT(complaint(""), Contains("table.csv") && Contains("nothing"));
    CHECK_THAT(complaint(" \n\r\n"), Contains("nothing"));
    CHECK_THAT(complaint(std::string("\x7f\0ELF\1", 6)), Contains("binary"));
    CHECK_THAT(complaint("\xff\xfe"
                         "a"),
               Contains("UTF-16"));
    std::string digits;
    for (int i = 0; i < 5000; ++i)
        digits += std::to_string(i * 7919) + ",1\n";
    const std::string packed = gzipped(digits);
    CHECK_THAT(complaint(packed.substr(0, packed.size() - 20)),
               Contains("table.csv") && Contains("complete gzip content"));
    std::string damaged = packed;
    damaged[packed.size() / 2] ^= 0x55;
    CHECK_THAT(complaint(damaged), Contains("gzip"));

    const ScratchFolder folder;
    CHECK_THAT(messageOf<MissingError>([&] { (void)DelimitedTable::read(folder / "none.csv"); }), Contains("none.csv"));
    CHECK_THAT(messageOf<FormatError>([&] { (void)DelimitedTable::read(folder.path()); }), Contains("a folder"));
}

TEST_CASE("gzip content of several members and the beginning of a file") {
    const ScratchFolder folder;
    const auto path = folder.write("a.csv", gzipped("a,b\n1,2\n") + gzipped("3,4\n") + std::string(100, '\0'));
    CHECK(DelimitedTable::read(path).rows() == 2);
    const FileContent head = FileContent::readHead(path, 5);
    CHECK(head.text() == "a,b\n1");
    CHECK_FALSE(head.complete());
    CHECK(FileContent::readHead(path, 12).text() == "a,b\n1,2\n3,4\n");
    CHECK(FileContent::read(folder.write("empty", "")).text().empty());
}

TEST_CASE("OASIS has the line ends of classic Macs") {
    const auto path = sharedFile("data/images/oasis/OASIS.csv");
    if (path.empty())
        return;
    const DelimitedTable table = DelimitedTable::read(path);
    CHECK(table.rows() == 900);
    CHECK(table.columns() == 10);
    CHECK(table.cell(899, 1) == "Zebra 1");
    CHECK(table.number(0, 4) == 4.68627451);
}
