#include "widgets/figures/figure_parts.h"
#include "widgets/figures/gallery_values.h"
#include "widgets/figures/system_tables.h"
#include "widgets/plots/annotation.h"
#include "widgets/plots/gallery_grid.h"
#include "widgets/plots/palettes.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>

namespace tercet {
namespace {

constexpr double kNarrow = 120;     ///< mm; below it there are fewer columns
constexpr double kVeryNarrow = 100; ///< mm; below it clouds of long words stand one below the other
constexpr int kCloudsPerSystem = 6;
constexpr int kGallerySystems = 2;
constexpr double kCloudShare = 0.42; ///< of the width of a component, beside its stimuli

QString tr(const char* text) { return QObject::tr(text); }

bool hasEmbedding(const FigureSystem& system) {
    return system.embedding != nullptr && !system.embedding->trainingColumns.empty();
}

bool hasClouds(const FigureSystem& system) { return hasEmbedding(system) && !system.embedding->correlations.empty(); }

std::vector<GalleryCard> cardsOf(const FigureData& figureData, const FigureSystem& system, int most) {
    std::vector<GalleryCard> cards;
    const auto& columns = system.embedding->trainingColumns;
    for (std::size_t i = 0; i < columns.size() && static_cast<int>(i) < most; ++i)
        cards.push_back({.title = tr("%1 %2").arg(i + 1).arg(system.componentNames.value(static_cast<int>(i))),
                         .color = componentColor(columns[i]),
                         .words = cloudWords(*system.embedding, figureData.ratings.get(), i)});
    return cards;
}

std::vector<CloudWord> allWords(const FigureData& figureData, const QStringList& systems) {
    std::vector<CloudWord> words;
    for (const QString& name : systems) {
        const EmbeddingView& embedding = *figureData.system(name)->embedding;
        for (std::size_t i = 0; i < embedding.trainingColumns.size(); ++i)
            for (CloudWord& word : cloudWords(embedding, figureData.ratings.get(), i))
                words.push_back(std::move(word));
    }
    return words;
}

double lineOf(const Look& look) { return QFontMetricsF(look.font(TextSize::Small)).height(); }

/// A component of a gallery: title, cloud at the left, stimuli at the right.
void paintComponent(QPainter& painter, const QRectF& area, const FigureData& figureData, const FigureSystem& system,
                    std::size_t component, const Look& look) {
    const QFont strong = look.font(TextSize::Small, QFont::DemiBold);
    const QColor color = componentColor(system.embedding->trainingColumns[component]);
    drawChip(painter, QRectF(area.left(), area.top(), area.width() - kUnit, lineOf(look)),
             componentTitle(system, component), color, strong, look.text);
    const QRectF body(area.left(), area.top() + lineOf(look) + 2, area.width(), area.height() - lineOf(look) - kUnit);
    const std::vector<CloudWord> words = cloudWords(*system.embedding, figureData.ratings.get(), component);
    const QSizeF cloud(words.empty() ? 0 : kCloudShare * body.width() - kUnit, body.height());
    drawCloud(painter, body.topLeft(), words,
              layoutCloud(words, cloud,
                          {.seed = component,
                           .smallest = look.pixelSizes[0],
                           .largest = 1.9 * look.pixelSizes[1],
                           .mostWords = 10,
                           .families = look.families}),
              look);
    StimulusCards cards;
    cards.setCards(topStimuli(figureData, *system.embedding, component), color);
    cards.paint(painter,
                QRectF(body.left() + cloud.width() + kHalfUnit, body.top(), body.width() - cloud.width() - 1.5 * kUnit,
                       body.height()),
                look);
}

QStringList gallerySystems(const FigureData& figureData, const FigureOptions& options) {
    return drawnSystems(figureData, options, hasEmbedding).mid(0, kGallerySystems);
}

std::size_t mostComponents(const FigureData& figureData, const QStringList& systems) {
    std::size_t most = 0;
    for (const QString& name : systems)
        most = std::max(most, figureData.system(name)->embedding->trainingColumns.size());
    return most;
}

} // namespace

int galleryPages(const FigureData& figureData, const FigureOptions& options) {
    const auto most = static_cast<int>(mostComponents(figureData, gallerySystems(figureData, options)));
    return (most + kGalleryPage - 1) / kGalleryPage;
}

Figure wordCloudFigure(SharedFigureData figureData, const FigureOptions& options) {
    const QStringList systems = figureData->ratings ? drawnSystems(*figureData, options, hasClouds) : QStringList();
    if (systems.isEmpty())
        nothingToDraw("word-clouds", "no system has components that go with ratings yet",
                      "import a rating table and run the step fit-embedding or import an embedding");
    const double width = widthOf(options, 183);
    const int columns = width < kVeryNarrow ? 1 : width < kNarrow ? 2 : 3;
    const Look measure = figureLook(options);
    double height = 0;
    for (const QString& name : systems) {
        GalleryGrid grid;
        grid.setCards(cardsOf(*figureData, *figureData->system(name), kCloudsPerSystem));
        height += chipLine(measure) + grid.heightFor(width * kUnitsPerMm, measure, columns) + kHalfUnit;
    }
    height += lineOf(measure) + kHalfUnit;
    Figure figure;
    figure.name = QStringLiteral("word-clouds");
    figure.title = tr("Word clouds");
    figure.caption =
        tr("The components with the largest sums: ratings with |r| above 0.1, their size proportional to |r|; "
           "categories bold, dimensions italic with -high or -low by the sign of r, other negative r with "
           "a minus. What would be too small to read is left out.");
    figure.picture.title = tr("Word clouds — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = {width, height / kUnitsPerMm};
    figure.picture.recipe =
        recipe(*figureData, figure.name, systems, {"fit-embedding", "label-components"}, {{"seed", 0}});
    figure.tables = [=] { return std::vector{wordsTable(*figureData, systems, 0, kCloudsPerSystem)}; };
    figure.picture.paint = [=](QPainter& painter, const QRectF& area, const Look& look) {
        painter.fillRect(area, look.surface);
        double y = area.top();
        for (const QString& name : systems) {
            drawSystemChips(painter, QRectF(area.left(), y, area.width(), lineOf(look)), *figureData, {name}, look);
            y += chipLine(look);
            GalleryGrid grid;
            grid.setCards(cardsOf(*figureData, *figureData->system(name), kCloudsPerSystem));
            const double part = grid.heightFor(area.width(), look, columns);
            grid.paint(painter, QRectF(area.left(), y, area.width(), part), look, columns);
            y += part + kHalfUnit;
        }
        drawCloudKey(painter, QPointF(area.left() + kHalfUnit, area.bottom() - kHalfUnit), area.width() - kUnit,
                     allWords(*figureData, systems), look);
    };
    return figure;
}

Figure galleryFigure(SharedFigureData figureData, const FigureOptions& options) {
    const QStringList systems = gallerySystems(*figureData, options);
    if (systems.isEmpty())
        nothingToDraw("gallery", "no system has an embedding yet", "run the step fit-embedding or import an embedding");
    const std::size_t most = mostComponents(*figureData, systems);
    const auto perPage = static_cast<std::size_t>(kGalleryPage);
    const auto pages = static_cast<std::size_t>(galleryPages(*figureData, options));
    const std::size_t page = std::min(static_cast<std::size_t>(std::max(0, options.page)), pages - 1);
    const std::size_t first = page * perPage;
    const std::size_t rows = std::min(perPage, most - first);
    const double width = widthOf(options, 183);
    const Look measure = figureLook(options);
    const bool beside = width >= kNarrow;
    const double rowHeight = 7 * lineOf(measure) + 6 * 2 + 1.5 * kUnit;
    const double block = chipLine(measure) + static_cast<double>(rows) * rowHeight;
    const double height = (beside ? 1.0 : static_cast<double>(systems.size())) * block + lineOf(measure) + kHalfUnit;
    const auto columns = beside ? static_cast<double>(systems.size()) : 1.0;
    Figure figure;
    figure.name = QStringLiteral("gallery");
    figure.title = tr("Gallery of components");
    figure.caption =
        tr("Components %1 to %2 of %3 by their sums: the ratings that go with each, their size proportional to "
           "|r| (categories bold, dimensions italic), and the six stimuli with the largest weights.")
            .arg(first + 1)
            .arg(first + rows)
            .arg(most);
    figure.picture.title = tr("Gallery of components — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = {width, height / kUnitsPerMm};
    figure.picture.recipe = recipe(*figureData, figure.name, systems, {"fit-embedding", "label-components"},
                                   {{"page", static_cast<int>(page)}});
    figure.tables = [=] {
        std::vector<Table> tables{topStimuliTable(*figureData, systems, first, first + rows)};
        if (figureData->ratings)
            tables.push_back(wordsTable(*figureData, systems, first, first + rows));
        return tables;
    };
    figure.picture.paint = [=](QPainter& painter, const QRectF& area, const Look& look) {
        painter.fillRect(area, look.surface);
        painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
        const double cell = area.width() / columns;
        for (qsizetype s = 0; s < systems.size(); ++s) {
            const FigureSystem& system = *figureData->system(systems[s]);
            const QPointF corner = area.topLeft() + (beside ? QPointF(static_cast<double>(s) * cell, 0)
                                                            : QPointF(0, static_cast<double>(s) * block));
            drawSystemChips(painter, QRectF(corner, QSizeF(cell, lineOf(look))), *figureData, {systems[s]}, look);
            for (std::size_t i = first; i < first + rows && i < system.embedding->trainingColumns.size(); ++i)
                paintComponent(painter,
                               QRectF(corner.x(),
                                      corner.y() + chipLine(look) + static_cast<double>(i - first) * rowHeight, cell,
                                      rowHeight),
                               *figureData, system, i, look);
        }
        drawCloudKey(painter, QPointF(area.left() + kHalfUnit, area.bottom() - kHalfUnit), area.width() - kUnit,
                     allWords(*figureData, systems), look);
    };
    return figure;
}

} // namespace tercet
