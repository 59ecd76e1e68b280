#include "widgets/plots/stimulus_cards.h"

#include "widgets/plots/annotation.h"
#include "widgets/plots/axis.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

constexpr double kSmallestFrame = 9 * kUnit; ///< width; below it cards are lines
constexpr double kLargestFrame = 30 * kUnit;
constexpr double kAspect = 9.0 / 16;
constexpr double kBarHeight = 4;
constexpr double kBarContrast = 2.4;

} // namespace

StimulusCards::StimulusCards(QWidget* parent) : PlotWidget(parent) { setAccessibleName(tr("Top stimuli")); }

void StimulusCards::setCards(std::vector<StimulusCard> cards, const QColor& barColor) {
    m_cards = std::move(cards);
    m_barColor = barColor;
    m_hovered = -1;
    QStringList texts;
    for (const StimulusCard& card : m_cards)
        texts << QStringLiteral("%1 %2").arg(card.name, numberText(card.weight, 2));
    setAccessibleDescription(texts.join(QStringLiteral(", ")));
    update();
}

void StimulusCards::setSelected(QVector<int> stimuli) {
    if (stimuli == m_selected)
        return;
    m_selected = std::move(stimuli);
    update();
}

void StimulusCards::setHoveredStimulus(int stimulus) {
    const auto found = std::find_if(m_cards.begin(), m_cards.end(),
                                    [stimulus](const StimulusCard& card) { return card.stimulus == stimulus; });
    const int card = found == m_cards.end() ? -1 : static_cast<int>(found - m_cards.begin());
    if (card == m_hovered)
        return;
    m_hovered = card;
    update();
}

StimulusCards::Grid StimulusCards::gridFor(const QSizeF& size, const Look& look) const {
    const double line = QFontMetricsF(look.font(TextSize::Small)).height();
    const int count = std::max(1, static_cast<int>(m_cards.size()));
    const double text = line + kBarHeight + 1.5 * kUnit; ///< below a frame
    Grid best;
    double widest = 0;
    for (int columns = 1; columns <= count; ++columns) {
        const int rows = (count + columns - 1) / columns;
        const QSizeF cell(size.width() / columns, size.height() / rows);
        const double frame = std::min({cell.width() - kUnit, (cell.height() - text) / kAspect, kLargestFrame});
        if (frame > widest) {
            widest = frame;
            best = {columns, {cell.width(), std::min(cell.height(), frame * kAspect + text)}, true};
        }
    }
    if (widest >= kSmallestFrame)
        return best;
    return {1, {size.width(), std::min(size.height() / count, line + kUnit)}, false};
}

QRectF StimulusCards::cellOf(const Grid& grid, const QRectF& area, int card) {
    return {QPointF(area.left() + card % grid.columns * grid.cell.width(),
                    area.top() + static_cast<double>(card / grid.columns) * grid.cell.height()),
            grid.cell};
}

void StimulusCards::drawFramed(QPainter& painter, const QRectF& cell, int index, const Look& look) const {
    const StimulusCard& card = m_cards[static_cast<std::size_t>(index)];
    const QFont plain = look.font(TextSize::Small);
    const QFontMetricsF metrics(plain);
    const QRectF inner = cell.adjusted(kHalfUnit, kHalfUnit, -kHalfUnit, -kHalfUnit);
    const double textHeight = metrics.height() + kBarHeight + kHalfUnit;
    const double width = std::min(inner.width(), (inner.height() - textHeight) / kAspect);
    const QRectF frame(inner.topLeft(), QSizeF(width, width * kAspect));
    if (card.frame.isNull()) {
        painter.fillRect(frame, card.color.isValid() ? mixed(look.surface, card.color, 0.3) : look.header);
        painter.setFont(plain);
        painter.setPen(look.text);
        const QStringList lines =
            wrapped(card.detail, metrics, frame.width() - kUnit,
                    std::max(1, static_cast<int>((frame.height() - metrics.height()) / metrics.height())));
        double y = frame.center().y() - static_cast<double>(lines.size()) * metrics.height() / 2 + metrics.ascent();
        if (frame.height() > 2.6 * metrics.height())
            y += metrics.height() / 3; // clear of the rank
        for (const QString& line : lines) {
            painter.drawText(QPointF(frame.center().x() - metrics.horizontalAdvance(line) / 2, y), line);
            y += metrics.height();
        }
    } else {
        painter.drawImage(frame, card.frame);
    }
    const QString rank = QString::number(index + 1);
    const QFont strong = look.font(TextSize::Small, QFont::DemiBold);
    drawRimmedText(painter, frame.topLeft() + QPointF(kHalfUnit, 1 + metrics.ascent()), rank, strong, look.text,
                   look.surface, 1);
    const QString value = numberText(card.weight, 2);
    const double valueWidth = metrics.horizontalAdvance(value);
    const double baseline = frame.bottom() + metrics.ascent() + 1;
    painter.setFont(plain);
    painter.setPen(look.mutedText);
    painter.drawText(QPointF(frame.right() - valueWidth, baseline), value);
    painter.setPen(look.text);
    painter.drawText(QPointF(frame.left(), baseline),
                     metrics.elidedText(card.name, Qt::ElideRight, frame.width() - valueWidth - kHalfUnit));
    const QRectF bar(frame.left(), frame.bottom() + metrics.height() + 1, frame.width(), kBarHeight);
    painter.fillRect(bar, look.grid);
    painter.fillRect(QRectF(bar.topLeft(), QSizeF(std::clamp(card.share, 0.0, 1.0) * bar.width(), bar.height())),
                     legibleOn(look.surface, m_barColor, kBarContrast));
}

