#include "widgets/figures/figure_presets.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "widgets/figures/rose_values.h"
#include "widgets/plots/annotation.h"
#include "widgets/plots/color_bar.h"
#include "widgets/plots/legend.h"
#include "widgets/plots/line_plot.h"
#include "widgets/plots/palettes.h"

#include <QFontMetricsF>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

constexpr double kUnitsPerMm = 96 / 25.4;
constexpr double kChancePercent = 100.0 / 3;
constexpr int kExampleStimuli = 4;
constexpr double kRoseMm = 45; ///< width of a rose with its names

QString tr(const char* text) { return QObject::tr(text); }

[[noreturn]] void nothingToDraw(const char* preset, const char* what, const char* remedy) {
    throw MissingError({.where = std::string("figure ") + preset, .what = what, .remedy = remedy});
}

/// The systems to draw: those asked for, or all, that have it.
template <class Has>
QStringList drawnSystems(const FigureData& figureData, const FigureOptions& options, Has&& has) {
    QStringList names;
    for (const FigureSystem& system : figureData.systems)
        if ((options.systems.isEmpty() || options.systems.contains(system.name)) && has(system))
            names << system.name;
    return names;
}

QJsonObject toJson(const std::map<std::string, std::string>& texts) {
    QJsonObject object;
    for (const auto& [name, text] : texts)
        object[QString::fromStdString(name)] = QString::fromStdString(text);
    return object;
}

QString recipe(const FigureData& figureData, const QString& preset, const QStringList& systems,
               const std::vector<const char*>& steps, QJsonObject options) {
    QJsonArray results;
    for (const QString& name : systems)
        for (const char* step : steps) {
            const auto& known = figureData.system(name)->results;
            const auto found = known.find(step);
            if (found == known.end())
                continue;
            const ResultRecord& record = found->second.record;
            results.append(QJsonObject{{"key", QString::fromStdString(record.key)},
                                       {"step", QString::fromStdString(record.step)},
                                       {"step_version", record.stepVersion},
                                       {"system", QString::fromStdString(record.system)},
                                       {"parameters", toJson(record.parameters)},
                                       {"inputs", toJson(record.inputs)},
                                       {"program", QString::fromStdString(record.program)},
                                       {"created_at", QString::fromStdString(record.createdAt)}});
        }
    options["systems"] = QJsonArray::fromStringList(systems);
    return QString::fromUtf8(
        QJsonDocument(QJsonObject{{"program", QStringLiteral("Tercet " TERCET_VERSION)},
                                  {"figure", preset},
                                  {"study", QJsonObject{{"id", figureData.studyId}, {"title", figureData.studyTitle}}},
                                  {"options", options},
                                  {"results", results}})
            .toJson(QJsonDocument::Indented));
}

double widthOf(const FigureOptions& options, double preset) { return options.widthMm > 0 ? options.widthMm : preset; }

QString summaries(const FigureData& figureData, const QStringList& systems, const char* step) {
    QStringList parts;
    for (const QString& name : systems) {
        const FigureSystem* system = figureData.system(name);
        const auto found = system->results.find(step);
        if (found != system->results.end() && !found->second.summary.isEmpty())
            parts << QStringLiteral("%1: %2").arg(system->title, found->second.summary);
    }
    return parts.isEmpty() ? QString() : QStringLiteral(" %1.").arg(parts.join(QStringLiteral("; ")));
}

/// Discs and names of systems in one line from the left.
void drawSystemChips(QPainter& painter, QRectF line, const FigureData& figureData, const QStringList& systems,
                     const Look& look) {
    for (const QString& name : systems)
        line.setLeft(line.left() + 2 * kUnit +
                     drawChip(painter, line, figureData.system(name)->title, figureData.color(name, false),
                              look.font(TextSize::Small, QFont::DemiBold), look.text));
}

double chipLine(const Look& look) { return QFontMetricsF(look.font(TextSize::Small)).height() + kHalfUnit; }

} // namespace

QString strongestCorrelation(const EmbeddingView& embedding, std::size_t component) {
    if (embedding.correlations.empty())
        return {};
    double strongest = 0;
    for (const double r : embedding.correlations.row(component))
        if (std::abs(r) > std::abs(strongest))
            strongest = r;
    return QString::number(strongest, 'f', 2).replace(QLatin1Char('-'), QChar(0x2212));
}

std::pair<double, double> countRange(double most) { return {0, std::max(1.0, 1.15 * most)}; }

