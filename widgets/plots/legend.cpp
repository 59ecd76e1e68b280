#include "widgets/plots/legend.h"

#include "widgets/plots/annotation.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

constexpr double kDisc = 4.5;
constexpr double kIndent = 2 * kDisc + 6;

QString written(int count) { return count < 0 ? QString() : QLocale::c().toString(count); }

} // namespace

Legend::Legend(QWidget* parent) : PlotWidget(parent) {
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setAccessibleName(tr("Legend"));
}

void Legend::setEntries(std::vector<LegendEntry> entries) {
    m_entries = std::move(entries);
    m_shown.assign(m_entries.size(), true);
    m_hovered = m_highlighted = -1;
    updateGeometry();
    update();
}

void Legend::setEntryShown(int entry, bool shown) {
    m_shown.at(static_cast<std::size_t>(entry)) = shown;
    update();
}

void Legend::setHighlighted(int entry) {
    if (entry != m_highlighted) {
        m_highlighted = entry;
        update();
    }
}

bool Legend::entryShown(int entry) const { return m_shown.at(static_cast<std::size_t>(entry)); }

Legend::Grid Legend::gridFor(double width, const Look& look) const {
    const QFontMetricsF metrics(look.font(TextSize::Small));
    double widest = 0;
    for (const LegendEntry& entry : m_entries) {
        const QString count = written(entry.count);
        widest = std::max(widest, kIndent + metrics.horizontalAdvance(entry.name) +
                                      (count.isEmpty() ? 0 : 6 + metrics.horizontalAdvance(count)));
    }
    Grid grid;
    const auto count = static_cast<int>(m_entries.size());
    grid.columns = std::clamp(static_cast<int>(width / (widest + 2 * kUnit)), 1, std::max(1, count));
    grid.rows = (count + grid.columns - 1) / grid.columns;
    grid.columns = grid.rows > 0 ? (count + grid.rows - 1) / grid.rows : 1;
    grid.columnWidth = width / grid.columns;
    grid.rowHeight = std::ceil(metrics.height() + 3);
    return grid;
}

QRectF Legend::areaOf(const Grid& grid, int entry) const {
    return {entry / std::max(1, grid.rows) * grid.columnWidth,
            kHalfUnit + entry % std::max(1, grid.rows) * grid.rowHeight, grid.columnWidth, grid.rowHeight};
}

QRectF Legend::areaOf(int entry) const { return areaOf(gridFor(width(), Theme::instance().look()), entry); }

double Legend::heightFor(double width, const Look& look) const {
    const Grid grid = gridFor(width, look);
    return kUnit + grid.rows * grid.rowHeight;
}

int Legend::heightForWidth(int width) const {
    return static_cast<int>(std::ceil(heightFor(width, Theme::instance().look())));
}

QSize Legend::sizeHint() const { return {240, heightForWidth(240)}; }

QSize Legend::minimumSizeHint() const { return {96, 2 * kUnit}; }

int Legend::entryAt(const QPointF& place) const {
    const Grid grid = gridFor(width(), Theme::instance().look());
    for (int entry = 0; entry < static_cast<int>(m_entries.size()); ++entry)
        if (areaOf(grid, entry).contains(place))
            return entry;
    return -1;
}

