#include "widgets/panels/emotion_graph_panel.h"

#include "core/base/text.h"
#include "widgets/figures/graph_values.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/session_figure.h"
#include "widgets/plots/chord_plot.h"
#include "widgets/plots/icons.h"
#include "widgets/plots/theme.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPointer>
#include <QSignalBlocker>
#include <QSlider>
#include <QSplitter>
#include <QTableWidget>
#include <QTimerEvent>
#include <QVBoxLayout>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace tercet {

/// The modularity of every seed as bars; the best is at the right.
class SeedHistogram : public QWidget {
public:
    explicit SeedHistogram(QWidget* parent = nullptr) : QWidget(parent) { setFixedSize(72, 20); }
    void setValues(std::vector<double> values) {
        m_values = std::move(values);
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override {
        constexpr std::size_t kBins = 12;
        const Look& look = Theme::instance().look();
        QPainter painter(this);
        painter.setPen(look.border);
        painter.drawLine(0, height() - 1, width(), height() - 1);
        if (m_values.empty())
            return;
        const auto [least, most] = std::minmax_element(m_values.begin(), m_values.end());
        std::array<int, kBins> counts{};
        for (const double value : m_values)
            ++counts.at(*most > *least
                            ? std::min(kBins - 1, static_cast<std::size_t>((value - *least) / (*most - *least) * kBins))
                            : kBins - 1);
        const int tallest = *std::max_element(counts.begin(), counts.end());
        const double step = width() / static_cast<double>(kBins);
        for (std::size_t k = 0; k < kBins; ++k) {
            const double tall = (height() - 2.0) * counts.at(k) / tallest;
            painter.fillRect(QRectF(static_cast<double>(k) * step, height() - 1 - tall, step - 1, tall),
                             k + 1 == kBins ? look.accent : look.mutedText);
        }
    }

private:
    std::vector<double> m_values;
};

namespace {

constexpr int kTickMilliseconds = 16;
constexpr int kStepsPerTick = 2;
constexpr int kTopStimuli = 6;
constexpr int kChordsFrom = 620; ///< px of width
enum Columns { Name, Description, Components };

} // namespace

EmotionGraphPanel::EmotionGraphPanel(StudySession& session, QWidget* parent)
    : Panel(session, QStringLiteral("emotion-graph"), tr("Emotion graph"), parent), m_chords(new ChordPlot),
      m_plot(new GraphPlot), m_rule(new QComboBox), m_slider(new QSlider(Qt::Horizontal)), m_value(new QLabel),
      m_partition(new QComboBox), m_histogram(new SeedHistogram), m_modularity(new QLabel),
      m_table(new QTableWidget(0, 3)) {
    useSystemChip();
    m_keep = addButton(QStringLiteral("check"),
                       tr("Keep this threshold: the step runs with it, and overlap, figures and exports follow"),
                       [this] { keep(); });
    addButton(QStringLiteral("export"), tr("Export the graph as GraphML, GEXF or a list of edges (CSV)"),
              [this] { exportGraph(); });
    usePictureButton();
    showFailuresOf({"emotion-graph"});

    m_rule->addItems({tr("r >"), tr("|r| >")});
    m_rule->setToolTip(tr("Which components are joined: by positive correlation, or by its size, so that negative "
                          "ones (dashed) tie as strongly"));
    m_rule->setAccessibleName(tr("Edges by"));
    m_slider->setRange(0, 90);
    m_slider->setSingleStep(1);
    m_slider->setPageStep(5);
    m_slider->setMinimumWidth(8 * kUnit);
    m_slider->setMaximumWidth(24 * kUnit);
    m_slider->setAccessibleName(tr("Threshold of the correlation"));
    m_slider->setToolTip(tr("Pearson r that an edge must exceed; communities follow at once"));
    m_value->setFixedWidth(m_value->fontMetrics().horizontalAdvance(QStringLiteral("0.00")) + kHalfUnit);
    m_partition->addItems({tr("best"), tr("consensus")});
    m_partition->setToolTip(tr("Communities: the partition of the highest modularity over all Louvain runs, or the "
                               "consensus of all of them"));
    m_partition->setAccessibleName(tr("Communities"));
    m_table->setHorizontalHeaderLabels({tr("Cluster"), tr("Description"), tr("Components")});
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(kRowHeight);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setAccessibleName(tr("Clusters"));

    auto* body = new QWidget;
    auto* row = new QHBoxLayout;
    row->setContentsMargins(kUnit, kHalfUnit, kUnit, kHalfUnit);
    row->setSpacing(kHalfUnit);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_rule, m_slider, m_value, m_partition})
        row->addWidget(widget);
    row->addStretch(1);
    row->addWidget(m_histogram);
    row->addWidget(m_modularity);
    auto* plots = new QSplitter(Qt::Horizontal);
    plots->addWidget(m_chords);
    plots->addWidget(m_plot);
    plots->setStretchFactor(0, 2);
    plots->setStretchFactor(1, 3);
    plots->setChildrenCollapsible(false);
    auto* split = new QSplitter(Qt::Vertical);
    split->addWidget(plots);
    split->addWidget(m_table);
    split->setStretchFactor(0, 4);
    split->setStretchFactor(1, 1);
    split->setSizes({360, 6 * kRowHeight});
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(row);
    layout->addWidget(split, 1);
    setBody(body);

    connect(m_rule, &QComboBox::currentIndexChanged, this, &EmotionGraphPanel::recompute);
    connect(m_slider, &QSlider::valueChanged, this, &EmotionGraphPanel::recompute);
    connect(m_partition, &QComboBox::currentIndexChanged, this, [this] {
        m_layout.setGraph(m_graph.edges, communities());
        m_ticker.start(kTickMilliseconds, this);
        showGraph();
    });

    Selection& selection = session.selection();
    const auto hovered = [this](int node) {
        this->session().selection().setHoveredComponent(node < 0 ? -1 : m_columns.at(static_cast<std::size_t>(node)));
    };
    const auto clicked = [this](int node) {
        this->session().selection().setSystem(system());
        this->session().selection().setComponent(m_columns.at(static_cast<std::size_t>(node)));
    };
    connect(m_plot, &GraphPlot::nodeHovered, this, hovered);
    connect(m_plot, &GraphPlot::nodeClicked, this, clicked);
    connect(m_chords, &ChordPlot::nodeHovered, this, hovered);
    connect(m_chords, &ChordPlot::nodeClicked, this, clicked);
    connect(m_plot, &GraphPlot::clusterClicked, this, &EmotionGraphPanel::selectTopStimuli);
    connect(m_plot, &GraphPlot::clusterEdited, this, [this](int cluster) {
        m_table->setCurrentCell(cluster, Name);
        m_table->editItem(m_table->item(cluster, Name));
    });
    connect(m_plot, &GraphPlot::nodeDragged, this, [this](int node, const QPointF& place) {
        m_layout.hold(static_cast<std::size_t>(node), {place.x(), place.y()});
        m_ticker.start(kTickMilliseconds, this);
        showPlaces();
    });
    connect(m_plot, &GraphPlot::nodeDropped, this, [this] { m_layout.release(); });
    connect(m_table, &QTableWidget::cellChanged, this, [this](int cluster, int column) {
        if (column == Components)
            return;
        // As it was, unless it is what the labels say anyway.
        const auto& shown = m_plot->graph().clusters.at(static_cast<std::size_t>(cluster));
        const QString name = m_table->item(cluster, Name)->text();
        const auto given = this->session().clusters(system());
        std::vector<std::vector<int>> all;
        for (int k = 0; k < static_cast<int>(m_plot->graph().clusters.size()); ++k)
            all.push_back(membersOf(k));
        const int known = givenOf(all, given).at(static_cast<std::size_t>(cluster));
        const bool named = known >= 0 && !given[static_cast<std::size_t>(known)].name.empty();
        this->session().describeCluster(system(), membersOf(cluster), name == shown.name && !named ? QString() : name,
                                        m_table->item(cluster, Description)->text());
        invalidate();
    });
    connect(m_table, &QTableWidget::cellClicked, this, [this](int cluster) { selectTopStimuli(cluster); });
    for (const auto signal : {&Selection::componentChanged, &Selection::hoveredComponentChanged})
        connect(&selection, signal, this, &EmotionGraphPanel::showSelected);
    connect(&session, &StudySession::arraysChanged, this, [this](const Task& task) {
        if (task.step == "emotion-graph")
            invalidate();
    });
    connect(&session, &StudySession::embeddingChanged, this, [this](const QString& changed) {
        if (changed == system())
            invalidate();
    });
    connect(&session, &StudySession::statesChanged, this, &EmotionGraphPanel::invalidate);
    connect(&session, &StudySession::namesChanged, this, &EmotionGraphPanel::invalidate);
}

