#include "widgets/figures/brain_map_page.h"
#include "widgets/figures/figure_parts.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QPainter>

#include <algorithm>

namespace tercet {
namespace {

QString tr(const char* text) { return QObject::tr(text); }

/// A kind of maps on a page of a subject, and what has to be there.
constexpr std::array kSections = {std::pair{BrainMapKind::Encoding, "encode"},
                                  std::pair{BrainMapKind::Searchlight, "searchlight"}};

/// Those asked for that have a cortex and maps, in the study's order.
std::vector<Subject> mappedSubjects(const FigureData& figureData, const FigureOptions& options) {
    std::vector<Subject> subjects;
    for (const Subject& subject : figureData.subjects) {
        bool mapped = false;
        for (const auto& [task, result] : figureData.ofSubjects)
            for (const auto& [kind, step] : kSections)
                mapped = mapped || (task.subject == subject.name && task.step == step);
        if (mapped && figureData.ofSubjects.contains({"project-surface", "", subject.name}) &&
            (options.subjects.isEmpty() || options.subjects.contains(QString::fromStdString(subject.name))))
            subjects.push_back(subject);
    }
    return subjects;
}

} // namespace

int subjectMapPages(const FigureData& figureData, const FigureOptions& options) {
    return static_cast<int>(mappedSubjects(figureData, options).size());
}

Figure subjectMapFigure(SharedFigureData figureData, const FigureOptions& options) {
    const std::vector<Subject> subjects = mappedSubjects(*figureData, options);
    const auto missing = [] {
        nothingToDraw("subject-maps", "no subject has maps and a cortex to draw them on",
                      "import fMRI and a surface, and run the steps project-surface, encode and searchlight");
    };
    if (subjects.empty())
        missing();
    const int page = std::clamp(options.page, 0, static_cast<int>(subjects.size()) - 1);
    const Subject& subject = subjects[static_cast<std::size_t>(page)];
    SubjectCortices cortices;
    std::vector<BrainMapGrid> grids;
    QStringList models;
    QString rules;
    const Look measure = figureLook(options);
    const double width = widthOf(options, 183);
    const double gap = chipLine(measure) / kUnitsPerMm; // the heading of a section
    double height = 0;
    if (const auto cortex = cortexOf(cortices, *figureData, subject))
        for (const auto& [kind, step] : kSections) {
            BrainMapParts maps = emptyParts(options, kind);
            maps.add(*figureData, options, subject, cortex->voxels);
            if (maps.parts.empty())
                continue;
            for (BrainMapPart& part : maps.parts)
                part.title = figureData->modelTitle(part.request.system);
            for (const QString& model : maps.models)
                if (!models.contains(model))
                    models << model;
            rules += QStringLiteral(" ") + tr("%1: %2").arg(titleOf(kind), maps.ruleText());
            grids.push_back(cortexGrid(std::move(maps), cortices, width, options.inflated, measure));
            height += gap + grids.back().heightMm();
        }
    if (grids.empty())
        missing();
    Figure figure;
    figure.name = QStringLiteral("subject-maps");
    figure.title = tr("Maps of %1").arg(QString::fromStdString(subject.title));
    figure.caption =
        tr("How well each model predicts the voxels of %1 (%2), on the flattened cortex, curvature below "
           "it (sulci darker), one scale for each kind of map.%3")
            .arg(QString::fromStdString(subject.title),
                 grids.size() > 1 ? tr("above), and the searchlights (below") : titleOf(grids.front().maps.kind),
                 rules);
    figure.picture.title = tr("Maps of %1 — %2").arg(QString::fromStdString(subject.title), figureData->studyTitle);
    figure.picture.millimetres = {width, height};
    figure.picture.recipe = recipe(*figureData, figure.name, models,
                                   {"preprocess-fmri", "project-surface", "encode", "voxel-test", "searchlight"},
                                   {{"subjects", QJsonArray{QString::fromStdString(subject.name)}},
                                    {"page", 0}, // of the pages of this subject alone
                                    {"level", grids.front().maps.level},
                                    {"inflated", options.inflated}});
    figure.tables = [grids] {
        std::vector<Table> tables;
        for (const BrainMapGrid& grid : grids)
            tables.push_back(grid.maps.table(titleOf(grid.maps.kind)));
        return tables;
    };
    figure.picture.paint = [grids, gap, name = QString::fromStdString(subject.title)](
                               QPainter& painter, const QRectF& area, const Look& look) {
        double top = area.top();
        for (const BrainMapGrid& grid : grids) {
            const QRectF heading(area.left(), top, area.width(), gap * kUnitsPerMm);
            painter.fillRect(heading, look.surface);
            painter.setPen(look.text);
            painter.setFont(look.font(TextSize::Body, QFont::DemiBold));
            painter.drawText(heading.adjusted(kHalfUnit, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft,
                             tr("%1 · %2").arg(name, titleOf(grid.maps.kind)));
            const QRectF place(area.left(), heading.bottom(), area.width(), grid.heightMm() * kUnitsPerMm);
            grid.paint(painter, place, look);
            top = place.bottom();
        }
    };
    return figure;
}

} // namespace tercet
