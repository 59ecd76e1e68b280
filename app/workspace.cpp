#include "app/workspace.h"

#include "widgets/figures/figure_options.h"
#include "widgets/panels/component_flow_panel.h"
#include "widgets/panels/component_kinds_panel.h"
#include "widgets/panels/components_panel.h"
#include "widgets/panels/composer_panel.h"
#include "widgets/panels/emotion_graph_panel.h"
#include "widgets/panels/fit_panel.h"
#include "widgets/panels/flatmap_panel.h"
#include "widgets/panels/gallery_panel.h"
#include "widgets/panels/heat_map_panel.h"
#include "widgets/panels/jobs_panel.h"
#include "widgets/panels/map_panel.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/pipeline_panel.h"
#include "widgets/panels/region_panel.h"
#include "widgets/panels/rose_panel.h"
#include "widgets/panels/session_figure.h"
#include "widgets/panels/slices_panel.h"
#include "widgets/panels/study_panel.h"
#include "widgets/panels/validation_panel.h"
#include "widgets/panels/voxel_comparison_panel.h"
#include "widgets/panels/voxel_panel.h"

#include <QAction>
#include <QApplication>
#include <QDockWidget>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QSettings>

#include <array>

namespace tercet {
namespace {

constexpr int kLayoutVersion = 8; ///< counts up when docks are added or renamed
constexpr int kStoreMilliseconds = 700;
const QString kStateSetting = QStringLiteral("window/state");
const QString kUnfinishedSetting = QStringLiteral("window/unfinished");
const QString kLayoutKey = QStringLiteral("layout");

QString text(const std::string& utf8) { return QString::fromStdString(utf8); }

/// The panel that shows what a step made.
QString panelOfStep(const QString& step) {
    static const std::map<QString, QString> panels{{"fit-embedding", "fit"},
                                                   {"map", "map"},
                                                   {"label-components", "components"},
                                                   {"centroids", "components"},
                                                   {"held-out", "validation"},
                                                   {"noise-ceiling", "validation"},
                                                   {"sweep-dimensions", "validation"},
                                                   {"reproducibility", "validation"},
                                                   {"rsm", "validation"},
                                                   {"compress", "validation"},
                                                   {"saturation", "validation"},
                                                   {"align-systems", "validation"},
                                                   {"agreement", "validation"},
                                                   {"emotion-graph", "emotion-graph"},
                                                   {"match-components", "component-flow"},
                                                   {"cluster-overlap", "component-flow"},
                                                   {"preprocess-fmri", "voxel"},
                                                   {"project-surface", "flatmap"},
                                                   {"encode", "flatmap"},
                                                   {"voxel-test", "flatmap"},
                                                   {"roi-test", "regions"},
                                                   {"assign-regions", "regions"},
                                                   {"compare-voxels", "voxel-comparison"},
                                                   {"searchlight", "flatmap"}};
    const auto found = panels.find(step);
    return found == panels.end() ? QString() : found->second;
}

/// The panel that shows what a figure shows, and the step it turns to.
std::pair<QString, QString> panelOfFigure(const QString& preset) {
    static const std::map<QString, std::pair<QString, QString>> panels{
        {"labels", {"components", {}}},
        {"centroid-accuracy", {"components", {}}},
        {"clusters", {"emotion-graph", {}}},
        {"validation", {"validation", "held-out"}},
        {"similarity", {"validation", "rsm"}},
        {"compression", {"validation", "compress"}},
        {"saturation", {"validation", "saturation"}},
        {"agreement", {"validation", "align-systems"}},
        {"model-zoo", {"validation", "align-systems"}},
        {"component-flow", {"component-flow", "match-components"}},
        {"cluster-overlap", {"component-flow", "cluster-overlap"}},
        {"subject-maps", {"flatmap", {}}},
        {"component-maps", {"flatmap", {}}},
        {"word-clouds", {"gallery", {}}},
        {"voxels", {"voxel-comparison", {}}},
        {"raw-ratings", {"regions", {}}},
        {"composition", {"figures", {}}},
    };
    const auto found = panels.find(preset);
    return found == panels.end() ? std::pair(preset, QString()) : found->second;
}

} // namespace

Workspace::Workspace(StudySession& session, QWidget* parent)
    : QMainWindow(parent, Qt::Widget), m_session(session), m_pipeline(new PipelinePanel(session)),
      m_study(new StudyPanel(session)), m_map(new MapPanel(session)), m_composer(new ComposerPanel(session)) {
    setObjectName(QStringLiteral("workspace"));
    setDockOptions(AnimatedDocks | AllowNestedDocks | AllowTabbedDocks | GroupedDragging);
    setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    setContextMenuPolicy(Qt::NoContextMenu);
    addPanel(m_pipeline);
    addPanel(m_study);
    m_current = m_map;
    addPanel(m_map);
    addPanel(new RosePanel(session));
    addPanel(new FitPanel(session));
    addPanel(new ComponentsPanel(session));
    addPanel(new GalleryPanel(session));
    addPanel(new ComponentKindsPanel(session));
    addPanel(new HeatMapPanel(session));
    addPanel(new ValidationPanel(session));
    addPanel(new EmotionGraphPanel(session));
    addPanel(new ComponentFlowPanel(session));
    addPanel(new FlatmapPanel(session));
    addPanel(new RegionPanel(session));
    addPanel(new SlicesPanel(session));
    addPanel(new VoxelComparisonPanel(session));
    addPanel(new VoxelPanel(session));
    addPanel(new JobsPanel(session));
    addPanel(m_composer);
    resetLayout();
    if (const QByteArray layout = QSettings().value(kLayoutKey).toByteArray(); !layout.isEmpty())
        m_laidOut = restoreState(layout, kLayoutVersion);

    connect(m_pipeline, &PipelinePanel::panelRequested, this, [this](const QString& step) {
        if (const QString id = panelOfStep(step); !id.isEmpty())
            showPanel(id, step);
        else
            m_pipeline->showForm(true);
    });
    connect(&session, &StudySession::opened, this, &Workspace::restoreWhatWas);
    connect(&session, &StudySession::statesChanged, this, &Workspace::noteUnfinished);
    m_storeTimer.setSingleShot(true);
    m_storeTimer.setInterval(kStoreMilliseconds);
    connect(&m_storeTimer, &QTimer::timeout, this, &Workspace::storeState);
    Selection& selection = session.selection();
    for (const auto signal : {&Selection::stimuliChanged, &Selection::componentChanged, &Selection::systemChanged})
        connect(&selection, signal, this, &Workspace::storeSoon);
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget*, QWidget* now) {
        for (QWidget* widget = now; widget; widget = widget->parentWidget())
            if (auto* panel = qobject_cast<Panel*>(widget); panel && panel != m_current) {
                m_current = panel;
                emit currentPanelChanged();
                return;
            }
    });
}

