#include "widgets/figures/figure_parts.h"
#include "widgets/figures/figure_presets.h"
#include "widgets/figures/region_values.h"
#include "widgets/figures/table_builder.h"

#include <QJsonObject>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>

namespace tercet {
namespace {

QString tr(const char* text) { return QObject::tr(text); }

} // namespace

Figure regionFigure(SharedFigureData figureData, const FigureOptions& options) {
    const auto arrays = figureData->arrays({"roi-test"});
    if (!arrays)
        nothingToDraw("regions", "no system has been compared in regions of the brain",
                      "import fMRI, a surface and a parcellation, and run the step roi-test");
    if (options.brainMap == BrainMapKind::Searchlight && arrays->attributes.at("of") != "searchlight")
        nothingToDraw("regions", "regions were compared by encoding, not by searchlights",
                      "run the step roi-test with --of searchlight");
    const bool sorted = options.sorted;
    const RegionValues values = regionValues(*figureData, *arrays, options.systems, sorted, false);
    if (values.cortical.empty() && values.subcortical.empty())
        nothingToDraw("regions", "no region has voxels", "check the parcellation, and run the step roi-test");
    const double width = widthOf(options, 183);
    const Look look = figureLook(options);
    const int rows = (values.cortical.empty() ? 0 : 1) + (values.subcortical.empty() ? 0 : 1);
    const double rowHeight = std::max(38.0, 0.27 * width);
    const double chips =
        systemChipsHeight(*figureData, values.systems, (width)*kUnitsPerMm - 2 * kUnit, look) / kUnitsPerMm + 1;
    Figure figure;
    figure.name = QStringLiteral("regions");
    figure.title = tr("Regions of the brain");
    figure.caption = tr("%1 in each region; bars: mean over subjects, whiskers: s.d., dots: subjects. Stars: the best "
                        "system differs "
                        "from the next, false discovery rate below 0.05 (*), 0.01 (**), 0.001 (***); %2.")
                         .arg(values.valueName, values.rule);
    figure.picture.title = tr("Regions of the brain — %1").arg(figureData->studyTitle);
    figure.picture.millimetres = {width, chips + rows * rowHeight};
    figure.picture.recipe = recipe(*figureData, figure.name, values.systems, {"roi-test"}, {{"sorted", sorted}});
    figure.tables = [=] {
        TableBuilder table(tr("Regions of the brain"),
                           {{"region"}, {"system"}, {"mean", 3}, {"sd", 3}, {"subjects"}, {"stars"}});
        for (const std::vector<BarGroup>* groups : {&values.subcortical, &values.cortical})
            for (const BarGroup& group : *groups) {
                double best = -std::numeric_limits<double>::infinity();
                for (const GroupedBar& bar : group.bars)
                    best = std::fmax(best, bar.value);
                for (std::size_t b = 0; b < group.bars.size(); ++b)
                    table.add({group.name, systemCell(*figureData, values.systems[static_cast<int>(b)]),
                               group.bars[b].value, group.bars[b].deviation, group.bars[b].dots.size(),
                               group.bars[b].value == best ? group.mark : QString()});
            }
        TableBuilder tests(tr("Tests between systems"), {{"region"},
                                                         {"system"},
                                                         {"other"},
                                                         {"difference", 4},
                                                         {"t", 3},
                                                         {"df"},
                                                         {"q", 6},
                                                         {"cohens_d", 3},
                                                         {"low", 4},
                                                         {"high", 4}});
        for (const RegionTest& test : values.tests)
            tests.add({test.region, systemCell(*figureData, test.system), systemCell(*figureData, test.other),
                       test.difference, test.t, test.freedom, test.q, test.effect, test.low, test.high});
        return std::vector<Table>{table.take(), tests.take()};
    };
    figure.picture.paint = [=](QPainter& painter, const QRectF& area, const Look& paper) {
        painter.fillRect(area, paper.surface);
        drawSystemChips(painter,
                        QRectF(area.left() + kUnit, area.top() + 2, area.width() - 2 * kUnit, chips * kUnitsPerMm),
                        *figureData, values.systems, paper);
        GroupedBars upper;
        GroupedBars lower;
        upper.setGroups(values.subcortical, values.valueName);
        lower.setGroups(values.cortical, values.valueName);
        upper.setTitle(tr("Subcortical"));
        lower.setTitle(tr("Cortical"));
        const double low = std::min(upper.range().first, lower.range().first);
        const double high = std::max(values.subcortical.empty() ? low : upper.range().second,
                                     values.cortical.empty() ? low : lower.range().second);
        double top = area.top() + chips * kUnitsPerMm;
        for (GroupedBars* bars : {&upper, &lower}) {
            if (bars->groups().empty())
                continue;
            bars->setRange(low, high);
            bars->paint(painter, QRectF(area.left(), top, area.width(), rowHeight * kUnitsPerMm), paper);
            top += rowHeight * kUnitsPerMm;
        }
    };
    return figure;
}

} // namespace tercet
