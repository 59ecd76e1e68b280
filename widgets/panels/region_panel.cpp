#include "widgets/panels/region_panel.h"

#include "widgets/figures/region_values.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/region_table_editor.h"
#include "widgets/panels/session_figure.h"
#include "widgets/plots/legend.h"
#include "widgets/plots/theme.h"

#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace tercet {
namespace {

constexpr int kTall = 80 * kUnit;       ///< from here on there is room for the bars below the table
constexpr int kLowestBars = 20 * kUnit; ///< below it they would tell nothing

} // namespace

RegionPanel::RegionPanel(StudySession& session, QWidget* parent)
    : Panel(session, QStringLiteral("regions"), tr("Regions"), parent), m_subcortical(new GroupedBars),
      m_cortical(new GroupedBars), m_legend(new Legend), m_bars(new QScrollArea),
      m_editor(new RegionTableEditor(session)) {
    m_sort = addButton(QStringLiteral("filter"), tr("Sort regions by their highest mean"), [this] { invalidate(); });
    m_sort->setCheckable(true);
    m_table = addButton(QStringLiteral("table"), tr("Show and edit which parcels make up each region"),
                        [this] { invalidate(); });
    m_table->setCheckable(true);
    usePictureButton();
    showFailuresOf({"roi-test", "assign-regions"});
    m_subcortical->setTitle(tr("Subcortical"));
    m_cortical->setTitle(tr("Cortical"));
    auto* body = new QWidget;
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_editor, 2);
    layout->addWidget(m_legend);
    auto* plots = new QWidget;
    auto* stack = new QVBoxLayout(plots);
    stack->setContentsMargins(0, 0, 0, 0);
    stack->setSpacing(0);
    for (GroupedBars* plot : {m_subcortical, m_cortical}) {
        plot->setMinimumHeight(kLowestBars);
        stack->addWidget(plot, 1);
    }
    m_bars->setWidget(plots);
    m_bars->setWidgetResizable(true);
    m_bars->setFrameShape(QFrame::NoFrame);
    m_bars->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    layout->addWidget(m_bars, 2);
    setBody(body);
    connect(m_legend, &Legend::shownChanged, this, &RegionPanel::invalidate);
    for (GroupedBars* bars : {m_subcortical, m_cortical})
        connect(bars, &GroupedBars::itemHovered, this, [this, bars](int item) {
            const int group = bars->groupOf(item);
            this->session().selection().setHoveredRegion(
                group < 0 ? QString() : bars->groups()[static_cast<std::size_t>(group)].name);
        });
    for (const auto signal : {&StudySession::opened, &StudySession::studyChanged, &StudySession::namesChanged})
        connect(&session, signal, this, &RegionPanel::invalidate);
    connect(&session, &StudySession::statesChanged, this, [this] {
        if (isEmpty())
            invalidate();
    });
    connect(&session, &StudySession::arraysChanged, this, [this](const Task& task) {
        if (task.step == "roi-test")
            invalidate();
    });
}

bool RegionPanel::hasRoomForBars() const { return !m_table->isChecked() || height() >= kTall; }

void RegionPanel::resizeEvent(QResizeEvent* event) {
    Panel::resizeEvent(event);
    if (m_legend->isHidden() == hasRoomForBars())
        invalidate();
}

void RegionPanel::refresh() {
    const Task task{"roi-test"};
    const auto arrays = session().subjects().empty() ? nullptr : session().arrays(task);
    const bool bars = arrays && hasRoomForBars();
    m_editor->setVisible(m_table->isChecked());
    m_legend->setVisible(bars);
    if (!bars && m_table->isChecked()) { // the table alone
        m_bars->hide();
        header()->setNote({});
        showBody();
        return;
    }
    if (!arrays) {
        if (session().subjects().empty())
            showEmpty(tr("No subjects yet"),
                      tr("Import fMRI, a cortical surface and a parcellation of somebody who saw the stimuli: how well "
                         "every system predicts each region appears here."));
        else
            showEmpty(task, tr("No regions compared yet"),
                      tr("How well every system predicts each region, and which differences hold over subjects, "
                         "appears here."),
                      tr("Compare regions"));
        return;
    }
    const auto figureData = figureDataOf(session());
    const bool dark = Theme::instance().look().dark;
    QStringList systems;
    for (const std::string& name : arrays->get<std::string>("systems").values)
        systems << QString::fromStdString(name);
    if (systems != m_systems) {
        m_systems = systems;
        std::vector<LegendEntry> entries;
        for (const QString& name : m_systems)
            entries.push_back({figureData->modelTitle(name), figureData->color(name, dark)});
        m_legend->setEntries(std::move(entries));
    }
    QStringList shown;
    for (int i = 0; i < m_systems.size(); ++i)
        if (m_legend->entryShown(i))
            shown << m_systems[i];
    const RegionValues values =
        regionValues(*figureData, *arrays, shown.isEmpty() ? m_systems : shown, m_sort->isChecked(), dark);
    m_subcortical->setGroups(values.subcortical, values.valueName);
    m_cortical->setGroups(values.cortical, values.valueName);
    m_bars->show();
    m_subcortical->setVisible(!values.subcortical.empty());
    m_cortical->setVisible(!values.cortical.empty());
    const double low = std::min(m_subcortical->range().first, m_cortical->range().first);
    const double high = std::max(values.subcortical.empty() ? low : m_subcortical->range().second,
                                 values.cortical.empty() ? low : m_cortical->range().second);
    m_subcortical->setRange(low, high);
    m_cortical->setRange(low, high);
    header()->setNote(tr("stars: best against next, %1").arg(values.rule));
    showBody();
}

std::optional<Figure> RegionPanel::figure() const {
    if (isEmpty())
        return {};
    FigureOptions options;
    for (int i = 0; i < m_systems.size(); ++i)
        if (m_legend->entryShown(i))
            options.systems << m_systems[i];
    options.sorted = m_sort->isChecked();
    return regionFigure(figureDataOf(session()), options);
}

} // namespace tercet
