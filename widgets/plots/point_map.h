#pragma once

#include "core/base/matrix.h"
#include "widgets/plots/disc_raster.h"
#include "widgets/plots/look.h"
#include "widgets/plots/plot_widget.h"

#include <QBasicTimer>
#include <QElapsedTimer>
#include <QPixmap>
#include <QPolygonF>
#include <QVector>

#include <functional>
#include <memory>
#include <vector>

namespace tercet {

/// A set of points that share a name and colour, named on the map where they are densest.
struct PointGroup {
    QString name;
    QColor color;
    friend bool operator==(const PointGroup&, const PointGroup&) = default;
};

/// A map of up to 100,000 points in the plane (SPEC C7), painted by the processor alone. Rows are 0 … n − 1 of the
/// positions; every per-row value must be n long. Left drag: lasso (Shift adds, Alt removes, Ctrl toggles); click:
/// select; middle drag or Space and drag: move; wheel: zoom; double click or Home: fit. With the keyboard: arrows move,
/// + and − zoom, Ctrl+arrows go to the next point, Return selects it, Ctrl+A selects all shown, Escape none. GUI
/// thread.
class PointMap : public PlotWidget {
    Q_OBJECT

public:
    using Positions =
        std::shared_ptr<const Matrix<float>>; ///< n × 2, x to the right and y up; a row with NaN is not drawn
    using Colors = std::shared_ptr<const std::vector<QRgb>>;
    using Flags = std::shared_ptr<const std::vector<std::uint8_t>>;
    using Indices = std::shared_ptr<const std::vector<int>>;

    explicit PointMap(QWidget* parent = nullptr);

    /// Points glide to their new place if their number is the same, else they are there at once and everything else
    /// that is per row is forgotten.
    void setPositions(Positions positions);
    void setColors(Colors colors);
    /// Points with 0 are drawn as ghosts and cannot be pointed at; null shows all.
    void setShown(Flags shown);
    /// groupOfPoint: index into groups, or −1. Null names no groups.
    void setGroups(Indices groupOfPoint, std::vector<PointGroup> groups);
    void setGroupNamesShown(bool shown);
    /// Drawn larger and outlined.
    void setPrototypes(const QVector<int>& rows);
    /// The lines of the card shown on hover: the name first.
    void setCard(std::function<QStringList(int row)> linesOf);
    void setSelection(const QVector<int>& rows); ///< emits nothing
    void setHighlighted(int row);                ///< what another panel points at; −1 for none
    /// What dragging with the left button does: move the map, or draw a lasso (at first).
    void setDragMoves(bool moves);

    [[nodiscard]] QVector<int> selection() const; ///< ascending
    [[nodiscard]] int pointCount() const;
    /// Where the row is drawn now, in widget coordinates.
    [[nodiscard]] QPointF placeOf(int row) const;
    /// The shown row nearest to `place` within `reach` pixels, or −1.
    [[nodiscard]] int rowAt(const QPointF& place, double reach = 10) const;
    /// Shown rows inside `outline` (widget coordinates, closed, even–odd rule), ascending.
    [[nodiscard]] QVector<int> rowsInside(const QPolygonF& outline) const;
    [[nodiscard]] bool gliding() const { return m_ticker.isActive(); }

    /// Paints the map as vectors into `area`, with what the widget shows and where.
    void paint(QPainter& painter, const QRectF& area, const Look& look) const;
    [[nodiscard]] QSize sizeHint() const override { return {640, 480}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 120}; }

public slots:
    void fit(); ///< shows all points, and follows them again while they move
    void zoomIn();
    void zoomOut();

signals:
    void selectionChanged(const QVector<int>& rows); ///< by the user
    void hovered(int row);                           ///< −1: nothing

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void timerEvent(QTimerEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct View {
        QPointF center;   ///< data coordinates
        double scale = 1; ///< pixels per data unit
    };
    enum class Drag { None, Pressed, Lasso, Move };
    enum class Layer : std::uint8_t { Ghost, Plain, Prototype, Selected, SelectedPrototype };
    static constexpr int kLayers = 5;
    struct Label {
        QPointF place;  ///< where the group is densest, data coordinates
        QPointF target; ///< the same for the positions that points glide to
        int members = 0;
        int offset = -1; ///< index into the places tried around it, −1 while hidden
    };
    struct PlacedLabel {
        int group = 0;
        QRectF area;
    };

    [[nodiscard]] View fittedView(const QSizeF& size) const;
    [[nodiscard]] QPointF toPlace(const View& view, const QSizeF& size, float x, float y) const;
    [[nodiscard]] QPointF toData(const QPointF& place) const;
    [[nodiscard]] double discRadius(const QSizeF& size, double zoom) const;
    template <class Sink>
    void drawLayers(const View& view, const QSizeF& size, const Look& look, double radius, Sink&& sink) const;
    [[nodiscard]] std::vector<PlacedLabel> placedLabels(const View& view, const QSizeF& size, const Look& look,
                                                        std::vector<Label>& labels) const;
    void renderPoints();
    void findLayers();
    void findLabelTargets();
    void tick();
    void settle();
    void replaceLabels();
    void markStale();
    void moveBy(const QPointF& pixels);
    void zoomBy(double factor, const QPointF& place);
    void select(const QVector<int>& rows, Qt::KeyboardModifiers modifiers);
    void setHovered(int row);
    void goToNeighbour(const QPointF& direction);
    void updateCursor();

    Positions m_target;
    std::vector<float> m_drawn; ///< n × 2, on the way to m_target
    Colors m_colors;
    Flags m_shown;
    Indices m_groupOfPoint;
    std::vector<PointGroup> m_groups;
    std::vector<Label> m_labels;
    std::vector<QPixmap> m_labelPixmaps;
    bool m_groupNamesShown = true;
    std::vector<std::uint8_t> m_prototype;
    std::vector<std::uint8_t> m_selected;
    int m_selectedCount = 0;
    std::array<std::vector<int>, kLayers> m_layers; ///< rows in drawing order
    int m_highlighted = -1;
    int m_hovered = -1;
    std::function<QStringList(int)> m_cardLines;

    View m_view;
    View m_fitted; ///< of m_target and this size
    bool m_following = true;
    QBasicTimer m_ticker;
    QElapsedTimer m_sinceTick;
    QElapsedTimer m_sinceTarget;
    QBasicTimer m_clearTimer; ///< a click on nothing clears, unless it becomes a double click

    DiscRaster m_raster;
    QImage m_points; ///< the points as last rendered
    bool m_pointsStale = true;

    Drag m_drag = Drag::None;
    QPointF m_pressPlace;
    QPointF m_lastPlace;
    Qt::KeyboardModifiers m_pressModifiers;
    QPolygonF m_lasso;
    bool m_dragMoves = false;
    bool m_spaceHeld = false;
};

} // namespace tercet
