#pragma once

#include "widgets/panels/brain_map_bar.h"
#include "widgets/panels/panel.h"

#include <map>
#include <memory>
#include <vector>

namespace tercet {

class ColorBar;
class ColorSquare;
class ElidedLabel;
class SmallMultiples;

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
    [[nodiscard]] BrainMapBar& bar() const { return *m_bar; }
    /// What is said of the vertex that is pointed at.
    [[nodiscard]] QString reading() const;

protected:
    void refresh() override;

private:
    struct Part;

    [[nodiscard]] std::shared_ptr<const ProjectedSurface> cortexOf(const QString& subject);
    [[nodiscard]] QWidget* makeView();
    void showMissing(bool otherVoxels);
    void showLevel();
    void follow(const SurfaceCamera& camera);
    void read(const Part& part, int hemisphere, int vertex);
    void select(const Part& part, int hemisphere, int vertex);
    void showSelected();
    void showHoveredRegion();

    BrainMapBar* m_bar;
    QToolButton* m_flat;
    QToolButton* m_namesButton;
    QToolButton* m_pair;
    SmallMultiples* m_multiples;
    ColorBar* m_key;
    ColorSquare* m_pairKey; ///< of two models in one map
    ElidedLabel* m_reading;
    std::vector<std::unique_ptr<Part>> m_parts;
    std::map<QString, std::pair<std::shared_ptr<const ArrayBundle>, std::shared_ptr<const ProjectedSurface>>>
        m_cortices;
    SurfaceCamera m_camera;
};

} // namespace tercet