const std::vector<int>& EmotionGraphPanel::communities() const {
    return m_partition->currentIndex() == 0 ? m_graph.community : m_graph.consensus;
}

int EmotionGraphPanel::nodeOf(int trainingColumn) const {
    const auto found = std::find(m_columns.begin(), m_columns.end(), trainingColumn);
    return trainingColumn < 0 || found == m_columns.end() ? -1 : static_cast<int>(found - m_columns.begin());
}

std::vector<int> EmotionGraphPanel::membersOf(int cluster) const {
    std::vector<int> members;
    for (std::size_t i = 0; i < m_columns.size(); ++i)
        if (communities()[i] == cluster)
            members.push_back(m_columns[i]);
    return members;
}

void EmotionGraphPanel::refresh() {
    const QString name = system();
    const Task task{"emotion-graph", name.toStdString()};
    const auto result = name.isEmpty() ? nullptr : session().arrays(task);
    if (!result) {
        m_result = nullptr;
        m_drawnSystem.clear();
        m_ticker.stop();
        header()->setNote({});
        const QString title = tr("No emotion graph yet");
        const QString words = tr("The components of %1 are joined here where they occur together: communities with "
                                 "names from their labels, and those that stand alone.")
                                  .arg(systemTitle(name));
        if (name.isEmpty())
            showEmpty(title, tr("Import ratings, judgments or an embedding: the components of each system are joined "
                                "here where they occur together."));
        else
            showEmpty(task, title, words, tr("Make emotion graph"));
        return;
    }
    if (result != m_result || name != m_drawnSystem) {
        m_result = result;
        m_drawnSystem = name;
        m_graph = emotionGraphIn(*result);
        m_columns = trainingColumnsIn(*result);
        const auto& record = session().state(task).record;
        m_stored = record ? graphOptionsOf(*record) : EmotionGraphOptions{};
        m_options = m_stored;
        const QSignalBlocker rule(m_rule);
        const QSignalBlocker slider(m_slider);
        const QSignalBlocker partition(m_partition);
        m_rule->setCurrentIndex(m_options.rule == EdgeRule::Absolute ? 1 : 0);
        m_slider->setValue(static_cast<int>(std::lround(100 * m_options.threshold)));
        m_partition->setCurrentIndex(0);
        m_ticker.stop();
        m_layout = GraphLayout(m_graph.size(), m_options.seed);
        m_layout.setGraph(m_graph.edges, m_graph.community);
        m_layout.setPlaces(result->matrix("positions"));
        if (const auto wanted = std::exchange(m_wanted, {})) {
            m_rule->setCurrentIndex(wanted->edgeRule.value_or(m_stored.rule) == EdgeRule::Absolute ? 1 : 0);
            m_slider->setValue(static_cast<int>(std::lround(100 * wanted->edgeThreshold.value_or(m_stored.threshold))));
            m_partition->setCurrentIndex(wanted->consensus ? 1 : 0);
            recompute();
        }
    }
    showGraph();
    showBody();
}

