#pragma once

#include "widgets/plots/item_plot.h"

#include <QRectF>
#include <QString>

#include <vector>

namespace tercet {

/// What was shown from a time on.
struct TimelineSpan {
    enum class Kind {
        Known, ///< its volumes belong to a stimulus
        Other, ///< left out
        Misfit ///< known, but before the first or past the last volume
    };
    double onset = 0;    ///< s from the first volume
    double duration = 0; ///< s, at least 0
    QString name;
    Kind kind = Kind::Known;
};

/// The volumes of a run as ticks and what was shown during it as spans above, over time; what has no volumes is red.
/// GUI thread.
class RunTimeline : public ItemPlot {
    Q_OBJECT
public:
    explicit RunTimeline(QWidget* parent = nullptr);

    /// `step`: s from volume to volume, above 0 where there are volumes.
    void setRun(int volumes, double step, std::vector<TimelineSpan> spans);
    [[nodiscard]] const std::vector<TimelineSpan>& spans() const { return m_spans; }
    /// Where a span is drawn, in widget coordinates.
    [[nodiscard]] QRectF areaOf(int span) const;
    /// Where the volumes are drawn.
    [[nodiscard]] QRectF volumesArea() const;

    [[nodiscard]] QSize sizeHint() const override { return {480, 112}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 96}; }

protected:
    void draw(QPainter& painter, const QRectF& area, const Look& look, int hovered) const override;
    [[nodiscard]] int itemAt(const QPointF& position) const override;

private:
    struct Frame {
        QRectF spans;
        QRectF volumes; ///< from the first to the end of the last
        double low = 0; ///< s at the left edge of `spans`
        double high = 1;
        [[nodiscard]] double at(double seconds) const {
            return spans.left() + spans.width() * (seconds - low) / (high - low);
        }
    };
    [[nodiscard]] Frame frameFor(const QRectF& area, const Look& look) const;
    [[nodiscard]] QRectF spanArea(const Frame& frame, const TimelineSpan& span) const;

    int m_volumes = 0;
    double m_step = 0;
    std::vector<TimelineSpan> m_spans;
};

} // namespace tercet
