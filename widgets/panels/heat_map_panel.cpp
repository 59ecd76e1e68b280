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
    connect(&session.selection(), &Selection::hoveredComponentChanged, this, [this] {
        const auto embedding = this->session().embedding(system());
        const auto place = static_cast<int>(m_systems.indexOf(system()));
        if (!embedding || place < 0 || m_maps[static_cast<std::size_t>(place)]->underMouse())
            return;
        const auto& columns = embedding->trainingColumns;
        const auto found = std::find(columns.begin(), columns.end(), this->session().selection().hoveredComponent());
        m_maps[static_cast<std::size_t>(place)]->setHovered(
            found == columns.end() ? -1 : static_cast<int>(found - columns.begin()), -1);
    });
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
    m_maps.push_back(map);
    return map;
}

void HeatMapPanel::point(int place, int row, int column) {
    for (int i = 0; i < static_cast<int>(m_maps.size()); ++i)
        if (i != place)
            m_maps[static_cast<std::size_t>(i)]->setHovered(-1, column);
    const auto embedding = session().embedding(m_systems[place]);
    const bool front = m_systems[place] == system() && embedding && row >= 0;
    session().selection().setHoveredComponent(front ? embedding->trainingColumns.at(static_cast<std::size_t>(row))
                                                    : -1);
}

void HeatMapPanel::fill(HeatMap& map, const QString& system, const std::vector<std::size_t>& columns) {
    const auto figureData = figureDataOf(session());
    showRatingMap(map, *figureData, *figureData->system(system), columns, m_sortedBy);
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
    // Columns stand as the system in front has them, so that rows of all systems can be compared.
    const auto leading = session().embedding(systems.contains(front) ? front : systems.front());
    const std::vector<std::size_t> columns = ratingColumns(*leading, *session().ratings());
    for (int i = 0; i < systems.size(); ++i)
        fill(*m_maps[static_cast<std::size_t>(i)], systems[i], columns);
    header()->setNote(
        m_sortedBy < 0
            ? tr("click a rating's name to sort by it")
            : tr("sorted by %1").arg(ratingName(*session().ratings(), static_cast<std::size_t>(m_sortedBy))));
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
    for (int i = 0; i < m_systems.size(); ++i) {
        const auto embedding = session().embedding(m_systems[i]);
        int row = -1;
        if (embedding && m_systems[i] == system()) {
            const auto& columns = embedding->trainingColumns;
            const auto found = std::find(columns.begin(), columns.end(), session().selection().component());
            row = found == columns.end() ? -1 : static_cast<int>(found - columns.begin());
        }
        m_maps[static_cast<std::size_t>(i)]->setSelectedRow(row);
    }
}

std::optional<Figure> HeatMapPanel::figure() const {
    if (isEmpty())
        return {};
    return heatMapFigure(figureDataOf(session()), {.systems = m_systems});
}

} // namespace tercet