void EmotionGraphPanel::recompute() {
    if (!m_result)
        return;
    m_options.rule = m_rule->currentIndex() == 1 ? EdgeRule::Absolute : EdgeRule::Positive;
    m_options.threshold = m_slider->value() / 100.0;
    m_graph = emotionGraph(std::move(m_graph.correlation), m_options);
    m_layout.setGraph(m_graph.edges, communities());
    m_ticker.start(kTickMilliseconds, this);
    showGraph();
}

void EmotionGraphPanel::showGraph() {
    const auto figureData = figureDataOf(session());
    const FigureSystem* shown = figureData->system(m_drawnSystem);
    if (!shown)
        return;
    const GraphPlotData drawn = graphPlotData(*shown, figureData->ratings.get(), m_graph, communities(), m_columns);
    m_plot->setGraph(drawn);
    m_chords->setGraph(drawn);
    showPlaces();
    m_value->setText(QString::number(m_options.threshold, 'f', 2));
    m_keep->setEnabled(!asStored() && !session().readOnly());
    m_histogram->setValues(m_graph.seedModularity);
    const auto [least, most] = std::minmax_element(m_graph.seedModularity.begin(), m_graph.seedModularity.end());
    const double modularity = modularityOf(m_graph.edges, communities());
    m_modularity->setText(tr("Q %1").arg(modularity, 0, 'f', 3));
    const QString range = tr("Modularity of the communities shown: %1. Of %2 Louvain runs: %3 to %4, at the right the "
                             "highest.")
                              .arg(modularity, 0, 'f', 3)
                              .arg(m_graph.seedModularity.size())
                              .arg(*least, 0, 'f', 3)
                              .arg(*most, 0, 'f', 3);
    m_histogram->setToolTip(range);
    m_modularity->setToolTip(range);
    header()->setNote(tr("%1 edges · %2 clusters · %3 isolated")
                          .arg(m_graph.edges.size())
                          .arg(drawn.clusters.size())
                          .arg(m_graph.isolated.size()));
    showTable();
    showSelected();
}

