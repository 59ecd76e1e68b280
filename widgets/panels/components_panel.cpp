#include "widgets/panels/components_panel.h"

#include "widgets/figures/figure_presets.h"
#include "widgets/panels/component_table.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/session_figure.h"
#include "widgets/panels/terms_delegate.h"
#include "widgets/plots/bar_delegate.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QLineEdit>
#include <QResizeEvent>
#include <QScrollBar>
#include <QTableView>
#include <QVBoxLayout>

namespace tercet {
namespace {

constexpr int kRankWidth = 7 * kUnit;
constexpr int kNumberWidth = 10 * kUnit;
constexpr int kSmallestLabel = 15 * kUnit;
constexpr int kLargestLabel = 48 * kUnit;
constexpr int kSmallestTerms = 14 * kUnit;
constexpr int kLargestTerms = 72 * kUnit;

} // namespace

ComponentsPanel::ComponentsPanel(StudySession& session, QWidget* parent)
    : Panel(session, QStringLiteral("components"), tr("Components"), parent),
      m_table(new ComponentTableModel(session, this)), m_order(new ComponentOrder(*m_table, this)),
      m_view(new QTableView), m_search(new QLineEdit), m_sumBars(new BarDelegate(BarDelegate::Kind::Positive, this)),
      m_maximumBars(new BarDelegate(BarDelegate::Kind::Positive, this)),
      m_sparsityBars(new BarDelegate(BarDelegate::Kind::Positive, this)) {
    useSystemChip();
    addButton(QStringLiteral("copy"), tr("Copy the table, or its selected rows, as tab-separated text (Ctrl+C)"),
              [this] { copyTable(); });
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
    setBody(body);

    auto* copy = new QAction(tr("Copy"), m_view);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    connect(copy, &QAction::triggered, this, &ComponentsPanel::copyTable);
    m_view->addAction(copy);
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
        if (changed == system())
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

void ComponentsPanel::copyTable() {
    QVector<int> rows;
    for (const QModelIndex& index : m_view->selectionModel()->selectedRows())
        rows << index.row();
    std::sort(rows.begin(), rows.end());
    if (rows.size() < 2) {
        rows.clear();
        for (int row = 0; row < m_order->rowCount(); ++row)
            rows << row;
    }
    QApplication::clipboard()->setText(m_order->tabSeparated(rows));
}

std::optional<Figure> ComponentsPanel::figure() const {
    if (isEmpty())
        return {};
    return labelFigure(figureDataOf(session()), {.systems = {system()}});
}

} // namespace tercet
