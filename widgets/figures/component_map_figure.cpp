#include "core/pipeline/result_origin.h"
#include "widgets/figures/brain_map_page.h"
#include "widgets/figures/figure_parts.h"
#include "widgets/figures/figure_presets.h"
#include "widgets/figures/table_builder.h"
#include "widgets/plots/axis.h"

#include <QJsonObject>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tercet {
namespace {

constexpr double kSubjectColumn = 22;     ///< mm: names at the left
constexpr std::size_t kComponentMaps = 3; ///< of a page

QString tr(const char* text) { return QObject::tr(text); }

/// A component of the system, as its column is headed.
struct Column {
    int trainingColumn = 0;
    std::size_t place = 0; ///< in the result
    QString title;
    double similarity = 0; ///< mean r between subjects
};

struct Row {
    QString name;
    QString title;
    std::shared_ptr<const ProjectedSurface> cortex;
    std::vector<std::optional<BrainMap>> maps; ///< per column
};

/// The first model that is asked for, or of all, whose components were compared, and the result; null for none.
std::pair<QString, std::shared_ptr<const ArrayBundle>> comparedComponents(const FigureData& figureData,
                                                                          const FigureOptions& options) {
    for (const System& model : figureData.models)
        if (const QString name = QString::fromStdString(model.name);
            options.systems.isEmpty() || options.systems.contains(name))
            if (auto result = figureData.arrays({"component-maps", model.name}))
                return {name, std::move(result)};
    return {};
}

std::size_t pagesOf(const ArrayBundle& result) {
    const std::size_t components = result.get<std::int32_t>("training_column").values.size();
    return std::max<std::size_t>(1, (components + kComponentMaps - 1) / kComponentMaps);
}

} // namespace

int componentMapPages(const FigureData& figureData, const FigureOptions& options) {
    const auto result = comparedComponents(figureData, options).second;
    return result ? static_cast<int>(pagesOf(*result)) : 0;
}

