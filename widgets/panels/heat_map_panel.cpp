#include "widgets/panels/heat_map_panel.h"

#include "core/base/text.h"
#include "widgets/figures/rating_map.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/session_figure.h"
#include "widgets/plots/color_bar.h"
#include "widgets/plots/heat_map.h"
#include "widgets/plots/palettes.h"
#include "widgets/plots/theme.h"

#include <QGridLayout>
#include <QScrollArea>
#include <QScrollBar>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

constexpr int kWideMap = 70 * kUnit; ///< two maps stand side by side where each is as wide as this

} // namespace

HeatMapPanel::HeatMapPanel(StudySession& session, QWidget* parent)
    : Panel(session, QStringLiteral("heat-map"), tr("Heat map"), parent), m_scroll(new QScrollArea),
      m_key(new ColorBar) {
    useSystemChip();
    m_all = addButton(QStringLiteral("columns"), tr("Show all systems"), [this] { invalidate(); });
    m_all->setCheckable(true);
    usePictureButton();
    showFailuresOf({"label-components"});

    m_key->setMap([](double share, bool dark) { return divergingColor(2 * share - 1, dark); }, -kRatingMapMost,
                  kRatingMapMost, tr("Pearson r"));
    auto* content = new QWidget;
    m_grid = new QGridLayout(content);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setSpacing(1);
    m_scroll->setWidget(content);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* body = new QWidget;
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_scroll, 1);
    layout->addWidget(m_key);
    setBody(body);

    connect(&session, &StudySession::embeddingChanged, this, &HeatMapPanel::invalidate);
    connect(&session, &StudySession::studyChanged, this, &HeatMapPanel::invalidate);
    connect(&session, &StudySession::namesChanged, this, &HeatMapPanel::invalidate);
    connect(&session.selection(), &Selection::componentChanged, this, &HeatMapPanel::markSelected);
    connect(&session.selection(), &Selection::hoveredComponentChanged, this, &HeatMapPanel::markHovered);
}

int HeatMapPanel::rowOf(const QString& system, int trainingColumn) const {
    const auto embedding = session().embedding(system);
    if (!embedding || trainingColumn < 0)
        return -1;
    const auto& columns = embedding->trainingColumns;
    const auto found = std::find(columns.begin(), columns.end(), trainingColumn);
    return found == columns.end() ? -1 : static_cast<int>(found - columns.begin());
}

void HeatMapPanel::markHovered() {
    const Selection& selection = session().selection();
    for (int i = 0; i < m_systems.size(); ++i) {
        HeatMap* map = m_maps[static_cast<std::size_t>(i)];
        const QString& each = m_systems[i];
        map->setHovered(rowOf(each, each == system() ? selection.hoveredComponent() : selection.hoveredComponent(each)),
                        map->hoveredColumn());
    }
}

HeatMap* HeatMapPanel::addMap() {
    auto* map = new HeatMap;
    const int place = static_cast<int>(m_maps.size());
    connect(map, &HeatMap::cellHovered, this, [this, place](int row, int column) { point(place, row, column); });
    const auto choose = [this, place](int row) {
        const auto embedding = session().embedding(m_systems[place]);
        if (!embedding || row >= static_cast<int>(embedding->trainingColumns.size()))
            return;
        session().selection().setSystem(m_systems[place]);
        session().selection().setComponent(embedding->trainingColumns[static_cast<std::size_t>(row)]);
    };
    connect(map, &HeatMap::cellClicked, this, [choose](int row, int) { choose(row); });
    connect(map, &HeatMap::rowNameClicked, this, choose);
    connect(map, &HeatMap::columnNameClicked, this, [this](int column) {
        m_sortedBy = column == m_sortedBy ? -1 : column;
        invalidate();
    });
    connect(map, &HeatMap::rowSortAsked, this, [this, place](int row) {
        const auto embedding = session().embedding(m_systems[place]);
        if (!embedding || row >= static_cast<int>(embedding->trainingColumns.size()))
            return;
        const int component = embedding->trainingColumns[static_cast<std::size_t>(row)];
        const bool again = component == m_sortingComponent && m_systems[place] == m_sortingSystem;
        m_sortingComponent = again ? -1 : component;
        m_sortingSystem = again ? QString() : m_systems[place];
        invalidate();
    });
    m_maps.push_back(map);
    return map;
}

void HeatMapPanel::point(int place, int row, int column) {
    for (int i = 0; i < static_cast<int>(m_maps.size()); ++i)
        if (i != place)
            m_maps[static_cast<std::size_t>(i)]->setHovered(-1, column);
    const auto embedding = session().embedding(m_systems[place]);
    const bool known = embedding && row >= 0 && row < static_cast<int>(embedding->trainingColumns.size());
    const int component = known ? embedding->trainingColumns[static_cast<std::size_t>(row)] : -1;
    if (m_systems[place] == system())
        session().selection().setHoveredComponent(component);
    else
        session().selection().setHoveredComponent(m_systems[place], component);
}

