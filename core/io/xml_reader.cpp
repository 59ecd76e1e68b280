#include "core/io/xml_reader.h"

#include "core/base/error.h"

#include <expat.h>

#include <algorithm>
#include <exception>
#include <memory>

namespace tercet {
namespace {

/// The parser is C, through which no exception may pass.
struct Guarded {
    XmlListener& listener;
    XML_Parser parser = nullptr;
    std::exception_ptr failure;

    template <class Work>
    void run(const Work& work) {
        if (failure)
            return;
        try {
            work();
        } catch (...) {
            failure = std::current_exception();
            XML_StopParser(parser, XML_FALSE);
        }
    }
};

} // namespace

void readXml(std::string_view document, const std::string& file, const std::string& kind, XmlListener& listener) {
    const std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)> parser(XML_ParserCreate(nullptr), XML_ParserFree);
    Guarded guarded{listener, parser.get(), {}};
    XML_SetUserData(parser.get(), &guarded);
    XML_SetElementHandler(
        parser.get(),
        [](void* data, const XML_Char* name, const XML_Char** pairs) {
            auto& own = *static_cast<Guarded*>(data);
            own.run([&] {
                XmlAttributes attributes;
                for (; *pairs; pairs += 2)
                    attributes[pairs[0]] = pairs[1];
                own.listener.begin(name, attributes);
            });
        },
        [](void* data, const XML_Char* name) {
            auto& own = *static_cast<Guarded*>(data);
            own.run([&] { own.listener.end(name); });
        });
    XML_SetCharacterDataHandler(parser.get(), [](void* data, const XML_Char* text, int length) {
        auto& own = *static_cast<Guarded*>(data);
        own.run([&] { own.listener.text({text, static_cast<std::size_t>(length)}); });
    });
    constexpr std::size_t kChunk = std::size_t{1} << 24U;
    for (std::size_t at = 0;; at += kChunk) {
        const std::string_view chunk = document.substr(std::min(at, document.size()), kChunk);
        const bool last = at + kChunk >= document.size();
        if (XML_Parse(parser.get(), chunk.data(), static_cast<int>(chunk.size()), last ? 1 : 0) == XML_STATUS_ERROR) {
            if (guarded.failure)
                std::rethrow_exception(guarded.failure);
            throw FormatError({.where = file + ", line " + std::to_string(XML_GetCurrentLineNumber(parser.get())),
                               .expected = kind,
                               .found = XML_ErrorString(XML_GetErrorCode(parser.get())),
                               .remedy = "get the file again"});
        }
        if (last)
            return;
    }
}

std::string trimmedText(std::string_view text) {
    constexpr std::string_view kSpaces = " \t\r\n";
    const auto first = text.find_first_not_of(kSpaces);
    return first == std::string_view::npos
               ? std::string()
               : std::string(text.substr(first, text.find_last_not_of(kSpaces) - first + 1));
}

} // namespace tercet
