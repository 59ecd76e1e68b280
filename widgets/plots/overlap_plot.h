#pragma once

#include "widgets/plots/look.h"
#include "widgets/plots/plot_widget.h"

#include <QPainterPath>
#include <QString>

#include <vector>

namespace tercet {

struct OverlapPlotSystem {
    QString title;
    QColor color;
};

struct OverlapPlotCluster {
    QString name;
    QString sharedTerms;
    unsigned systems = 0; ///< bit s: system s has it
};

struct OverlapPlotData {
    std::vector<OverlapPlotSystem> systems;
    std::vector<OverlapPlotCluster> clusters;
};

/// Which clusters systems have in common (SPEC G3): a Venn diagram of up to four systems above UpSet bars of all. A set
/// is what exactly these systems have. Pointing at a set names its clusters, a click chooses it. GUI thread.
class OverlapPlot : public PlotWidget {
    Q_OBJECT

public:
    explicit OverlapPlot(QWidget* parent = nullptr);

    void setOverlap(OverlapPlotData overlap);
    void setChosen(unsigned systems);                         ///< 0: none
    [[nodiscard]] unsigned setAt(const QPointF& place) const; ///< 0: none
    /// Where a set is drawn, in widget coordinates: in the Venn diagram (a null point where it is not), and its bar.
    [[nodiscard]] QPointF regionOf(unsigned systems) const;
    [[nodiscard]] QRectF barOf(unsigned systems) const;
    [[nodiscard]] int countOf(unsigned systems) const; ///< clusters that exactly these systems have
    /// The sets that are not empty, the largest number of clusters first.
    [[nodiscard]] const std::vector<unsigned>& sets() const { return m_sets; }
    [[nodiscard]] QStringList clustersOf(unsigned systems) const;

    void paint(QPainter& painter, const QRectF& area, const Look& look) const;
    [[nodiscard]] QSize sizeHint() const override { return {320, 440}; }

signals:
    void setHovered(unsigned systems); ///< 0: none
    void setClicked(unsigned systems);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    struct Parts {
        QRectF venn;
        QRectF upset;
        double rowHeight = 0;
        double barTop = 0;
        double rowsTop = 0;
        double left = 0;
        double step = 0;
    };
    [[nodiscard]] Parts partsFor(const QRectF& area, const Look& look) const;
    [[nodiscard]] std::vector<QPainterPath> shapes(const QRectF& venn) const;
    [[nodiscard]] QPointF regionIn(const QRectF& venn, unsigned systems) const;
    [[nodiscard]] QRectF barIn(const Parts& parts, unsigned systems) const;
    void paintOverlap(QPainter& painter, const QRectF& area, const Look& look) const;
    void hover(unsigned systems);

    OverlapPlotData m_overlap;
    std::vector<unsigned> m_sets;
    unsigned m_hovered = 0;
    unsigned m_chosen = 0;
};

} // namespace tercet
