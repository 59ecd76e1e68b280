#include "widgets/figures/figure_page.h"

#include "core/base/text.h"
#include "core/io/table_file.h"
#include "core/pipeline/step.h"
#include "widgets/plots/palettes.h"

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

constexpr const char* kStyle = R"(
:root { color-scheme: light; --text: #1d1f23; --muted: #5a5e65; --line: #dcdde0; --page: #f5f5f6; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.55 "Open Sans", "Segoe UI", Roboto, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 48px 24px 96px; }
h1 { font-size: 28px; font-weight: 600; margin: 0 0 4px; }
h2 { font-size: 18px; font-weight: 600; margin: 48px 0 12px; }
p.lead, figcaption, .note { color: var(--muted); }
.systems { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 16px; }
.system, figure { background: #fff; border: 1px solid var(--line); border-radius: 6px; padding: 16px 20px; margin: 0; }
.system h3 { font-size: 15px; font-weight: 600; margin: 0 0 8px; }
.system dl { margin: 0; font-size: 13px; }
.system dt { color: var(--muted); margin-top: 6px; }
.system dd { margin: 0; }
figure + figure { margin-top: 24px; }
figure img { display: block; width: 100%; height: auto; margin: 0 auto 12px; }
figcaption { font-size: 13px; max-width: 76ch; }
figcaption b { color: var(--text); }
figcaption nav { margin-top: 6px; }
a { color: #2f62a3; }
.dot { display: inline-block; width: 10px; height: 10px; border-radius: 50%; margin-right: 7px; }
.wide { overflow-x: auto; background: #fff; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th, td { text-align: left; vertical-align: top; padding: 5px 12px; border-top: 1px solid var(--line); }
thead th { border-top: 0; font-weight: 600; white-space: nowrap; }
td.number { text-align: right; color: var(--muted); font-variant-numeric: tabular-nums; white-space: nowrap; }
code { font: 12px/1.5 "DejaVu Sans Mono", monospace; word-break: break-all; }
details { margin-top: 12px; }
summary { cursor: pointer; color: #2f62a3; }
)";

QString escaped(const std::string& text) { return QString::fromStdString(text).toHtmlEscaped(); }

QString dot(const QColor& color) {
    return QStringLiteral("<span class=\"dot\" style=\"background:%1\"></span>").arg(color.name());
}

QString systemsSection(const FigureData& figureData) {
    QString html = QStringLiteral("<section class=\"systems\">\n");
    for (const FigureSystem& system : figureData.systems) {
        html += QStringLiteral("<div class=\"system\"><h3>%1%2</h3><dl>\n")
                    .arg(dot(figureData.color(system.name, false)), system.title.toHtmlEscaped());
        if (system.results.empty())
            html += QObject::tr("<dt>Nothing was computed for it yet.</dt>");
        for (const Step& step : stepTable())
            if (const auto found = system.results.find(step.name); found != system.results.end())
                html += QStringLiteral("<dt>%1</dt><dd>%2</dd>\n")
                            .arg(escaped(step.title), found->second.summary.toHtmlEscaped());
        html += QStringLiteral("</dl></div>\n");
    }
    return html + QStringLiteral("</section>\n");
}

QString figureSection(const Figure& figure) {
    const double widthMm = figure.picture.millimetres.width();
    QString html = QStringLiteral("<figure id=\"%1\"><img src=\"%1.png\" alt=\"%2\" style=\"max-width:%3mm\">\n")
                       .arg(figure.name, figure.picture.title.toHtmlEscaped())
                       .arg(1.45 * widthMm, 0, 'f', 0);
    html += QStringLiteral("<figcaption><b>%1.</b> %2<nav>").arg(figure.title, figure.caption.toHtmlEscaped());
    for (const char* ending : {"pdf", "svg", "png"})
        html += QStringLiteral("<a href=\"%1.%2\">%3</a> ")
                    .arg(figure.name, QLatin1String(ending), QString::fromLatin1(ending).toUpper());
    const std::vector<Table> tables = figure.tables ? figure.tables() : std::vector<Table>();
    const auto files = tableFiles(figure.name.toStdString() + ".csv", tables);
    for (std::size_t i = 0; i < files.size(); ++i)
        html += QStringLiteral("<a href=\"%1\">CSV%2</a> ")
                    .arg(escaped(files[i].string()),
                         files.size() > 1 ? QStringLiteral(": ") + escaped(tables[i].title) : QString());
    return html + QObject::tr("· %1 × %2 mm</nav></figcaption></figure>\n")
                      .arg(widthMm, 0, 'f', 0)
                      .arg(figure.picture.millimetres.height(), 0, 'f', 0);
}

QString labelsSection(const FigureData& figureData) {
    std::size_t rows = 0;
    QString head;
    for (const FigureSystem& system : figureData.systems)
        if (system.embedding) {
            rows = std::max(rows, system.embedding->trainingColumns.size());
            head += QStringLiteral("<th>%1%2</th><th></th>")
                        .arg(dot(figureData.color(system.name, false)), system.title.toHtmlEscaped());
        }
    if (rows == 0)
        return {};
    QString html =
        QObject::tr("<h2>Component labels</h2>\n<p class=\"note\">In descending order of each component's sum; "
                    "r is the strongest correlation with a rating.</p>\n") +
        QStringLiteral("<div class=\"wide\"><table><thead><tr><th>#</th>%1</tr></thead><tbody>\n").arg(head);
    for (std::size_t row = 0; row < rows; ++row) {
        html += QStringLiteral("<tr><td class=\"number\">%1</td>").arg(row + 1);
        for (const FigureSystem& system : figureData.systems) {
            if (!system.embedding)
                continue;
            if (row >= system.embedding->trainingColumns.size()) {
                html += QStringLiteral("<td></td><td></td>");
                continue;
            }
            const QString label = system.componentNames.value(static_cast<int>(row));
            html += QStringLiteral("<td>%1%2</td><td class=\"number\">%3</td>")
                        .arg(dot(componentColor(system.embedding->trainingColumns[row])),
                             label.isEmpty() ? QStringLiteral("–") : label.toHtmlEscaped(),
                             strongestCorrelation(*system.embedding, row));
        }
        html += QStringLiteral("</tr>\n");
    }
    return html + QStringLiteral("</tbody></table></div>\n");
}

QString provenanceSection(const FigureData& figureData) {
    QString html =
        QObject::tr("<h2>Where it comes from</h2>\n<p class=\"note\">Study %1. Every picture holds the recipe of "
                    "what it shows.</p>\n<details><summary>Steps, parameters, seeds and versions</summary>\n")
            .arg(figureData.studyId);
    html += QObject::tr(
        "<div class=\"wide\"><table><thead><tr><th>Step</th><th>System</th><th>Parameters</th><th>Made by</th>"
        "<th>At</th><th>Key</th></tr></thead><tbody>\n");
    for (const FigureSystem& system : figureData.systems)
        for (const auto& [step, result] : system.results) {
            QStringList parameters;
            for (const auto& [name, value] : result.record.parameters)
                parameters << QStringLiteral("%1 %2").arg(escaped(name),
                                                          value.empty() ? QStringLiteral("–") : escaped(value));
            html +=
                QStringLiteral("<tr><td>%1 <span class=\"note\">v%2</span></td><td>%3</td><td>%4</td><td>Tercet %5</td>"
                               "<td>%6</td><td><code>%7</code></td></tr>\n")
                    .arg(escaped(step))
                    .arg(result.record.stepVersion)
                    .arg(system.title.toHtmlEscaped(), parameters.join(QStringLiteral(", ")),
                         escaped(result.record.program), escaped(result.record.createdAt), escaped(result.record.key));
        }
    return html + QStringLiteral("</tbody></table></div></details>\n");
}

} // namespace

QString figurePage(const FigureData& figureData, const std::vector<Figure>& figures) {
    const QString title = figureData.studyTitle.toHtmlEscaped();
    QString lead = QObject::tr("%1 stimuli").arg(QString::fromStdString(withThousands(figureData.stimuli->size())));
    if (figureData.ratings)
        lead += QObject::tr(", rated on %1 categories and %2 dimensions")
                    .arg(figureData.ratings->columns(TermKind::Category).size())
                    .arg(figureData.ratings->columns(TermKind::Dimension).size());
    lead += QObject::tr(", %1 systems. Made by Tercet %2.").arg(figureData.systems.size()).arg(TERCET_VERSION);

    QString html = QStringLiteral("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                                  "<title>%1</title><style>%2</style></head>\n<body><main>\n"
                                  "<h1>%1</h1>\n<p class=\"lead\">%3</p>\n")
                       .arg(title, QLatin1String(kStyle), lead);
    html += QObject::tr("<h2>Systems</h2>\n") + systemsSection(figureData);
    html += QObject::tr("<h2>Figures</h2>\n");
    for (const Figure& figure : figures)
        html += figureSection(figure);
    html += labelsSection(figureData) + provenanceSection(figureData);
    return html + QStringLiteral("</main></body></html>\n");
}

} // namespace tercet
