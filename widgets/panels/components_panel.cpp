#include "widgets/panels/components_panel.h"

#include "widgets/figures/figure_presets.h"
#include "widgets/figures/label_table.h"
#include "widgets/panels/component_table.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/session_figure.h"
#include "widgets/panels/terms_delegate.h"
#include "widgets/plots/bar_delegate.h"

#include <QHeaderView>
#include <QLineEdit>
#include <QResizeEvent>
#include <QScrollBar>
#include <QStackedWidget>
#include <QStandardItemModel>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <set>

namespace tercet {
namespace {

constexpr int kRankWidth = 7 * kUnit;
constexpr int kNumberWidth = 10 * kUnit;
constexpr int kCorrelationWidth = 7 * kUnit;
constexpr int kSmallestLabel = 15 * kUnit;
constexpr int kLargestLabel = 48 * kUnit;
constexpr int kSmallestTerms = 14 * kUnit;
constexpr int kLargestTerms = 72 * kUnit;

} // namespace

ComponentsPanel::ComponentsPanel(StudySession& session, QWidget* parent)
    : Panel(session, QStringLiteral("components"), tr("Components"), parent),
      m_table(new ComponentTableModel(session, this)), m_order(new ComponentOrder(*m_table, this)),
      m_view(new QTableView), m_search(new QLineEdit), m_pages(new QStackedWidget),
      m_allTable(new QStandardItemModel(this)), m_allView(new QTableView),
      m_sumBars(new BarDelegate(BarDelegate::Kind::Positive, this)),
      m_maximumBars(new BarDelegate(BarDelegate::Kind::Positive, this)),
      m_sparsityBars(new BarDelegate(BarDelegate::Kind::Positive, this)) {
    useSystemChip();
    m_all = addButton(QStringLiteral("columns"), tr("Show the labels of all systems"), [this] { invalidate(); });
    m_all->setCheckable(true);
    usePictureButton();
    showFailuresOf({"label-components", "centroids"});

    m_view->setModel(m_order);
    m_view->setSortingEnabled(true);
    m_view->sortByColumn(ComponentTableModel::Rank, Qt::AscendingOrder);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed);
    m_view->setShowGrid(false);
    m_view->setWordWrap(false);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->setMouseTracking(true);
    m_view->setAccessibleName(tr("Components"));
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(kRowHeight + kHalfUnit);
    m_view->setItemDelegateForColumn(ComponentTableModel::Terms, new TermsDelegate(this));
    m_sumBars->setDecimals(0);
    m_maximumBars->setDecimals(2);
    m_sparsityBars->setDecimals(0);
    m_sparsityBars->setMaximum(100);
    m_view->setItemDelegateForColumn(ComponentTableModel::Sum, m_sumBars);
    m_view->setItemDelegateForColumn(ComponentTableModel::Maximum, m_maximumBars);
    m_view->setItemDelegateForColumn(ComponentTableModel::Sparsity, m_sparsityBars);
    QHeaderView* columns = m_view->horizontalHeader();
    columns->setHighlightSections(false);
    columns->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    columns->setMinimumSectionSize(4 * kUnit);
    shareWidth();

    m_search->setPlaceholderText(tr("Search labels and ratings"));
    m_search->setToolTip(tr("Shows the components in whose label, name or ratings every word occurs"));
    m_search->setAccessibleName(tr("Search components"));
    m_search->setClearButtonEnabled(true);
    connect(m_search, &QLineEdit::textChanged, m_order, &ComponentOrder::setSearch);

