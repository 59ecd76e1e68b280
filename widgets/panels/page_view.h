#pragma once

#include "widgets/figures/composition.h"
#include "widgets/plots/plot_widget.h"

#include <QPixmap>

#include <optional>
#include <vector>

namespace tercet {

/// A page of figures on screen, as wide as the widget. A click selects a panel; dragging moves it, dragging its right
/// edge changes its width; both snap (Alt: not). With the keyboard: Tab goes from panel to panel, arrows move by 1 mm
/// (Shift: 0.1 mm), + and − change the width by 1 mm, Delete removes. GUI thread.
class PageView : public PlotWidget {
    Q_OBJECT
public:
    explicit PageView(QWidget* parent = nullptr);

    void setPage(const Composition& composition, ComposedPage page);
    void setCurrent(int panel); ///< −1: none; emits nothing
    [[nodiscard]] int current() const { return m_current; }
    [[nodiscard]] QRectF areaOf(int panel) const; ///< in widget coordinates
    [[nodiscard]] double unitsPerMm() const { return m_scale; }
    [[nodiscard]] QSize sizeHint() const override { return {480, 480}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 160}; }

signals:
    void currentChanged(int panel);                     ///< by the user
    void panelMoved(int panel, const QPointF& placeMm); ///< at the end of a drag, or by a key
    void panelResized(int panel, double widthMm);       ///< the same
    void removeWanted(int panel);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    enum class Drag { None, Move, Width };
    struct Hit {
        int panel = -1;
        bool onEdge = false;
    };
    [[nodiscard]] Hit hitAt(const QPointF& place) const;
    [[nodiscard]] QRectF paper() const; ///< in widget coordinates
    [[nodiscard]] double leastWidth(int panel) const;
    void place();
    void choose(int panel);

    Composition m_composition;
    ComposedPage m_page;
    std::vector<QPixmap> m_pixmaps; ///< of the parts' figures at the scale of the screen; null until painted
    double m_scale = 1;
    int m_current = -1;
    Drag m_drag = Drag::None;
    bool m_dragged = false;
    QPointF m_pressPlace;
    QRectF m_pressArea;
    QRectF m_draggedArea; ///< mm
};

} // namespace tercet
