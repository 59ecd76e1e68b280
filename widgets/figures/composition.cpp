#include "widgets/figures/composition.h"

#include "core/base/error.h"
#include "widgets/figures/figure_options.h"
#include "widgets/figures/figure_parts.h"

#include <QFontMetricsF>
#include <QJsonArray>
#include <QJsonDocument>
#include <QPainter>
#include <QSet>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

constexpr double kToleranceMm = 0.05;
constexpr double kMmPerPoint = 25.4 / 72;
constexpr double kLetterLine = 1.25;
constexpr double kLeastPageMm = 20;
constexpr double kMostPageMm = 1000;

const QString kWidth = QStringLiteral("width_mm");

double widthOfPanel(const CompositionPanel& panel) {
    const double width = panel.options[kWidth].toDouble();
    return width > 0 ? width : figurePresetNamed(panel.preset).widthMm;
}

/// The bold letter with its exact size: painted large and scaled down, as fonts have whole pixels only.
void drawLetter(QPainter& painter, const QPointF& topLeft, const QString& letter, double points, const Look& look) {
    constexpr int kPixels = 100;
    QFont font = look.font(TextSize::Body, QFont::Bold);
    font.setPixelSize(kPixels);
    const double scale = points * 96 / 72 / kPixels;
    painter.save();
    painter.translate(topLeft);
    painter.scale(scale, scale);
    painter.setFont(font);
    painter.setPen(look.text);
    painter.drawText(QPointF(0, QFontMetricsF(font).capHeight() * 1.1), letter);
    painter.restore();
}

[[noreturn]] void badField(const QString& where, const QString& field, const char* expected) {
    throw FormatError({.where = QStringLiteral("%1, field %2").arg(where, field).toStdString(), .expected = expected});
}

} // namespace

QJsonObject toJson(const Composition& composition) {
    QJsonArray panels;
    for (const CompositionPanel& panel : composition.panels)
        panels.append(QJsonObject{{"preset", panel.preset},
                                  {"x_mm", panel.placeMm.x()},
                                  {"y_mm", panel.placeMm.y()},
                                  {"options", panel.options}});
    return {{"journal", journalNamed(composition.journal).name},
            {"width_mm", composition.widthMm},
            {"height_mm", composition.heightMm},
            {"gap_mm", composition.gapMm},
            {"letters", composition.letters},
            {"panels", panels}};
}

Composition compositionFrom(const QJsonObject& json, const QString& where) {
    Composition composition;
    const auto number = [&](const QJsonObject& object, const char* field, double usual, double least, double most) {
        const QJsonValue value = object[QLatin1String(field)];
        if (value.isUndefined())
            return usual;
        if (!value.isDouble() || value.toDouble() < least || value.toDouble() > most)
            badField(where, QLatin1String(field),
                     QStringLiteral("a number of millimetres from %1 to %2").arg(least).arg(most).toUtf8().constData());
        return value.toDouble();
    };
    composition.journal = json[QStringLiteral("journal")].toString();
    const Journal& journal = journalNamed(composition.journal);
    composition.widthMm = number(json, "width_mm", journal.columnsMm.back(), kLeastPageMm, kMostPageMm);
    composition.heightMm = number(json, "height_mm", 0, 0, kMostPageMm);
    composition.gapMm = number(json, "gap_mm", composition.gapMm, 0, 50);
    composition.letters = json[QStringLiteral("letters")].toBool(true);
    if (!json[QStringLiteral("panels")].isArray())
        badField(where, QStringLiteral("panels"), "a list of panels");
    for (const auto& value : json[QStringLiteral("panels")].toArray()) {
        const QJsonObject object = value.toObject();
        CompositionPanel panel;
        panel.preset = figurePresetNamed(object[QStringLiteral("preset")].toString()).name;
        panel.placeMm = {number(object, "x_mm", 0, 0, kMostPageMm), number(object, "y_mm", 0, 0, kMostPageMm)};
        panel.options = object[QStringLiteral("options")].toObject();
        composition.panels.push_back(panel);
    }
    return composition;
}

ComposedPage composedPage(const Composition& composition, const SharedFigureData& figureData) {
    const Journal& journal = journalNamed(composition.journal);
    ComposedPage page;
    page.letterMm = composition.letters ? kLetterLine * journal.letterPt * kMmPerPoint : 0;
    page.heightMm = composition.heightMm;
    for (std::size_t i = 0; i < composition.panels.size(); ++i) {
        const CompositionPanel& panel = composition.panels[i];
        const FigurePreset& preset = figurePresetNamed(panel.preset);
        ComposedPage::Part part;
        part.letter = panelLetter(journal, static_cast<int>(i));
        FigureOptions options = figureOptionsFrom(panel.options, *figureData);
        options.widthMm = widthOfPanel(panel);
        options.journal = journal.name;
        QSizeF size(options.widthMm, std::max(25.0, options.widthMm / 3));
        try {
            requireFigureOptions(panel.options, *figureData);
            part.figure = makeFigure(preset, figureData, options);
            size = part.figure.picture.millimetres;
        } catch (const Error& error) {
            part.figure.name = preset.name;
            part.figure.title = preset.title;
            part.failure = QString::fromStdString(error.what());
        }
        part.areaMm = QRectF(panel.placeMm, QSizeF(size.width(), size.height() + page.letterMm));
        if (composition.heightMm <= 0)
            page.heightMm = std::max(page.heightMm, part.areaMm.bottom());
        page.parts.push_back(std::move(part));
    }
    page.heightMm = std::max(page.heightMm, kLeastPageMm);
    return page;
}

