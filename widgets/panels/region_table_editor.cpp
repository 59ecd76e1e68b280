#include "widgets/panels/region_table_editor.h"

#include "core/base/text.h"
#include "core/io/atomic_file.h"
#include "core/io/file_content.h"
#include "widgets/panels/panel_header.h"
#include "widgets/plots/icons.h"
#include "widgets/plots/look.h"

#include <QComboBox>
#include <QCompleter>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QShortcut>
#include <QSignalBlocker>
#include <QSortFilterProxyModel>
#include <QStringListModel>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <functional>

namespace tercet {
namespace {

QString text(const std::string& utf8) { return QString::fromStdString(utf8); }

/// Chooses regions and kinds from those there are, and gives what was chosen to every selected row.
class RegionTableDelegate : public QStyledItemDelegate {
public:
    RegionTableDelegate(StudySession& session, RegionTableModel& model, QTableView& view,
                        std::function<std::vector<int>()> selected)
        : QStyledItemDelegate(&view), m_session(session), m_model(model), m_selected(std::move(selected)) {}

    QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option,
                          const QModelIndex& index) const override {
        if (index.column() == RegionTableModel::Parcel)
            return QStyledItemDelegate::createEditor(parent, option, index);
        auto* box = new QComboBox(parent);
        if (index.column() == RegionTableModel::Kind) {
            box->addItems({regionKindWord(false), regionKindWord(true)});
        } else {
            box->setEditable(true);
            for (const RegionTable::Region& region : m_session.regions().regions)
                box->addItem(text(region.name));
        }
        return box;
    }
    void setEditorData(QWidget* editor, const QModelIndex& index) const override {
        if (auto* box = qobject_cast<QComboBox*>(editor))
            box->setCurrentText(index.data(Qt::EditRole).toString());
        else
            QStyledItemDelegate::setEditorData(editor, index);
    }
    void setModelData(QWidget* editor, QAbstractItemModel* model, const QModelIndex& index) const override {
        const auto* box = qobject_cast<QComboBox*>(editor);
        if (!box) {
            QStyledItemDelegate::setModelData(editor, model, index);
            return;
        }
        const QString chosen = box->currentText();
        if (chosen == index.data(Qt::EditRole).toString())
            return;
        const int row = static_cast<const QSortFilterProxyModel*>(model)->mapToSource(index).row();
        std::vector<int> rows = m_selected();
        if (std::ranges::count(rows, row) == 0)
            rows = {row};
        // Rows move, which must not happen while the view closes its editor.
        const bool kind = index.column() == RegionTableModel::Kind;
        QTimer::singleShot(0, &m_model, [&model = m_model, rows, chosen, kind] {
            if (kind)
                model.setKind(rows, chosen == regionKindWord(true));
            else
                model.moveToRegion(rows, chosen);
        });
    }

private:
    StudySession& m_session;
    RegionTableModel& m_model;
    std::function<std::vector<int>()> m_selected;
};

} // namespace

RegionTableEditor::RegionTableEditor(StudySession& session, QWidget* parent)
    : QWidget(parent), m_session(session), m_model(new RegionTableModel(session, this)),
      m_order(new QSortFilterProxyModel(this)), m_view(new QTableView), m_search(new QLineEdit),
      m_region(new QComboBox), m_kind(new QComboBox), m_parcel(new QLineEdit), m_add(new QPushButton(tr("Add"))),
      m_remove(new QToolButton), m_reset(new QToolButton), m_import(new QToolButton), m_note(new ElidedLabel),
      m_missing(new QLabel), m_problem(new QLabel) {
    setObjectName(QStringLiteral("region-table"));
    m_order->setSourceModel(m_model);
    m_order->setFilterKeyColumn(-1);
    m_order->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_view->setModel(m_order);
    m_view->setItemDelegate(new RegionTableDelegate(session, *m_model, *m_view, [this] { return selectedRows(); }));
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setAlternatingRowColors(true);
    m_view->setShowGrid(false);
    m_view->setWordWrap(false);
    m_view->setAccessibleName(tr("Table of regions"));
    m_view->setMinimumHeight(4 * kRowHeight);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(kRowHeight);
    m_view->horizontalHeader()->setHighlightSections(false);
    m_view->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_missing->setWordWrap(true);
    m_missing->setText(tr("No parcellation was imported yet, so that no voxel has a parcel: drop an annot, label.gii, "
                          "dlabel or a volume of labels on the window."));
    m_problem->setWordWrap(true);
    m_problem->setObjectName(QStringLiteral("region-problem"));
    m_problem->setTextInteractionFlags(Qt::TextSelectableByMouse);
    buildRows();
    connect(m_model, &RegionTableModel::refused, this, &RegionTableEditor::refuse);
    connect(m_model, &RegionTableModel::accepted, this, [this] { refuse({}); });
    for (const auto signal : {&StudySession::opened, &StudySession::regionsChanged, &StudySession::studyChanged,
                              &StudySession::statesChanged})
        connect(&session, signal, this, &RegionTableEditor::refresh);
    connect(&session, &StudySession::arraysChanged, this, [this](const Task& task) {
        if (task.step == "assign-regions")
            refresh();
    });
    refuse({});
    refresh();
}

