#include "widgets/plots/color_bar.h"

#include "widgets/plots/theme.h"

#include <QFontMetricsF>
#include <QLocale>
#include <QPainter>

#include <algorithm>
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
    m_logarithmic = false;
    setAccessibleName(title);
    update();
}

void ColorBar::setLogMap(Map map, double low, double high, const QString& title) {
    setMap(std::move(map), low, high, title);
    m_logarithmic = true;
}

double ColorBar::heightFor(const Look& look) const {
    return kStrip + QFontMetricsF(look.font(TextSize::Small)).height() + 2 * kHalfUnit + 2;
}

QSize ColorBar::sizeHint() const { return {200, static_cast<int>(std::ceil(heightFor(Theme::instance().look())))}; }

QSize ColorBar::minimumSizeHint() const { return {96, sizeHint().height()}; }

void ColorBar::drawLogNumbers(QPainter& painter, const QRectF& strip, const Look& look) const {
    const QFontMetricsF metrics(painter.font());
    const double baseline = strip.bottom() + 2 + metrics.ascent();
    painter.setPen(look.mutedText);
    double taken = strip.right() + 2 * kUnit; // from the right: the largest number is there in any case
    const auto add = [&](double value) {
        const QString number = QLocale(QLocale::English).toString(value, 'g', 15);
        const double width = metrics.horizontalAdvance(number);
        const double share = m_high > m_low ? std::log(value / m_low) / std::log(m_high / m_low) : 1;
        const double middle = strip.left() + share * strip.width();
        const double left = std::clamp(middle - width / 2, strip.left(), std::max(strip.left(), strip.right() - width));
        if (left + width + kUnit > taken)
            return;
        painter.drawText(QPointF(left, baseline), number);
        painter.drawLine(QPointF(middle, strip.bottom()), QPointF(middle, strip.bottom() + 2));
        taken = left;
    };
    add(m_high);
    for (double power = std::pow(10, std::floor(std::log10(m_high))); power >= m_low && power > 0; power /= 10)
        if (power < m_high)
            add(power);
}

void ColorBar::paint(QPainter& painter, const QRectF& area, const Look& look) const {
    painter.save();
    painter.fillRect(area, look.surface);
    if (m_map) {
        const QFont font = look.font(TextSize::Small);
        const QFontMetricsF metrics(font);
        QRectF place(area.left() + kUnit, area.top() + kHalfUnit, area.width() - 2 * kUnit, kStrip);
        const QString before =
            m_logarithmic ? metrics.elidedText(m_title, Qt::ElideRight, place.width() / 2) : QString();
        if (!before.isEmpty())
            place.setLeft(place.left() + metrics.horizontalAdvance(before) + kUnit);
        // Each step reaches to the end, below the next ones, so that no viewer shows seams; and files hold no bitmap.
        painter.setRenderHint(QPainter::Antialiasing, false);
        for (int i = 0; i < kSteps; ++i) {
            const double left = place.left() + i * place.width() / kSteps;
            painter.fillRect(QRectF(QPointF(left, place.top()), place.bottomRight()),
                             QColor::fromRgb(m_map((i + 0.5) / kSteps, look.dark)));
        }
        painter.setFont(font);
        if (m_logarithmic) {
            drawLogNumbers(painter, place, look);
            painter.setPen(look.text);
            painter.drawText(QPointF(area.left() + kUnit, place.top() + (kStrip + metrics.capHeight()) / 2), before);
            painter.restore();
            return;
        }
        const double baseline = place.bottom() + 2 + metrics.ascent();
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
