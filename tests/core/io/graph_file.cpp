#include "core/io/graph_file.h"
#include "core/base/error.h"
#include "core/io/scratch.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>

using namespace tercet;
using namespace tercet::test;
using Catch::Matchers::Contains;

namespace {

GraphFile example() {
    return {.title = "Emotion graph of <people> & \"models\"",
            .attributes = {{"threshold", "0.2"}},
            .nodes = {{"1", "fear, horror", "dread", 0, "threat", "What one \"runs\" from,\nor not", 0.5},
                      {"2", "anxiety", "", 0, "threat", "", 0.3},
                      {"3", "joy", "", -1, "", "", 0.2}},
            .edges = {{0, 1, -0.25}}};
}

} // namespace

TEST_CASE("A graph's CSV has a line per edge") {
    const ScratchFolder folder;
    writeGraph(folder / "g.csv", example());
    CHECK(contentOf(folder / "g.csv") ==
          "source,target,weight,r,source_name,target_name,source_community,target_community\n"
          "1,2,0.25,-0.25,dread,anxiety,0,0\n");
    CHECK_THROWS_AS(writeGraph(folder / "g.dot", example()), ParameterError);
    CHECK(folder.fileCount() == 1);
}

TEST_CASE("GraphML and GEXF are XML that other programs read") {
    const ScratchFolder folder;
    writeGraph(folder / "g.graphml", example());
    writeGraph(folder / "g.GEXF", example());
    const std::string graphml = contentOf(folder / "g.graphml");
    CHECK_THAT(graphml, Contains("<graph id=\"Emotion graph of &lt;people&gt; &amp; &quot;models&quot;\""));
    CHECK_THAT(graphml, Contains("<data key=\"weight\">0.25</data>") && Contains("<data key=\"r\">-0.25</data>") &&
                            Contains("<data key=\"pagerank\">0.5</data>") && Contains("<node id=\"3\">"));
    CHECK_THAT(contentOf(folder / "g.GEXF"), Contains("<edge id=\"0\" source=\"1\" target=\"2\" weight=\"0.25\">") &&
                                                 Contains("<node id=\"1\" label=\"dread\">"));
    // Read back by another program.
    const std::string program = "import sys, xml.etree.ElementTree as E\n"
                                "root = E.parse(sys.argv[1]).getroot()\n"
                                "nodes = [e for e in root.iter() if e.tag.endswith('}node')]\n"
                                "edges = [e for e in root.iter() if e.tag.endswith('}edge')]\n"
                                "sys.exit(0 if (len(nodes), len(edges)) == (3, 1) else 3)\n";
    for (const char* name : {"g.graphml", "g.GEXF"}) {
        const std::string command = "/usr/bin/python3 -c \"" + program + "\" '" + (folder / name).string() + "'";
        const int code = std::system(command.c_str()); // NOLINT(concurrency-mt-unsafe)
        CHECK(code == 0);
    }
}
