#include "widgets/panels/map_panel.h"

#include "core/base/text.h"
#include "widgets/bridge/term_text.h"
#include "widgets/figures/figure_presets.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/session_figure.h"
#include "widgets/plots/color_bar.h"
#include "widgets/plots/icons.h"
#include "widgets/plots/legend.h"
#include "widgets/plots/palettes.h"
#include "widgets/plots/theme.h"

#include <QAbstractItemView>
#include <QBoxLayout>
#include <QCheckBox>
#include <QComboBox>
#include <QCompleter>
#include <QLineEdit>
#include <QResizeEvent>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QToolButton>

#include <algorithm>
#include <array>
#include <cmath>

namespace tercet {
namespace {

constexpr int kKeyWidth = 26 * kUnit;
constexpr int kKeyBesideFrom = 80 * kUnit; ///< width from which the key stands beside the plot
constexpr int kKeyBelowFrom = 44 * kUnit;  ///< height from which it stands below; smaller panels have none

// Kept with the study.
constexpr auto kColoringSetting = "window/map-coloring"; // "rating 3"
constexpr auto kHiddenSetting = "window/map-hidden";     // a category a line
constexpr std::array kColoringWords = {"category", "rating", "component"};

} // namespace

MapPanel::MapPanel(StudySession& session, QWidget* parent)
    : Panel(session, QStringLiteral("map"), tr("Map"), parent), m_plot(new PointMap), m_legend(new Legend),
      m_colorBar(new ColorBar), m_key(new QStackedWidget), m_legendScroll(new QScrollArea),
      m_split(new QBoxLayout(QBoxLayout::LeftToRight)), m_coloringBox(new QComboBox),
      m_follow(new QCheckBox(tr("Follow component"))) {
    useSystemChip();
    m_lasso = addButton(QStringLiteral("lasso"),
                        tr("Dragging draws a lasso; off: dragging moves the map (Space and drag "
                           "always moves)"),
                        {});
    m_lasso->setCheckable(true);
    m_lasso->setChecked(true);
    connect(m_lasso, &QToolButton::toggled, m_plot, [this](bool on) { m_plot->setDragMoves(!on); });
    addButton(QStringLiteral("zoom-in"), tr("Zoom in (+)"), [this] { m_plot->zoomIn(); });
    addButton(QStringLiteral("zoom-out"), tr("Zoom out (−)"), [this] { m_plot->zoomOut(); });
    addButton(QStringLiteral("fit-view"), tr("Show all points (Home)"), [this] { m_plot->fit(); });
    m_showKey = addButton(QStringLiteral("legend"), tr("Show the legend"), {});
    m_showKey->setCheckable(true);
    m_showKey->setChecked(true);
    connect(m_showKey, &QToolButton::toggled, this, &MapPanel::placeKey);
    usePictureButton();
    showFailuresOf({"map", "fit-embedding"});

    m_coloringBox->setEditable(true);
    m_coloringBox->setInsertPolicy(QComboBox::NoInsert);
    m_coloringBox->setMaxVisibleItems(24);
    m_coloringBox->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_coloringBox->setMinimumContentsLength(12);
    m_coloringBox->completer()->setFilterMode(Qt::MatchContains);
    m_coloringBox->completer()->setCompletionMode(QCompleter::PopupCompletion);
    m_coloringBox->lineEdit()->setPlaceholderText(tr("Colour by…"));
    m_coloringBox->setToolTip(
        tr("What the colour of a point says: its top category, a rating, or a component's weight. "
           "Type to search."));
    m_coloringBox->setAccessibleName(tr("Colour by"));
    connect(m_coloringBox, &QComboBox::activated, this, [this](int item) {
        const QVariant chosen = m_coloringBox->itemData(item);
        if (chosen.canConvert<MapColoring>())
            setColoring(chosen.value<MapColoring>());
    });
    // Text that names nothing goes back to what is shown.
    connect(m_coloringBox->lineEdit(), &QLineEdit::editingFinished, this, &MapPanel::repaintSoon);

    m_follow->setToolTip(tr("Colour the map by the component that is selected in any panel"));
    connect(m_follow, &QCheckBox::toggled, this, &MapPanel::followComponent);

    m_legendScroll->setWidget(m_legend);
    m_legendScroll->setWidgetResizable(true);
    m_legendScroll->setFrameShape(QFrame::NoFrame);
    m_legendScroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_key->addWidget(m_legendScroll);
    m_key->addWidget(m_colorBar);

    auto* body = new QWidget;
    auto* row = new QHBoxLayout;
    row->setContentsMargins(kUnit, kHalfUnit, kUnit, kHalfUnit);
    row->setSpacing(kUnit);
    row->addWidget(m_coloringBox, 1);
    row->addWidget(m_follow);
    row->addStretch(1);
    m_split->setContentsMargins(0, 0, 0, 0);
    m_split->setSpacing(0);
    m_split->addWidget(m_plot, 1);
    m_split->addWidget(m_key);
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(row);
    layout->addLayout(m_split, 1);
    setBody(body);

    Selection& selection = session.selection();
    connect(m_plot, &PointMap::selectionChanged, &selection, &Selection::setStimuli);
    connect(m_plot, &PointMap::hovered, &selection, &Selection::setHoveredStimulus);
    connect(&selection, &Selection::stimuliChanged, this,
            [this] { m_plot->setSelection(this->session().selection().stimuli()); });
    connect(&selection, &Selection::hoveredStimulusChanged, this, [this] {
        const int point = this->session().selection().hoveredStimulus();
        m_plot->setHighlighted(point);
        const bool grouped =
            m_paint.groupOfPoint && point >= 0 && point < static_cast<int>(m_paint.groupOfPoint->size());
        m_legend->setHighlighted(grouped ? (*m_paint.groupOfPoint)[static_cast<std::size_t>(point)] : -1);
    });
    connect(&selection, &Selection::componentChanged, this, &MapPanel::followComponent);
    connect(&selection, &Selection::systemChanged, this, &MapPanel::repaintSoon);
    connect(m_legend, &Legend::shownChanged, this, &MapPanel::readHidden);

    connect(&session, &StudySession::mapChanged, this, [this](const QString& changed) {
        if (changed == system())
            invalidate();
    });
    connect(&session, &StudySession::embeddingChanged, this, [this](const QString& changed) {
        if (changed != system())
            return;
        m_dataStale = true;
        // While a fit runs, colours by rating stay as they are.
        const auto embedding = this->session().embedding(changed);
        if (m_coloring.by == MapColoring::By::Component || !embedding || !embedding->live)
            repaintSoon();
        else
            invalidate();
    });
    connect(&session, &StudySession::studyChanged, this, &MapPanel::repaintSoon);
    connect(&session, &StudySession::namesChanged, this, &MapPanel::repaintSoon);
    connect(&session, &StudySession::statesChanged, this, &MapPanel::invalidate);
    connect(&session, &StudySession::opened, this, &MapPanel::restore);
    connect(&Theme::instance(), &Theme::changed, this, &MapPanel::repaintSoon);
    restore();
}

void MapPanel::restore() {
    const QStringList words = session().setting(kColoringSetting).split(QLatin1Char(' '));
    const auto by = std::find(kColoringWords.begin(), kColoringWords.end(), words.front());
    if (by != kColoringWords.end() && words.size() == 2)
        m_coloring = {static_cast<MapColoring::By>(by - kColoringWords.begin()), words[1].toInt()};
    m_hidden = session().setting(kHiddenSetting).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    repaintSoon();
}

void MapPanel::repaintSoon() {
    m_paintStale = true;
    invalidate();
}

void MapPanel::setColoring(const MapColoring& coloring) {
    if (coloring == m_coloring)
        return;
    m_coloring = coloring;
    if (coloring.by != MapColoring::By::Component || coloring.index != session().selection().component())
        m_follow->setChecked(false);
    session().storeSetting(kColoringSetting,
                           QStringLiteral("%1 %2")
                               .arg(QLatin1String(kColoringWords.at(static_cast<std::size_t>(coloring.by))))
                               .arg(coloring.index));
    repaintSoon();
}

void MapPanel::setHiddenGroups(const QStringList& categories) {
    m_hidden = categories;
    session().storeSetting(kHiddenSetting, m_hidden.join(QLatin1Char('\n')));
    repaintSoon();
}

void MapPanel::followComponent() {
    const int component = session().selection().component();
    if (m_follow->isChecked() && component >= 0)
        setColoring({MapColoring::By::Component, component});
    else if (!m_follow->isChecked() && sender() == m_follow && m_coloring.by == MapColoring::By::Component)
        setColoring({});
}

void MapPanel::refresh() {
    const QString name = system();
    const auto map = session().map(name);
    if (!map || map->positions.empty()) {
        m_drawn = nullptr;
        header()->setNote({});
        const QString title = tr("No map yet");
        const std::string systemName = name.toStdString();
        if (name.isEmpty())
            showEmpty(title,
                      tr("Import ratings, judgments or an embedding: its stimuli are laid out here so that alike "
                         "ones lie close."));
        else if (session().embedding(name) || session().running({"map", systemName}))
            showEmpty(Task{"map", systemName}, title,
                      tr("The stimuli are laid out here so that those alike to %1 lie close.").arg(systemTitle(name)),
                      tr("Make map"));
        else
            showEmpty(Task{"fit-embedding", systemName}, title,
                      tr("The map forms here while the embedding of %1 is fitted.").arg(systemTitle(name)),
                      tr("Fit %1").arg(systemTitle(name)));
        return;
    }
    const bool otherSystem = name != m_drawnSystem;
    if (m_paintStale || m_dataStale || otherSystem || !m_data) {
        m_dataStale = false;
        m_data = figureDataOf(session());
        m_plot->setCard(
            [figureData = m_data, name](int row) { return stimulusCard(*figureData, *figureData->system(name), row); });
        if (otherSystem && m_coloring.by == MapColoring::By::Component && !m_follow->isChecked())
            m_coloring = {};
        m_drawnSystem = name;
        showComponentWithoutCategories();
    }
    if (map != m_drawn) {
        const bool otherCount = !m_drawn || m_drawn->positions.size() != map->positions.size();
        m_drawn = map;
        setMapPositions(*m_plot, *map);
        m_paintStale = m_paintStale || otherCount;
    }
    if (m_paintStale || otherSystem) {
        m_paintStale = false;
        const FigureSystem& shown = *m_data->system(name);
        m_paint = mapPaint(*m_data, shown, m_coloring, Theme::instance().look().dark);
        setMapPaint(*m_plot, m_paint, m_hidden);
        const auto points = m_plot->pointCount();
        QVector<int> prototypes = m_paint.groupOfPoint ? prototypeRows(*m_data) : QVector<int>();
        prototypes.removeIf([points](int row) { return row >= points; });
        m_plot->setPrototypes(prototypes);
        m_plot->setSelection(session().selection().stimuli());
        refreshColoringBox();
        refreshKey();
    }
    refreshNote(*map);
    showBody();
}

/// There is nothing else to colour by.
void MapPanel::showComponentWithoutCategories() {
    const FigureSystem& shown = *m_data->system(m_drawnSystem);
    if (m_coloring.by != MapColoring::By::Category || !shown.embedding || shown.embedding->trainingColumns.empty() ||
        (m_data->ratings && !m_data->ratings->columns(TermKind::Category).empty()))
        return;
    const auto& columns = shown.embedding->trainingColumns;
    const int selected = session().selection().component();
    m_coloring = {MapColoring::By::Component,
                  std::find(columns.begin(), columns.end(), selected) == columns.end() ? columns.front() : selected};
    m_paintStale = true;
}

void MapPanel::refreshNote(const MapView& map) {
    QStringList facts{tr("%1 stimuli").arg(QString::fromStdString(withThousands(map.positions.size())))};
    if (map.live)
        facts << (map.iteration > 0 ? tr("moving, iteration %1").arg(map.iteration) : tr("moving"));
    if (std::isfinite(map.divergence) && map.divergence > 0)
        facts << tr("KL %1").arg(map.divergence, 0, 'f', 3);
    header()->setNote(facts.join(QStringLiteral(" · ")));
}

void MapPanel::refreshColoringBox() {
    if (m_coloringBox->view()->isVisible() || m_coloringBox->lineEdit()->isModified())
        return;
    const QSignalBlocker blocker(m_coloringBox);
    m_coloringBox->clear();
    const auto add = [&](const QIcon& swatch, const QString& text, const MapColoring& coloring) {
        m_coloringBox->addItem(swatch, text, QVariant::fromValue(coloring));
        if (coloring == m_coloring)
            m_coloringBox->setCurrentIndex(m_coloringBox->count() - 1);
    };
    if (m_data->ratings) {
        if (!m_data->ratings->columns(TermKind::Category).empty())
            add({}, tr("Top category"), {});
        for (const TermKind kind : {TermKind::Category, TermKind::Dimension}) {
            const auto columns = m_data->ratings->columns(kind);
            if (!columns.empty() && m_coloringBox->count() > 0)
                m_coloringBox->insertSeparator(m_coloringBox->count());
            for (const std::size_t column : columns) {
                const QString name = termText(m_data->ratings->terms[column].name);
                add(kind == TermKind::Category ? swatchIcon(categoryColor(name, static_cast<int>(column))) : QIcon(),
                    name, {MapColoring::By::Rating, static_cast<int>(column)});
            }
        }
    }
    const FigureSystem& shown = *m_data->system(m_drawnSystem);
    if (shown.embedding && !shown.embedding->trainingColumns.empty()) {
        if (m_coloringBox->count() > 0)
            m_coloringBox->insertSeparator(m_coloringBox->count());
        for (std::size_t i = 0; i < shown.embedding->trainingColumns.size(); ++i) {
            const int column = shown.embedding->trainingColumns[i];
            const QString name = shown.componentNames.value(static_cast<int>(i));
            add(swatchIcon(componentColor(column)),
                name.isEmpty() ? tr("Component %1").arg(i + 1) : tr("Component %1: %2").arg(i + 1).arg(name),
                {MapColoring::By::Component, column});
        }
    }
}

void MapPanel::refreshKey() {
    if (m_paint.groupOfPoint) {
        std::vector<LegendEntry> entries;
        for (std::size_t i = 0; i < m_paint.groups.size(); ++i)
            entries.push_back({m_paint.groups[i].name, m_paint.groups[i].color, m_paint.counts[i]});
        m_legend->setEntries(std::move(entries));
        for (std::size_t i = 0; i < m_paint.groups.size(); ++i)
            m_legend->setEntryShown(static_cast<int>(i), !m_hidden.contains(m_paint.groups[i].name));
        m_key->setCurrentWidget(m_legendScroll);
    } else {
        m_colorBar->setMap([](double share, bool) { return sequentialColor(share); }, m_paint.low, m_paint.high,
                           m_paint.title);
        m_key->setCurrentWidget(m_colorBar);
    }
    placeKey();
}

void MapPanel::readHidden() {
    m_hidden.clear();
    for (std::size_t i = 0; i < m_paint.groups.size(); ++i)
        if (!m_legend->entryShown(static_cast<int>(i)))
            m_hidden << m_paint.groups[i].name;
    session().storeSetting(kHiddenSetting, m_hidden.join(QLatin1Char('\n')));
    setMapPaint(*m_plot, m_paint, m_hidden);
}

void MapPanel::resizeEvent(QResizeEvent* event) {
    Panel::resizeEvent(event);
    placeKey();
}

void MapPanel::placeKey() {
    const bool legendShown = m_key->currentWidget() == m_legendScroll;
    const bool beside = width() >= kKeyBesideFrom && legendShown;
    const bool hasEntries = !legendShown || !m_paint.groups.empty();
    m_key->setVisible(m_showKey->isChecked() && hasEntries && (beside || !legendShown || height() >= kKeyBelowFrom));
    m_split->setDirection(beside ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    if (beside) {
        m_key->setFixedWidth(kKeyWidth);
        m_key->setMinimumHeight(0);
        m_key->setMaximumHeight(QWIDGETSIZE_MAX);
    } else {
        m_key->setMinimumWidth(0);
        m_key->setMaximumWidth(QWIDGETSIZE_MAX);
        m_key->setFixedHeight(legendShown ? std::min(m_legend->heightForWidth(width()), height() / 3)
                                          : m_colorBar->sizeHint().height() + kUnit);
    }
}

std::optional<Figure> MapPanel::figure() const {
    if (isEmpty())
        return {};
    return mapFigure(figureDataOf(session()),
                     {.systems = {m_drawnSystem}, .coloring = m_coloring, .hiddenGroups = m_hidden});
}

void MapPanel::showFigure(const QString&, const FigureOptions& options) {
    setColoring(options.coloring);
    setHiddenGroups(options.hiddenGroups);
}

} // namespace tercet
