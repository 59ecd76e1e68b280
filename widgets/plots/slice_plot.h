#pragma once

#include "core/base/label_placement.h"
#include "widgets/plots/color_bar.h"
#include "widgets/plots/voxel_grid.h"

#include <QImage>
#include <QStringList>

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace tercet {

/// Slices of voxels in space: a sagittal, a coronal and an axial one through a crosshair, or several axial ones. What
/// is left of the person is left, the front is up in axial slices and right in sagittal ones. Voxels are cells of their
/// size in mm, coloured by a value over a grey image, with outlines and names of regions over them. Every per-voxel
/// vector has one value per voxel of the grid, or is empty; wrong numbers throw DataError. Pressing and dragging move
/// the crosshair; arrows move it in the slice that was pressed last, PageUp, PageDown and the wheel through the slices;
/// Return and the space bar click the voxel there. GUI thread.
class SlicePlot : public PlotWidget {
    Q_OBJECT

public:
    explicit SlicePlot(QWidget* parent = nullptr);

    /// Forgets everything that is per voxel; the crosshair stays. Never null.
    void setGrid(std::shared_ptr<const VoxelGrid> grid);
    [[nodiscard]] const VoxelGrid& grid() const { return *m_grid; }
    /// Grey below what has no value, its scale is found here; NaN, or without an image all, is of one grey.
    void setImage(std::vector<double> image);
    /// NaN: the image shows.
    void setValues(std::vector<double> values);
    void setColors(ColorBar::Map map, double low, double high);
    /// Values are drawn only where `gate` (for example an FDR-corrected P) is less than `limit`. Empty draws all.
    void setGate(std::vector<double> gate, double limit);
    void setGateLimit(double limit); ///< the quick way while a slider is dragged
    /// Number in `names` per voxel, −1 for none. Those of `main`, a flag for each name, have bold outlines and names,
    /// the others thin outlines alone.
    void setRegions(std::vector<std::int32_t> regionOf, const QStringList& names,
                    const std::vector<std::uint8_t>& main);
    void setNamesShown(bool shown);
    void setHighlightedRegion(int region);              ///< −1 for none
    void setMarked(std::span<const int> voxels);        ///< these are outlined; those that are not there are left out
    void setMontage(const std::vector<double>& places); ///< z of axial slices; empty: three slices by the crosshair
    void setCrosshair(const Point3& place);             ///< mm; emits nothing
    void setCrosshairShown(bool shown);
    /// What stands where three slices leave room, beside or below them, as much of it as fits; the first line strong.
    void setNotes(const QStringList& lines);

    [[nodiscard]] const Point3& crosshair() const noexcept { return m_crosshair; }
    /// Where a point is drawn, in widget coordinates; nothing if no slice of this axis goes through its voxel.
    [[nodiscard]] std::optional<QPointF> placeOf(SliceAxis axis, const Point3& point) const;
    /// −1: none.
    [[nodiscard]] int voxelAt(const QPointF& place) const;
    /// Paints everything into `area`: one layer of pixels, `resolution` per logical unit at most, below lines and text
    /// as vectors.
    void paint(QPainter& painter, const QRectF& area, const Look& look, double resolution = 600.0 / 96) const;
    /// What paint() needs at this width, so that nothing is left free, with so many rows of slices at most.
    [[nodiscard]] double heightFor(double width, const Look& look, int rows = 1) const;
    [[nodiscard]] QSize sizeHint() const override { return {480, 320}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {220, 110}; }

signals:
    void crosshairMoved();          ///< by the user
    void voxelHovered(int voxel);   ///< −1: none
    void regionHovered(int region); ///< −1: none
    void voxelClicked(int voxel);   ///< −1: the background

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    /// One slice in a picture.
    struct Slice {
        SliceAxis axis = SliceAxis::Axial;
        double at = 0;    ///< mm
        QRectF place;     ///< of the box around all voxels
        QRectF frame;     ///< with the texts around it
        double scale = 1; ///< logical units per mm
    };
    struct Layout {
        std::vector<Slice> slices;
        QRectF notes; ///< empty: there is no room
    };

    struct Plan;
    [[nodiscard]] std::vector<Plan> plansFor(const Look& look) const;
    [[nodiscard]] Layout layoutFor(const QRectF& area, const Look& look) const;
    [[nodiscard]] PlanePoint pointIn(const Slice& slice, const QPointF& place) const;
    [[nodiscard]] QPointF placeIn(const Slice& slice, const PlanePoint& point) const;
    [[nodiscard]] static const Slice* sliceAt(const Layout& layout, const QPointF& place);
    [[nodiscard]] std::optional<Point3> spaceAt(const QPointF& place) const;
    [[nodiscard]] std::vector<QRgb> cellColors(const Look& look) const;
    [[nodiscard]] QImage cells(const Layout& layout, const QRectF& area, const Look& look, double ratio) const;
    void drawLines(QPainter& painter, const Slice& slice, const Look& look) const;
    void drawNames(QPainter& painter, const Slice& slice, const Look& look) const;
    void drawTexts(QPainter& painter, const Slice& slice, const Look& look, bool active) const;
    void drawCrosshair(QPainter& painter, const Slice& slice, const Look& look) const;
    void drawNotes(QPainter& painter, const QRectF& area, const Look& look) const;
    void requireOnePerVoxel(std::size_t found, const char* what) const;
    void markStale();
    void moveTo(Point3 place);
    void step(SliceAxis axis, int steps);
    void hover(int voxel);
    [[nodiscard]] int regionOf(int voxel) const;

    std::shared_ptr<const VoxelGrid> m_grid = std::make_shared<const VoxelGrid>();
    std::vector<double> m_image;
    double m_black = 0; ///< of the image
    double m_white = 1;
    std::vector<double> m_values;
    std::vector<double> m_gate;
    double m_gateLimit = 0;
    ColorBar::Map m_map;
    double m_low = 0;
    double m_high = 1;
    std::vector<std::int32_t> m_regionOf;
    std::vector<std::uint8_t> m_main; ///< per region
    QStringList m_names;
    std::vector<VoxelGrid::Face> m_regionBorders;
    std::vector<VoxelGrid::Face> m_markedBorders;
    std::vector<double> m_montage;
    Point3 m_crosshair{};
    QStringList m_notes;
    SliceAxis m_active = SliceAxis::Axial; ///< arrows move in it
    int m_highlighted = -1;
    int m_wheel = 0; ///< turned since the last step, 1/8 degree
    int m_hovered = -1;
    int m_hoveredRegion = -1;
    bool m_namesShown = true;
    bool m_crosshairShown = true;
    QImage m_cells; ///< on the screen; null: stale
};

} // namespace tercet