void EmotionGraphPanel::showPlaces() { m_plot->setPlaces(placesIn(m_layout)); }

void EmotionGraphPanel::showTable() {
    if (m_table->viewport()->findChild<QLineEdit*>()) // it is being edited
        return;
    const QSignalBlocker blocker(m_table);
    const GraphPlotData& drawn = m_plot->graph();
    m_table->setRowCount(static_cast<int>(drawn.clusters.size()));
    for (int k = 0; k < m_table->rowCount(); ++k) {
        const GraphPlotCluster& cluster = drawn.clusters[static_cast<std::size_t>(k)];
        QStringList numbers;
        QStringList names;
        for (const GraphPlotNode& node : drawn.nodes)
            if (node.community == k) {
                numbers << QString::number(node.number);
                names << QStringLiteral("%1 %2").arg(node.number).arg(node.name);
            }
        const auto set = [&](int column, const QString& words, bool editable) {
            auto* item = new QTableWidgetItem(words);
            item->setFlags(Qt::ItemIsSelectable | Qt::ItemIsEnabled |
                           (editable && !session().readOnly() ? Qt::ItemIsEditable : Qt::NoItemFlags));
            item->setToolTip(column == Components ? names.join(QLatin1Char('\n'))
                             : words.isEmpty()    ? tr("Double-click or F2 to describe the cluster")
                                                  : words + QLatin1Char('\n') + tr("Double-click or F2 to change it"));
            m_table->setItem(k, column, item);
            return item;
        };
        set(Name, cluster.name, true)->setIcon(swatchIcon(cluster.color));
        set(Description, cluster.description, true);
        set(Components, numbers.join(QStringLiteral(", ")), false);
    }
}

void EmotionGraphPanel::showSelected() {
    const Selection& selection = session().selection();
    const int selected = nodeOf(selection.component());
    const int hovered = nodeOf(selection.hoveredComponent());
    m_plot->setSelected(selected);
    m_chords->setSelected(selected);
    m_plot->setHighlighted(hovered);
    m_chords->setHighlighted(hovered);
}

void EmotionGraphPanel::selectTopStimuli(int cluster) {
    const auto embedding = session().embedding(m_drawnSystem);
    if (!embedding)
        return;
    QVector<int> rows;
    for (const int column : membersOf(cluster)) {
        const auto found = std::find(embedding->trainingColumns.begin(), embedding->trainingColumns.end(), column);
        if (found == embedding->trainingColumns.end())
            continue;
        const auto place = static_cast<std::size_t>(found - embedding->trainingColumns.begin());
        std::vector<int> order(embedding->weights.rows());
        for (std::size_t i = 0; i < order.size(); ++i)
            order[i] = static_cast<int>(i);
        const auto top = static_cast<std::ptrdiff_t>(std::min<std::size_t>(kTopStimuli, order.size()));
        std::partial_sort(order.begin(), order.begin() + top, order.end(), [&](int a, int b) {
            const double x = embedding->weights(static_cast<std::size_t>(a), place);
            const double y = embedding->weights(static_cast<std::size_t>(b), place);
            return x != y ? x > y : a < b;
        });
        for (auto row = order.begin(); row != order.begin() + top; ++row)
            rows << *row;
    }
    session().selection().setStimuli(rows);
    const QSignalBlocker blocker(m_table);
    m_table->selectRow(cluster);
}

void EmotionGraphPanel::timerEvent(QTimerEvent* event) {
    if (event->timerId() != m_ticker.timerId()) {
        Panel::timerEvent(event);
        return;
    }
    bool moving = true;
    for (int i = 0; i < kStepsPerTick && moving; ++i)
        moving = m_layout.step();
    if (!moving)
        m_ticker.stop();
    showPlaces();
}