QDockWidget* Workspace::addPanel(Panel* panel) {
    auto* dock = new QDockWidget(panel->title(), this);
    dock->setObjectName("dock-" + panel->objectName());
    dock->setWidget(panel);
    dock->setTitleBarWidget(panel->header());
    dock->setAllowedAreas(Qt::AllDockWidgetAreas);
    m_docks.push_back(dock);
    m_panels.push_back(panel);
    connect(panel, &Panel::composeWanted, this, [this](const QString& preset, const QJsonObject& options) {
        m_composer->addFigure(preset, options);
        showPanel(m_composer->objectName());
    });
    connect(dock, &QDockWidget::dockLocationChanged, this, &Workspace::storeSoon);
    connect(dock, &QDockWidget::visibilityChanged, this, &Workspace::storeSoon);
    connect(dock, &QDockWidget::topLevelChanged, this, &Workspace::storeSoon);

    constexpr int kDigits = 9;
    const auto number = static_cast<int>(m_panelActions.size());
    auto* action = new QAction(panel->title(), this);
    action->setCheckable(true);
    action->setShortcut((number < kDigits ? Qt::CTRL : Qt::ALT) | static_cast<Qt::Key>(Qt::Key_1 + number % kDigits));
    action->installEventFilter(this);
    connect(action, &QAction::triggered, dock, [this, dock, action] {
        if (dock->visibleRegion().isEmpty())
            goTo(dock);
        else
            dock->hide();
        action->setChecked(!dock->isHidden());
    });
    connect(dock->toggleViewAction(), &QAction::toggled, action, &QAction::setChecked);
    m_panelActions.push_back(action);
    return dock;
}

