#pragma once

#include <QMap>
#include <QObject>
#include <QString>
#include <QVector>

namespace tercet {

/// A voxel of a subject, and the vertex at which it was pointed at, if it was at one.
struct VoxelPlace {
    QString subject;     ///< name; empty for none
    int voxel = -1;      ///< column of the subject's responses, or −1
    int hemisphere = -1; ///< 0 left, 1 right, or −1
    int vertex = -1;     ///< of that hemisphere, or −1
    friend bool operator==(const VoxelPlace&, const VoxelPlace&) = default;
};

/// The one selection of a window (DESIGN, "Jobs, live panels, selection"). Stimuli are named by their row in the study,
/// which never changes; components by the column they had while training, which their colour follows.
/// GUI thread. Each setter emits its signal only when something changed.
class Selection : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    [[nodiscard]] const QVector<int>& stimuli() const { return m_stimuli; } ///< ascending rows
    [[nodiscard]] int hoveredStimulus() const { return m_hoveredStimulus; } ///< row or −1
    [[nodiscard]] int component() const { return m_component; }             ///< training column or −1
    /// Training column of the system in front that is pointed at, or −1.
    [[nodiscard]] int hoveredComponent() const { return m_hoveredSystem.isEmpty() ? m_hoveredComponent : -1; }
    /// That of a system or model which is not in front, in panels that show several.
    [[nodiscard]] int hoveredComponent(const QString& system) const {
        return !m_hoveredSystem.isEmpty() && system == m_hoveredSystem ? m_hoveredComponent : -1;
    }
    /// Whose component is pointed at, or empty.
    [[nodiscard]] QString hoveredSystem() const {
        return m_hoveredComponent >= 0 && m_hoveredSystem.isEmpty() ? m_system : m_hoveredSystem;
    }
    [[nodiscard]] const QString& system() const { return m_system; }  ///< name of the system in front, or empty
    [[nodiscard]] const VoxelPlace& voxel() const { return m_voxel; } ///< that was clicked
    /// Brushed voxels: ascending columns of responses, by name of the subject; none is empty.
    [[nodiscard]] const QMap<QString, QVector<int>>& voxels() const { return m_voxels; }
    /// Name of one of the brain's, or empty.
    [[nodiscard]] const QString& hoveredRegion() const { return m_hoveredRegion; }

public slots:
    void setStimuli(QVector<int> rows); ///< any order, duplicates allowed
    void setHoveredStimulus(int row);
    void setComponent(int trainingColumn);
    void setHoveredComponent(int trainingColumn); ///< of the system in front
    void setHoveredComponent(const QString& system, int trainingColumn);
    void setSystem(const QString& name);
    void setVoxel(const VoxelPlace& place);
    void setVoxels(QMap<QString, QVector<int>> voxels); ///< any order, duplicates allowed
    void dropVoxels(const QString& subject);            ///< whose columns are other voxels from now on
    void setHoveredRegion(const QString& name);

signals:
    void stimuliChanged();
    void hoveredStimulusChanged();
    void componentChanged();
    void hoveredComponentChanged();
    void systemChanged();
    void voxelChanged();
    void voxelsChanged();
    void hoveredRegionChanged();

private:
    QVector<int> m_stimuli;
    QString m_system;
    QString m_hoveredSystem; ///< of the hovered component; empty: the one in front
    QString m_hoveredRegion;
    VoxelPlace m_voxel;
    QMap<QString, QVector<int>> m_voxels;
    int m_hoveredStimulus = -1;
    int m_component = -1;
    int m_hoveredComponent = -1;
};

} // namespace tercet
