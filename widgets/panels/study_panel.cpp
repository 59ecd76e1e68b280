#include "widgets/panels/study_panel.h"

#include "core/base/text.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/stimulus_view.h"
#include "widgets/plots/look.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QJsonArray>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

#include <cmath>

namespace tercet {
namespace {

QString count(int number) { return QString::fromStdString(withThousands(static_cast<std::uint64_t>(number))); }

} // namespace

StudyPanel::StudyPanel(StudySession& session, QWidget* parent)
    : Panel(session, QStringLiteral("study"), tr("Stimuli"), parent), m_table(new StimulusTableModel(session, this)),
      m_order(new StimulusOrder(*m_table, this)), m_search(new QLineEdit), m_filterRow(new QWidget) {
    auto* body = new QWidget;
    m_view = new StimulusView(*m_order, session.selection(), body);
    m_search->setPlaceholderText(tr("Search names, ids, categories"));
    m_search->setToolTip(tr("Shows the stimuli in whose name, id or top category every word occurs (Ctrl+F)"));
    m_search->setClearButtonEnabled(true);
    m_search->setAccessibleName(tr("Search stimuli"));
    connect(m_search, &QLineEdit::textChanged, this, &StudyPanel::applyFilter);

    m_filterButton = addButton(QStringLiteral("filter"), tr("Filter by category or rating"), [this] {
        m_filterRow->setVisible(m_filterButton->isChecked());
        applyFilter();
    });
    m_filterButton->setCheckable(true);
    m_selectedOnly = addButton(QStringLiteral("lasso"), tr("Show selected stimuli only"), [this] { applyFilter(); });
    m_selectedOnly->setCheckable(true);
    auto* columns = addButton(QStringLiteral("columns"), tr("Choose columns"), [] {});
    auto* menu = new QMenu(columns);
    menu->setToolTipsVisible(true);
    connect(menu, &QMenu::aboutToShow, this, [this, menu] { fillColumnMenu(menu); });
    columns->setMenu(menu);
    columns->setPopupMode(QToolButton::InstantPopup);
    m_view->horizontalHeader()->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_view->horizontalHeader(), &QWidget::customContextMenuRequested, this,
            [this, menu](const QPoint& at) { menu->popup(m_view->horizontalHeader()->mapToGlobal(at)); });

    buildFilterRow();
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* searchRow = new QWidget;
    auto* searchLayout = new QHBoxLayout(searchRow);
    searchLayout->setContentsMargins(kUnit, kHalfUnit, kUnit, kHalfUnit);
    searchLayout->addWidget(m_search);
    layout->addWidget(searchRow);
    layout->addWidget(m_filterRow);
    layout->addWidget(m_view, 1);
    setBody(body);

    connect(&session, &StudySession::studyChanged, this, &StudyPanel::invalidate);
    connect(m_table, &StimulusTableModel::selectionChanged, this, &StudyPanel::showCounts);
    connect(m_order, &QAbstractItemModel::modelReset, this, &StudyPanel::onReset);
    m_view->setColumnHidden(StimulusTableModel::Id, true);
    m_view->setColumnWidth(StimulusTableModel::Name, 22 * kUnit);
    m_view->setColumnWidth(StimulusTableModel::TopCategory, 20 * kUnit);
}

void StudyPanel::buildFilterRow() {
    m_category = new QComboBox;
    m_category->setToolTip(tr("Only stimuli with this top category"));
    m_category->setAccessibleName(tr("Top category"));
    m_term = new QComboBox;
    m_term->setToolTip(tr("Only stimuli whose rating on this term lies in the range"));
    m_term->setAccessibleName(tr("Rating term"));
    for (auto* box : {m_category, m_term}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(10);
        box->setMaxVisibleItems(20);
        connect(box, &QComboBox::currentIndexChanged, this, &StudyPanel::applyFilter);
    }
    m_low = new QDoubleSpinBox;
    m_high = new QDoubleSpinBox;
    for (auto* box : {m_low, m_high}) {
        box->setButtonSymbols(QAbstractSpinBox::NoButtons);
        box->setFixedWidth(6 * kUnit);
        connect(box, &QDoubleSpinBox::valueChanged, this, &StudyPanel::applyFilter);
    }
    m_low->setAccessibleName(tr("Lowest rating"));
    m_high->setAccessibleName(tr("Highest rating"));
    // A term of the other kind has another range.
    connect(m_term, &QComboBox::currentIndexChanged, this, [this] {
        const int term = m_term->currentData().toInt();
        const bool known = term >= 0 && term < m_table->termCount();
        const auto [low, high] = known ? m_table->rangeOf(term) : std::pair(0.0, 1.0);
        const bool fine = high - low <= 2;
        for (auto* box : {m_low, m_high}) {
            const QSignalBlocker blocker(box);
            box->setDecimals(fine ? 2 : 1);
            box->setRange(low, high);
            box->setSingleStep(fine ? 0.05 : 0.5);
            box->setValue(box == m_low ? low : high);
            box->setEnabled(known);
            box->setToolTip(tr("From %1 to %2").arg(low).arg(high));
        }
        applyFilter();
    });
    auto* layout = new QHBoxLayout(m_filterRow);
    layout->setContentsMargins(kUnit, 0, kUnit, kHalfUnit);
    layout->setSpacing(kHalfUnit);
    layout->addWidget(m_category, 1);
    layout->addWidget(m_term, 1);
    layout->addWidget(m_low);
    layout->addWidget(new QLabel(QStringLiteral("–")));
    layout->addWidget(m_high);
    m_filterRow->hide();
    fillTerms();
}

