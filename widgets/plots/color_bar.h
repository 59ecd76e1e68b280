#pragma once

#include "widgets/plots/look.h"
#include "widgets/plots/plot_widget.h"

#include <QString>

#include <functional>

namespace tercet {

/// The key to a continuous colour map: a strip with the numbers at its ends and a title between them; or on a
/// logarithmic scale, with the title before the strip and the powers of ten below it. GUI thread.
class ColorBar : public PlotWidget {
    Q_OBJECT

public:
    /// Colour at a share 0–1 of the strip, on a dark or light background.
    using Map = std::function<QRgb(double share, bool dark)>;

    explicit ColorBar(QWidget* parent = nullptr);
    void setMap(Map map, double low, double high, const QString& title);
    /// Shares of the strip are those of the logarithm; 0 < `low` ≤ `high`.
    void setLogMap(Map map, double low, double high, const QString& title);

    [[nodiscard]] double heightFor(const Look& look) const;
    void paint(QPainter& painter, const QRectF& area, const Look& look) const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void drawLogNumbers(QPainter& painter, const QRectF& strip, const Look& look) const;

    Map m_map;
    double m_low = 0;
    double m_high = 1;
    QString m_title;
    bool m_logarithmic = false;
};

} // namespace tercet
