#include "widgets/figures/figure_options.h"

#include <QHash>
#include <QJsonArray>

#include <algorithm>
#include <array>

namespace tercet {
namespace {

constexpr std::array kColoringWords = {"category", "rating", "component"};
constexpr std::array kRuleWords = {"positive", "absolute"};

QStringList stringsOf(const QJsonValue& value) {
    QStringList strings;
    for (const auto& each : value.toArray())
        strings << each.toString();
    return strings;
}

} // namespace

QJsonObject toJson(const FigureOptions& options, const FigureData& figureData) {
    QJsonObject json;
    if (!options.systems.isEmpty())
        json[QStringLiteral("systems")] = QJsonArray::fromStringList(options.systems);
    if (!options.stimuli.isEmpty()) {
        QJsonArray ids;
        for (const int row : options.stimuli)
            ids.append(QString::fromStdString(figureData.stimuli->at(static_cast<std::size_t>(row)).id));
        json[QStringLiteral("stimuli")] = ids;
    }
    if (options.coloring != MapColoring{}) {
        json[QStringLiteral("colour_by")] =
            QString::fromLatin1(kColoringWords.at(static_cast<std::size_t>(options.coloring.by)));
        json[QStringLiteral("colour_index")] = options.coloring.index;
    }
    if (!options.hiddenGroups.isEmpty())
        json[QStringLiteral("hidden")] = QJsonArray::fromStringList(options.hiddenGroups);
    if (options.widthMm > 0)
        json[QStringLiteral("width_mm")] = options.widthMm;
    if (!options.journal.isEmpty())
        json[QStringLiteral("journal")] = options.journal;
    const FigureOptions usual;
    if (options.page != usual.page)
        json[QStringLiteral("page")] = options.page;
    if (options.interpretable != usual.interpretable)
        json[QStringLiteral("threshold")] = options.interpretable;
    if (options.labelDrop != usual.labelDrop)
        json[QStringLiteral("label_drop")] = options.labelDrop;
    if (options.positiveOnly)
        json[QStringLiteral("signed")] = true;
    if (options.includeUninterpretable)
        json[QStringLiteral("uninterpretable")] = true;
    if (options.edgeRule)
        json[QStringLiteral("edge_rule")] =
            QString::fromLatin1(kRuleWords.at(static_cast<std::size_t>(*options.edgeRule)));
    if (options.edgeThreshold)
        json[QStringLiteral("edge_threshold")] = *options.edgeThreshold;
    if (options.consensus)
        json[QStringLiteral("consensus")] = true;
    return json;
}

FigureOptions figureOptionsFrom(const QJsonObject& json, const FigureData& figureData, QStringList* unknown) {
    FigureOptions options;
    options.systems = stringsOf(json[QStringLiteral("systems")]);
    if (const QStringList ids = stringsOf(json[QStringLiteral("stimuli")]); !ids.isEmpty()) {
        QHash<QString, int> rows;
        for (std::size_t row = 0; row < figureData.stimuli->size(); ++row)
            rows[QString::fromStdString((*figureData.stimuli)[row].id)] = static_cast<int>(row);
        for (const QString& id : ids)
            if (const auto row = rows.constFind(id); row != rows.constEnd())
                options.stimuli << *row;
            else if (unknown)
                *unknown << id;
    }
    const auto word = std::find(kColoringWords.begin(), kColoringWords.end(),
                                json[QStringLiteral("colour_by")].toString().toStdString());
    if (word != kColoringWords.end())
        options.coloring = {static_cast<MapColoring::By>(word - kColoringWords.begin()),
                            json[QStringLiteral("colour_index")].toInt()};
    options.hiddenGroups = stringsOf(json[QStringLiteral("hidden")]);
    options.widthMm = json[QStringLiteral("width_mm")].toDouble();
    options.journal = json[QStringLiteral("journal")].toString();
    options.page = json[QStringLiteral("page")].toInt(options.page);
    options.interpretable = json[QStringLiteral("threshold")].toDouble(options.interpretable);
    options.labelDrop = json[QStringLiteral("label_drop")].toDouble(options.labelDrop);
    options.positiveOnly = json[QStringLiteral("signed")].toBool();
    options.includeUninterpretable = json[QStringLiteral("uninterpretable")].toBool();
    const auto rule =
        std::find(kRuleWords.begin(), kRuleWords.end(), json[QStringLiteral("edge_rule")].toString().toStdString());
    if (rule != kRuleWords.end())
        options.edgeRule = static_cast<EdgeRule>(rule - kRuleWords.begin());
    if (const double above = json[QStringLiteral("edge_threshold")].toDouble(-1); above >= 0 && above < 1)
        options.edgeThreshold = above;
    options.consensus = json[QStringLiteral("consensus")].toBool();
    return options;
}

} // namespace tercet
