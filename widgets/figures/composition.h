#pragma once

#include "widgets/figures/figure_presets.h"
#include "widgets/figures/journal.h"

#include <QJsonObject>
#include <QPointF>
#include <QRectF>
#include <QString>

#include <vector>

namespace tercet {

/// A figure on a page. Its height follows from its preset and width, so that nothing is clipped.
struct CompositionPanel {
    QString preset;
    QPointF placeMm;     ///< of its upper left corner, the letter's included, on the page
    QJsonObject options; ///< of figureOptionsFrom(); width_mm is the panel's width, journal that of the page
    friend bool operator==(const CompositionPanel&, const CompositionPanel&) = default;
};

/// Figures arranged on a page (SPEC F). Letters follow the order of the panels.
struct Composition {
    QString journal; ///< of journalNamed()
    double widthMm = 183;
    double heightMm = 0; ///< 0: as high as the panels reach
    double gapMm = 4;    ///< between panels, when they are arranged or snap
    bool letters = true;
    std::vector<CompositionPanel> panels;
    friend bool operator==(const Composition&, const Composition&) = default;
};

[[nodiscard]] QJsonObject toJson(const Composition& composition);
/// Throws FormatError, naming the field, where the JSON is no composition; `where` names the source.
[[nodiscard]] Composition compositionFrom(const QJsonObject& json, const QString& where);

/// The panels of a composition as they are drawn.
struct ComposedPage {
    struct Part {
        QRectF areaMm; ///< letter and figure
        QString letter;
        Figure figure;   ///< without paint where there is nothing to draw
        QString failure; ///< then the sentence that says why
    };
    std::vector<Part> parts; ///< one per panel
    double heightMm = 0;     ///< of the page
    double letterMm = 0;     ///< height of the letters' strip above each figure; 0 without letters
};
/// Throws ParameterError for an unknown journal; what is wrong with a single panel is said in its part. GUI thread.
[[nodiscard]] ComposedPage composedPage(const Composition& composition, const SharedFigureData& figureData);

/// The page as one figure named "composition". Throws MissingError without panels and as the first panel that cannot be
/// drawn, ParameterError where a panel leaves the page or the page is higher than asked for.
[[nodiscard]] Figure composedFigure(const Composition& composition, const SharedFigureData& figureData);

/// Places the panels in rows from the upper left, in their order, with the gap between.
void arrange(Composition& composition, const SharedFigureData& figureData);

/// Where a rectangle comes to lie when it is moved near others: its edges snap to the page's, to those of `others`, and
/// to a gap away from them, within `reachMm`.
[[nodiscard]] QPointF snappedPlace(const QRectF& areaMm, const std::vector<QRectF>& others, double pageWidthMm,
                                   double gapMm, double reachMm = 1.5);

} // namespace tercet
