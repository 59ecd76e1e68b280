#include "widgets/figures/figure_parts.h"

#include "core/base/error.h"
#include "widgets/figures/journal.h"
#include "widgets/plots/annotation.h"

#include <QFontMetricsF>
#include <QJsonArray>
#include <QJsonDocument>
#include <QPainter>

namespace tercet {
namespace {

QJsonObject toJson(const std::map<std::string, std::string>& texts) {
    QJsonObject object;
    for (const auto& [name, text] : texts)
        object[QString::fromStdString(name)] = QString::fromStdString(text);
    return object;
}

std::vector<QPointF> systemChipPlaces(const FigureData& figureData, const QStringList& systems, double width,
                                      const Look& look) {
    const QFontMetricsF metrics(look.font(TextSize::Small, QFont::DemiBold));
    std::vector<QPointF> places;
    QPointF place;
    for (const QString& name : systems) {
        const double chip = 1.44 * metrics.xHeight() + 6 + metrics.horizontalAdvance(figureData.modelTitle(name));
        if (place.x() > 0 && place.x() + chip > width)
            place = {0, place.y() + chipLine(look)};
        places.push_back(place);
        place.rx() += chip + 2 * kUnit;
    }
    return places;
}

} // namespace

void nothingToDraw(const char* preset, const char* what, const char* remedy) {
    throw MissingError({.where = std::string("figure ") + preset, .what = what, .remedy = remedy});
}

QString recipe(const FigureData& figureData, const QString& preset, const QStringList& systems,
               const std::vector<const char*>& steps, QJsonObject options) {
    QJsonArray results;
    const auto add = [&](const ResultRecord& record) {
        results.append(QJsonObject{{"key", QString::fromStdString(record.key)},
                                   {"step", QString::fromStdString(record.step)},
                                   {"step_version", record.stepVersion},
                                   {"system", QString::fromStdString(record.system)},
                                   {"subject", QString::fromStdString(record.subject)},
                                   {"parameters", toJson(record.parameters)},
                                   {"inputs", toJson(record.inputs)},
                                   {"program", QString::fromStdString(record.program)},
                                   {"created_at", QString::fromStdString(record.createdAt)}});
    };
    const auto addFrom = [&](const FigureResults& known) {
        for (const char* step : steps)
            if (const auto found = known.find(step); found != known.end())
                add(found->second.record);
    };
    addFrom(figureData.results);
    for (const QString& name : systems)
        if (const FigureSystem* system = figureData.system(name))
            addFrom(system->results);
    const QJsonArray subjects = options[QStringLiteral("subjects")].toArray();
    for (const auto& [task, result] : figureData.ofSubjects)
        if (std::find(steps.begin(), steps.end(), task.step) != steps.end() &&
            (task.system.empty() || systems.contains(QString::fromStdString(task.system))) &&
            subjects.contains(QString::fromStdString(task.subject)))
            add(result.record);
    options["systems"] = QJsonArray::fromStringList(systems);
    return QString::fromUtf8(
        QJsonDocument(QJsonObject{{"program", QStringLiteral("Tercet " TERCET_VERSION)},
                                  {"figure", preset},
                                  {"study", QJsonObject{{"id", figureData.studyId}, {"title", figureData.studyTitle}}},
                                  {"options", options},
                                  {"results", results}})
            .toJson(QJsonDocument::Indented));
}

QStringList subjectsToDraw(const FigureData& figureData, const FigureOptions& options) {
    QStringList subjects;
    for (const Subject& subject : figureData.subjects)
        if (const QString name = QString::fromStdString(subject.name);
            options.subjects.isEmpty() || options.subjects.contains(name))
            subjects << name;
    return subjects;
}

Look figureLook(const FigureOptions& options) { return journalLook(journalNamed(options.journal)); }

double widthOf(const FigureOptions& options, double preset) { return options.widthMm > 0 ? options.widthMm : preset; }

QString summaries(const FigureData& figureData, const QStringList& systems, const char* step) {
    QStringList parts;
    for (const QString& name : systems) {
        const FigureSystem* system = figureData.system(name);
        if (!system)
            continue;
        const auto found = system->results.find(step);
        if (found != system->results.end() && !found->second.summary.isEmpty())
            parts << QStringLiteral("%1: %2").arg(system->title, found->second.summary);
    }
    return parts.isEmpty() ? QString() : QStringLiteral(" %1.").arg(parts.join(QStringLiteral("; ")));
}

double systemChipsHeight(const FigureData& figureData, const QStringList& systems, double width, const Look& look) {
    return systems.isEmpty() ? 0 : systemChipPlaces(figureData, systems, width, look).back().y() + chipLine(look);
}

void drawSystemChips(QPainter& painter, const QRectF& area, const FigureData& figureData, const QStringList& systems,
                     const Look& look) {
    const std::vector<QPointF> places = systemChipPlaces(figureData, systems, area.width(), look);
    for (qsizetype i = 0; i < systems.size(); ++i) {
        const QPointF place = area.topLeft() + places[static_cast<std::size_t>(i)];
        drawChip(painter, QRectF(place, QSizeF(area.right() - place.x(), chipLine(look))),
                 figureData.modelTitle(systems[i]), figureData.color(systems[i], false),
                 look.font(TextSize::Small, QFont::DemiBold), look.text);
    }
}

double chipLine(const Look& look) { return QFontMetricsF(look.font(TextSize::Small)).height() + kHalfUnit; }

} // namespace tercet
