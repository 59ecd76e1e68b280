#pragma once

#include <map>
#include <string>
#include <string_view>

namespace tercet {

using XmlAttributes = std::map<std::string, std::string>;

/// What is told of an XML document as it is read. Any member may throw; the document is then left.
class XmlListener {
public:
    virtual ~XmlListener() = default;
    virtual void begin(const std::string& name, const XmlAttributes& attributes) = 0;
    virtual void text(std::string_view characters) = 0; ///< of the innermost element, in as many parts as it likes
    virtual void end(const std::string& name) = 0;
};

/// Reads a document. `file` stands for it in messages, `kind` is what it should be ("a GIFTI document"). Throws what
/// the listener throws, and FormatError naming the line where it is not XML.
void readXml(std::string_view document, const std::string& file, const std::string& kind, XmlListener& listener);

/// Without white space at both ends.
[[nodiscard]] std::string trimmedText(std::string_view text);

} // namespace tercet
