#include "widgets/figures/model_zoo.h"

#include "core/base/text.h"
#include "widgets/figures/figure_parts.h"
#include "widgets/figures/figure_presets.h"
#include "widgets/figures/table_builder.h"
#include "widgets/plots/axis.h"
#include "widgets/plots/bar_plot.h"
#include "widgets/plots/size_plot.h"

#include <QObject>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kNarrow = 120; ///< mm; below it the parts stand one below the other

QString tr(const char* text) { return QObject::tr(text); }

bool isRated(const System& system) {
    return system.source == SystemSource::Categories || system.source == SystemSource::Dimensions;
}

/// Which of the study's systems are people, by the rule of ModelZoo.
std::vector<bool> humansAmong(const std::vector<System>& systems) {
    const bool ratings = std::any_of(systems.begin(), systems.end(), isRated);
    const bool counts =
        std::any_of(systems.begin(), systems.end(), [](const System& system) { return system.parameterCount > 0; });
    std::vector<bool> human;
    for (const System& system : systems)
        human.push_back(ratings ? isRated(system)
                                : counts && system.source == SystemSource::Judgments && system.parameterCount == 0);
    return human;
}

QStringList detailsOf(const ModelZoo& zoo, const ModelZoo::Alignment& alignment) {
    const ModelZoo::System& model = zoo.models[alignment.model];
    const ModelZoo::System& human = zoo.humans[alignment.human];
    QStringList lines{tr("%1 – %2").arg(model.title, human.title)};
    if (std::isfinite(alignment.value))
        lines << tr("alignment %1 [%2, %3]")
                     .arg(numberText(alignment.value, 3), numberText(alignment.low, 3), numberText(alignment.high, 3));
    else
        lines << tr("not defined: a reliability is unknown or not above 0");
    for (const ModelZoo::System* one : {&model, &human})
        lines << tr("reliability of %1: %2, from %3 validation judgments")
                     .arg(one->title, numberText(one->reliability, 3),
                          QString::fromStdString(withThousands(static_cast<std::uint64_t>(one->judgments))));
    lines << (model.parameters > 0
                  ? tr("%1 parameters").arg(QString::fromStdString(formatLargeNumber(model.parameters)))
                  : tr("number of parameters not known"));
    return lines;
}

} // namespace

bool ModelZoo::hasSizes() const {
    return std::any_of(models.begin(), models.end(), [](const System& model) { return model.parameters > 0; });
}

ModelZoo modelZooOf(const FigureData& figureData, const QStringList& systems) {
    ModelZoo zoo;
    const auto bundle = figureData.arrays ? figureData.arrays({"align-systems", ""}) : nullptr;
    if (!bundle)
        return zoo;
    const auto& names = bundle->get<std::string>("systems").values;
    const auto& reliability = bundle->get<double>("reliability").values;
    const auto alignment = bundle->matrix("alignment");
    const auto low = bundle->matrix("low");
    const auto high = bundle->matrix("high");
    const std::vector<bool> human = humansAmong(figureData.studySystems);
    zoo.assumed = std::none_of(figureData.studySystems.begin(), figureData.studySystems.end(),
                               [](const System& system) { return isRated(system); });
    std::vector<std::size_t> models;
    std::vector<std::size_t> humans;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto found = std::find_if(figureData.studySystems.begin(), figureData.studySystems.end(),
                                        [&](const System& system) { return system.name == names[i]; });
        const QString name = QString::fromStdString(names[i]);
        if (found == figureData.studySystems.end() || (!systems.isEmpty() && !systems.contains(name)))
            continue;
        const bool isHuman = human[static_cast<std::size_t>(found - figureData.studySystems.begin())];
        (isHuman ? humans : models).push_back(i);
        (isHuman ? zoo.humans : zoo.models)
            .push_back({name, QString::fromStdString(found->title), found->parameterCount, reliability.at(i),
                        bundle->contains("judgments") ? bundle->get<std::int64_t>("judgments").values.at(i) : 0});
    }
    for (std::size_t h = 0; h < humans.size(); ++h) {
        const auto first = static_cast<std::ptrdiff_t>(zoo.alignments.size());
        for (std::size_t m = 0; m < models.size(); ++m)
            zoo.alignments.push_back(
                {m, h, alignment(models[m], humans[h]), low(models[m], humans[h]), high(models[m], humans[h])});
        const auto rank = [](const ModelZoo::Alignment& one) { return std::isfinite(one.value) ? one.value : -1e300; };
        std::stable_sort(zoo.alignments.begin() + first, zoo.alignments.end(),
                         [&](const auto& a, const auto& b) { return rank(a) > rank(b); });
    }
    return zoo;
}

QStringList missingIn(const ModelZoo& zoo) {
    QStringList sentences;
    if (zoo.assumed) {
        QStringList people;
        for (const ModelZoo::System& system : zoo.humans)
            people << system.title;
        sentences << tr("Taken for people, because no number of parameters is known: %1.")
                         .arg(people.join(QStringLiteral(", ")));
    }
    for (const ModelZoo::System& system : zoo.models)
        if (!(system.reliability > 0))
            sentences
                << tr("%1 has %2 validation judgments, which is too few to say how well it is aligned; import more "
                      "of them (kind validation).")
                       .arg(system.title,
                            QString::fromStdString(withThousands(static_cast<std::uint64_t>(system.judgments))));
    QStringList unknown;
    for (const ModelZoo::System& system : zoo.models)
        if (system.parameters <= 0)
            unknown << system.title;
    if (!unknown.isEmpty())
        sentences << tr("The number of parameters of %1 is not known: choose Edit in the menu of the system's name, or "
                        "run tercet system STUDY NAME --parameters 7B.")
                         .arg(unknown.join(QStringLiteral(", ")));
    return sentences;
}