void StimulusCards::drawLine(QPainter& painter, const QRectF& cell, int index, const Look& look) const {
    const StimulusCard& card = m_cards[static_cast<std::size_t>(index)];
    const QFont plain = look.font(TextSize::Small);
    const QFontMetricsF metrics(plain);
    const QString rank = QString::number(index + 1);
    const QString value = numberText(card.weight, 2);
    const double rankWidth = metrics.horizontalAdvance(QStringLiteral("00")) + kHalfUnit;
    const double valueWidth = metrics.horizontalAdvance(QStringLiteral("0.00")) + kHalfUnit;
    const double baseline = cell.center().y() + metrics.capHeight() / 2;
    const QRectF inner = cell.adjusted(kHalfUnit, 0, -kHalfUnit, 0);
    const double names = (inner.width() - rankWidth - valueWidth) * 0.76;
    painter.setFont(plain);
    painter.setPen(look.mutedText);
    painter.drawText(QPointF(inner.left(), baseline), rank);
    painter.drawText(QPointF(inner.right() - metrics.horizontalAdvance(value), baseline), value);
    painter.setPen(look.text);
    painter.drawText(QPointF(inner.left() + rankWidth, baseline),
                     metrics.elidedText(card.name, Qt::ElideRight, names - kHalfUnit));
    const QRectF bar(inner.left() + rankWidth + names, cell.center().y() - kBarHeight / 2,
                     inner.width() - rankWidth - valueWidth - names, kBarHeight);
    painter.fillRect(bar, look.grid);
    painter.fillRect(QRectF(bar.topLeft(), QSizeF(std::clamp(card.share, 0.0, 1.0) * bar.width(), bar.height())),
                     legibleOn(look.surface, m_barColor, kBarContrast));
}

void StimulusCards::draw(QPainter& painter, const QRectF& area, const Look& look, bool live) const {
    painter.fillRect(area, look.surface);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    const Grid grid = gridFor(area.size(), look);
    if (grid.cell.width() < 4 * kUnit || grid.cell.height() < kUnit)
        return;
    for (int i = 0; i < static_cast<int>(m_cards.size()); ++i) {
        const QRectF cell = cellOf(grid, area, i);
        if (live && (i == m_hovered || m_selected.contains(m_cards[static_cast<std::size_t>(i)].stimulus)))
            painter.fillRect(cell.adjusted(1, 1, -1, -1), look.highlight);
        if (grid.framed)
            drawFramed(painter, cell, i, look);
        else
            drawLine(painter, cell, i, look);
        if (live && m_selected.contains(m_cards[static_cast<std::size_t>(i)].stimulus)) {
            painter.setPen(QPen(look.selection, 1));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(cell.adjusted(1.5, 1.5, -1.5, -1.5));
        }
    }
}

void StimulusCards::paint(QPainter& painter, const QRectF& area, const Look& look) const {
    draw(painter, area, look, false);
}

void StimulusCards::paintEvent(QPaintEvent*) {
    const Look& look = Theme::instance().look();
    QPainter painter(this);
    draw(painter, rect(), look, true);
    if (showsFocus())
        drawFocusFrame(painter, rect(), look);
}

QRectF StimulusCards::areaOf(int card) const { return cellOf(gridFor(size(), Theme::instance().look()), rect(), card); }

int StimulusCards::cardAt(const QPointF& at) const {
    for (int i = 0; i < static_cast<int>(m_cards.size()); ++i)
        if (areaOf(i).contains(at))
            return i;
    return -1;
}

void StimulusCards::point(int card) {
    if (card == m_hovered)
        return;
    m_hovered = card;
    update();
    emit cardHovered(card < 0 ? -1 : m_cards[static_cast<std::size_t>(card)].stimulus);
}

void StimulusCards::mouseMoveEvent(QMouseEvent* event) { point(cardAt(event->position())); }

void StimulusCards::mouseReleaseEvent(QMouseEvent* event) {
    const int card = cardAt(event->position());
    if (event->button() == Qt::LeftButton && card >= 0)
        emit cardClicked(m_cards[static_cast<std::size_t>(card)].stimulus, event->modifiers());
}

void StimulusCards::keyPressEvent(QKeyEvent* event) {
    const int last = static_cast<int>(m_cards.size()) - 1;
    const int step = gridFor(size(), Theme::instance().look()).columns;
    const auto move = [&](int by) {
        point(std::clamp(std::max(m_hovered, by > 0 ? -by : 0) + by, std::min(0, last), last));
    };
    switch (event->key()) {
    case Qt::Key_Down:
        move(step);
        break;
    case Qt::Key_Up:
        move(-step);
        break;
    case Qt::Key_Right:
        move(1);
        break;
    case Qt::Key_Left:
        move(-1);
        break;
    case Qt::Key_Return:
    case Qt::Key_Space:
        if (m_hovered >= 0)
            emit cardClicked(m_cards[static_cast<std::size_t>(m_hovered)].stimulus, event->modifiers());
        break;
    case Qt::Key_Escape:
        point(-1);
        break;
    default:
        PlotWidget::keyPressEvent(event);
    }
}

bool StimulusCards::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int card = cardAt(help->pos());
        if (card >= 0) {
            const StimulusCard& shown = m_cards[static_cast<std::size_t>(card)];
            QToolTip::showText(help->globalPos(), tr("%1\nweight %2, %3 % of the largest\n%4")
                                                      .arg(shown.name, numberText(shown.weight, 3),
                                                           numberText(100 * shown.share, 0), shown.detail)
                                                      .trimmed());
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    return PlotWidget::event(event);
}

void StimulusCards::leaveEvent(QEvent*) { point(-1); }

} // namespace tercet