void Workspace::goTo(QDockWidget* dock) {
    dock->show();
    dock->raise();
    dock->activateWindow();
    qobject_cast<Panel*>(dock->widget())->takeFocus();
}

bool Workspace::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Shortcut)
        for (std::size_t i = 0; i < m_panelActions.size(); ++i)
            if (m_panelActions[i] == watched) {
                goTo(m_docks[i]);
                return true;
            }
    return QMainWindow::eventFilter(watched, event);
}

Panel* Workspace::panel(const QString& id) const {
    const auto found =
        std::find_if(m_panels.begin(), m_panels.end(), [&](const Panel* panel) { return panel->objectName() == id; });
    return found == m_panels.end() ? nullptr : *found;
}

Panel* Workspace::currentPanel() const { return m_current; }

void Workspace::showPanel(const QString& id, const QString& step) {
    for (std::size_t i = 0; i < m_panels.size(); ++i)
        if (m_panels[i]->objectName() == id) {
            m_docks[i]->show();
            m_docks[i]->raise();
            m_panels[i]->showStep(step);
        }
}

void Workspace::findStimulus() {
    showPanel(QStringLiteral("study"));
    m_study->searchBox()->setFocus(Qt::ShortcutFocusReason);
    m_study->searchBox()->selectAll();
}

void Workspace::resetLayout() {
    const auto dock = [this](const char* id) {
        return findChild<QDockWidget*>(QStringLiteral("dock-") + QLatin1String(id), Qt::FindDirectChildrenOnly);
    };
    for (QDockWidget* one : m_docks) {
        one->setFloating(false);
        removeDockWidget(one);
    }
    addDockWidget(Qt::LeftDockWidgetArea, dock("pipeline"));
    splitDockWidget(dock("pipeline"), dock("map"), Qt::Horizontal);
    splitDockWidget(dock("map"), dock("fit"), Qt::Horizontal);
    splitDockWidget(dock("pipeline"), dock("study"), Qt::Vertical);
    splitDockWidget(dock("map"), dock("rose"), Qt::Vertical);
    splitDockWidget(dock("fit"), dock("components"), Qt::Vertical);
    for (const char* beside : {"gallery", "regions", "slices", "voxel-comparison", "voxel", "jobs"})
        tabifyDockWidget(dock("rose"), dock(beside));
    tabifyDockWidget(dock("fit"), dock("validation"));
    for (const char* beside : {"heat-map", "emotion-graph", "component-flow", "flatmap", "figures"})
        tabifyDockWidget(dock("map"), dock(beside));
    tabifyDockWidget(dock("components"), dock("component-kinds"));
    for (QDockWidget* one : m_docks)
        one->show();
    dock("rose")->raise();
    dock("fit")->raise();
    dock("map")->raise();
    dock("components")->raise();
    const int w = std::max(width(), 800);
    const int h = std::max(height(), 500);
    resizeDocks({dock("pipeline"), dock("map"), dock("fit")}, {w * 25 / 100, w * 47 / 100, w * 28 / 100},
                Qt::Horizontal);
    resizeDocks({dock("pipeline"), dock("study")}, {h * 58 / 100, h * 42 / 100}, Qt::Vertical);
    resizeDocks({dock("map"), dock("rose")}, {h * 66 / 100, h * 34 / 100}, Qt::Vertical);
    resizeDocks({dock("fit"), dock("components")}, {h / 2, h / 2}, Qt::Vertical);
}

void Workspace::showRecipe(const FigureRecipe& recipe) {
    if (recipe.figure == QLatin1String("composition")) {
        m_composer->setComposition(compositionFrom(recipe.options, tr("the recipe")), tr("composition of a picture"));
    }
    const auto figureData = figureDataOf(m_session);
    const FigureOptions options = figureOptionsFrom(recipe.options, *figureData);
    const QJsonObject selected = recipe.options[QStringLiteral("selection")].toObject();
    const FigureOptions chosen = figureOptionsFrom(selected, *figureData);
    Selection& selection = m_session.selection();
    const QString system = selected[QStringLiteral("system")].toString(options.systems.value(0));
    if (figureData->system(system))
        selection.setSystem(system);
    selection.setStimuli(chosen.stimuli.isEmpty() ? options.stimuli : chosen.stimuli);
    selection.setComponent(options.coloring.by == MapColoring::By::Component
                               ? options.coloring.index
                               : selected[QStringLiteral("component")].toInt(-1));
    const auto [id, step] = panelOfFigure(recipe.figure);
    showPanel(id, step);
    if (Panel* shown = panel(id))
        shown->showFigure(recipe.figure, options);
}

