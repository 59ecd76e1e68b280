#pragma once

#include "widgets/plots/look.h"
#include "widgets/plots/plot_widget.h"

#include <QString>

#include <functional>

namespace tercet {

/// The key to a colour map of two values: a square, the first value to the right and the second upwards, with their
/// names at its sides and the upper limit of both. GUI thread.
class ColorSquare : public PlotWidget {
    Q_OBJECT

public:
    /// Colour at shares 0–1 of both values, on a dark or light background.
    using Map = std::function<QRgb(double first, double second, bool dark)>;

    explicit ColorSquare(QWidget* parent = nullptr);
    void setMap(Map map, double most, const QString& first, const QString& second);

    [[nodiscard]] double heightFor(const Look& look) const;
    void paint(QPainter& painter, const QRectF& area, const Look& look) const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Map m_map;
    double m_most = 1;
    QString m_first;
    QString m_second;
};

} // namespace tercet
