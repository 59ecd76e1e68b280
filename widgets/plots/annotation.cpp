#include "widgets/plots/annotation.h"

#include "widgets/plots/color_space.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace tercet {
namespace {

constexpr double kChipDisc = 0.72; ///< radius, of the height of an x

/// Of a heading's note, where it does not fit behind the title.
QStringList linesBelow(const QString& title, const QString& note, double width, const Look& look) {
    constexpr int kMostLines = 2;
    const double used =
        title.isEmpty()
            ? 0
            : QFontMetricsF(look.font(TextSize::Small, QFont::DemiBold)).horizontalAdvance(title) + kHalfUnit;
    const QFontMetricsF metrics(look.font(TextSize::Small));
    if (used + metrics.horizontalAdvance(note) <= width)
        return {};
    return wrapped(note, metrics, width, kMostLines);
}

} // namespace

void drawRimmedText(QPainter& painter, const QPointF& at, const QString& text, const QFont& font, const QColor& color,
                    const QColor& rim, double width) {
    QPainterPath outline;
    outline.addText(at, font, text);
    painter.setBrush(Qt::NoBrush);
    painter.strokePath(outline, QPen(rim, 2 * width, Qt::SolidLine, Qt::FlatCap, Qt::BevelJoin));
    painter.setFont(font);
    painter.setPen(color);
    painter.drawText(at, text);
}

QStringList wrapped(const QString& text, const QFontMetricsF& metrics, double width, int lines) {
    QStringList result;
    QString rest = text.simplified();
    while (!rest.isEmpty()) {
        if (metrics.horizontalAdvance(rest) <= width || result.size() + 1 == lines) {
            result << metrics.elidedText(rest, Qt::ElideRight, width);
            break;
        }
        qsizetype cut = 0;
        qsizetype commaCut = 0;
        for (qsizetype end = rest.indexOf(u' '); end >= 0; end = rest.indexOf(u' ', end + 1)) {
            if (metrics.horizontalAdvance(rest.left(end)) > width)
                break;
            cut = end;
            if (rest[end - 1] == u',')
                commaCut = end;
        }
        if (commaCut > 0)
            cut = commaCut;
        if (cut == 0) { // one word wider than the line
            const qsizetype space = rest.indexOf(u' ');
            const QString word = space < 0 ? rest : rest.left(space);
            result << metrics.elidedText(word, Qt::ElideRight, width);
            rest = space < 0 ? QString() : rest.mid(space + 1);
            continue;
        }
        result << rest.left(cut);
        rest = rest.mid(cut + 1);
    }
    return result;
}

