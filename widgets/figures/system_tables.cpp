#include "widgets/figures/system_tables.h"

#include "widgets/bridge/term_text.h"
#include "widgets/figures/component_kind_values.h"
#include "widgets/figures/figure_presets.h"
#include "widgets/figures/gallery_values.h"
#include "widgets/figures/rose_values.h"
#include "widgets/figures/table_builder.h"

#include <QObject>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

constexpr double kPercent = 100;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

QString tr(const char* text) { return QObject::tr(text); }

QString labelOf(const FigureSystem& system, std::size_t component) {
    return system.componentNames.value(static_cast<qsizetype>(component));
}

const char* kindWord(TermKind kind) {
    switch (kind) {
    case TermKind::Category:
        return "category";
    case TermKind::Dimension:
        return "dimension";
    case TermKind::Other:
        break;
    }
    return "other";
}

const char* kindWord(CloudWord::Kind kind) {
    switch (kind) {
    case CloudWord::Kind::Category:
        return "category";
    case CloudWord::Kind::Dimension:
        return "dimension";
    case CloudWord::Kind::Other:
        break;
    }
    return "other";
}

const char* kindWord(ComponentKind kind) {
    switch (kind) {
    case ComponentKind::Categorical:
        return "categorical";
    case ComponentKind::Mixed:
        return "mixed";
    case ComponentKind::Dimensional:
        return "dimensional";
    case ComponentKind::Uninterpretable:
        return "uninterpretable";
    case ComponentKind::Other:
        break;
    }
    return "other ratings";
}

/// The name of a stimulus' highest category; empty without one.
QString categoryOf(const FigureData& figureData, std::size_t stimulus) {
    const int column = stimulus < figureData.topCategories.size() ? figureData.topCategories[stimulus] : -1;
    return column < 0 || !figureData.ratings
               ? QString()
               : termText(figureData.ratings->terms.at(static_cast<std::size_t>(column)).name);
}

/// What colours the points of a map beside their category: a name, and a value per stimulus (NaN for none).
struct Coloring {
    QString name;
    std::function<double(std::size_t)> value = [](std::size_t) { return kNone; };
};

Coloring coloringOf(const FigureData& figureData, const FigureSystem& system, const MapColoring& coloring) {
    Coloring found;
    if (coloring.by == MapColoring::By::Category)
        return found;
    found.name = mapPaint(figureData, system, coloring, false).title;
    if (coloring.by == MapColoring::By::Rating) {
        const auto& ratings = figureData.ratings;
        if (ratings && coloring.index >= 0 && coloring.index < static_cast<int>(ratings->terms.size()))
            found.value = [ratings, column = static_cast<std::size_t>(coloring.index)](std::size_t row) {
                return row < ratings->values.rows() ? ratings->values(row, column) : kNone;
            };
    } else if (system.embedding) {
        const auto& columns = system.embedding->trainingColumns;
        const auto place = std::find(columns.begin(), columns.end(), coloring.index);
        if (place != columns.end())
            found.value = [embedding = system.embedding,
                           component = static_cast<std::size_t>(place - columns.begin())](std::size_t row) {
                return row < embedding->weights.rows() ? embedding->weights(row, component) : kNone;
            };
    }
    return found;
}

} // namespace

Table fitTable(const FigureData& figureData, const QStringList& systems) {
    TableBuilder table(tr("Fit curves"), {{"system"},
                                          {"epoch"},
                                          {"objective (nats)", 4},
                                          {"training accuracy (%)", 2},
                                          {"held-out accuracy (%)", 2},
                                          {"active components"},
                                          {"sparsity (%)", 2}});
    for (const QString& name : systems) {
        const std::string system = systemCell(figureData, name);
        const FitCurves curves = fitCurves(figureData.system(name)->fit->records);
        for (std::size_t i = 0; i < curves.epochs.size(); ++i)
            table.add({system, curves.epochs[i], curves.objective[i], curves.training[i], curves.heldOut[i],
                       curves.active[i], curves.sparsity[i]});
    }
    return table.take();
}

