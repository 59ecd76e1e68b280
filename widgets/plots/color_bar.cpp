#include "widgets/plots/color_bar.h"

#include "widgets/plots/theme.h"

#include <QFontMetricsF>
#include <QPainter>

#include <cmath>

namespace tercet {
namespace {

constexpr int kSteps = 256;
constexpr double kStrip = 8;

QString written(double value) {
    QString text = QString::number(value, 'g', 3);
    if (text.startsWith(u'-'))
        text[0] = QChar(0x2212);
    return text;
}

} // namespace

ColorBar::ColorBar(QWidget* parent) : PlotWidget(parent) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setFocusPolicy(Qt::NoFocus);
}

void ColorBar::setMap(Map map, double low, double high, const QString& title) {
    m_map = std::move(map);
    m_low = low;
    m_high = high;
    m_title = title;
    setAccessibleName(title);
    update();
}

double ColorBar::heightFor(const Look& look) const {
    return kStrip + QFontMetricsF(look.font(TextSize::Small)).height() + 2 * kHalfUnit + 2;
}

QSize ColorBar::sizeHint() const { return {200, static_cast<int>(std::ceil(heightFor(Theme::instance().look())))}; }

QSize ColorBar::minimumSizeHint() const { return {96, sizeHint().height()}; }

void ColorBar::paint(QPainter& painter, const QRectF& area, const Look& look) const {
    painter.save();
    painter.fillRect(area, look.surface);
    if (m_map) {
        const QRectF place(area.left() + kUnit, area.top() + kHalfUnit, area.width() - 2 * kUnit, kStrip);
        // Each step reaches to the end, below the next ones, so that no viewer shows seams; and files hold no bitmap.
        painter.setRenderHint(QPainter::Antialiasing, false);
        for (int i = 0; i < kSteps; ++i) {
            const double left = place.left() + i * place.width() / kSteps;
            painter.fillRect(QRectF(QPointF(left, place.top()), place.bottomRight()),
                             QColor::fromRgb(m_map((i + 0.5) / kSteps, look.dark)));
        }
        const QFont font = look.font(TextSize::Small);
        const QFontMetricsF metrics(font);
        const double baseline = place.bottom() + 2 + metrics.ascent();
        painter.setFont(font);
        painter.setPen(look.mutedText);
        const QString low = written(m_low);
        const QString high = written(m_high);
        painter.drawText(QPointF(place.left(), baseline), low);
        painter.drawText(QPointF(place.right() - metrics.horizontalAdvance(high), baseline), high);
        painter.setPen(look.text);
        const double room =
            place.width() - 2 * kUnit - 2 * std::max(metrics.horizontalAdvance(low), metrics.horizontalAdvance(high));
        const QString title = metrics.elidedText(m_title, Qt::ElideRight, room);
        painter.drawText(QPointF(place.center().x() - metrics.horizontalAdvance(title) / 2, baseline), title);
    }
    painter.restore();
}

void ColorBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    paint(painter, rect(), Theme::instance().look());
}

} // namespace tercet