std::vector<std::size_t> HeatMapPanel::columnOrder(const QString& leading) const {
    const Ratings& ratings = *session().ratings();
    std::vector<std::size_t> columns = ratingColumns(*session().embedding(leading), ratings);
    const int row = rowOf(m_sortingSystem, m_sortingComponent);
    if (row < 0)
        return columns;
    const Matrix<double>& r = session().embedding(m_sortingSystem)->correlations;
    const auto value = [&](std::size_t term) {
        const double at = r(static_cast<std::size_t>(row), term);
        return std::isnan(at) ? -2.0 : at;
    };
    // Categories stay left of the dimensions.
    std::stable_sort(columns.begin(), columns.end(), [&](std::size_t a, std::size_t b) {
        return std::pair(ratings.terms[a].kind, -value(a)) < std::pair(ratings.terms[b].kind, -value(b));
    });
    return columns;
}

void HeatMapPanel::fill(HeatMap& map, const QString& system, const std::vector<std::size_t>& columns) {
    const auto figureData = figureDataOf(session());
    showRatingMap(map, *figureData, *figureData->system(system), columns, m_sortedBy);
    map.setSortedBy(system == m_sortingSystem ? rowOf(system, m_sortingComponent) : -1, m_sortedBy);
}

void HeatMapPanel::refresh() {
    const QString front = system();
    QStringList systems;
    for (const System& each : session().systems()) {
        const QString name = QString::fromStdString(each.name);
        const auto embedding = session().embedding(name);
        if (embedding && !embedding->correlations.empty() && (m_all->isChecked() || name == front))
            systems << name;
    }
    if (systems.isEmpty()) {
        const QString title = tr("No correlations yet");
        const QString text = tr("How every component of %1 goes with every rating appears here as soon as an embedding "
                                "is being fitted.")
                                 .arg(systemTitle(front));
        if (front.isEmpty() || !session().ratings())
            showEmpty(title, tr("Import a rating table and fit or import an embedding: how every component goes with "
                                "every rating appears here."));
        else
            showEmpty(Task{"fit-embedding", front.toStdString()}, title, text, tr("Fit %1").arg(systemTitle(front)));
        m_systems.clear();
        return;
    }
    if (session().ratings() && m_sortedBy >= static_cast<int>(session().ratings()->terms.size()))
        m_sortedBy = -1;
    m_systems = systems;
    while (static_cast<int>(m_maps.size()) < systems.size())
        addMap();
    while (static_cast<int>(m_maps.size()) > systems.size()) {
        delete m_maps.back();
        m_maps.pop_back();
    }
    if (!m_systems.contains(m_sortingSystem) || rowOf(m_sortingSystem, m_sortingComponent) < 0) {
        m_sortingSystem.clear();
        m_sortingComponent = -1;
    }
    // Columns stand as the system in front has them, so that rows of all systems can be compared.
    const std::vector<std::size_t> columns = columnOrder(systems.contains(front) ? front : systems.front());
    for (int i = 0; i < systems.size(); ++i) {
        m_maps[static_cast<std::size_t>(i)]->setWheelZooms(systems.size() == 1);
        fill(*m_maps[static_cast<std::size_t>(i)], systems[i], columns);
    }
    QStringList sorting;
    if (m_sortedBy >= 0)
        sorting << tr("components sorted by %1")
                       .arg(ratingName(*session().ratings(), static_cast<std::size_t>(m_sortedBy)));
    if (m_sortingComponent >= 0)
        sorting << tr("ratings sorted by component %1").arg(rowOf(m_sortingSystem, m_sortingComponent) + 1);
    header()->setNote(sorting.isEmpty() ? tr("click a rating's name to sort by it, double-click a component's")
                                        : sorting.join(tr(", ")));
    arrange();
    markSelected();
    showBody();
}

void HeatMapPanel::arrange() {
    const int perRow = m_maps.size() > 1 && width() >= 2 * kWideMap ? 2 : 1;
    const int rows = (static_cast<int>(m_maps.size()) + perRow - 1) / perRow;
    const Look& look = Theme::instance().look();
    for (int i = 0; i < static_cast<int>(m_maps.size()); ++i) {
        HeatMap* map = m_maps[static_cast<std::size_t>(i)];
        m_grid->addWidget(map, i / perRow, i % perRow);
        map->setMinimumHeight(m_maps.size() == 1 ? 0 : static_cast<int>(map->heightFor(1.0 * width() / perRow, look)));
    }
    for (int i = 0; i < 8; ++i) {
        m_grid->setRowStretch(i, i < rows ? 1 : 0);
        m_grid->setColumnStretch(i, i < perRow ? 1 : 0);
    }
}

void HeatMapPanel::resizeEvent(QResizeEvent* event) {
    Panel::resizeEvent(event);
    arrange();
}

void HeatMapPanel::markSelected() {
    for (int i = 0; i < m_systems.size(); ++i)
        m_maps[static_cast<std::size_t>(i)]->setSelectedRow(
            m_systems[i] == system() ? rowOf(m_systems[i], session().selection().component()) : -1);
}

std::optional<Figure> HeatMapPanel::figure() const {
    if (isEmpty())
        return {};
    return heatMapFigure(figureDataOf(session()), {.systems = m_systems});
}

} // namespace tercet