void Workspace::resizeEvent(QResizeEvent* event) {
    QMainWindow::resizeEvent(event);
    // The first real size is known only now.
    if (!m_laidOut && isVisible()) {
        m_laidOut = true;
        resetLayout();
    }
    if (std::exchange(m_givesBack, false) && size() == m_keptSize)
        resizeDocks(m_keptDocks, m_keptHeights, Qt::Vertical);
}

void Workspace::keepHeights() {
    m_keptSize = size();
    m_keptDocks.clear();
    m_keptHeights.clear();
    for (QDockWidget* dock : m_docks)
        if (!dock->isFloating() && !dock->visibleRegion().isEmpty()) {
            m_keptDocks << dock;
            m_keptHeights << dock->height();
        }
    m_givesBack = false;
}

void Workspace::giveHeightsBack() { m_givesBack = true; }

void Workspace::restoreWhatWas() {
    const QJsonObject state = QJsonDocument::fromJson(m_session.setting(kStateSetting).toUtf8()).object();
    if (const QByteArray layout = QByteArray::fromBase64(state["layout"].toString().toLatin1()); !layout.isEmpty())
        m_laidOut = restoreState(layout, kLayoutVersion) || m_laidOut;
    m_study->restoreState(state["study"].toObject());
    Selection& selection = m_session.selection();
    const auto& systems = m_session.systems();
    const QString system = state["system"].toString();
    if (std::any_of(systems.begin(), systems.end(), [&](const System& one) { return text(one.name) == system; }))
        selection.setSystem(system);
    else if (!systems.empty())
        selection.setSystem(text(systems.front().name));
    selection.setComponent(state["component"].toInt(-1));
    QVector<int> rows;
    for (const auto& row : state["stimuli"].toArray())
        if (const int value = row.toInt(-1); value >= 0 && value < static_cast<int>(m_session.stimuli().size()))
            rows.append(value);
    selection.setStimuli(rows);

    std::vector<Task> unfinished;
    for (const auto& entry : QJsonDocument::fromJson(m_session.setting(kUnfinishedSetting).toUtf8()).array()) {
        const auto part = [&](int place) { return entry.toArray().at(place).toString().toStdString(); };
        const Task task{part(0), part(1), part(2)};
        const auto& tasks = m_session.tasks();
        if (std::find(tasks.begin(), tasks.end(), task) != tasks.end() &&
            m_session.state(task).kind != StepState::Kind::Done)
            unfinished.push_back(task);
    }
    m_restored = true;
    if (!unfinished.empty() && !m_session.readOnly())
        emit unfinishedFound(unfinished);
}

void Workspace::noteUnfinished() {
    if (!m_restored)
        return;
    QJsonArray tasks;
    for (const Task& task : m_session.tasks())
        if (m_session.running(task) || m_session.queued(task))
            tasks.append(QJsonArray{text(task.step), text(task.system), text(task.subject)});
    m_session.storeSetting(kUnfinishedSetting, QString::fromUtf8(QJsonDocument(tasks).toJson(QJsonDocument::Compact)));
}

void Workspace::storeSoon() {
    if (m_restored && !m_storeTimer.isActive())
        m_storeTimer.start();
}

void Workspace::storeState() {
    m_storeTimer.stop();
    if (!m_restored)
        return;
    const Selection& selection = m_session.selection();
    QJsonArray stimuli;
    for (const int row : selection.stimuli())
        stimuli.append(row);
    const QByteArray layout = saveState(kLayoutVersion);
    const QJsonObject state{{"layout", QString::fromLatin1(layout.toBase64())},
                            {"study", m_study->state()},
                            {"system", selection.system()},
                            {"component", selection.component()},
                            {"stimuli", stimuli}};
    m_session.storeSetting(kStateSetting, QString::fromUtf8(QJsonDocument(state).toJson(QJsonDocument::Compact)));
    QSettings().setValue(kLayoutKey, layout);
}

} // namespace tercet
