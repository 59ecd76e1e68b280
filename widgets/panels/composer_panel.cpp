#include "widgets/panels/composer_panel.h"

#include "core/base/error.h"
#include "widgets/figures/figure_options.h"
#include "widgets/panels/page_view.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/session_figure.h"
#include "widgets/plots/icons.h"
#include "widgets/plots/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLabel>
#include <QListWidget>
#include <QPainter>
#include <QPointer>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QSplitter>
#include <QTimer>
#include <QUndoCommand>
#include <QVBoxLayout>

#include <algorithm>

namespace tercet {
namespace {

constexpr auto kSetting = "window/composition";
constexpr QSize kThumbnail(9 * kUnit, 7 * kUnit);
constexpr int kNarrow = 72 * kUnit; ///< below it the forms stand below the page
const QString kWidth = QStringLiteral("width_mm");
const QString kSystems = QStringLiteral("systems");

QScrollArea* scrolled(QWidget* widget) {
    auto* area = new QScrollArea;
    area->setWidget(widget);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    return area;
}

} // namespace

class ComposerPanel::Command : public QUndoCommand {
public:
    Command(ComposerPanel& panel, const QString& what, Composition before, Composition after)
        : QUndoCommand(what), m_panel(&panel), m_before(std::move(before)), m_after(std::move(after)) {}
    void undo() override { show(m_before); }
    void redo() override { show(m_after); }

private:
    void show(const Composition& composition) {
        if (m_panel)
            m_panel->apply(composition);
    }
    QPointer<ComposerPanel> m_panel;
    Composition m_before;
    Composition m_after;
};

ComposerPanel::ComposerPanel(StudySession& session, QWidget* parent)
    : Panel(session, QStringLiteral("figures"), tr("Figures"), parent), m_page(new PageView),
      m_presets(new QListWidget), m_journal(new QComboBox), m_width(new QComboBox), m_gap(new QDoubleSpinBox),
      m_letters(new QCheckBox(tr("Letters"))), m_panelForm(new QWidget), m_panelName(new QLabel),
      m_panelWidth(new QDoubleSpinBox), m_systems(new QListWidget), m_stimuli(new QPushButton) {
    addButton(QStringLiteral("columns"), tr("Arrange the panels in rows, in the order of their letters"), [this] {
        if (m_data)
            change(tr("arrangement of the page"), [this](Composition& page) { arrange(page, m_data); });
    });
    usePictureButton(false);

    m_presets->setIconSize(kThumbnail);
    m_presets->setUniformItemSizes(true);
    m_presets->setToolTip(tr("Double-click or Return puts the figure on the page"));
    m_presets->setAccessibleName(tr("Figures to add"));
    for (const FigurePreset& preset : figurePresets()) {
        auto* item = new QListWidgetItem(preset.title, m_presets);
        item->setData(Qt::UserRole, preset.name);
        item->setToolTip(tr("%1: double-click or Return puts it on the page; at least %2 mm wide")
                             .arg(preset.title)
                             .arg(preset.smallestWidthMm));
    }
    connect(m_presets, &QListWidget::itemActivated, this,
            [this](QListWidgetItem* item) { addFigure(item->data(Qt::UserRole).toString()); });

    for (const Journal& journal : journals())
        m_journal->addItem(journal.title, journal.name);
    m_journal->setToolTip(tr("Whose widths, fonts and lines the page has"));
    m_journal->setAccessibleName(tr("Journal"));
    connect(m_journal, &QComboBox::activated, this, [this] {
        change(tr("change of journal"), [this](Composition& page) {
            const auto& before = journalNamed(page.journal).columnsMm;
            const auto column = std::find(before.begin(), before.end(), page.widthMm);
            const Journal& journal = journalNamed(m_journal->currentData().toString());
            // One column stays one column, the full width the full width.
            page.widthMm = column == before.begin() ? journal.columnsMm.front() : journal.columnsMm.back();
            page.journal = journal.name;
            if (m_data)
                arrange(page, m_data);
        });
    });
    m_width->setToolTip(tr("Width of the page in mm: one of the journal's columns"));
    m_width->setAccessibleName(tr("Width of the page"));
    connect(m_width, &QComboBox::activated, this, [this] {
        change(tr("change of the page's width"), [this](Composition& page) {
            page.widthMm = m_width->currentData().toDouble();
            if (m_data)
                arrange(page, m_data);
        });
    });
    m_gap->setRange(0, 20);
    m_gap->setDecimals(1);
    m_gap->setSuffix(tr(" mm"));
    m_gap->setKeyboardTracking(false);
    m_gap->setToolTip(tr("Gap that panels keep when they snap or are arranged"));
    m_gap->setAccessibleName(tr("Gap"));
    connect(m_gap, &QDoubleSpinBox::valueChanged, this,
            [this](double gap) { change(tr("change of the gap"), [gap](Composition& page) { page.gapMm = gap; }); });
    m_letters->setToolTip(tr("Letters a, b, c, as the journal writes them"));
    connect(m_letters, &QCheckBox::toggled, this, [this](bool on) {
        change(on ? tr("letters") : tr("no letters"), [on](Composition& page) { page.letters = on; });
    });

    m_panelWidth->setDecimals(1);
    m_panelWidth->setSuffix(tr(" mm"));
    m_panelWidth->setKeyboardTracking(false);
    m_panelWidth->setAccessibleName(tr("Width of the panel"));
    connect(m_panelWidth, &QDoubleSpinBox::valueChanged, this, [this](double width) {
        changeCurrent(tr("change of a panel's width"),
                      [width](CompositionPanel& panel) { panel.options[kWidth] = width; });
    });
    m_systems->setToolTip(tr("Systems that the panel shows; none ticked: all that have what is drawn"));
    m_systems->setAccessibleName(tr("Systems of the panel"));
    m_systems->setMaximumHeight(14 * kUnit);
    connect(m_systems, &QListWidget::itemChanged, this, [this] {
        QJsonArray names;
        for (int i = 0; i < m_systems->count(); ++i)
            if (m_systems->item(i)->checkState() == Qt::Checked)
                names.append(m_systems->item(i)->data(Qt::UserRole).toString());
        changeCurrent(tr("change of a panel's systems"), [names](CompositionPanel& panel) {
            if (names.isEmpty())
                panel.options.remove(kSystems);
            else
                panel.options[kSystems] = names;
        });
    });
    connect(m_stimuli, &QPushButton::clicked, this, [this] {
        if (!m_data)
            return;
        FigureOptions chosen;
        chosen.stimuli = this->session().selection().stimuli();
        const QJsonValue ids = toJson(chosen, *m_data)[QStringLiteral("stimuli")];
        changeCurrent(tr("change of a panel's stimuli"), [ids](CompositionPanel& panel) {
            if (ids.isUndefined())
                panel.options.remove(QStringLiteral("stimuli"));
            else
                panel.options[QStringLiteral("stimuli")] = ids;
        });
    });
    auto* remove = new QPushButton(tr("Remove panel"));
    remove->setToolTip(tr("Takes the panel off the page (Delete)"));
    const auto removePanel = [this](int panel) {
        change(tr("removal of a panel"),
               [panel](Composition& page) { page.panels.erase(page.panels.begin() + panel); });
    };
    connect(remove, &QPushButton::clicked, this, [this, removePanel] { removePanel(m_page->current()); });

    connect(m_page, &PageView::currentChanged, this, &ComposerPanel::refreshForm);
    connect(m_page, &PageView::panelMoved, this, [this](int panel, const QPointF& place) {
        change(tr("move of a panel"),
               [=](Composition& page) { page.panels[static_cast<std::size_t>(panel)].placeMm = place; });
    });
    connect(m_page, &PageView::panelResized, this, [this](int panel, double width) {
        change(tr("change of a panel's width"),
               [=](Composition& page) { page.panels[static_cast<std::size_t>(panel)].options[kWidth] = width; });
    });
    connect(m_page, &PageView::removeWanted, this, removePanel);

    auto* panelForm = new QFormLayout(m_panelForm);
    panelForm->setContentsMargins(0, 0, 0, 0);
    panelForm->addRow(m_panelName);
    panelForm->addRow(tr("Width"), m_panelWidth);
    panelForm->addRow(tr("Systems"), m_systems);
    panelForm->addRow(m_stimuli);
    panelForm->addRow(remove);
    auto* side = new QWidget;
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(kUnit, kUnit, kUnit, kUnit);
    layout->setSpacing(kUnit);
    auto* form = new QFormLayout;
    form->addRow(tr("Journal"), m_journal);
    form->addRow(tr("Page"), m_width);
    form->addRow(tr("Gap"), m_gap);
    form->addRow(QString(), m_letters);
    layout->addLayout(form);
    layout->addWidget(m_presets, 1);
    layout->addWidget(m_panelForm);
    m_presets->setMinimumHeight(3 * kThumbnail.height());
    m_side = scrolled(side);
    m_side->setMinimumWidth(30 * kUnit);
    m_split = new QSplitter(Qt::Horizontal);
    m_split->addWidget(m_side);
    m_split->addWidget(scrolled(m_page));
    m_split->setStretchFactor(1, 1);
    m_split->setChildrenCollapsible(false);
    setBody(m_split);

    connect(&session, &StudySession::opened, this, &ComposerPanel::restore);
    connect(&session, &StudySession::studyChanged, this, &ComposerPanel::invalidate);
    connect(&session, &StudySession::statesChanged, this, &ComposerPanel::invalidate);
    connect(&session, &StudySession::namesChanged, this, &ComposerPanel::invalidate);
    connect(&session, &StudySession::arraysChanged, this, &ComposerPanel::invalidate);
    connect(&session, &StudySession::mapChanged, this, [this](const QString& system) {
        if (const auto map = this->session().map(system); map && !map->live)
            invalidate();
    });
    connect(&session, &StudySession::embeddingChanged, this, [this](const QString& system) {
        if (const auto embedding = this->session().embedding(system); embedding && !embedding->live)
            invalidate();
    });
    connect(&session.selection(), &Selection::stimuliChanged, this, &ComposerPanel::refreshForm);
    restore();
}

void ComposerPanel::resizeEvent(QResizeEvent* event) {
    Panel::resizeEvent(event);
    const Qt::Orientation orientation = width() < kNarrow ? Qt::Vertical : Qt::Horizontal;
    if (orientation == m_split->orientation())
        return;
    const bool above = orientation == Qt::Vertical; // the page stands above its forms
    m_split->setOrientation(orientation);
    m_split->insertWidget(above ? 1 : 0, m_side);
    m_split->setStretchFactor(above ? 0 : 1, 1);
    m_split->setStretchFactor(above ? 1 : 0, 0);
    m_split->setSizes(above ? QList<int>{3 * height() / 5, 2 * height() / 5}
                            : QList<int>{m_side->minimumWidth(), width() - m_side->minimumWidth()});
}

void ComposerPanel::restore() {
    const QString stored = session().setting(QLatin1String(kSetting));
    if (stored.isEmpty())
        return;
    try {
        m_composition = compositionFrom(QJsonDocument::fromJson(stored.toUtf8()).object(), tr("stored composition"));
    } catch (const Error& error) {
        showFailure(QString::fromStdString(error.what()));
    }
    invalidate();
}

void ComposerPanel::apply(const Composition& composition) {
    m_composition = composition;
    session().storeSetting(QLatin1String(kSetting),
                           QString::fromUtf8(QJsonDocument(toJson(composition)).toJson(QJsonDocument::Compact)));
    invalidate();
}

void ComposerPanel::setComposition(const Composition& composition, const QString& what) {
    if (!(composition == m_composition))
        session().undoStack().push(new Command(*this, what, m_composition, composition));
}

void ComposerPanel::change(const QString& what, const std::function<void(Composition&)>& change) {
    Composition after = m_composition;
    change(after);
    setComposition(after, what);
}

void ComposerPanel::changeCurrent(const QString& what, const std::function<void(CompositionPanel&)>& edit) {
    const int panel = m_page->current();
    if (panel >= 0 && panel < static_cast<int>(m_composition.panels.size()))
        change(what, [&](Composition& page) { edit(page.panels[static_cast<std::size_t>(panel)]); });
}

void ComposerPanel::addFigure(const QString& name, const QJsonObject& options) {
    const FigurePreset& preset = figurePresetNamed(name);
    change(tr("addition of %1").arg(preset.title), [&](Composition& page) {
        double bottom = 0;
        if (m_data)
            for (const auto& part : composedPage(page, m_data).parts)
                bottom = std::max(bottom, part.areaMm.bottom() + page.gapMm);
        const double width = std::max(preset.smallestWidthMm, std::min(preset.widthMm, page.widthMm));
        CompositionPanel added{preset.name, {0, bottom}, options};
        added.options.insert(kWidth, width);
        page.panels.push_back(std::move(added));
    });
    m_page->setCurrent(static_cast<int>(m_composition.panels.size()) - 1);
    invalidate();
}

void ComposerPanel::refresh() {
    if (session().systems().empty()) {
        showEmpty(tr("No figures yet"), tr("Import ratings, judgments or an embedding; their figures are arranged on a "
                                           "page here, for a journal."));
        return;
    }
    m_data = figureDataOf(session());
    ComposedPage page = composedPage(m_composition, m_data);
    header()->setNote(m_composition.panels.empty()
                          ? tr("double-click a figure to put it on the page")
                          : tr("%1 mm × %2 mm").arg(m_composition.widthMm).arg(page.heightMm, 0, 'f', 1));
    m_page->setPage(m_composition, std::move(page));
    refreshForm();
    showBody();
    if (m_thumbnails == 0)
        QTimer::singleShot(0, this, &ComposerPanel::drawThumbnails);
}

void ComposerPanel::refreshForm() {
    const QSignalBlocker journalBlock(m_journal);
    const QSignalBlocker widthBlock(m_width);
    const QSignalBlocker gapBlock(m_gap);
    const QSignalBlocker lettersBlock(m_letters);
    const QSignalBlocker panelBlock(m_panelWidth);
    const QSignalBlocker systemsBlock(m_systems);
    const Journal& journal = journalNamed(m_composition.journal);
    m_journal->setCurrentIndex(m_journal->findData(journal.name));
    m_width->clear();
    std::vector<double> widths = journal.columnsMm;
    if (std::find(widths.begin(), widths.end(), m_composition.widthMm) == widths.end())
        widths.push_back(m_composition.widthMm);
    for (const double width : widths)
        m_width->addItem(tr("%1 mm wide").arg(width), width);
    m_width->setCurrentIndex(m_width->findData(m_composition.widthMm));
    m_gap->setValue(m_composition.gapMm);
    m_letters->setChecked(m_composition.letters);

    const int current = m_page->current();
    const bool any = current >= 0 && current < static_cast<int>(m_composition.panels.size());
    m_panelForm->setVisible(any);
    if (!any)
        return;
    const CompositionPanel& panel = m_composition.panels[static_cast<std::size_t>(current)];
    const FigurePreset& preset = figurePresetNamed(panel.preset);
    m_panelName->setText(tr("Panel %1: %2").arg(panelLetter(journal, current), preset.title));
    m_panelWidth->setRange(preset.smallestWidthMm, m_composition.widthMm);
    m_panelWidth->setToolTip(tr("Width in mm, at least %1, so that the text fits").arg(preset.smallestWidthMm));
    m_panelWidth->setValue(panel.options[kWidth].toDouble(preset.widthMm));
    const QJsonArray chosen = panel.options[kSystems].toArray();
    m_systems->clear();
    for (const System& system : session().systems()) {
        const QString name = QString::fromStdString(system.name);
        auto* item = new QListWidgetItem(QString::fromStdString(system.title), m_systems);
        item->setData(Qt::UserRole, name);
        item->setCheckState(chosen.contains(name) ? Qt::Checked : Qt::Unchecked);
    }
    const auto selected = session().selection().stimuli().size();
    m_stimuli->setVisible(panel.preset == QLatin1String("rose"));
    m_stimuli->setText(selected > 0 ? tr("Show the %1 selected stimuli").arg(selected)
                                    : tr("Show examples of categories"));
    m_stimuli->setToolTip(tr("Select stimuli in the map or the table first, to show these"));
}

void ComposerPanel::drawThumbnails() {
    if (!m_data || !isVisible() || m_thumbnails >= m_presets->count())
        return;
    QListWidgetItem* item = m_presets->item(m_thumbnails++);
    const FigurePreset& preset = figurePresetNamed(item->data(Qt::UserRole).toString());
    QPixmap thumbnail(kThumbnail * devicePixelRatioF());
    thumbnail.setDevicePixelRatio(devicePixelRatioF());
    thumbnail.fill(Qt::white);
    try {
        const Picture picture = preset.make(m_data, {}).picture;
        const double dpi = 25.4 * devicePixelRatioF() *
                           std::min(kThumbnail.width() / picture.millimetres.width(),
                                    kThumbnail.height() / picture.millimetres.height());
        QImage image = renderedPicture(picture, 4 * dpi);
        image = image.scaled(image.size() / 4, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
        image.setDevicePixelRatio(devicePixelRatioF());
        QPainter painter(&thumbnail);
        painter.drawImage(QPointF((kThumbnail.width() - image.deviceIndependentSize().width()) / 2,
                                  (kThumbnail.height() - image.deviceIndependentSize().height()) / 2),
                          image);
    } catch (const Error& error) {
        item->setToolTip(QString::fromStdString(error.what()));
    }
    item->setIcon(QIcon(thumbnail));
    QTimer::singleShot(0, this, &ComposerPanel::drawThumbnails);
}

std::optional<Figure> ComposerPanel::figure() const {
    if (isEmpty() || m_composition.panels.empty())
        return {};
    return composedFigure(m_composition, figureDataOf(session()));
}

} // namespace tercet
