#include "widgets/figures/rating_map.h"
#include "widgets/figures/system_tables.h"

#include "core/base/statistics.h"
#include "core/base/text.h"
#include "core/spaces/diagonal_order.h"
#include "widgets/bridge/term_text.h"
#include "widgets/figures/figure_parts.h"
#include "widgets/plots/axis.h"
#include "widgets/plots/color_bar.h"
#include "widgets/plots/heat_map.h"
#include "widgets/plots/palettes.h"

#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tercet {
namespace {

constexpr double kNarrow = 120; ///< mm; below it one map stands below the other

QString tr(const char* text) { return QObject::tr(text); }

std::vector<int> groupsOf(const Ratings& ratings) {
    std::vector<int> groups;
    for (const Term& term : ratings.terms)
        groups.push_back(static_cast<int>(term.kind));
    return groups;
}

QStringList rowNames(const FigureSystem& system) {
    QStringList names;
    for (std::size_t i = 0; i < system.embedding->weights.cols(); ++i) {
        const QString name = static_cast<qsizetype>(i) < system.componentNames.size()
                                 ? system.componentNames[static_cast<qsizetype>(i)]
                                 : QString();
        names << (name.isEmpty() ? QString::number(i + 1) : QStringLiteral("%1 %2").arg(i + 1).arg(name));
    }
    return names;
}

QString pText(double p) {
    return p < 0.001 ? QStringLiteral("p < 0.001") : QStringLiteral("p = %1").arg(numberText(p, 3));
}

} // namespace

QString ratingName(const Ratings& ratings, std::size_t term) {
    QString name = termText(ratings.terms.at(term).name);
    if (!name.isEmpty())
        name[0] = name[0].toUpper();
    return name;
}

std::vector<std::size_t> ratingColumns(const EmbeddingView& embedding, const Ratings& ratings) {
    return diagonalColumns(embedding.correlations.view(), groupsOf(ratings));
}

void showRatingMap(HeatMap& map, const FigureData& figureData, const FigureSystem& system,
                   const std::vector<std::size_t>& columns, int sortedBy) {
    const std::shared_ptr<const EmbeddingView> embedding = system.embedding;
    const std::shared_ptr<const Ratings> ratings = figureData.ratings;
    const Matrix<double>& r = embedding->correlations;
    const QStringList names = rowNames(system);
    QStringList terms;
    for (std::size_t term = 0; term < ratings->terms.size(); ++term)
        terms << ratingName(*ratings, term);
    std::vector<QColor> colors;
    for (const int column : embedding->trainingColumns)
        colors.push_back(componentColor(column));

    map.setTitle(system.title, tr("%1 components × %2 ratings").arg(r.rows()).arg(r.cols()));
    map.setValues(r);
    map.setDiverging(kRatingMapMost);
    map.setRowNames(names);
    map.setColumnNames(terms);
    map.setRowColors(std::move(colors));
    map.setColumnGroups(groupsOf(*ratings));
    std::vector<std::size_t> rows = diagonalRows(r.view(), columns);
    if (sortedBy >= 0) {
        const auto value = [&](std::size_t row) {
            const double at = r(row, static_cast<std::size_t>(sortedBy));
            return std::isnan(at) ? -2.0 : at;
        };
        std::iota(rows.begin(), rows.end(), std::size_t{0});
        std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) { return value(a) > value(b); });
    }
    map.setOrder(std::move(rows), columns);
    const std::size_t stimuli = std::min(embedding->weights.rows(), ratings->values.rows());
    map.setDescribe([embedding, names, terms, stimuli](int row, int column) {
        const double value = embedding->correlations(static_cast<std::size_t>(row), static_cast<std::size_t>(column));
        QStringList lines{terms[column], names[row]};
        if (std::isnan(value))
            lines << tr("r undefined: one of them is constant");
        else
            lines << tr("r = %1, n = %2, %3")
                         .arg(numberText(value, 3), QString::fromStdString(withThousands(stimuli)),
                              pText(correlationP(value, stimuli)));
        return lines;
    });
}

Figure heatMapFigure(SharedFigureData figureData, const FigureOptions& options) {
    const QStringList systems = drawnSystems(*figureData, options, [](const FigureSystem& system) {
        return system.embedding && !system.embedding->correlations.empty();
    });
    if (systems.isEmpty() || !figureData->ratings)
        nothingToDraw("heat-map", "no component was correlated with ratings yet",
                      "import ratings and run the step fit-embedding");
    const double width = widthOf(options, 183);
    const int perRow = width < kNarrow || systems.size() == 1 ? 1 : 2;
    const int count = static_cast<int>(systems.size());
    const int rows = (count + perRow - 1) / perRow;
    const Look look = figureLook(options);
    const double cellWidth = width * kUnitsPerMm / perRow;
    double cellHeight = 0;
    for (const QString& name : systems) {
        HeatMap map;
        showRatingMap(map, *figureData, *figureData->system(name),
                      ratingColumns(*figureData->system(systems.front())->embedding, *figureData->ratings));
        cellHeight = std::max(cellHeight, map.heightFor(cellWidth, look));
    }
    const double keyHeight = ColorBar().heightFor(look);

    Figure figure;
    figure.name = QStringLiteral("heat-map");
    figure.title = tr("Components and ratings");
    figure.caption = tr("Pearson r of every component with every rating, categories left of the rule and dimensions "
                        "right of it. Ratings stand in one order for all systems, components by the rating they go "
                        "with most.");
    figure.picture.title = tr("Components and ratings — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = {width, (rows * cellHeight + keyHeight) / kUnitsPerMm};
    figure.picture.recipe = recipe(*figureData, figure.name, systems, {"fit-embedding", "label-components"}, {});
    figure.tables = [figureData, systems] { return std::vector{ratingMapTable(*figureData, systems)}; };
    figure.picture.paint = [=](QPainter& painter, const QRectF& area, const Look& paintLook) {
        painter.fillRect(area, paintLook.surface);
        const double height = (area.height() - keyHeight) / rows;
        const auto columns = ratingColumns(*figureData->system(systems.front())->embedding, *figureData->ratings);
        for (int i = 0; i < count; ++i) {
            HeatMap map;
            showRatingMap(map, *figureData, *figureData->system(systems[i]), columns);
            map.paint(painter,
                      QRectF(area.left() + i % perRow * area.width() / perRow, area.top() + i / perRow * height,
                             area.width() / perRow, height),
                      paintLook);
        }
        ColorBar key;
        key.setMap([](double share, bool dark) { return divergingColor(2 * share - 1, dark); }, -kRatingMapMost,
                   kRatingMapMost, tr("Pearson r"));
        key.paint(painter, QRectF(area.left(), area.bottom() - keyHeight, std::min(area.width(), 280.0), keyHeight),
                  paintLook);
    };
    return figure;
}

} // namespace tercet
