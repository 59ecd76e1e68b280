#include "core/io/graph_file.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/io/atomic_file.h"
#include "core/io/xml_text.h"

#include <cmath>
#include <fmt/format.h>

namespace tercet {
namespace {

std::string graphmlText(const GraphFile& graph) {
    std::string xml = kXmlBegin;
    xml += "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n";
    const auto key = [&](const std::string& name, const char* of, const char* type) {
        xml += fmt::format("  <key id=\"{0}\" for=\"{1}\" attr.name=\"{0}\" attr.type=\"{2}\"/>\n", xmlEscaped(name),
                           of, type);
    };
    for (const auto& [name, value] : graph.attributes)
        key(name, "graph", "string");
    for (const char* name : {"label", "name", "community_name", "community_description"})
        key(name, "node", "string");
    key("community", "node", "int");
    key("pagerank", "node", "double");
    key("weight", "edge", "double");
    key("r", "edge", "double");
    xml += fmt::format("  <graph id=\"{}\" edgedefault=\"undirected\">\n", xmlEscaped(graph.title));
    const auto data = [&](const std::string& name, const std::string& value, const char* indent) {
        xml += fmt::format("{}<data key=\"{}\">{}</data>\n", indent, xmlEscaped(name), xmlEscaped(value));
    };
    for (const auto& [name, value] : graph.attributes)
        data(name, value, "    ");
    for (const GraphFile::Node& node : graph.nodes) {
        xml += fmt::format("    <node id=\"{}\">\n", xmlEscaped(node.id));
        data("label", node.label, "      ");
        data("name", node.name, "      ");
        data("community", std::to_string(node.community), "      ");
        data("community_name", node.communityName, "      ");
        data("community_description", node.communityDescription, "      ");
        data("pagerank", fmt::format("{}", node.pagerank), "      ");
        xml += "    </node>\n";
    }
    for (const GraphFile::Edge& edge : graph.edges) {
        xml += fmt::format("    <edge source=\"{}\" target=\"{}\">\n", xmlEscaped(graph.nodes[edge.first].id),
                           xmlEscaped(graph.nodes[edge.second].id));
        data("weight", fmt::format("{}", std::abs(edge.r)), "      ");
        data("r", fmt::format("{}", edge.r), "      ");
        xml += "    </edge>\n";
    }
    return xml + "  </graph>\n</graphml>\n";
}

std::string gexfText(const GraphFile& graph) {
    std::string xml = kXmlBegin;
    xml += "<gexf xmlns=\"http://www.gexf.net/1.2draft\" version=\"1.2\">\n";
    std::string description = graph.title;
    for (const auto& [name, value] : graph.attributes)
        description += fmt::format("; {} {}", name, value);
    xml += fmt::format("  <meta><creator>Tercet {}</creator><description>{}</description></meta>\n", TERCET_VERSION,
                       xmlEscaped(description));
    xml += "  <graph mode=\"static\" defaultedgetype=\"undirected\">\n    <attributes class=\"node\">\n";
    constexpr std::pair<const char*, const char*> kNodeAttributes[] = {{"terms", "string"},
                                                                       {"name", "string"},
                                                                       {"community", "integer"},
                                                                       {"community_name", "string"},
                                                                       {"community_description", "string"},
                                                                       {"pagerank", "double"}};
    std::size_t number = 0;
    for (const auto& [name, type] : kNodeAttributes)
        xml += fmt::format("      <attribute id=\"{}\" title=\"{}\" type=\"{}\"/>\n", number++, name, type);
    xml += "    </attributes>\n    <attributes class=\"edge\">\n"
           "      <attribute id=\"0\" title=\"r\" type=\"double\"/>\n    </attributes>\n    <nodes>\n";
    for (const GraphFile::Node& node : graph.nodes) {
        xml += fmt::format("      <node id=\"{}\" label=\"{}\"><attvalues>\n", xmlEscaped(node.id),
                           xmlEscaped(node.name.empty() ? node.label : node.name));
        number = 0;
        for (const std::string& value : {node.label, node.name, std::to_string(node.community), node.communityName,
                                         node.communityDescription, fmt::format("{}", node.pagerank)})
            xml += fmt::format("        <attvalue for=\"{}\" value=\"{}\"/>\n", number++, xmlEscaped(value));
        xml += "      </attvalues></node>\n";
    }
    xml += "    </nodes>\n    <edges>\n";
    number = 0;
    for (const GraphFile::Edge& edge : graph.edges)
        xml += fmt::format("      <edge id=\"{}\" source=\"{}\" target=\"{}\" weight=\"{}\"><attvalues>"
                           "<attvalue for=\"0\" value=\"{}\"/></attvalues></edge>\n",
                           number++, xmlEscaped(graph.nodes[edge.first].id), xmlEscaped(graph.nodes[edge.second].id),
                           std::abs(edge.r), edge.r);
    return xml + "    </edges>\n  </graph>\n</gexf>\n";
}

std::string cell(const std::string& text) {
    if (text.find_first_of(",\"\n\r") == std::string::npos)
        return text;
    std::string result = "\"";
    for (const char c : text)
        result += c == '"' ? std::string("\"\"") : std::string(1, c);
    return result + "\"";
}

std::string csvText(const GraphFile& graph) {
    std::string text = "source,target,weight,r,source_name,target_name,source_community,target_community\n";
    for (const GraphFile::Edge& edge : graph.edges) {
        const GraphFile::Node& a = graph.nodes[edge.first];
        const GraphFile::Node& b = graph.nodes[edge.second];
        text += fmt::format("{},{},{},{},{},{},{},{}\n", cell(a.id), cell(b.id), std::abs(edge.r), edge.r,
                            cell(a.name.empty() ? a.label : a.name), cell(b.name.empty() ? b.label : b.name),
                            a.community, b.community);
    }
    return text;
}

} // namespace

void writeGraph(const std::filesystem::path& path, const GraphFile& graph) {
    const std::string ending = lowered(path.extension().string());
    if (ending == ".graphml")
        return writeFileAtomically(path, graphmlText(graph));
    if (ending == ".gexf")
        return writeFileAtomically(path, gexfText(graph));
    if (ending == ".csv")
        return writeFileAtomically(path, csvText(graph));
    throw ParameterError({.where = path.string(),
                          .expected = "a name ending in .graphml, .gexf or .csv",
                          .found = tercet::quoted(ending)});
}

} // namespace tercet
