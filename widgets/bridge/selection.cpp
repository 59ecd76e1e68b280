#include "widgets/bridge/selection.h"

#include <algorithm>

namespace tercet {
namespace {

void makeSet(QVector<int>& rows) {
    if (!std::is_sorted(rows.cbegin(), rows.cend()))
        std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
}

} // namespace

void Selection::setStimuli(QVector<int> rows) {
    makeSet(rows);
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

void Selection::setHoveredComponent(int trainingColumn) { setHoveredComponent(m_system, trainingColumn); }

void Selection::setHoveredComponent(const QString& system, int trainingColumn) {
    trainingColumn = std::max(trainingColumn, -1);
    const QString other = trainingColumn < 0 || system == m_system ? QString() : system;
    if (trainingColumn == m_hoveredComponent && other == m_hoveredSystem)
        return;
    m_hoveredComponent = trainingColumn;
    m_hoveredSystem = other;
    emit hoveredComponentChanged();
}

void Selection::setSystem(const QString& name) {
    if (name == m_system)
        return;
    m_system = name;
    if (m_hoveredSystem == name)
        m_hoveredSystem.clear();
    emit systemChanged();
}

void Selection::setVoxel(const VoxelPlace& place) {
    if (place == m_voxel)
        return;
    m_voxel = place;
    emit voxelChanged();
}

void Selection::setVoxels(QMap<QString, QVector<int>> voxels) {
    for (auto subject = voxels.begin(); subject != voxels.end();)
        if (subject->isEmpty()) {
            subject = voxels.erase(subject);
        } else {
            makeSet(*subject);
            ++subject;
        }
    if (voxels == m_voxels)
        return;
    m_voxels = std::move(voxels);
    emit voxelsChanged();
}

void Selection::dropVoxels(const QString& subject) {
    if (m_voxel.subject == subject)
        setVoxel({});
    QMap<QString, QVector<int>> others = m_voxels;
    others.remove(subject);
    setVoxels(std::move(others));
}

void Selection::setHoveredRegion(const QString& name) {
    if (name == m_hoveredRegion)
        return;
    m_hoveredRegion = name;
    emit hoveredRegionChanged();
}

} // namespace tercet
