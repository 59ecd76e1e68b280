#pragma once

#include "widgets/plots/look.h"

#include <QBuffer>
#include <QPainter>
#include <QRegularExpression>
#include <QSvgGenerator>

#include <utility>
#include <vector>

namespace tercet {

/// Texts as `plot` paints them in a light theme, with the starts of their base lines.
template <class Plot>
std::vector<std::pair<QString, QPointF>> paintedTexts(const Plot& plot, const QSize& size) {
    QBuffer buffer;
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(size);
    generator.setViewBox(QRect({}, size));
    {
        QPainter painter(&generator);
        plot.paint(painter, QRectF(QPointF(), size), lightLook());
    }
    std::vector<std::pair<QString, QPointF>> texts;
    static const QRegularExpression text("<text[^>]* x=\"([^\"]+)\" y=\"([^\"]+)\"[^>]*>([^<]*)</text>");
    for (auto found = text.globalMatch(QString::fromUtf8(buffer.data())); found.hasNext();) {
        const auto match = found.next();
        texts.emplace_back(match.captured(3).trimmed(),
                           QPointF(match.captured(1).toDouble(), match.captured(2).toDouble()));
    }
    return texts;
}

} // namespace tercet