void RegionTableEditor::buildRows() {
    const auto button = [](QToolButton* one, const char* icon, const QString& tip) {
        one->setIcon(themedIcon(QLatin1String(icon)));
        one->setToolTip(tip);
        one->setAccessibleName(tip);
        one->setAutoRaise(true);
    };
    auto* exports = new QToolButton;
    button(m_remove, "close", tr("Take the selected rows out of the table (Delete)"));
    button(m_reset, "reset", tr("Go back to the usual table"));
    button(m_import, "import", tr("Import a table: CSV with the columns region, kind and parcel"));
    button(exports, "export", tr("Export the table as CSV"));
    m_search->setPlaceholderText(tr("Search regions and parcels"));
    m_search->setToolTip(tr("Shows the rows in which this occurs"));
    m_search->setAccessibleName(tr("Search regions and parcels"));
    m_search->setClearButtonEnabled(true);
    connect(m_search, &QLineEdit::textChanged, m_order, &QSortFilterProxyModel::setFilterFixedString);
    connect(m_remove, &QToolButton::clicked, this, &RegionTableEditor::removeSelected);
    connect(m_reset, &QToolButton::clicked, this, &RegionTableEditor::reset);
    connect(m_import, &QToolButton::clicked, this, &RegionTableEditor::askImport);
    connect(exports, &QToolButton::clicked, this, &RegionTableEditor::askExport);
    auto* removal = new QShortcut(QKeySequence::Delete, m_view, nullptr, nullptr, Qt::WidgetShortcut);
    connect(removal, &QShortcut::activated, this, &RegionTableEditor::removeSelected);

    m_region->setEditable(true);
    m_region->setInsertPolicy(QComboBox::NoInsert);
    m_region->setToolTip(tr("The region that the parcel is added to; another name makes a new one"));
    m_region->setAccessibleName(tr("Region of the new row"));
    m_region->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_region->setMinimumContentsLength(8);
    m_kind->addItems({regionKindWord(false), regionKindWord(true)});
    m_kind->setToolTip(tr("Of a new region"));
    m_kind->setAccessibleName(tr("Kind of the new region"));
    m_parcel->setPlaceholderText(tr("Parcel"));
    m_parcel->setToolTip(tr("The atlas’ name without its side, or a number of FreeSurfer’s volumes like #10"));
    m_parcel->setAccessibleName(tr("Parcel of the new row"));
    m_parcel->setCompleter(new QCompleter(new QStringListModel(m_parcel), m_parcel));
    m_parcel->completer()->setCaseSensitivity(Qt::CaseInsensitive);
    m_add->setToolTip(tr("Add the parcel to the region (Return)"));
    connect(m_add, &QPushButton::clicked, this, &RegionTableEditor::addRow);
    connect(m_parcel, &QLineEdit::returnPressed, this, &RegionTableEditor::addRow);
    connect(m_region, &QComboBox::currentTextChanged, this, [this](const QString& name) {
        const auto& regions = m_session.regions().regions;
        const auto known = std::ranges::find(regions, name.simplified().toStdString(), &RegionTable::Region::name);
        m_kind->setEnabled(known == regions.end());
        if (known != regions.end())
            m_kind->setCurrentIndex(known->subcortical ? 1 : 0);
    });

    auto* tools = new QHBoxLayout;
    tools->setSpacing(kHalfUnit);
    tools->addWidget(m_search, 1);
    for (QToolButton* one : {m_remove, m_reset, m_import, exports})
        tools->addWidget(one);
    auto* row = new QHBoxLayout;
    row->setSpacing(kHalfUnit);
    row->addWidget(m_region, 2);
    row->addWidget(m_kind, 1);
    row->addWidget(m_parcel, 2);
    row->addWidget(m_add);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kUnit, kHalfUnit, kUnit, kUnit);
    layout->setSpacing(kHalfUnit);
    layout->addWidget(m_note);
    layout->addWidget(m_missing);
    layout->addLayout(tools);
    layout->addWidget(m_view, 1);
    layout->addWidget(m_problem);
    layout->addLayout(row);
}

QString RegionTableEditor::note() const { return m_note->text(); }

QString RegionTableEditor::missing() const { return m_session.hasParcels() ? QString() : m_missing->text(); }

QString RegionTableEditor::problem() const { return m_problem->text(); }

void RegionTableEditor::refuse(const QString& message) {
    m_problem->setText(message);
    m_problem->setVisible(!message.isEmpty());
}

std::vector<int> RegionTableEditor::selectedRows() const {
    std::vector<int> rows;
    for (const QModelIndex& index : m_view->selectionModel()->selectedRows())
        rows.push_back(m_order->mapToSource(index).row());
    std::sort(rows.begin(), rows.end());
    return rows;
}