void showZooBars(BarPlot& plot, const FigureData& figureData, const ModelZoo& zoo, bool dark) {
    plot.setTitle(tr("Alignment with people"), tr("correlation over reliabilities, 95 % interval"));
    plot.setDecimals(2);
    std::vector<Bar> bars;
    for (const ModelZoo::Alignment& one : zoo.alignments) {
        const ModelZoo::System& model = zoo.models[one.model];
        bars.push_back({.name = tr("%1 – %2").arg(model.title, zoo.humans[one.human].title),
                        .color = figureData.color(model.name, dark),
                        .value = one.value,
                        .low = one.low,
                        .high = one.high,
                        .details = detailsOf(zoo, one)});
    }
    plot.setBars(std::move(bars));
}

void showZooSizes(SizePlot& plot, const FigureData& figureData, const ModelZoo& zoo, bool dark) {
    plot.setTitle(tr("Alignment and size"), tr("95 % interval"));
    plot.setLabels(tr("parameters"), tr("alignment"));
    std::vector<SizePoint> points;
    for (const ModelZoo::Alignment& one : zoo.alignments) {
        const ModelZoo::System& model = zoo.models[one.model];
        points.push_back({.name = model.title,
                          .color = figureData.color(model.name, dark),
                          .group = static_cast<int>(one.human),
                          .size = model.parameters,
                          .value = one.value,
                          .low = one.low,
                          .high = one.high,
                          .details = detailsOf(zoo, one)});
    }
    QStringList groups;
    for (const ModelZoo::System& human : zoo.humans)
        groups << tr("with %1").arg(human.title);
    plot.setPoints(std::move(points), groups);
}

std::vector<Table> zooTables(const FigureData& figureData, const ModelZoo& zoo) {
    TableBuilder table(tr("Model zoo"), {{"system"},
                                         {"human system"},
                                         {"parameters"},
                                         {"alignment", 2},
                                         {"alignment low", 2},
                                         {"alignment high", 2},
                                         {"reliability (r)", 3},
                                         {"human reliability (r)", 3},
                                         {"validation judgments"}});
    for (const ModelZoo::Alignment& one : zoo.alignments) {
        const ModelZoo::System& model = zoo.models[one.model];
        const ModelZoo::System& human = zoo.humans[one.human];
        table.add({systemCell(figureData, model.name), systemCell(figureData, human.name),
                   model.parameters > 0 ? model.parameters : kNone, one.value, one.low, one.high, model.reliability,
                   human.reliability, model.judgments});
    }
    return {table.take()};
}

Figure modelZooFigure(SharedFigureData figureData, const FigureOptions& options) {
    auto zoo = std::make_shared<const ModelZoo>(modelZooOf(*figureData, options.systems));
    if (zoo->empty())
        nothingToDraw("model-zoo", "no model was compared with people yet",
                      "run the step align-systems in a study with a model and rated or human judgments");
    const double width = widthOf(options, 183);
    const bool sized = zoo->hasSizes();
    const bool stacked = width < kNarrow || !sized;
    const Look measure = figureLook(options);
    BarPlot bars;
    showZooBars(bars, *figureData, *zoo, false);
    const double cell = stacked ? width : width / 2;
    const double barsMm = bars.heightFor(measure, cell * kUnitsPerMm) / kUnitsPerMm;
    const double sizesMm = sized ? std::min(0.7 * cell, 65.0) : 0;
    QStringList systems;
    for (const auto* part : {&zoo->humans, &zoo->models})
        for (const ModelZoo::System& system : *part)
            systems << system.name;

    Figure figure;
    figure.name = QStringLiteral("model-zoo");
    figure.title = tr("Model zoo");
    figure.caption = tr("Alignment of every model with people: the correlation of their measured similarities over the "
                        "root of the product of their reliabilities, and the same over the number of parameters. ") +
                     missingIn(*zoo).join(QLatin1Char(' '));
    figure.picture.title = tr("Model zoo — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = {width, stacked ? barsMm + sizesMm : std::max(barsMm, sizesMm)};
    figure.picture.recipe = recipe(*figureData, figure.name, systems, {"align-systems"}, {});
    figure.picture.paint = [=](QPainter& painter, const QRectF& area, const Look& look) {
        painter.fillRect(area, look.surface);
        QRectF left = area;
        QRectF right = area;
        if (stacked) {
            left.setHeight(barsMm * kUnitsPerMm);
            right.setTop(left.bottom());
        } else {
            left.setWidth(area.width() / 2);
            right.setLeft(left.right());
        }
        BarPlot barPlot;
        showZooBars(barPlot, *figureData, *zoo, false);
        barPlot.paint(painter, left, look);
        if (!sized)
            return;
        SizePlot sizes;
        showZooSizes(sizes, *figureData, *zoo, false);
        sizes.paint(painter, right, look);
    };
    figure.tables = [=] { return zooTables(*figureData, *zoo); };
    return figure;
}

} // namespace tercet