QRectF drawCard(QPainter& painter, const QRectF& bounds, const QPointF& anchor, const QStringList& lines,
                const Look& look, const QColor& swatch) {
    if (lines.isEmpty())
        return {};
    constexpr double kMaximumWidth = 320;
    const QFont strong = look.font(TextSize::Small, QFont::DemiBold);
    const QFont plain = look.font(TextSize::Small);
    const QFontMetricsF strongMetrics(strong);
    const QFontMetricsF plainMetrics(plain);
    const double indent = swatch.isValid() ? 14 : 0;
    const double textWidth = std::min(kMaximumWidth, bounds.width() - 4 * kUnit);
    const QStringList head = wrapped(lines.first(), strongMetrics, textWidth - indent, 3);
    QStringList body;
    for (const QString& line : lines.mid(1))
        body << wrapped(line, plainMetrics, textWidth, 3);

    double width = 0;
    for (const QString& line : head)
        width = std::max(width, indent + strongMetrics.horizontalAdvance(line));
    for (const QString& line : body)
        width = std::max(width, plainMetrics.horizontalAdvance(line));
    const double lineHeight = strongMetrics.height();
    const double height = lineHeight * static_cast<double>(head.size() + body.size());
    QRectF card(0, 0, width + 2 * kUnit, height + kUnit + 2);

    constexpr double kGap = 12;
    card.moveTopLeft(anchor + QPointF(kGap, kGap));
    if (card.right() > bounds.right() - kHalfUnit)
        card.moveRight(anchor.x() - kGap);
    if (card.bottom() > bounds.bottom() - kHalfUnit)
        card.moveBottom(anchor.y() - kGap);
    card.moveLeft(std::max(card.left(), bounds.left() + kHalfUnit));
    card.moveTop(std::max(card.top(), bounds.top() + kHalfUnit));

    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0, 0, 0, look.dark ? 90 : 28));
    painter.drawRoundedRect(card.translated(0, 1.5).adjusted(-0.5, 0, 0.5, 0.5), 5, 5);
    painter.setPen(QPen(look.border, 1));
    painter.setBrush(look.dark ? look.header : look.surface);
    painter.drawRoundedRect(card, 4, 4);
    double y = card.top() + kHalfUnit + 1 + strongMetrics.ascent();
    const double x = card.left() + kUnit;
    if (swatch.isValid()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(swatch);
        painter.drawEllipse(QPointF(x + 4.5, y - strongMetrics.xHeight() / 2), 4.5, 4.5);
    }
    painter.setFont(strong);
    painter.setPen(look.text);
    for (const QString& line : head) {
        painter.drawText(QPointF(x + indent, y), line);
        y += lineHeight;
    }
    painter.setFont(plain);
    painter.setPen(look.mutedText);
    for (const QString& line : body) {
        painter.drawText(QPointF(x, y), line);
        y += lineHeight;
    }
    painter.restore();
    return card;
}

double headingHeight(const QString& title, const QString& note, double width, const Look& look) {
    const double line = QFontMetricsF(look.font(TextSize::Small, QFont::DemiBold)).height();
    return (1 + static_cast<double>(linesBelow(title, note, width, look).size())) * line;
}

void drawHeading(QPainter& painter, const QPointF& topLeft, double width, const QString& title, const QString& note,
                 const Look& look) {
    const QFont strong = look.font(TextSize::Small, QFont::DemiBold);
    const QFontMetricsF metrics(strong);
    QPointF at = topLeft + QPointF(0, metrics.ascent());
    const QString shown = metrics.elidedText(title, Qt::ElideRight, width);
    painter.setFont(strong);
    painter.setPen(look.text);
    painter.drawText(at, shown);
    painter.setFont(look.font(TextSize::Small));
    painter.setPen(look.mutedText);
    const QStringList below = linesBelow(title, note, width, look);
    if (below.isEmpty() && !note.isEmpty())
        painter.drawText(at + QPointF(title.isEmpty() ? 0 : metrics.horizontalAdvance(shown) + kHalfUnit, 0), note);
    for (const QString& line : below) {
        at.ry() += metrics.height();
        painter.drawText(at, line);
    }
}

double chipIndent(const QFont& font) { return 2 * kChipDisc * QFontMetricsF(font).xHeight() + 5; }

double drawChip(QPainter& painter, const QRectF& area, const QString& text, const QColor& color, const QFont& font,
                const QColor& textColor) {
    const QFontMetricsF metrics(font);
    const double disc = metrics.xHeight() * kChipDisc;
    const double indent = chipIndent(font);
    const QString shown = metrics.elidedText(text, Qt::ElideRight, area.width() - indent);
    const double baseline = area.center().y() + metrics.capHeight() / 2;
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawEllipse(QPointF(area.left() + disc, baseline - metrics.capHeight() / 2), disc, disc);
    painter.setFont(font);
    painter.setPen(textColor);
    painter.drawText(QPointF(area.left() + indent, baseline), shown);
    return indent + metrics.horizontalAdvance(shown);
}

void drawFocusFrame(QPainter& painter, const QRectF& area, const Look& look) {
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(look.accent, 1.5));
    painter.drawRoundedRect(area.adjusted(1.25, 1.25, -1.25, -1.25), 3, 3);
}

} // namespace tercet