void EmotionGraphPanel::resizeEvent(QResizeEvent* event) {
    Panel::resizeEvent(event);
    m_chords->setVisible(width() >= kChordsFrom);
    m_histogram->setVisible(width() >= 400);
    m_table->setColumnWidth(Name, std::max(15 * kUnit, width() / 4));
    m_table->setColumnWidth(Description, width() * 3 / 10);
}

GraphFile EmotionGraphPanel::graphFile() const {
    GraphFile file;
    file.title = "Emotion graph of " + m_drawnSystem.toStdString();
    file.attributes = {{"rule", m_options.rule == EdgeRule::Absolute ? "absolute" : "positive"},
                       {"threshold", QString::number(m_options.threshold).toStdString()},
                       {"seeds", std::to_string(m_options.seeds)},
                       {"seed", std::to_string(m_options.seed)},
                       {"study", session().id().toStdString()}};
    const GraphPlotData& drawn = m_plot->graph();
    const auto embedding = session().embedding(m_drawnSystem);
    for (std::size_t i = 0; i < drawn.nodes.size(); ++i) {
        const GraphPlotNode& node = drawn.nodes[i];
        GraphFile::Node one{.id = std::to_string(i + 1), .label = {}, .name = node.name.toStdString()};
        if (embedding && node.number - 1 < static_cast<int>(embedding->labels.size()))
            one.label = embedding->labels[static_cast<std::size_t>(node.number) - 1].text;
        one.community = node.community;
        one.pagerank = node.size;
        if (node.community >= 0) {
            const GraphPlotCluster& cluster = drawn.clusters[static_cast<std::size_t>(node.community)];
            one.communityName = cluster.name.toStdString();
            one.communityDescription = cluster.description.toStdString();
        }
        file.nodes.push_back(std::move(one));
    }
    for (const GraphEdge& edge : m_graph.edges)
        file.edges.push_back({edge.first, edge.second, edge.r});
    return file;
}

void EmotionGraphPanel::exportGraph() {
    if (isEmpty())
        return;
    auto* dialog = new QFileDialog(this, tr("Export graph"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters({tr("GraphML (*.graphml)"), tr("GEXF (*.gexf)"), tr("List of edges (*.csv)")});
    dialog->selectFile(QStringLiteral("emotion-graph.graphml"));
    const auto setSuffix = [dialog] {
        dialog->setDefaultSuffix(dialog->selectedNameFilter().section(QLatin1Char('.'), 1).chopped(1));
    };
    connect(dialog, &QFileDialog::filterSelected, dialog, setSuffix);
    setSuffix();
    connect(dialog, &QFileDialog::fileSelected, this, &EmotionGraphPanel::exportGraphTo);
    dialog->open();
}

void EmotionGraphPanel::exportGraphTo(const QString& path) {
    if (isEmpty())
        return;
    session().jobs().start(
        JobRunner::Lane::Files, tr("Export %1").arg(QFileInfo(path).fileName()),
        [graph = graphFile(), path](JobControl&, const Progress&) { writeGraph(path.toStdString(), graph); },
        [panel = QPointer(this)](const Outcome& outcome) {
            if (const auto* failed = std::get_if<Failed>(&outcome); failed && panel)
                panel->showFailure(QString::fromStdString(failed->message));
        });
}

std::optional<Figure> EmotionGraphPanel::figure() const {
    if (isEmpty() || !m_result)
        return {};
    FigureOptions drawn{.systems = {system()}};
    drawn.consensus = m_partition->currentIndex() == 1;
    if (!asStored()) {
        drawn.edgeRule = m_options.rule;
        drawn.edgeThreshold = m_options.threshold;
    }
    return emotionGraphFigure(figureDataOf(session()), drawn);
}

void EmotionGraphPanel::showFigure(const QString&, const FigureOptions& options) {
    m_wanted = options;
    m_result = nullptr; // so that even a graph that is shown takes them over
    invalidate();
}

bool EmotionGraphPanel::asStored() const {
    return m_options.rule == m_stored.rule && m_options.threshold == m_stored.threshold;
}

void EmotionGraphPanel::keep() {
    const Task task{"emotion-graph", m_drawnSystem.toStdString()};
    session().setTaskParameters(task, {{"rule", m_options.rule == EdgeRule::Absolute ? "absolute" : "positive"},
                                       {"threshold", fmt::format("{}", m_options.threshold)}});
    session().run(task);
}

} // namespace tercet
