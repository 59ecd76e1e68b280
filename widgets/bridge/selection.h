#pragma once

#include <QObject>
#include <QString>
#include <QVector>

namespace tercet {

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
    /// That of a system which is not in front, in panels that show several.
    [[nodiscard]] int hoveredComponent(const QString& system) const {
        return !m_hoveredSystem.isEmpty() && system == m_hoveredSystem ? m_hoveredComponent : -1;
    }
    [[nodiscard]] const QString& system() const { return m_system; } ///< name of the system in front, or empty

public slots:
    void setStimuli(QVector<int> rows); ///< any order, duplicates allowed
    void setHoveredStimulus(int row);
    void setComponent(int trainingColumn);
    void setHoveredComponent(int trainingColumn); ///< of the system in front
    void setHoveredComponent(const QString& system, int trainingColumn);
    void setSystem(const QString& name);

signals:
    void stimuliChanged();
    void hoveredStimulusChanged();
    void componentChanged();
    void hoveredComponentChanged();
    void systemChanged();

private:
    QVector<int> m_stimuli;
    QString m_system;
    QString m_hoveredSystem; ///< of the hovered component; empty: the one in front
    int m_hoveredStimulus = -1;
    int m_component = -1;
    int m_hoveredComponent = -1;
};

} // namespace tercet
