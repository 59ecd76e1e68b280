#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tercet {

/// A graph as other programs read it.
struct GraphFile {
    struct Node {
        std::string id;    ///< unique in the graph
        std::string label; ///< what its ratings say
        std::string name;  ///< what people call it
        int community = -1;
        std::string communityName = {};
        std::string communityDescription = {};
        double pagerank = 0;
    };
    struct Edge {
        std::size_t first = 0; ///< place among the nodes
        std::size_t second = 0;
        double r = 0; ///< its weight is |r|
    };
    std::string title = {};
    std::map<std::string, std::string> attributes = {}; ///< of the graph: threshold, rule, …
    std::vector<Node> nodes = {};
    std::vector<Edge> edges = {};
};

/// Writes .graphml, .gexf (1.2) or .csv, by the ending. GraphML and GEXF hold every node with label, name, community,
/// its name and description, and PageRank, and every edge with weight and r; a CSV has one line per edge, and so none
/// for isolated nodes. The file is either complete or absent. Throws ParameterError for another ending, StorageError.
void writeGraph(const std::filesystem::path& path, const GraphFile& graph);

} // namespace tercet