void RegionTableEditor::refresh() {
    const bool writes = !m_session.readOnly();
    for (QWidget* one : {static_cast<QWidget*>(m_remove), static_cast<QWidget*>(m_reset),
                         static_cast<QWidget*>(m_import), static_cast<QWidget*>(m_add)})
        one->setEnabled(writes);
    const RegionTable& table = m_session.regions();
    m_reset->setEnabled(writes && table != defaultRegionTable());
    QStringList names;
    std::size_t parcels = 0;
    for (const RegionTable::Region& region : table.regions) {
        names << text(region.name);
        parcels += region.parcels.size();
    }
    QStringList known;
    for (int i = 0; i < m_region->count(); ++i)
        known << m_region->itemText(i);
    if (known != names) {
        const QString typed = m_region->currentText();
        const QSignalBlocker blocker(m_region);
        m_region->clear();
        m_region->addItems(names);
        m_region->setCurrentText(typed.isEmpty() && !names.isEmpty() ? names.front() : typed);
        emit m_region->currentTextChanged(m_region->currentText());
    }
    m_note->setText(tr("%1 made of %2.")
                        .arg(text(counted(table.regions.size(), "region", "regions")),
                             text(counted(parcels, "parcel", "parcels"))));
    m_missing->setVisible(!m_session.hasParcels());
    readVoxels();
}

void RegionTableEditor::readVoxels() {
    for (const Subject& subject : m_session.subjects()) {
        const auto arrays = m_session.arrays({"assign-regions", "", subject.name});
        if (!arrays)
            continue;
        const auto& names = arrays->get<std::string>("parcel_name").values;
        std::map<std::string, std::int64_t> voxels;
        std::map<std::string, std::string> titles;
        for (const std::int32_t parcel : arrays->get<std::int32_t>("parcel").values)
            if (parcel >= 0 && static_cast<std::size_t>(parcel) < names.size()) {
                const std::string key = parcelKey(names[static_cast<std::size_t>(parcel)]);
                ++voxels[key];
                titles.emplace(key, names[static_cast<std::size_t>(parcel)]);
            }
        QStringList free; // parcels of no region
        std::int64_t outside = 0;
        for (const auto& [key, count] : voxels)
            if (!regionOf(m_session.regions(), key)) {
                free << text(titles[key]);
                outside += count;
            }
        if (auto* list = qobject_cast<QStringListModel*>(m_parcel->completer()->model()))
            list->setStringList(free);
        if (!free.isEmpty())
            m_note->setText(m_note->text() + QLatin1Char(' ') +
                            tr("%1: %2 with %3 in no region.")
                                .arg(text(subject.title),
                                     text(counted(static_cast<std::uint64_t>(free.size()), "parcel", "parcels")),
                                     text(counted(static_cast<std::uint64_t>(outside), "voxel", "voxels"))));
        m_model->setVoxels(std::move(voxels), text(subject.title));
        return;
    }
}

void RegionTableEditor::removeSelected() {
    const std::vector<int> rows = selectedRows();
    if (!rows.empty())
        m_model->remove(rows);
}

void RegionTableEditor::reset() {
    refuse({});
    m_session.setRegions(defaultRegionTable());
}

void RegionTableEditor::addRow() {
    if (m_model->add(m_region->currentText(), m_kind->currentIndex() == 1, m_parcel->text()))
        m_parcel->clear();
}

void RegionTableEditor::importFrom(const QString& path) {
    const auto table = std::make_shared<RegionTable>();
    m_session.jobs().start(
        JobRunner::Lane::Files, tr("Import %1").arg(QFileInfo(path).fileName()),
        [path, table](JobControl&, const Progress&) {
            *table = regionTableFromCsv(FileContent::read(path.toStdString()).text(), path.toStdString());
        },
        [editor = QPointer(this), table](const Outcome& outcome) {
            if (!editor)
                return;
            const auto* failed = std::get_if<Failed>(&outcome);
            editor->refuse(failed ? text(failed->message) : QString());
            if (std::holds_alternative<Done>(outcome))
                editor->m_session.setRegions(*table);
        });
}

void RegionTableEditor::exportTo(const QString& path) {
    m_session.jobs().start(
        JobRunner::Lane::Files, tr("Save %1").arg(QFileInfo(path).fileName()),
        [path, csv = toCsv(m_session.regions())](JobControl&, const Progress&) {
            writeFileAtomically(path.toStdString(), csv);
        },
        [editor = QPointer(this)](const Outcome& outcome) {
            if (const auto* failed = std::get_if<Failed>(&outcome); failed && editor)
                editor->refuse(text(failed->message));
        });
}

void RegionTableEditor::askImport() {
    auto* dialog = new QFileDialog(this, tr("Import a table of regions"), QDir::homePath(), tr("Tables (*.csv *.tsv)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &RegionTableEditor::importFrom);
    dialog->open();
}

void RegionTableEditor::askExport() {
    auto* dialog = new QFileDialog(this, tr("Export the table of regions"), QDir::homePath(), tr("CSV (*.csv)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    dialog->selectFile(QStringLiteral("regions.csv"));
    connect(dialog, &QFileDialog::fileSelected, this, &RegionTableEditor::exportTo);
    dialog->open();
}

} // namespace tercet