Figure componentMapFigure(SharedFigureData figureData, const FigureOptions& options) {
    const auto found = comparedComponents(*figureData, options);
    const QString& system = found.first;
    const auto& result = found.second;
    if (!result)
        nothingToDraw("component-maps", "no system’s components have been compared between subjects",
                      "run the step component-maps");
    const auto& trained = result->get<std::int32_t>("training_column").values;
    const auto& similar = result->get<double>("mean_similarity").values;
    std::vector<std::size_t> order(trained.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::isnan(similar[b]) ? !std::isnan(similar[a]) : similar[a] > similar[b];
    });
    const std::size_t page = std::min(static_cast<std::size_t>(std::max(0, options.page)), pagesOf(*result) - 1);
    std::vector<Column> columns;
    for (std::size_t i = page * kComponentMaps; i < std::min(order.size(), (page + 1) * kComponentMaps); ++i)
        columns.push_back(
            {trained[order[i]], order[i], featureTitle(*figureData, system, trained[order[i]]), similar[order[i]]});
    SubjectCortices cortices;
    std::vector<Row> rows;
    std::vector<BrainMap> maps;
    for (const Subject& subject : figureData->subjects) {
        const QString name = QString::fromStdString(subject.name);
        if (!options.subjects.isEmpty() && !options.subjects.contains(name))
            continue;
        const auto cortex = cortexOf(cortices, *figureData, subject);
        if (!cortex)
            continue;
        Row row{name, QString::fromStdString(subject.title), cortex, {}};
        bool any = false;
        for (const Column& column : columns) {
            row.maps.push_back(brainMap(figureData->arrays, {.kind = BrainMapKind::Weights,
                                                             .system = system,
                                                             .subject = name,
                                                             .component = column.trainingColumn}));
            if (row.maps.back() && areOtherVoxels(row.maps.back()->voxels, cortex->voxels))
                row.maps.back().reset();
            if (row.maps.back()) {
                maps.push_back(*row.maps.back());
                any = true;
            }
        }
        if (any)
            rows.push_back(std::move(row));
    }
    if (rows.empty())
        nothingToDraw("component-maps", "no subject has a cortex to draw the weights on",
                      "run the step project-surface");
    const bool compared = std::all_of(rows.begin(), rows.end(), [&](const Row& row) { // else earlier weights
        return std::all_of(row.maps.begin(), row.maps.end(), [&](const auto& map) {
            return !map || isMadeFrom(*result, nameOfInput("encoding", row.name.toStdString()), *map->arrays);
        });
    });
    const double most = scaleFor(maps);
    const bool tested = std::any_of(maps.begin(), maps.end(), [](const BrainMap& map) { return !map.gate.empty(); });
    QStringList untested; // subjects
    for (const Row& row : rows)
        if (std::any_of(row.maps.begin(), row.maps.end(), [](const auto& map) { return map && map->gate.empty(); }))
            untested << row.title;
    const double level = options.level.value_or(kUsualLevel);
    const double width = widthOf(options, 183);
    const Look look = figureLook(options);
    const double line = chipLine(look) / kUnitsPerMm;
    const double cell = (width - kSubjectColumn) / static_cast<double>(kComponentMaps);
    const double head = 2.5 * line;
    const double keyHeight = ColorBar().heightFor(look) / kUnitsPerMm;
    Figure figure;
    figure.name = QStringLiteral("component-maps");
    figure.title = tr("Components on the cortex");
    figure.caption =
        tr("Encoding weights of components of %1 on the flattened cortex of each subject: red positive, blue negative, "
           "one scale for all, curvature below (sulci darker). Components %2 to %3 %4.%5")
            .arg(figureData->modelTitle(system))
            .arg(page * kComponentMaps + 1)
            .arg(page * kComponentMaps + columns.size())
            .arg(compared ? tr("by the mean correlation between subjects of their weights over regions, which stands "
                               "above each")
                          : tr("in the order of earlier weights; how alike subjects are is not known of these, run the "
                               "step component-maps again"))
            .arg(tested && level < 1 ? tr(" Only voxels that are predicted at P < %1, FDR corrected%2.")
                                           .arg(QString::number(level), exceptionsText(untested))
                                     : QString());
    figure.picture.title = tr("Components on the cortex — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = {width, head + static_cast<double>(rows.size()) * cell * kCortexAspect + keyHeight};
    QJsonObject asked{{"page", static_cast<int>(page)}, {"level", level}};
    figure.picture.recipe = recipe(*figureData, figure.name, {system},
                                   {"preprocess-fmri", "project-surface", "encode", "component-maps"}, asked);
    figure.tables = [result, compared, columns] {
        if (!compared)
            return std::vector<Table>();
        TableBuilder table(tr("Similarity between subjects"), {{"component"}, {"subject"}, {"other"}, {"r", 3}});
        const auto& names = result->get<std::string>("subjects").values;
        const auto& similarity = result->get<double>("similarity").values;
        for (const Column& column : columns)
            for (std::size_t a = 0; a < names.size(); ++a)
                for (std::size_t b = a + 1; b < names.size(); ++b)
                    table.add({column.title, names[a], names[b],
                               similarity[(column.place * names.size() + a) * names.size() + b]});
        return std::vector<Table>{table.take()};
    };
    figure.picture.paint = [=](QPainter& painter, const QRectF& area, const Look& paper) {
        painter.fillRect(area, paper.surface);
        const double side = cell * kUnitsPerMm;
        const double left = area.left() + kSubjectColumn * kUnitsPerMm;
        const auto write = [&](const QRectF& place, const QString& text, const QFont& font, const QColor& color,
                               int flags) {
            painter.setFont(font);
            painter.setPen(color);
            painter.drawText(place, flags, QFontMetricsF(font).elidedText(text, Qt::ElideRight, place.width()));
        };
        for (std::size_t c = 0; c < columns.size(); ++c) {
            const QRectF place(left + static_cast<double>(c) * side, area.top(), side - kUnit, line * kUnitsPerMm);
            write(place, columns[c].title, paper.font(TextSize::Body), paper.text, Qt::AlignCenter);
            if (compared)
                write(place.translated(0, place.height()),
                      tr("r between subjects %1").arg(numberText(columns[c].similarity, 2)),
                      paper.font(TextSize::Small), paper.mutedText, Qt::AlignCenter);
        }
        for (std::size_t r = 0; r < rows.size(); ++r) {
            const double top = area.top() + head * kUnitsPerMm + static_cast<double>(r) * side * kCortexAspect;
            write({area.left(), top, left - area.left() - kUnit, side * kCortexAspect}, rows[r].title,
                  paper.font(TextSize::Body), paper.text, Qt::AlignVCenter | Qt::AlignLeft);
            SurfaceView view;
            view.setNamesShown(false);
            prepareCortex(view, *rows[r].cortex, options.inflated);
            for (std::size_t c = 0; c < columns.size(); ++c)
                if (const auto& map = rows[r].maps[c]) {
                    showBrainMap(view, *rows[r].cortex, *map, BrainMapKind::Weights, most, level, paper.dark);
                    view.paint(painter, {left + static_cast<double>(c) * side, top, side - kUnit, side * kCortexAspect},
                               paper);
                }
        }
        paintBrainKey(painter,
                      {area.left(), area.bottom() - keyHeight * kUnitsPerMm, area.width(), keyHeight * kUnitsPerMm},
                      paper, BrainMapKind::Weights, most,
                      keyTitle(BrainMapKind::Weights, {}, tested && untested.isEmpty() ? level : 1));
    };
    return figure;
}

} // namespace tercet