    auto* body = new QWidget;
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* searchRow = new QWidget;
    auto* searchLayout = new QVBoxLayout(searchRow);
    searchLayout->setContentsMargins(kUnit, kHalfUnit, kUnit, kHalfUnit);
    searchLayout->addWidget(m_search);
    layout->addWidget(searchRow);
    layout->addWidget(m_view, 1);
    m_pages->addWidget(body);
    m_pages->addWidget(m_allView);
    setBody(m_pages);
    m_allView->setModel(m_allTable);
    m_allView->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_allView->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_allView->setShowGrid(false);
    m_allView->setWordWrap(false);
    m_allView->setFrameShape(QFrame::NoFrame);
    m_allView->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_allView->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_allView->setAccessibleName(tr("Labels of all systems"));
    m_allView->verticalHeader()->hide();
    m_allView->verticalHeader()->setDefaultSectionSize(kRowHeight);
    m_allView->horizontalHeader()->setHighlightSections(false);
    m_allView->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_allView->horizontalHeader()->setMinimumSectionSize(4 * kUnit);
    connect(m_allView->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& now) {
        if (now.column() < 1)
            return;
        const QString name = m_allSystems.value((now.column() - 1) / 2);
        const auto embedding = this->session().embedding(name);
        if (!embedding || now.row() >= static_cast<int>(embedding->trainingColumns.size()))
            return;
        this->session().selection().setSystem(name);
        this->session().selection().setComponent(embedding->trainingColumns[static_cast<std::size_t>(now.row())]);
    });

    m_view->addActions(copyActions());
    m_allView->addActions(copyActions());
    m_allView->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_view->setContextMenuPolicy(Qt::ActionsContextMenu);

    Selection& selection = session.selection();
    connect(
        m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& current) {
            if (current.isValid())
                this->session().selection().setComponent(m_table->trainingColumn(m_order->mapToSource(current).row()));
        });
    connect(&selection, &Selection::componentChanged, this, &ComponentsPanel::showSelected);
    m_view->viewport()->installEventFilter(this);
    connect(m_view, &QTableView::entered, this, [this](const QModelIndex& index) {
        this->session().selection().setHoveredComponent(m_table->trainingColumn(m_order->mapToSource(index).row()));
    });
    connect(&session, &StudySession::embeddingChanged, this, [this](const QString& changed) {
        if (changed == system() || m_all->isChecked())
            invalidate();
    });
    connect(&session, &StudySession::namesChanged, this, &ComponentsPanel::invalidate);
    connect(&session, &StudySession::statesChanged, this, &ComponentsPanel::invalidate);
}

void ComponentsPanel::shareWidth() {
    QHeaderView* columns = m_view->horizontalHeader();
    columns->resizeSection(ComponentTableModel::Rank, kRankWidth);
    for (const int column : {ComponentTableModel::Sum, ComponentTableModel::Maximum, ComponentTableModel::Sparsity})
        columns->resizeSection(column, kNumberWidth);
    const int left = width() - kRankWidth - 3 * kNumberWidth - m_view->verticalScrollBar()->sizeHint().width();
    const int label = std::clamp(2 * left / 5, kSmallestLabel, kLargestLabel);
    columns->resizeSection(ComponentTableModel::Label, label);
    columns->resizeSection(ComponentTableModel::Terms, std::clamp(left - label, kSmallestTerms, kLargestTerms));
    if (m_allSystems.isEmpty())
        return;
    QHeaderView* pairs = m_allView->horizontalHeader();
    const auto count = static_cast<int>(m_allSystems.size());
    const int rest =
        width() - kRankWidth - count * kCorrelationWidth - m_allView->verticalScrollBar()->sizeHint().width();
    pairs->resizeSection(0, kRankWidth);
    for (int i = 0; i < count; ++i) {
        pairs->resizeSection(1 + 2 * i, std::clamp(rest / count, kSmallestLabel, kLargestLabel));
        pairs->resizeSection(2 + 2 * i, kCorrelationWidth);
    }
}

void ComponentsPanel::resizeEvent(QResizeEvent* event) {
    Panel::resizeEvent(event);
    if (event->size().width() != event->oldSize().width())
        shareWidth();
}

bool ComponentsPanel::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Leave)
        session().selection().setHoveredComponent(-1);
    return Panel::eventFilter(watched, event);
}

void ComponentsPanel::refresh() {
    const QString name = system();
    m_table->show(name);
    m_sumBars->setMaximum(std::max(1e-9, m_table->largestSum()));
    m_maximumBars->setMaximum(std::max(1e-9, m_table->largestMaximum()));
    refreshNote();
    if (m_all->isChecked()) {
        refreshAll();
        if (m_allTable->rowCount() > 0) {
            m_pages->setCurrentWidget(m_allView);
            showBody();
            return;
        }
    }
    m_pages->setCurrentIndex(0);
    if (m_table->rowCount() > 0) {
        showSelected();
        showBody();
        return;
    }
    const QString title = tr("No components yet");
    const QString text =
        tr("The components of %1 appear here with their labels, their correlations with the ratings and "
           "their sums as soon as an embedding is being fitted.")
            .arg(systemTitle(name));
    if (name.isEmpty())
        showEmpty(title,
                  tr("Import ratings, judgments or an embedding: its components appear here with their labels and "
                     "their correlations with the ratings."));
    else
        showEmpty(Task{"fit-embedding", name.toStdString()}, title, text, tr("Fit %1").arg(systemTitle(name)));
}

