#include "widgets/bridge/selection.h"

#include <algorithm>

namespace tercet {

void Selection::setStimuli(QVector<int> rows) {
    if (!std::is_sorted(rows.cbegin(), rows.cend()))
        std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    if (rows == m_stimuli)
        return;
    m_stimuli = std::move(rows);
    emit stimuliChanged();
}

void Selection::setHoveredStimulus(int row) {
    row = std::max(row, -1);
    if (row == m_hoveredStimulus)
        return;
    m_hoveredStimulus = row;
    emit hoveredStimulusChanged();
}

void Selection::setComponent(int trainingColumn) {
    trainingColumn = std::max(trainingColumn, -1);
    if (trainingColumn == m_component)
        return;
    m_component = trainingColumn;
    emit componentChanged();
}

void Selection::setHoveredComponent(int trainingColumn) {
    trainingColumn = std::max(trainingColumn, -1);
    if (trainingColumn == m_hoveredComponent)
        return;
    m_hoveredComponent = trainingColumn;
    emit hoveredComponentChanged();
}

void Selection::setSystem(const QString& name) {
    if (name == m_system)
        return;
    m_system = name;
    emit systemChanged();
}

} // namespace tercet
