#include "widgets/figures/figure_options.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <array>

namespace tercet {
namespace {

constexpr std::array kColoringWords = {"category", "rating", "component"};
constexpr int kMostSlices = 100;
constexpr std::array kRuleWords = {"positive", "absolute"};

QStringList stringsOf(const QJsonValue& value) {
    QStringList strings;
    for (const auto& each : value.toArray())
        strings << each.toString();
    return strings;
}

enum class OptionKind { Words, Word, Flag, Number, Place, Point };

struct OptionField {
    const char* name;
    OptionKind kind;
    double least = 0;
    double most = 0;
};

constexpr double kAnyPlace = 1e6;

constexpr std::array kFields = {
    OptionField{"systems", OptionKind::Words},
    OptionField{"stimuli", OptionKind::Words},
    OptionField{"colour_by", OptionKind::Word},
    OptionField{"colour_index", OptionKind::Place, 0, kAnyPlace},
    OptionField{"hidden", OptionKind::Words},
    OptionField{"width_mm", OptionKind::Number, 20, 1000},
    OptionField{"journal", OptionKind::Word},
    OptionField{"page", OptionKind::Place, 0, kAnyPlace},
    OptionField{"threshold", OptionKind::Number, 0, 1},
    OptionField{"label_drop", OptionKind::Number, 0, 1},
    OptionField{"signed", OptionKind::Flag},
    OptionField{"uninterpretable", OptionKind::Flag},
    OptionField{"edge_rule", OptionKind::Word},
    OptionField{"edge_threshold", OptionKind::Number, 0, 1},
    OptionField{"consensus", OptionKind::Flag},
    OptionField{"subjects", OptionKind::Words},
    OptionField{"map", OptionKind::Word},
    OptionField{"level", OptionKind::Number, 0, 1},
    OptionField{"component", OptionKind::Place, 0, kAnyPlace},
    OptionField{"inflated", OptionKind::Flag},
    OptionField{"slices", OptionKind::Place, 1, kMostSlices},
    OptionField{"place", OptionKind::Point},
    OptionField{"sorted", OptionKind::Flag},
    OptionField{"against", OptionKind::Word},
};

bool fits(const OptionField& field, const QJsonValue& value) {
    switch (field.kind) {
    case OptionKind::Words: {
        const QJsonArray values = value.toArray();
        return value.isArray() &&
               std::all_of(values.begin(), values.end(), [](const QJsonValue& each) { return each.isString(); });
    }
    case OptionKind::Point: {
        const QJsonArray values = value.toArray();
        return values.size() == 3 &&
               std::all_of(values.begin(), values.end(), [](const QJsonValue& each) { return each.isDouble(); });
    }
    case OptionKind::Word:
        return value.isString();
    case OptionKind::Flag:
        return value.isBool();
    case OptionKind::Place:
        if (value.toDouble() != value.toInt(-1))
            return false;
        [[fallthrough]];
    case OptionKind::Number:
        return value.isDouble() && value.toDouble() >= field.least && value.toDouble() <= field.most;
    }
    return false;
}

std::string expectedOf(const OptionField& field) {
    switch (field.kind) {
    case OptionKind::Words:
        return "a list of names";
    case OptionKind::Point:
        return "three numbers, mm";
    case OptionKind::Word:
        return "a word";
    case OptionKind::Flag:
        return "true or false";
    case OptionKind::Place:
        return (field.most < kAnyPlace ? QStringLiteral("a whole number from %1 to %2").arg(field.least).arg(field.most)
                                       : QStringLiteral("a whole number from %1").arg(field.least))
            .toStdString();
    case OptionKind::Number:
        return QStringLiteral("a number from %1 to %2").arg(field.least).arg(field.most).toStdString();
    }
    return {};
}

std::string asWritten(const QJsonValue& value) {
    const QByteArray list = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return list.mid(1, list.size() - 2).toStdString();
}

template <std::size_t N>
void requireWord(const QJsonObject& json, const char* field, const std::array<const char*, N>& words) {
    const QJsonValue value = json[QLatin1String(field)];
    if (value.isUndefined() || std::find(words.begin(), words.end(), value.toString().toStdString()) != words.end())
        return;
    std::string expected = words[0];
    for (std::size_t i = 1; i < N; ++i)
        expected += (i + 1 == N ? " or " : ", ") + std::string(words[i]);
    throw ParameterError({.where = std::string("option ") + field, .expected = expected, .found = asWritten(value)});
}

} // namespace

void requireFigureOptions(const QJsonObject& json, const FigureData& figureData) {
    for (auto option = json.begin(); option != json.end(); ++option) {
        const auto field = std::find_if(kFields.begin(), kFields.end(), [&](const OptionField& each) {
            return option.key() == QLatin1String(each.name);
        });
        if (field == kFields.end()) {
            std::string names;
            for (const OptionField& each : kFields)
                names += (names.empty() ? "" : ", ") + std::string(each.name);
            throw ParameterError({.where = "the options",
                                  .expected = "some of " + names,
                                  .found = tercet::quoted(option.key().toStdString())});
        }
        if (!fits(*field, option.value()))
            throw ParameterError({.where = std::string("option ") + field->name,
                                  .expected = expectedOf(*field),
                                  .found = asWritten(option.value())});
    }
    requireWord(json, "colour_by", kColoringWords);
    requireWord(json, "edge_rule", kRuleWords);
    requireWord(json, "map", kBrainMapWords);
    QStringList unknown;
    (void)figureOptionsFrom(json, figureData, &unknown);
    if (!unknown.isEmpty())
        throw ParameterError(
            {.where = "option stimuli",
             .expected = figureData.stimuli->empty()
                             ? std::string("ids of stimuli")
                             : "ids of stimuli, such as " + tercet::quoted(figureData.stimuli->front().id),
             .found = tercet::quoted(unknown.front().toStdString()),
             .remedy = "the panel Stimuli shows them in its column Id"});
}

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
    if (!options.subjects.isEmpty())
        json[QStringLiteral("subjects")] = QJsonArray::fromStringList(options.subjects);
    if (options.brainMap != usual.brainMap)
        json[QStringLiteral("map")] =
            QString::fromLatin1(kBrainMapWords.at(static_cast<std::size_t>(options.brainMap)));
    if (options.level)
        json[QStringLiteral("level")] = *options.level;
    if (options.component != usual.component)
        json[QStringLiteral("component")] = options.component;
    if (options.inflated)
        json[QStringLiteral("inflated")] = true;
    if (options.slices != usual.slices)
        json[QStringLiteral("slices")] = options.slices;
    if (options.place)
        json[QStringLiteral("place")] = QJsonArray{(*options.place)[0], (*options.place)[1], (*options.place)[2]};
    if (options.sorted)
        json[QStringLiteral("sorted")] = true;
    if (!options.against.isEmpty())
        json[QStringLiteral("against")] = options.against;
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
    options.subjects = stringsOf(json[QStringLiteral("subjects")]);
    const auto map =
        std::find(kBrainMapWords.begin(), kBrainMapWords.end(), json[QStringLiteral("map")].toString().toStdString());
    if (map != kBrainMapWords.end())
        options.brainMap = static_cast<BrainMapKind>(map - kBrainMapWords.begin());
    if (const QJsonValue level = json[QStringLiteral("level")]; level.isDouble())
        options.level = level.toDouble();
    options.component = json[QStringLiteral("component")].toInt();
    options.inflated = json[QStringLiteral("inflated")].toBool();
    options.slices = std::clamp(json[QStringLiteral("slices")].toInt(options.slices), 1, kMostSlices);
    if (const QJsonArray place = json[QStringLiteral("place")].toArray(); place.size() == 3)
        options.place = Point3{place[0].toDouble(), place[1].toDouble(), place[2].toDouble()};
    options.sorted = json[QStringLiteral("sorted")].toBool();
    options.against = json[QStringLiteral("against")].toString();
    return options;
}

} // namespace tercet