void ComponentsPanel::refreshAll() {
    const auto figureData = figureDataOf(session());
    const QStringList systems = labelTableSystems(*figureData);
    const Table table = labelTableOf(*figureData, systems);
    const bool reshaped = systems != m_allSystems || m_allTable->rowCount() != static_cast<int>(table.rows.size());
    m_allSystems = systems;
    if (reshaped) {
        m_allTable->clear();
        m_allTable->setRowCount(static_cast<int>(table.rows.size()));
        m_allTable->setColumnCount(static_cast<int>(table.columns.size()));
    }
    for (int column = 0; column < m_allTable->columnCount(); ++column) {
        const QString title = QString::fromStdString(table.columns[static_cast<std::size_t>(column)]);
        if (m_allTable->headerData(column, Qt::Horizontal).toString() != title || reshaped)
            m_allTable->setHeaderData(column, Qt::Horizontal, title);
        const bool number = column == 0 || column % 2 == 0;
        for (int row = 0; row < m_allTable->rowCount(); ++row) {
            const QString cell =
                QString::fromStdString(table.shown(static_cast<std::size_t>(row), static_cast<std::size_t>(column)));
            const QModelIndex index = m_allTable->index(row, column);
            if (index.data().toString() != cell)
                m_allTable->setData(index, cell);
            if (reshaped && number)
                m_allTable->setData(index, QVariant(Qt::AlignRight | Qt::AlignVCenter), Qt::TextAlignmentRole);
            if (!number)
                m_allTable->setData(index, cell, Qt::ToolTipRole);
        }
    }
    if (reshaped)
        shareWidth();
}

void ComponentsPanel::refreshNote() {
    QStringList facts;
    if (const auto embedding = session().embedding(system())) {
        const QString interpretable = interpretableText(*embedding);
        if (!interpretable.isEmpty())
            facts << interpretable;
        const TaskView& centroids = session().task({"centroids", system().toStdString()});
        if (!embedding->live && !centroids.summary.isEmpty())
            facts << centroids.summary;
        if (embedding->live)
            facts << tr("epoch %1").arg(embedding->epoch);
    }
    header()->setNote(facts.join(QStringLiteral(" · ")));
}

void ComponentsPanel::showSelected() {
    const int row = m_table->rowOf(session().selection().component());
    const QModelIndex index =
        row < 0 ? QModelIndex() : m_order->mapFromSource(m_table->index(row, ComponentTableModel::Label));
    QItemSelectionModel* chosen = m_view->selectionModel();
    if (!index.isValid()) {
        chosen->clear();
        return;
    }
    if (chosen->currentIndex().row() == index.row() && chosen->hasSelection())
        return;
    chosen->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    m_view->scrollTo(index);
}

std::vector<Table> ComponentsPanel::tables() const {
    if (isEmpty())
        return {};
    const bool all = m_pages->currentWidget() == m_allView;
    const QTableView* view = all ? m_allView : m_view;
    const QAbstractItemModel& model = *view->model();
    std::set<int> rows;
    for (const QModelIndex& index : view->selectionModel()->selectedIndexes())
        rows.insert(index.row());
    if (rows.size() < 2)
        for (int row = 0; row < model.rowCount(); ++row)
            rows.insert(row);
    if (all) {
        Table table = labelTableOf(*figureDataOf(session()), m_allSystems);
        std::vector<std::vector<std::string>> chosen;
        for (const int row : rows)
            if (row < static_cast<int>(table.rows.size()))
                chosen.push_back(table.rows[static_cast<std::size_t>(row)]);
        table.rows = std::move(chosen);
        return {std::move(table)};
    }
    Table table{.title = tr("Component labels — %1").arg(systemTitle(m_table->system())).toStdString(),
                .columns = {},
                .rows = {},
                .decimals = std::vector<int>(ComponentTableModel::kColumns, -1)};
    table.decimals[ComponentTableModel::Sum] = 1;
    table.decimals[ComponentTableModel::Maximum] = 3;
    table.decimals[ComponentTableModel::Sparsity] = 1;
    for (int column = 0; column < model.columnCount(); ++column)
        table.columns.push_back(model.headerData(column, Qt::Horizontal).toString().toStdString());
    for (const int row : rows) {
        std::vector<std::string> cells;
        for (int column = 0; column < model.columnCount(); ++column) {
            const QVariant value = model.index(row, column).data();
            cells.push_back(value.typeId() == QMetaType::Double ? numberCell(value.toDouble())
                                                                : value.toString().toStdString());
        }
        table.rows.push_back(std::move(cells));
    }
    return {std::move(table)};
}

std::optional<Figure> ComponentsPanel::figure() const {
    if (isEmpty())
        return {};
    FigureOptions options;
    if (m_pages->currentWidget() != m_allView)
        options.systems = {system()};
    return labelFigure(figureDataOf(session()), options);
}

} // namespace tercet