Table mapTable(const FigureData& figureData, const QStringList& systems, const MapColoring& coloring) {
    TableBuilder table(tr("Map"), {{"system"},
                                   {"stimulus"},
                                   {"name"},
                                   {"x", 2},
                                   {"y", 2},
                                   {"category"},
                                   {"prototype"},
                                   {"coloured by"},
                                   {"value", 3}});
    const QVector<int> prototypes = prototypeRows(figureData);
    for (const QString& name : systems) {
        const std::string system = systemCell(figureData, name);
        const Coloring color = coloringOf(figureData, *figureData.system(name), coloring);
        const std::vector<QPointF>& places = figureData.system(name)->map->positions;
        for (std::size_t row = 0; row < places.size() && row < figureData.stimuli->size(); ++row) {
            const Stimulus& stimulus = (*figureData.stimuli)[row];
            table.add({system, stimulus.id, stimulus.name, places[row].x(), places[row].y(),
                       categoryOf(figureData, row),
                       std::binary_search(prototypes.begin(), prototypes.end(), static_cast<int>(row)), color.name,
                       color.value(row)});
        }
    }
    return table.take();
}

Table roseTable(const FigureData& figureData, const QStringList& systems, const QVector<int>& stimuli) {
    TableBuilder table(tr("Roses"), {{"stimulus"},
                                     {"name"},
                                     {"system"},
                                     {"component"},
                                     {"label"},
                                     {"weight", 3},
                                     {"share of the component's maximum", 3}});
    const std::vector<RoseStimulus> roses = roseStimuli(figureData, systems, stimuli);
    for (std::size_t i = 0; i < roses.size(); ++i) {
        const auto row = static_cast<std::size_t>(stimuli[static_cast<qsizetype>(i)]);
        const Stimulus& stimulus = figureData.stimuli->at(row);
        for (std::size_t s = 0; s < roses[i].weights.size(); ++s) {
            const FigureSystem& system = *figureData.system(systems[static_cast<qsizetype>(s)]);
            const std::vector<double>& shares = roses[i].weights[s];
            for (std::size_t k = 0; k < shares.size(); ++k)
                table.add({stimulus.id, stimulus.name, systemCell(figureData, system.name), k + 1, labelOf(system, k),
                           system.embedding->weights(row, k), shares[k]});
        }
    }
    return table.take();
}

Table labelsTable(const FigureData& figureData, const QStringList& systems) {
    TableBuilder table(
        tr("Component labels"),
        {{"system"}, {"component"}, {"label"}, {"interpretable"}, {"strongest rating"}, {"strongest r", 2}});
    for (const QString& name : systems) {
        const FigureSystem& system = *figureData.system(name);
        const EmbeddingView& embedding = *system.embedding;
        for (std::size_t i = 0; i < embedding.trainingColumns.size(); ++i) {
            const std::size_t term = strongestTerm(embedding, i);
            const bool known = term < embedding.correlations.cols();
            table.add({systemCell(figureData, name), i + 1, labelOf(system, i),
                       i < embedding.labels.size() ? TableCell(embedding.labels[i].interpretable) : TableCell(""),
                       known && figureData.ratings ? termText(figureData.ratings->terms.at(term).name) : QString(),
                       known ? embedding.correlations(i, term) : kNone});
        }
    }
    return table.take();
}

Table ratingMapTable(const FigureData& figureData, const QStringList& systems) {
    TableBuilder table(tr("Components and ratings"),
                       {{"system"}, {"component"}, {"label"}, {"rating"}, {"kind"}, {"r", 2}, {"stimuli"}});
    for (const QString& name : systems) {
        const FigureSystem& system = *figureData.system(name);
        const Matrix<double>& r = system.embedding->correlations;
        const std::size_t stimuli = std::min(system.embedding->weights.rows(), figureData.ratings->values.rows());
        const std::string cell = systemCell(figureData, name);
        for (std::size_t i = 0; i < r.rows(); ++i)
            for (std::size_t t = 0; t < r.cols(); ++t) {
                const Term& term = figureData.ratings->terms.at(t);
                table.add(
                    {cell, i + 1, labelOf(system, i), termText(term.name), kindWord(term.kind), r(i, t), stimuli});
            }
    }
    return table.take();
}

