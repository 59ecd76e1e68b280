#include "widgets/plots/color_square.h"

#include "widgets/plots/theme.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

constexpr int kCells = 16; ///< along each side
constexpr double kSide = 48;

} // namespace

ColorSquare::ColorSquare(QWidget* parent) : PlotWidget(parent) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setFocusPolicy(Qt::NoFocus);
}

void ColorSquare::setMap(Map map, double most, const QString& first, const QString& second) {
    m_map = std::move(map);
    m_most = most;
    m_first = first;
    m_second = second;
    setAccessibleName(tr("%1 to the right, %2 upwards, from 0 to %3").arg(first, second).arg(most));
    setToolTip(accessibleName());
    update();
}

double ColorSquare::heightFor(const Look& look) const {
    return kSide + QFontMetricsF(look.font(TextSize::Small)).height() + 2 * kHalfUnit;
}

QSize ColorSquare::sizeHint() const { return {260, static_cast<int>(std::ceil(heightFor(Theme::instance().look())))}; }

QSize ColorSquare::minimumSizeHint() const { return {120, sizeHint().height()}; }

void ColorSquare::paint(QPainter& painter, const QRectF& area, const Look& look) const {
    painter.save();
    painter.fillRect(area, look.surface);
    if (m_map) {
        const QFont font = look.font(TextSize::Small);
        const QFontMetricsF metrics(font);
        const QRectF square(area.right() - kUnit - kSide, area.top() + kHalfUnit, kSide, kSide);
        // Each cell reaches to the ends, below the next ones, so that no viewer shows seams; and files hold no bitmap.
        painter.setRenderHint(QPainter::Antialiasing, false);
        for (int row = kCells - 1; row >= 0; --row)
            for (int column = 0; column < kCells; ++column)
                painter.fillRect(
                    QRectF(QPointF(square.left() + column * kSide / kCells, square.top()),
                           QPointF(square.right(), square.bottom() - (kCells - 1 - row) * kSide / kCells)),
                    QColor::fromRgb(m_map(column / (kCells - 1.0), (kCells - 1 - row) / (kCells - 1.0), look.dark)));
        painter.setFont(font);
        painter.setPen(look.text);
        const double room = square.left() - area.left() - kUnit;
        const auto write = [&](const QString& name, const QString& arrow, double baseline, double left, double width) {
            const QString text = metrics.elidedText(name + u' ' + arrow, Qt::ElideRight, width);
            painter.drawText(QPointF(left + width - metrics.horizontalAdvance(text), baseline), text);
        };
        const QString most = QString::number(m_most, 'g', 3);
        write(m_second, QStringLiteral("↑ ") + most, square.top() + metrics.ascent(), area.left(), room);
        write(m_first, QStringLiteral("→"), square.bottom() + metrics.ascent(), area.left(),
              square.right() - area.left() - metrics.horizontalAdvance(most) - kUnit);
        painter.setPen(look.mutedText);
        painter.drawText(QPointF(square.right() - metrics.horizontalAdvance(most), square.bottom() + metrics.ascent()),
                         most);
    }
    painter.restore();
}

void ColorSquare::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    paint(painter, rect(), Theme::instance().look());
}

} // namespace tercet
