#pragma once

#include "widgets/figures/slice_values.h"
#include "widgets/panels/brain_map_bar.h"
#include "widgets/panels/panel.h"

#include <map>
#include <memory>
#include <vector>

class QSpinBox;

namespace tercet {

class ColorBar;
class ElidedLabel;
class SmallMultiples;

/// Maps of the subjects' voxels in slices of the volume (SPEC B6, D6): three through a crosshair, or a montage of axial
/// ones through the subcortical regions; subjects and models as small multiples with one crosshair and one scale. Fills
/// while a map is being computed. The crosshair follows the voxel that is selected anywhere, a click selects one;
/// selected and brushed voxels are outlined, and so is the region that is pointed at anywhere.
class SlicesPanel : public Panel {
    Q_OBJECT
public:
    explicit SlicesPanel(StudySession& session, QWidget* parent = nullptr);
    ~SlicesPanel() override;

    [[nodiscard]] std::optional<Figure> figure() const override;
    void showFigure(const QString& preset, const FigureOptions& options) override;
    /// One per map that is shown: subjects one below the other, models side by side.
    [[nodiscard]] std::vector<SlicePlot*> plots() const;
    [[nodiscard]] BrainMapBar& bar() const { return *m_bar; }
    [[nodiscard]] QToolButton* montageButton() const { return m_montage; }
    [[nodiscard]] QSpinBox* slicesBox() const { return m_slices; }
    /// What is said of the voxel that is pointed at, else of the one at the crosshair.
    [[nodiscard]] QString reading() const;

protected:
    void refresh() override;

private:
    struct Part;
    /// A subject's voxels and the results that they were taken from.
    struct Known {
        std::shared_ptr<const ArrayBundle> responses;
        std::shared_ptr<const ArrayBundle> regions;
        std::shared_ptr<const SliceValues> values; ///< null where they cannot be drawn
    };

    [[nodiscard]] std::shared_ptr<const SliceValues> valuesOf(const QString& subject);
    [[nodiscard]] QWidget* makePlot();
    void showMissing(bool otherVoxels);
    void showMontage();
    void moveTo(const Point3& place);
    void followSelection();
    void showSelected();
    void showHoveredRegion();
    /// Region, place, number and values of a voxel, or of a place without one.
    [[nodiscard]] QStringList describe(const Part& part, int voxel, const Point3& place) const;
    void readCrosshair();

    BrainMapBar* m_bar;
    QToolButton* m_montage;
    QToolButton* m_namesButton;
    QSpinBox* m_slices;
    SmallMultiples* m_multiples;
    ColorBar* m_key;
    ElidedLabel* m_reading;
    std::vector<std::unique_ptr<Part>> m_parts;
    std::map<QString, Known> m_known;  ///< by subject
    std::optional<Point3> m_crosshair; ///< mm; nothing before the first subject is shown
    VoxelPlace m_followed;             ///< the selection that the crosshair went to
};

} // namespace tercet