Table wordsTable(const FigureData& figureData, const QStringList& systems, std::size_t first, std::size_t last) {
    TableBuilder table(tr("Words"), {{"system"}, {"component"}, {"label"}, {"word"}, {"kind"}, {"r", 2}});
    for (const QString& name : systems) {
        const FigureSystem& system = *figureData.system(name);
        const std::size_t end = std::min(last, system.embedding->trainingColumns.size());
        for (std::size_t i = first; i < end; ++i)
            for (const CloudWord& word : cloudWords(*system.embedding, figureData.ratings.get(), i))
                table.add(
                    {systemCell(figureData, name), i + 1, labelOf(system, i), word.text, kindWord(word.kind), word.r});
    }
    return table.take();
}

Table topStimuliTable(const FigureData& figureData, const QStringList& systems, std::size_t first, std::size_t last) {
    TableBuilder table(tr("Top stimuli"), {{"system"},
                                           {"component"},
                                           {"label"},
                                           {"place"},
                                           {"stimulus"},
                                           {"name"},
                                           {"category"},
                                           {"weight", 3},
                                           {"share of the component's maximum", 3}});
    for (const QString& name : systems) {
        const FigureSystem& system = *figureData.system(name);
        const std::size_t end = std::min(last, system.embedding->trainingColumns.size());
        for (std::size_t i = first; i < end; ++i) {
            int place = 0;
            for (const StimulusCard& card : topStimuli(figureData, *system.embedding, i)) {
                const auto row = static_cast<std::size_t>(card.stimulus);
                table.add({systemCell(figureData, name), i + 1, labelOf(system, i), ++place,
                           figureData.stimuli->at(row).id, card.name, categoryOf(figureData, row), card.weight,
                           card.share});
            }
        }
    }
    return table.take();
}

std::vector<Table> kindTables(const FigureData& figureData, const QStringList& systems, const KindOptions& options) {
    const bool positiveOnly = options.label.positiveOnly;
    TableBuilder counts(tr("Kinds"), {{"system"}, {"kind"}, {"components"}, {"share (%)", 1}});
    TableBuilder shares(tr("Shares above thresholds"),
                        {{"system"}, {positiveOnly ? "threshold (r)" : "threshold (|r|)", 3}, {"share (%)", 1}});
    TableBuilder each(
        tr("Kinds of components"),
        {{"system"}, {"component"}, {"label"}, {"kind"}, {positiveOnly ? "strongest r" : "strongest |r|", 2}});
    for (const QString& name : systems) {
        const FigureSystem& system = *figureData.system(name);
        const std::string cell = systemCell(figureData, name);
        const std::vector<ComponentKind> kinds =
            componentKinds(system.embedding->correlations, figureData.ratings->terms, options);
        for (const ComponentKind kind : {ComponentKind::Categorical, ComponentKind::Mixed, ComponentKind::Dimensional,
                                         ComponentKind::Uninterpretable, ComponentKind::Other}) {
            const auto count = std::count(kinds.begin(), kinds.end(), kind);
            counts.add({cell, kindWord(kind), count,
                        kPercent * static_cast<double>(count) / static_cast<double>(kinds.size())});
        }
        const std::vector<double> strongest = strongestCorrelations(system.embedding->correlations, positiveOnly);
        const std::vector<double> thresholds = kindThresholds();
        const std::vector<double> above = sharesAbove(strongest, thresholds);
        for (std::size_t i = 0; i < thresholds.size(); ++i)
            shares.add({cell, thresholds[i], kPercent * above[i]});
        for (std::size_t i = 0; i < kinds.size(); ++i)
            each.add({cell, i + 1, labelOf(system, i), kindWord(kinds[i]), strongest[i]});
    }
    return {counts.take(), shares.take(), each.take()};
}

} // namespace tercet
