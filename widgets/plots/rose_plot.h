#pragma once

#include "widgets/plots/look.h"
#include "widgets/plots/plot_widget.h"

#include <QBasicTimer>
#include <QElapsedTimer>
#include <QPolygonF>
#include <QStringList>

#include <vector>

namespace tercet {

struct RoseComponent {
    QString label; ///< may be empty: "component 3" is shown
    QColor color;
};

struct RoseSystem {
    QString name;
    QColor color;
    std::vector<RoseComponent> components;
};

struct RoseStimulus {
    QString title;
    /// One row per system: for each of its components the weight over the component's maximum, 0–1; an empty row where
    /// the system has no such stimulus.
    std::vector<std::vector<double>> weights;
};

/// Rose diagrams (SPEC C9), stimuli × systems: each component has an equal sector, counter-clockwise from the right,
/// and a straight-edged petal as long as its weight. The longest petals are named. Petals grow to new values. Wants a
/// scroll area around it: its minimum height grows with the number of stimuli. GUI thread.
class RosePlot : public PlotWidget {
    Q_OBJECT

public:
    explicit RosePlot(QWidget* parent = nullptr);

    /// Every stimulus must have one row of weights per system.
    void setRoses(std::vector<RoseSystem> systems, std::vector<RoseStimulus> stimuli);
    /// Marks the petals of a component, as another panel points at it; −1 for none.
    void setHighlighted(int system, int component);
    void setNamedPetals(int count); ///< per rose; 3 at first

    struct Petal {
        int stimulus = -1;
        int system = -1;
        int component = -1; ///< −1: none
        friend bool operator==(const Petal&, const Petal&) = default;
    };
    /// The petal whose sector is at `place`; component −1 outside of every rose.
    [[nodiscard]] Petal petalAt(const QPointF& place) const;
    /// Centre and length of a full petal of a rose, in widget coordinates.
    [[nodiscard]] QPointF centerOf(int stimulus, int system) const;
    [[nodiscard]] double fullLength() const;

    /// Paints all roses into `area` as vectors.
    void paint(QPainter& painter, const QRectF& area, const Look& look) const;
    [[nodiscard]] QSize sizeHint() const override { return {480, 360}; }

signals:
    void componentHovered(int stimulus, int system, int component); ///< component −1: nothing
    void componentClicked(int stimulus, int system, int component);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void timerEvent(QTimerEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    struct Layout {
        int perRow = 1; ///< stimuli side by side
        QSizeF cell;    ///< of one rose with its chip and labels, without the stimulus' title
        double titleHeight = 0;
        double chipHeight = 0;
        double radius = 0;
        bool named = false; ///< whether there is room for names
    };
    struct Name {
        int component = 0;
        QStringList lines;
        QRectF area;
        double anchor = 0;  ///< of its petal, distance from the horizontal
        double nearest = 0; ///< least distance of the area from the horizontal
        QPolygonF leader;   ///< from the petal to the area
    };
    [[nodiscard]] static QPolygonF leaderOf(const Name& name, int count, double radius, double length);
    [[nodiscard]] std::vector<Name> placedNames(const Layout& layout, const QRectF& cell, int system,
                                                const std::vector<double>& weights, const Look& look) const;
    [[nodiscard]] Layout layoutFor(const QSizeF& size, const Look& look) const;
    [[nodiscard]] Layout layoutWith(int perRow, const QSizeF& size, const Look& look) const;
    [[nodiscard]] QRectF cellOf(const Layout& layout, int stimulus, int system) const;
    [[nodiscard]] QPointF centerOf(const Layout& layout, int stimulus, int system) const;
    void paintRoses(QPainter& painter, const QRectF& area, const QRectF& visible, const Look& look,
                    const std::vector<RoseStimulus>& stimuli) const;
    void paintRose(QPainter& painter, const Layout& layout, const QRectF& cell, const QPointF& center, int system,
                   const std::vector<double>& weights, const Look& look) const;
    void updateMinimumHeight();
    void setHovered(const Petal& petal);
    [[nodiscard]] QStringList cardLines(const Petal& petal) const;

    std::vector<RoseSystem> m_systems;
    std::vector<RoseStimulus> m_stimuli;
    std::vector<RoseStimulus> m_drawn; ///< on the way to m_stimuli
    int m_namedPetals = 3;
    int m_highlightedSystem = -1;
    int m_highlightedComponent = -1;
    Petal m_hovered;
    QBasicTimer m_ticker;
    QElapsedTimer m_sinceTick;
    QElapsedTimer m_sinceTarget;
};

} // namespace tercet