void StudyPanel::fillTerms() {
    QStringList terms;
    for (int term = 0; term < m_table->termCount(); ++term)
        terms << m_table->termName(term);
    if (terms == m_terms && m_category->count() > 0)
        return;
    m_terms = terms;
    for (auto* box : {m_category, m_term}) {
        const QSignalBlocker blocker(box);
        box->clear();
        box->addItem(box == m_category ? tr("Any category") : tr("Any rating"), -1);
        for (int term = 0; term < m_table->termCount(); ++term)
            if (box == m_term || m_table->isCategory(term))
                box->addItem(m_terms[term], term);
    }
    m_low->setEnabled(false);
    m_high->setEnabled(false);
    m_filterButton->setEnabled(!m_terms.isEmpty());
}

void StudyPanel::applyFilter() {
    StimulusOrder::Filter filter;
    filter.text = m_search->text().trimmed();
    filter.selectedOnly = m_selectedOnly->isChecked();
    if (m_filterButton->isChecked()) {
        filter.category = m_category->currentData().toInt();
        filter.term = m_term->currentData().toInt();
        if (filter.term >= 0) {
            // The boxes show rounded values: what rounds to a bound lies inside it.
            const double slack = 0.5 * std::pow(10.0, -m_low->decimals());
            filter.low = m_low->value() - slack;
            filter.high = m_high->value() + slack;
        }
    }
    m_order->setFilter(filter);
    showCounts();
}

void StudyPanel::onReset() {
    fillTerms();
    showCounts();
    const auto& selected = session().selection().stimuli();
    const int place = selected.isEmpty() ? -1 : m_order->placeOf(selected.front());
    if (place >= 0)
        m_view->scrollTo(m_order->index(place, std::max(0, m_view->columnAt(0))));
}

void StudyPanel::showCounts() {
    const int total = m_table->rowCount();
    QString note =
        m_order->rowCount() == total ? count(total) : tr("%1 of %2").arg(count(m_order->rowCount()), count(total));
    if (m_table->selectedCount() > 0)
        note += tr(" · %1 selected").arg(count(m_table->selectedCount()));
    header()->setNote(total == 0 ? QString() : note);
}

void StudyPanel::fillColumnMenu(QMenu* menu) {
    menu->clear();
    const auto add = [&](int column) {
        auto* action = menu->addAction(m_table->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
        action->setCheckable(true);
        action->setChecked(!m_view->isColumnHidden(column));
        connect(action, &QAction::toggled, this,
                [this, column](bool shown) { m_view->setColumnHidden(column, !shown); });
    };
    const auto addAll = [&](const QString& text, bool categories, bool shown) {
        connect(menu->addAction(text), &QAction::triggered, this, [this, categories, shown] {
            for (int term = 0; term < m_table->termCount(); ++term)
                if (m_table->isCategory(term) == categories)
                    m_view->setColumnHidden(StimulusTableModel::FirstTerm + term, !shown);
        });
    };
    for (int column = StimulusTableModel::Id; column < StimulusTableModel::FirstTerm; ++column)
        add(column);
    menu->addSeparator();
    addAll(tr("Show all categories"), true, true);
    addAll(tr("Hide all categories"), true, false);
    addAll(tr("Show all dimensions"), false, true);
    addAll(tr("Hide all dimensions"), false, false);
    menu->addSeparator();
    for (int term = 0; term < m_table->termCount(); ++term)
        add(StimulusTableModel::FirstTerm + term);
}

void StudyPanel::refresh() {
    if (m_table->rowCount() == 0) {
        showEmpty(
            tr("No stimuli yet"),
            tr("The stimuli of the study appear here with their ratings. Import ratings, judgments or an embedding: "
               "drop a file on the window, or choose File → Import."));
        return;
    }
    showBody();
    showCounts();
}

QJsonObject StudyPanel::state() const {
    const auto* columns = m_view->horizontalHeader();
    return {{"columns", QString::fromLatin1(columns->saveState().toBase64())},
            {"columnCount", columns->count()},
            {"search", m_search->text()},
            {"filter", m_filterButton->isChecked()},
            {"category", m_category->currentText()},
            {"term", m_term->currentText()},
            {"low", m_low->value()},
            {"high", m_high->value()},
            {"selectedOnly", m_selectedOnly->isChecked()}};
}

void StudyPanel::restoreState(const QJsonObject& state) {
    if (state.isEmpty())
        return;
    auto* columns = m_view->horizontalHeader();
    if (state["columnCount"].toInt() == columns->count()) {
        columns->restoreState(QByteArray::fromBase64(state["columns"].toString().toLatin1()));
        m_order->sort(columns->sortIndicatorSection(), columns->sortIndicatorOrder());
    }
    m_filterButton->setChecked(state["filter"].toBool());
    m_filterRow->setVisible(m_filterButton->isChecked());
    m_category->setCurrentIndex(std::max(0, m_category->findText(state["category"].toString())));
    m_term->setCurrentIndex(std::max(0, m_term->findText(state["term"].toString())));
    if (m_term->currentIndex() > 0) {
        m_low->setValue(state["low"].toDouble());
        m_high->setValue(state["high"].toDouble());
    }
    m_selectedOnly->setChecked(state["selectedOnly"].toBool());
    m_search->setText(state["search"].toString());
    applyFilter();
}

} // namespace tercet
