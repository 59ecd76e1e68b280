#pragma once

#include "widgets/figures/brain_map.h"
#include "widgets/panels/panel.h"

#include <map>
#include <memory>
#include <vector>

class QComboBox;
class QGridLayout;
class QLabel;
class QSlider;

namespace tercet {

class ColorBar;
class ElidedLabel;

/// Maps of the subjects' voxels on their cortex (SPEC B6): one, or subjects and models as small multiples with one
/// camera and one scale, coloured only where the false discovery rate is below the slider. Fills while a map is being
/// computed; weights follow the component that is pointed at anywhere. A click selects the voxel under it; selected and
/// brushed voxels are marked, and so is the region that is pointed at anywhere.
class FlatmapPanel : public Panel {
    Q_OBJECT
public:
    explicit FlatmapPanel(StudySession& session, QWidget* parent = nullptr);
    ~FlatmapPanel() override;

    [[nodiscard]] std::optional<Figure> figure() const override;
    /// One per map that is shown: subjects one below the other, models side by side.
    [[nodiscard]] std::vector<SurfaceView*> views() const;
    [[nodiscard]] QComboBox* subjectBox() const { return m_subject; }
    [[nodiscard]] QComboBox* modelBox() const { return m_model; }
    [[nodiscard]] QComboBox* kindBox() const { return m_kind; }
    [[nodiscard]] QSlider* levelSlider() const { return m_level; }
    /// The false discovery rate below which maps are coloured; 1: everywhere.
    [[nodiscard]] double level() const;
    /// What is said of the vertex that is pointed at.
    [[nodiscard]] QString reading() const;

protected:
    void refresh() override;

private:
    struct Part;

    void fillBoxes();
    [[nodiscard]] QStringList shownSubjects() const;
    [[nodiscard]] QStringList shownModels() const;
    [[nodiscard]] BrainMapRequest requestFor(const QString& subject, const QString& model) const;
    [[nodiscard]] int component() const;         ///< training column whose weights are shown
    [[nodiscard]] QString componentName() const; ///< its number as the other panels count
    [[nodiscard]] std::shared_ptr<const ProjectedSurface> cortexOf(const QString& subject);
    [[nodiscard]] QString modelTitle(const QString& name) const;
    void arrange(const QStringList& subjects, const QStringList& models);
    void showMissing(const QString& subject, const QString& model);
    void showLevel();
    void follow(const SurfaceCamera& camera);
    void read(const Part& part, int hemisphere, int vertex);
    void select(const Part& part, int hemisphere, int vertex);
    void showSelected();
    void showHoveredRegion();

    QWidget* m_bar; ///< of the controls below
    QComboBox* m_subject;
    QComboBox* m_model;
    QComboBox* m_kind;
    QSlider* m_level;
    QLabel* m_levelText;
    QToolButton* m_flat;
    QToolButton* m_namesButton;
    QGridLayout* m_grid;
    ColorBar* m_key;
    ElidedLabel* m_reading;
    std::vector<std::unique_ptr<Part>> m_parts;
    std::map<QString, std::pair<std::shared_ptr<const ArrayBundle>, std::shared_ptr<const ProjectedSurface>>>
        m_cortices;
    SurfaceCamera m_camera;
};

} // namespace tercet