void Legend::draw(QPainter& painter, const QRectF& area, const Look& look, int marked) const {
    painter.fillRect(area, look.surface);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFont font = look.font(TextSize::Small);
    const QFontMetricsF metrics(font);
    const Grid grid = gridFor(area.width(), look);
    for (int i = 0; i < static_cast<int>(m_entries.size()); ++i) {
        const LegendEntry& entry = m_entries[static_cast<std::size_t>(i)];
        const bool shown = m_shown[static_cast<std::size_t>(i)];
        const QRectF place = areaOf(grid, i).translated(area.topLeft());
        if (i == marked) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(look.highlight);
            painter.drawRoundedRect(place.adjusted(2, 0, -2, 0), 3, 3);
        }
        const double baseline = place.center().y() + metrics.capHeight() / 2;
        const QPointF disc(place.left() + kUnit + kDisc, place.center().y());
        painter.setBrush(shown ? QBrush(entry.color) : QBrush(Qt::NoBrush));
        painter.setPen(shown ? QPen(mixed(entry.color, Qt::black, 0.28), 0.8) : QPen(look.border, 1.2));
        painter.drawEllipse(disc, kDisc, kDisc);
        const QString count = written(entry.count);
        const double countWidth = count.isEmpty() ? 0 : metrics.horizontalAdvance(count) + 6;
        const double left = place.left() + kUnit + kIndent;
        const QString name =
            metrics.elidedText(entry.name, Qt::ElideRight, place.right() - kHalfUnit - countWidth - left);
        painter.setFont(font);
        const QColor faded = mixed(look.surface, look.mutedText, 0.6);
        painter.setPen(shown ? look.text : faded);
        painter.drawText(QPointF(left, baseline), name);
        painter.setPen(shown ? look.mutedText : faded);
        painter.drawText(QPointF(left + metrics.horizontalAdvance(name) + 6, baseline), count);
    }
}

void Legend::paint(QPainter& painter, const QRectF& area, const Look& look) const {
    painter.save();
    draw(painter, area, look, -1);
    painter.restore();
}

void Legend::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    draw(painter, rect(), Theme::instance().look(), m_hovered >= 0 ? m_hovered : m_highlighted);
    if (showsFocus())
        drawFocusFrame(painter, rect(), Theme::instance().look());
}

void Legend::toggle(int entry) {
    m_shown[static_cast<std::size_t>(entry)].flip();
    update();
    emit shownChanged();
}

void Legend::isolate(int entry) {
    const bool alone =
        m_shown[static_cast<std::size_t>(entry)] && std::count(m_shown.begin(), m_shown.end(), true) == 1;
    m_shown.assign(m_shown.size(), alone);
    m_shown[static_cast<std::size_t>(entry)] = true;
    update();
    emit shownChanged();
}

void Legend::setHovered(int entry) {
    if (entry == m_hovered)
        return;
    m_hovered = entry;
    update();
    emit entryHovered(entry);
}

void Legend::mouseMoveEvent(QMouseEvent* event) { setHovered(entryAt(event->position())); }

void Legend::mousePressEvent(QMouseEvent* event) {
    const int entry = entryAt(event->position());
    if (event->button() != Qt::LeftButton || entry < 0)
        return;
    if (event->modifiers().testFlag(Qt::AltModifier))
        isolate(entry);
    else
        toggle(entry);
}

void Legend::mouseDoubleClickEvent(QMouseEvent* event) {
    const int entry = entryAt(event->position());
    if (event->button() != Qt::LeftButton || entry < 0 || event->modifiers().testFlag(Qt::AltModifier))
        return;
    m_shown[static_cast<std::size_t>(entry)].flip(); // takes back the first click
    isolate(entry);
}

void Legend::leaveEvent(QEvent*) { setHovered(-1); }

void Legend::keyPressEvent(QKeyEvent* event) {
    const auto count = static_cast<int>(m_entries.size());
    if (count == 0) {
        PlotWidget::keyPressEvent(event);
        return;
    }
    const int rows = std::max(1, gridFor(width(), Theme::instance().look()).rows);
    const auto go = [&](int step) { setHovered(m_hovered < 0 ? 0 : std::clamp(m_hovered + step, 0, count - 1)); };
    switch (event->key()) {
    case Qt::Key_Up:
        go(-1);
        break;
    case Qt::Key_Down:
        go(1);
        break;
    case Qt::Key_Left:
        go(-rows);
        break;
    case Qt::Key_Right:
        go(rows);
        break;
    case Qt::Key_Space:
        if (m_hovered >= 0)
            toggle(m_hovered);
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_hovered >= 0)
            isolate(m_hovered);
        break;
    default:
        PlotWidget::keyPressEvent(event);
    }
}

} // namespace tercet
