#include "widgets/panels/choice_box.h"

#include <QComboBox>
#include <QSignalBlocker>

#include <algorithm>

namespace tercet {

void prepareChoices(QComboBox& box, const QString& tip, int letters) {
    box.setToolTip(tip);
    box.setAccessibleName(tip);
    box.setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box.setMinimumContentsLength(letters);
}

void setChoices(QComboBox& box, const std::vector<std::pair<QString, QString>>& choices, const QString& chosen) {
    const QSignalBlocker quiet(box);
    box.clear();
    for (const auto& [name, title] : choices)
        box.addItem(title, name);
    box.setCurrentIndex(std::max(0, box.findData(chosen)));
}

} // namespace tercet
