#pragma once

#include "widgets/figures/voxel_values.h"
#include "widgets/panels/panel.h"

#include <memory>
#include <vector>

class QComboBox;
class QLabel;

namespace tercet {

class ColorBar;
class ElidedLabel;
class LevelSlider;
class SmallMultiples;

/// How two systems predict the same voxels (SPEC B7): one against another, or against each other one as small multiples
/// with one scale. Fills while systems are compared with the brain. A brushed rectangle selects the voxels in it, for
/// the subjects that are shown; voxels that are brushed elsewhere, the one that was clicked and those of the region
/// that is pointed at are marked.
class VoxelComparisonPanel : public Panel {
    Q_OBJECT
public:
    explicit VoxelComparisonPanel(StudySession& session, QWidget* parent = nullptr);
    ~VoxelComparisonPanel() override;

    [[nodiscard]] std::optional<Figure> figure() const override;
    /// One per pair that is shown.
    [[nodiscard]] const std::vector<DensityPlot*>& plots() const { return m_plots; }
    [[nodiscard]] const VoxelMultiples& multiples() const { return m_multiples; }
    [[nodiscard]] QComboBox* kindBox() const { return m_kind; }
    [[nodiscard]] QComboBox* xBox() const { return m_xBox; } ///< its last entry: all others
    [[nodiscard]] QComboBox* yBox() const { return m_yBox; }
    [[nodiscard]] QComboBox* subjectBox() const { return m_subject; }
    [[nodiscard]] LevelSlider* levelSlider() const { return m_level; }
    [[nodiscard]] QToolButton* swapButton() const { return m_swap; }
    /// What is said of the voxels that are marked.
    [[nodiscard]] QString reading() const;

protected:
    void refresh() override;

private:
    [[nodiscard]] VoxelRequest request() const;
    [[nodiscard]] QStringList models() const;
    [[nodiscard]] QStringList shownOnX() const;
    void choose(QString x, QString y);             ///< by hand
    void choosePair(const FigureData& figureData); ///< the best two, until somebody chose
    void fillBoxes();
    void showMissing(const FigureData& figureData);
    void showPairs(const FigureData& figureData, VoxelMultiples multiples);
    [[nodiscard]] QWidget* makePlot(std::size_t place);
    void brush(std::size_t place, const std::optional<DensityBrush>& brush);
    void showSelected();
    [[nodiscard]] QVector<int> voxelsOfRegion(const VoxelPair::Part& part, const QString& region) const;

    QWidget* m_bar; ///< of the controls below
    QComboBox* m_kind;
    QComboBox* m_yBox;
    QComboBox* m_xBox;
    QComboBox* m_subject;
    LevelSlider* m_level;
    QLabel* m_levelText;
    QToolButton* m_swap;
    SmallMultiples* m_area; ///< of the plots
    ColorBar* m_key;
    ElidedLabel* m_reading;
    std::vector<DensityPlot*> m_plots;
    VoxelMultiples m_multiples;
    QString m_x; ///< name of a model; empty: all others
    QString m_y;
    bool m_chosen = false;   ///< the pair was, by hand
    bool m_brushing = false; ///< the selection changes by a plot of this panel
};

} // namespace tercet
