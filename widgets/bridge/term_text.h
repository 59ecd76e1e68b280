#pragma once

#include <QString>

#include <string>

namespace tercet {

/// A rating term, or a label made of some, as people read it: "aesthetic appreciation".
[[nodiscard]] inline QString termText(const std::string& name) {
    return QString::fromStdString(name).replace(QLatin1Char('_'), QLatin1Char(' '));
}

} // namespace tercet
