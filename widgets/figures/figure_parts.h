#pragma once

#include "widgets/figures/figure_presets.h"

#include <QJsonObject>
#include <QString>
#include <QStringList>

#include <vector>

class QPainter;

namespace tercet {

// What the presets share.

inline constexpr double kUnitsPerMm = 96 / 25.4; ///< logical units of a painting

/// Throws MissingError: what is missing, and the step to run.
[[noreturn]] void nothingToDraw(const char* preset, const char* what, const char* remedy);

/// The systems to draw: those asked for, or all, that have it; in the study's order.
template <class Has>
QStringList drawnSystems(const FigureData& figureData, const FigureOptions& options, Has&& has) {
    QStringList names;
    for (const FigureSystem& system : figureData.systems)
        if ((options.systems.isEmpty() || options.systems.contains(system.name)) && has(system))
            names << system.name;
    return names;
}

/// The subjects asked for, or all; in the study's order.
[[nodiscard]] QStringList subjectsToDraw(const FigureData& figureData, const FigureOptions& options);

/// Colours, sizes of text and lines that the figure is laid out and painted with.
[[nodiscard]] Look figureLook(const FigureOptions& options);

/// Width of the page in mm: as asked for, else `preset`.
[[nodiscard]] double widthOf(const FigureOptions& options, double preset);

/// The recipe of a figure as JSON: program, study, options, and of `systems` (and of the whole study) the results of
/// `steps` with their parameters.
[[nodiscard]] QString recipe(const FigureData& figureData, const QString& preset, const QStringList& systems,
                             const std::vector<const char*>& steps, QJsonObject options);

/// " Title: summary; Title: summary." of a step's results, for captions; empty without any.
[[nodiscard]] QString summaries(const FigureData& figureData, const QStringList& systems, const char* step);

/// Discs and names of systems from the left, in as many lines as they need.
void drawSystemChips(QPainter& painter, const QRectF& area, const FigureData& figureData, const QStringList& systems,
                     const Look& look);
[[nodiscard]] double systemChipsHeight(const FigureData& figureData, const QStringList& systems, double width,
                                       const Look& look);
/// Height of one such line with the gap below it.
[[nodiscard]] double chipLine(const Look& look);

} // namespace tercet
