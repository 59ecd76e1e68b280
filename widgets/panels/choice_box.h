#pragma once

#include <QString>

#include <utility>
#include <vector>

class QComboBox;

namespace tercet {

// Boxes of choices in the bar of a panel.

/// Tool tip and accessible name; room for at least so many letters, whatever the box holds.
void prepareChoices(QComboBox& box, const QString& tip, int letters);

/// Names, which are the entries' data, with their titles; `chosen` is in front, or the first. Emits nothing.
void setChoices(QComboBox& box, const std::vector<std::pair<QString, QString>>& choices, const QString& chosen);

} // namespace tercet