FitCurves fitCurves(std::span<const EpochRecord> records) {
    FitCurves curves;
    for (const EpochRecord& record : records) {
        curves.epochs.push_back(static_cast<double>(record.epoch));
        curves.objective.push_back(record.objective);
        curves.training.push_back(100 * record.trainAccuracy);
        curves.heldOut.push_back(100 * record.heldOutAccuracy);
        curves.active.push_back(static_cast<double>(record.activeComponents));
        curves.sparsity.push_back(100 * record.sparsity);
    }
    return curves;
}

Figure fitFigure(SharedFigureData figureData, const FigureOptions& options) {
    const QStringList systems = drawnSystems(
        *figureData, options, [](const FigureSystem& system) { return system.fit && !system.fit->records.empty(); });
    if (systems.isEmpty())
        nothingToDraw("fit", "no embedding was fitted yet", "run the step fit-embedding first");
    const double width = widthOf(options, 183);
    const int perRow = width < 120 ? 2 : 4;
    const double height = perRow == 4 ? width * 0.25 : width * 0.75;

    Figure figure;
    figure.name = QStringLiteral("fit");
    figure.title = tr("Fit curves");
    figure.caption = tr("Fit of the embeddings, epoch by epoch: objective (mean negative log-likelihood of the "
                        "training judgments plus "
                        "the L1 term), share of judgments whose odd one is predicted (held-out solid, training dashed, "
                        "chance 33.3 %), "
                        "components with any weight above 0.1, and share of weights below 0.001.") +
                     summaries(*figureData, systems, "fit-embedding");
    figure.picture.title = tr("Fit curves — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = {width, height};
    figure.picture.recipe = recipe(*figureData, figure.name, systems, {"fit-embedding"}, {});
    figure.picture.paint = [figureData, systems, perRow](QPainter& painter, const QRectF& area, const Look& look) {
        painter.fillRect(area, look.surface);
        const double top = chipLine(look);
        drawSystemChips(painter, QRectF(area.left() + kUnit, area.top(), area.width(), top), *figureData, systems,
                        look);
        struct Part {
            QString title;
            QString unit;
            int decimals;
            std::vector<double> FitCurves::*values;
            std::vector<double> FitCurves::*dashed;
        };
        const std::array<Part, 4> parts{
            {{tr("Objective"), tr("nats"), 3, &FitCurves::objective, nullptr},
             {tr("Accuracy"), tr("%, training dashed"), 1, &FitCurves::heldOut, &FitCurves::training},
             {tr("Active components"), {}, 0, &FitCurves::active, nullptr},
             {tr("Sparsity"), tr("%"), 1, &FitCurves::sparsity, nullptr}}};
        const int rows = 4 / perRow;
        const QSizeF cell(area.width() / perRow, (area.height() - top) / rows);
        for (int i = 0; i < 4; ++i) {
            const Part& part = parts.at(static_cast<std::size_t>(i));
            LinePlot plot;
            plot.setTitle(part.title, part.unit);
            plot.setXLabel(tr("epoch"));
            plot.setValueFormat('f', part.decimals);
            std::vector<LineSeries> series;
            for (const QString& name : systems) {
                series.push_back({{}, figureData->color(name, false), Qt::SolidLine, false});
                if (part.dashed)
                    series.push_back({{}, figureData->color(name, false), Qt::DashLine, false});
            }
            plot.setSeries(series);
            int place = 0;
            double most = 0;
            for (const QString& name : systems) {
                const FitCurves curves = fitCurves(figureData->system(name)->fit->records);
                plot.setValues(place++, curves.epochs, curves.*part.values);
                most = std::max(most, *std::max_element(curves.active.begin(), curves.active.end()));
                if (part.dashed)
                    plot.setValues(place++, curves.epochs, curves.*part.dashed);
            }
            if (part.dashed)
                plot.setReference(kChancePercent, tr("chance"));
            if (part.values == &FitCurves::active)
                plot.setYRange(countRange(most));
            plot.paint(painter,
                       QRectF(area.left() + i % perRow * cell.width(), area.top() + top + i / perRow * cell.height(),
                              cell.width(), cell.height()),
                       look);
        }
    };
    return figure;
}

Figure mapFigure(SharedFigureData figureData, const FigureOptions& options) {
    const auto hasMap = [](const FigureSystem& system) { return system.map && !system.map->positions.empty(); };
    const QStringList systems = drawnSystems(*figureData, options, hasMap);
    if (systems.isEmpty())
        nothingToDraw("map", "no map was made yet", "run the step map first");
    const auto count = static_cast<int>(systems.size());
    const int perRow = count <= 3 ? count : (count == 4 ? 2 : 3);
    const int rows = (count + perRow - 1) / perRow;
    const double width = widthOf(options, count == 1 ? 120 : 183);
    const bool grouped = options.coloring.by == MapColoring::By::Category;

    // Categories are the same in every system, other colourings have a scale each.
    auto entries = std::make_shared<std::vector<LegendEntry>>();
    const MapPaint first = mapPaint(*figureData, *figureData->system(systems.front()), options.coloring, false);
    if (grouped)
        for (std::size_t i = 0; i < first.groups.size(); ++i)
            entries->push_back({first.groups[i].name, first.groups[i].color, first.counts[i]});
    const Look paper = paperLook();
    double legendHeight = 0;
    if (grouped && !entries->empty()) {
        Legend legend;
        legend.setEntries(*entries);
        legendHeight = legend.heightFor(width * kUnitsPerMm, paper);
    }
    const double cellWidth = width * kUnitsPerMm / perRow;
    const double top = chipLine(paper) + kHalfUnit;
    const double barHeight = grouped ? 0 : ColorBar().heightFor(paper) + kHalfUnit;
    const double cellHeight = top + cellWidth * 0.8 + barHeight;

    Figure figure;
    figure.name = QStringLiteral("map");
    figure.title = tr("Maps");
    figure.caption =
        tr("t-SNE maps of the embeddings, a point per stimulus, ") +
        (grouped ? tr("coloured by its highest-rated category; prototypes (the two stimuli highest in each "
                      "category) are larger and outlined.")
                 : tr("coloured by value: %1.").arg(first.title)) +
        summaries(*figureData, systems, "map");
    figure.picture.title = tr("Map — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = {width, (rows * cellHeight + legendHeight) / kUnitsPerMm};
    const char* const kinds[] = {"category", "rating", "component"};
    figure.picture.recipe = recipe(*figureData, figure.name, systems, {"fit-embedding", "map"},
                                   {{"colour_by", kinds[static_cast<int>(options.coloring.by)]},
                                    {"colour_index", options.coloring.index},
                                    {"hidden", QJsonArray::fromStringList(options.hiddenGroups)}});
    figure.picture.paint = [=](QPainter& painter, const QRectF& area, const Look& look) {
        painter.fillRect(area, look.surface);
        const QVector<int> prototypes = grouped ? prototypeRows(*figureData) : QVector<int>();
        for (int i = 0; i < count; ++i) {
            const FigureSystem& system = *figureData->system(systems[i]);
            const QRectF cell(area.left() + i % perRow * cellWidth, area.top() + i / perRow * cellHeight, cellWidth,
                              cellHeight);
            drawChip(painter, QRectF(cell.left() + kHalfUnit, cell.top(), cell.width() - kUnit, top), system.title,
                     figureData->color(system.name, false), look.font(TextSize::Small, QFont::DemiBold), look.text);
            const MapPaint values = mapPaint(*figureData, system, options.coloring, false);
            PointMap map;
            setMapPositions(map, *system.map);
            setMapPaint(map, values, options.hiddenGroups);
            map.setPrototypes(prototypes);
            map.paint(painter, QRectF(cell.left(), cell.top() + top, cellWidth, cellWidth * 0.8), look);
            if (!grouped) {
                ColorBar bar;
                bar.setMap([](double share, bool) { return sequentialColor(share); }, values.low, values.high,
                           values.title);
                bar.paint(painter,
                          QRectF(cell.left() + kUnit, cell.bottom() - barHeight, cellWidth - 2 * kUnit, barHeight),
                          look);
            }
        }
        if (legendHeight > 0) {
            Legend legend;
            legend.setEntries(*entries);
            for (std::size_t i = 0; i < entries->size(); ++i)
                legend.setEntryShown(static_cast<int>(i), !options.hiddenGroups.contains((*entries)[i].name));
            legend.paint(painter, QRectF(area.left(), area.bottom() - legendHeight, area.width(), legendHeight), look);
        }
    };
    return figure;
}

Figure roseFigure(SharedFigureData figureData, const FigureOptions& options) {
    const QStringList systems =
        drawnSystems(*figureData, options, [](const FigureSystem& system) { return system.embedding != nullptr; });
    if (systems.isEmpty())
        nothingToDraw("rose", "no system has an embedding yet", "run the step fit-embedding or import an embedding");
    const QVector<int> rows =
        options.stimuli.isEmpty() ? exampleStimuli(*figureData, kExampleStimuli) : options.stimuli;
    const double width = widthOf(options, 183);
    const auto columns = static_cast<double>(systems.size());
    const double perRow = std::clamp(std::floor(width / (columns * kRoseMm)), 1.0, static_cast<double>(rows.size()));
    const double cell = width / (columns * perRow);
    const double height = std::ceil(static_cast<double>(rows.size()) / perRow) * (0.8 * cell + 10);

    Figure figure;
    figure.name = QStringLiteral("rose");
    figure.title = tr("Roses");
    figure.caption =
        tr("Roses of single stimuli in every system: a petal per component, in the component's colour, as long as the "
           "stimulus' weight over the component's maximum. The three longest petals are named.");
    figure.picture.title = tr("Roses — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = {width, height};
    QJsonArray ids;
    for (const int row : rows)
        ids.append(QString::fromStdString(figureData->stimuli->at(static_cast<std::size_t>(row)).id));
    figure.picture.recipe =
        recipe(*figureData, figure.name, systems, {"fit-embedding", "label-components"}, {{"stimuli", ids}});
    figure.picture.paint = [=](QPainter& painter, const QRectF& area, const Look& look) {
        RosePlot plot;
        plot.setRoses(roseSystems(*figureData, systems, false), roseStimuli(*figureData, systems, rows));
        plot.paint(painter, area, look);
    };
    return figure;
}

namespace {

/// One cell of the label table.
struct LabelCell {
    QColor color;
    QStringList lines;
    QString r; ///< of the term with the largest |r|
};

struct LabelTable {
    struct Column {
        QString title;
        QColor color;
        QString facts;
        std::vector<LabelCell> cells;
    };
    std::vector<Column> columns;
    std::vector<int> lines; ///< per row
    double columnWidth = 0;
    double rankWidth = 0;
    double lineHeight = 0;
    double headHeight = 0;
    double height = 0;
};

LabelTable labelTable(const FigureData& figureData, const QStringList& systems, double width, const Look& look) {
    const QFontMetricsF metrics(look.font(TextSize::Small));
    LabelTable table;
    table.lineHeight = metrics.height();
    table.rankWidth = metrics.horizontalAdvance(QStringLiteral("000")) + kUnit;
    table.columnWidth = (width - table.rankWidth) / static_cast<double>(systems.size());
    const double rWidth = metrics.horizontalAdvance(QStringLiteral("−0.00")) + kUnit;
    const double textWidth = table.columnWidth - rWidth - 2.5 * kUnit;
    for (const QString& name : systems) {
        const FigureSystem& system = *figureData.system(name);
        LabelTable::Column column{
            system.title, figureData.color(name, false), interpretableText(*system.embedding), {}};
        for (std::size_t i = 0; i < system.embedding->trainingColumns.size(); ++i) {
            const QString label = system.componentNames.value(static_cast<int>(i));
            LabelCell cell{componentColor(system.embedding->trainingColumns[i]),
                           wrapped(label.isEmpty() ? QStringLiteral("–") : label, metrics, textWidth, 3),
                           strongestCorrelation(*system.embedding, i)};
            if (table.lines.size() <= i)
                table.lines.push_back(1);
            table.lines[i] = std::max(table.lines[i], static_cast<int>(cell.lines.size()));
            column.cells.push_back(std::move(cell));
        }
        table.columns.push_back(std::move(column));
    }
    table.headHeight = 2 * table.lineHeight + kUnit;
    table.height = table.headHeight + kHalfUnit;
    for (const int lines : table.lines)
        table.height += lines * table.lineHeight + kHalfUnit;
    return table;
}

void paintLabelTable(QPainter& painter, const QRectF& area, const LabelTable& table, const Look& look) {
    painter.fillRect(area, look.surface);
    const QFont plain = look.font(TextSize::Small);
    const QFont strong = look.font(TextSize::Small, QFont::DemiBold);
    const QFontMetricsF metrics(plain);
    const auto columnLeft = [&](std::size_t column) {
        return area.left() + table.rankWidth + static_cast<double>(column) * table.columnWidth;
    };
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
        const LabelTable::Column& column = table.columns[c];
        drawChip(painter, QRectF(columnLeft(c), area.top(), table.columnWidth - kUnit, table.lineHeight), column.title,
                 column.color, strong, look.text);
        painter.setFont(plain);
        painter.setPen(look.mutedText);
        painter.drawText(QPointF(columnLeft(c), area.top() + table.lineHeight + metrics.ascent() + 2),
                         metrics.elidedText(column.facts, Qt::ElideRight, table.columnWidth - kUnit));
    }
    double y = area.top() + table.headHeight;
    const auto rule = [&](const QColor& color, double width) {
        painter.setPen(QPen(color, width));
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
    };
    rule(look.text, 0.75);
    for (std::size_t row = 0; row < table.lines.size(); ++row) {
        const double height = table.lines[row] * table.lineHeight + kHalfUnit;
        const double baseline = y + kHalfUnit / 2.0 + metrics.ascent();
        painter.setFont(plain);
        painter.setPen(look.mutedText);
        const QString rank = QString::number(row + 1);
        painter.drawText(QPointF(area.left() + table.rankWidth - kUnit - metrics.horizontalAdvance(rank), baseline),
                         rank);
        for (std::size_t c = 0; c < table.columns.size(); ++c) {
            if (row >= table.columns[c].cells.size())
                continue;
            const LabelCell& cell = table.columns[c].cells[row];
            const double left = columnLeft(c);
            painter.setPen(Qt::NoPen);
            painter.setBrush(cell.color);
            painter.drawEllipse(QPointF(left + 4, baseline - metrics.xHeight() / 2), 3.2, 3.2);
            painter.setPen(look.text);
            for (qsizetype line = 0; line < cell.lines.size(); ++line)
                painter.drawText(QPointF(left + 1.5 * kUnit, baseline + static_cast<double>(line) * table.lineHeight),
                                 cell.lines[line]);
            painter.setPen(look.mutedText);
            painter.drawText(
                QPointF(left + table.columnWidth - 1.5 * kUnit - metrics.horizontalAdvance(cell.r), baseline), cell.r);
        }
        y += height;
        rule(row + 1 == table.lines.size() ? look.text : look.grid, row + 1 == table.lines.size() ? 0.75 : 0.5);
    }
}

} // namespace

Figure labelFigure(SharedFigureData figureData, const FigureOptions& options) {
    const QStringList systems =
        drawnSystems(*figureData, options, [](const FigureSystem& system) { return system.embedding != nullptr; });
    if (systems.isEmpty())
        nothingToDraw("labels", "no system has an embedding yet", "run the step fit-embedding or import an embedding");
    const double width = widthOf(options, 183);
    auto table = std::make_shared<LabelTable>(labelTable(*figureData, systems, width * kUnitsPerMm, paperLook()));

    Figure figure;
    figure.name = QStringLiteral("labels");
    figure.title = tr("Component labels");
    figure.caption = tr("What the components mean: for each, in descending order of its sum, the ratings it correlates "
                        "with most (three "
                        "at most, cut where |r| drops by 0.1 or more) and the strongest r.") +
                     summaries(*figureData, systems, "centroids");
    figure.picture.title = tr("Component labels — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = {width, table->height / kUnitsPerMm};
    figure.picture.recipe =
        recipe(*figureData, figure.name, systems, {"fit-embedding", "label-components", "centroids"}, {});
    figure.picture.paint = [table](QPainter& painter, const QRectF& area, const Look& look) {
        paintLabelTable(painter, area, *table, look);
    };
    return figure;
}

const std::vector<FigurePreset>& figurePresets() {
    static const std::vector<FigurePreset> presets{
        {QStringLiteral("fit"), tr("Fit curves"), 183, fitFigure},
        {QStringLiteral("map"), tr("Maps"), 183, mapFigure},
        {QStringLiteral("rose"), tr("Roses"), 183, roseFigure},
        {QStringLiteral("labels"), tr("Component labels"), 183, labelFigure}};
    return presets;
}

const FigurePreset& figurePresetNamed(const QString& name) {
    QStringList known;
    for (const FigurePreset& preset : figurePresets()) {
        if (preset.name == name)
            return preset;
        known << preset.name;
    }
    throw ParameterError({.where = "figure",
                          .expected = "a preset (" + known.join(QStringLiteral(", ")).toStdString() + ")",
                          .found = tercet::quoted(name.toStdString())});
}

} // namespace tercet