Figure composedFigure(const Composition& composition, const SharedFigureData& figureData) {
    if (composition.panels.empty())
        throw MissingError({.where = "figure composition",
                            .what = "there are no panels on the page",
                            .remedy = "add some in the panel Figures, or name some in the composition's file"});
    const Journal& journal = journalNamed(composition.journal);
    const auto page = std::make_shared<const ComposedPage>(composedPage(composition, figureData));
    const QRectF paper(0, 0, composition.widthMm, page->heightMm);
    const QRectF room = paper.adjusted(-kToleranceMm, -kToleranceMm, kToleranceMm, kToleranceMm);
    QJsonArray results;
    QSet<QString> keys;
    QStringList captions;
    for (const ComposedPage::Part& part : page->parts) {
        const std::string where = "panel " + part.letter.toStdString() + " of the composition";
        if (!part.failure.isEmpty())
            throw MissingError({.where = where, .what = part.failure.toStdString()});
        if (!room.contains(part.areaMm))
            throw ParameterError({.where = where,
                                  .expected = QStringLiteral("to lie on the page of %1 mm × %2 mm")
                                                  .arg(paper.width(), 0, 'f', 1)
                                                  .arg(paper.height(), 0, 'f', 1)
                                                  .toStdString(),
                                  .found = QStringLiteral("it reaches to %1 mm × %2 mm")
                                               .arg(part.areaMm.right(), 0, 'f', 1)
                                               .arg(part.areaMm.bottom(), 0, 'f', 1)
                                               .toStdString(),
                                  .remedy = "move it, make it narrower, or make the page larger"});
        for (const auto& result :
             QJsonDocument::fromJson(part.figure.picture.recipe.toUtf8()).object()["results"].toArray())
            if (const QString key = result.toObject()["key"].toString(); !keys.contains(key)) {
                keys << key;
                results.append(result);
            }
        captions << QStringLiteral("%1, %2").arg(part.letter, part.figure.caption);
    }
    Figure figure;
    figure.name = QStringLiteral("composition");
    figure.title = QObject::tr("Composition");
    figure.caption = captions.join(QLatin1Char(' '));
    figure.picture.title = QObject::tr("Figure — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = paper.size();
    figure.picture.look = journalLook(journal);
    figure.picture.recipe = QString::fromUtf8(
        QJsonDocument(
            QJsonObject{{"program", QStringLiteral("Tercet " TERCET_VERSION)},
                        {"figure", figure.name},
                        {"study", QJsonObject{{"id", figureData->studyId}, {"title", figureData->studyTitle}}},
                        {"options", toJson(composition)},
                        {"results", results}})
            .toJson(QJsonDocument::Indented));
    figure.tables = [page] {
        std::vector<Table> tables;
        for (const ComposedPage::Part& part : page->parts)
            for (Table& table : part.figure.tables()) {
                table.title = part.letter.toStdString() + " " + table.title;
                tables.push_back(std::move(table));
            }
        return tables;
    };
    figure.picture.paint = [page, points = journal.letterPt](QPainter& painter, const QRectF& area, const Look& look) {
        painter.fillRect(area, look.surface);
        for (const ComposedPage::Part& part : page->parts) {
            const QPointF corner = area.topLeft() + part.areaMm.topLeft() * kUnitsPerMm;
            if (page->letterMm > 0)
                drawLetter(painter, corner, part.letter, points, look);
            painter.save();
            painter.translate(corner + QPointF(0, page->letterMm * kUnitsPerMm));
            part.figure.picture.paint(painter, QRectF(QPointF(), part.figure.picture.millimetres * kUnitsPerMm), look);
            painter.restore();
        }
    };
    return figure;
}

void arrange(Composition& composition, const SharedFigureData& figureData) {
    for (CompositionPanel& panel : composition.panels)
        if (widthOfPanel(panel) > composition.widthMm)
            panel.options[kWidth] = composition.widthMm;
    const ComposedPage page = composedPage(composition, figureData);
    QPointF place;
    double rowHeight = 0;
    for (std::size_t i = 0; i < page.parts.size(); ++i) {
        const QSizeF size = page.parts[i].areaMm.size();
        if (place.x() > 0 && place.x() + size.width() > composition.widthMm + kToleranceMm) {
            place = {0, place.y() + rowHeight + composition.gapMm};
            rowHeight = 0;
        }
        composition.panels[i].placeMm = place;
        place.rx() += size.width() + composition.gapMm;
        rowHeight = std::max(rowHeight, size.height());
    }
}

QPointF snappedPlace(const QRectF& areaMm, const std::vector<QRectF>& others, double pageWidthMm, double gapMm,
                     double reachMm) {
    std::vector<double> lefts{0, pageWidthMm - areaMm.width()};
    std::vector<double> tops{0};
    for (const QRectF& other : others) {
        for (const double left : {other.left(), other.right() + gapMm, other.right() - areaMm.width(),
                                  other.left() - gapMm - areaMm.width()})
            lefts.push_back(left);
        for (const double top : {other.top(), other.bottom() + gapMm, other.bottom() - areaMm.height(),
                                 other.top() - gapMm - areaMm.height()})
            tops.push_back(top);
    }
    const auto nearest = [reachMm](double value, const std::vector<double>& places) {
        const double best = *std::min_element(places.begin(), places.end(), [value](double a, double b) {
            return std::abs(a - value) < std::abs(b - value);
        });
        return std::abs(best - value) <= reachMm ? best : value;
    };
    return {nearest(areaMm.left(), lefts), nearest(areaMm.top(), tops)};
}

} // namespace tercet
