#include "widgets/panels/panel.h"

#include "core/base/error.h"
#include "core/io/table_file.h"
#include "widgets/figures/figure_data.h"
#include "widgets/panels/empty_page.h"
#include "widgets/panels/message_strip.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/system_form.h"
#include "widgets/plots/icons.h"
#include "widgets/plots/theme.h"

#include <QAction>
#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMenu>
#include <QMessageBox>
#include <QPainter>
#include <QPicture>
#include <QPointer>
#include <QPushButton>
#include <QStackedLayout>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

namespace tercet {
namespace {

/// The picture, painted once here so that a job can write it: plots are painted by the GUI thread alone.
Picture recorded(const Picture& picture) {
    const auto drawing = std::make_shared<QPicture>();
    QPainter painter(drawing.get());
    paintPicture(picture, painter);
    painter.end();
    Picture result = picture;
    result.paint = [drawing](QPainter& target, const QRectF&, const Look&) { target.drawPicture(0, 0, *drawing); };
    return result;
}

} // namespace

Panel::Panel(StudySession& session, const QString& id, const QString& title, QWidget* parent)
    : QWidget(parent), m_session(session), m_title(title), m_header(new PanelHeader(title, this)),
      m_strip(new MessageStrip(this)), m_empty(new EmptyPage(this)), m_layout(new QVBoxLayout(this)),
      m_pages(new QStackedLayout) {
    setObjectName(id);
    setWindowTitle(title);
    m_pages->addWidget(m_empty);
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(0);
    m_layout->addWidget(m_header);
    m_layout->addWidget(m_strip);
    m_layout->addLayout(m_pages, 1);
    connect(&Theme::instance(), &Theme::changed, this, &Panel::invalidate);
    QTimer::singleShot(0, this, &Panel::refreshNow);
    m_refreshQueued = true;
}

void Panel::showFailure(const QString& message) { m_strip->say(message); }
QString Panel::failure() const { return m_strip->message(); }
bool Panel::isEmpty() const { return m_pages->currentWidget() == m_empty; }

void Panel::takeFocus() {
    QWidget* ofHeader = nullptr;
    for (QWidget* next = nextInFocusChain(); next != this; next = next->nextInFocusChain()) {
        if (!isAncestorOf(next) && !m_header->isAncestorOf(next))
            continue;
        if (!next->isVisible() || !next->isEnabled() || !(next->focusPolicy() & Qt::TabFocus))
            continue;
        if (!m_header->isAncestorOf(next)) {
            next->setFocus(Qt::ShortcutFocusReason);
            return;
        }
        ofHeader = ofHeader ? ofHeader : next;
    }
    if (ofHeader)
        ofHeader->setFocus(Qt::ShortcutFocusReason);
}

void Panel::invalidate() {
    m_stale = true;
    if (m_refreshQueued || !isVisible())
        return;
    m_refreshQueued = true;
    QTimer::singleShot(0, this, &Panel::refreshNow);
}

void Panel::refreshNow() {
    m_refreshQueued = false;
    if (!m_stale || !isVisible())
        return;
    m_stale = false;
    refreshChip();
    refresh();
    if (m_pictureButton) {
        m_pictureButton->setEnabled(!isEmpty());
        m_dataButton->setEnabled(!isEmpty());
    }
}

void Panel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    refreshNow();
}

QString Panel::system() const {
    const auto& systems = m_session.systems();
    const QString& front = m_session.selection().system();
    for (const System& system : systems)
        if (front == QString::fromStdString(system.name))
            return front;
    return systems.empty() ? QString() : QString::fromStdString(systems.front().name);
}

QString Panel::systemTitle(const QString& name) const {
    for (const System& system : m_session.systems())
        if (name == QString::fromStdString(system.name))
            return QString::fromStdString(system.title);
    return name;
}

QColor Panel::systemColor(const QString& name) const {
    return colorOfSystem(m_session.systems(), name, Theme::instance().look().dark);
}

void Panel::setBody(QWidget* body) {
    m_body = body;
    m_pages->addWidget(body);
}

void Panel::addBar(QWidget* bar) { m_layout->insertWidget(m_layout->indexOf(m_strip) + 1, bar); }

void Panel::showBody() { m_pages->setCurrentWidget(m_body); }

void Panel::showEmpty(const QString& title, const QString& text, const QString& action, std::function<void()> act) {
    m_empty->setContent(title, text, action, std::move(act));
    m_pages->setCurrentWidget(m_empty);
}

void Panel::showEmpty(const Task& task, const QString& title, const QString& text, const QString& action) {
    if (m_session.running(task)) {
        showEmpty(title, tr("Being computed; it appears here as it forms."));
        return;
    }
    if (m_session.queued(task)) {
        showEmpty(title, tr("Queued; it begins when the jobs before it are done."));
        return;
    }
    const StepState state = m_session.state(task);
    if (state.kind == StepState::Kind::Blocked)
        showEmpty(title, QString::fromStdString(state.reason));
    else if (state.record && !(state.kind == StepState::Kind::Stale && m_session.arrays(task)))
        showEmpty(title, tr("Loading…"));
    else if (m_session.readOnly())
        showEmpty(title, QString::fromStdString(m_session.study().readOnlyReason()));
    else
        showEmpty(title, text, action, [this, task] { m_session.run(task); });
}

void Panel::useSystemChip() {
    m_hasChip = true;
    connect(m_header, &PanelHeader::systemChosen, &m_session.selection(), &Selection::setSystem);
    connect(m_header, &PanelHeader::systemEditRequested, this, &Panel::editSystem);
    connect(&m_session.selection(), &Selection::systemChanged, this, &Panel::invalidate);
    connect(&m_session, &StudySession::studyChanged, this, &Panel::invalidate);
    connect(&m_session, &StudySession::namesChanged, this, &Panel::invalidate);
}

void Panel::editSystem() {
    for (const System& each : m_session.systems())
        if (system() == QString::fromStdString(each.name)) {
            auto* form = new SystemForm(each, this);
            connect(form, &SystemForm::accepted, &m_session, &StudySession::editSystem);
            form->move(m_header->chip()->mapToGlobal(QPoint(0, m_header->chip()->height())));
            form->show();
        }
}

void Panel::refreshChip() {
    if (!m_hasChip)
        return;
    std::vector<PanelHeader::Choice> choices;
    for (const System& system : m_session.systems()) {
        const QString name = QString::fromStdString(system.name);
        choices.push_back({name, QString::fromStdString(system.title), systemColor(name)});
    }
    m_header->setSystems(choices, system());
}

void Panel::showFailuresOf(std::initializer_list<const char*> steps) {
    const std::vector<std::string> shown(steps.begin(), steps.end());
    connect(&m_session, &StudySession::failed, this, [this, shown](const Task& task, const QString& message) {
        if (std::find(shown.begin(), shown.end(), task.step) != shown.end())
            showFailure(message);
    });
}

QToolButton* Panel::addButton(const QString& icon, const QString& toolTip, std::function<void()> onClick) {
    auto* button = new QToolButton(m_header);
    button->setIcon(themedIcon(icon));
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    button->setToolTip(toolTip);
    button->setAccessibleName(toolTip);
    if (onClick)
        connect(button, &QToolButton::clicked, this, std::move(onClick));
    m_header->addButton(button);
    return button;
}

void Panel::usePictureButton(bool composes) {
    m_pictureButton =
        addButton(QStringLiteral("save-picture"), tr("Save picture as PDF, SVG or PNG"), [this] { savePicture(); });
    addDataMenu(composes);
}

void Panel::addDataMenu(bool composes) {
    m_dataButton =
        addButton(QStringLiteral("table"), tr("Copy or export the values; put the picture on the figure page"), {});
    auto* menu = new QMenu(m_dataButton);
    const auto add = [&](const char* icon, const QString& text, void (Panel::*act)()) {
        QAction* action = menu->addAction(themedIcon(QString::fromLatin1(icon)), text);
        connect(action, &QAction::triggered, this, act);
        return action;
    };
    QAction* copy = add("copy", tr("Copy data as TSV"), &Panel::copyData);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    copy->setShortcutVisibleInContextMenu(true);
    addAction(copy);
    m_copyActions = {copy, add("latex", tr("Copy as LaTeX table"), &Panel::copyLatex)};
    menu->addSeparator();
    add("export", tr("Export data (CSV, TSV, LaTeX)…"), &Panel::exportData);
    if (composes) {
        menu->addSeparator();
        add("columns", tr("Put the picture on the figure page"), &Panel::compose);
    }
    m_dataButton->setMenu(menu);
    m_dataButton->setPopupMode(QToolButton::InstantPopup);
}

std::vector<Table> Panel::tables() const {
    const std::optional<Figure> shown = figure();
    return shown && shown->tables ? shown->tables() : std::vector<Table>();
}

std::vector<Table> Panel::tablesToTake() {
    try {
        return tables();
    } catch (const Error& error) {
        showFailure(QString::fromStdString(error.what()));
    }
    return {};
}

std::optional<Figure> Panel::figureToSave() {
    std::optional<Figure> shown;
    try {
        shown = figure();
    } catch (const Error& error) {
        showFailure(QString::fromStdString(error.what()));
    }
    if (!shown || shown->picture.recipe.isEmpty())
        return shown;
    QJsonObject recipe = QJsonDocument::fromJson(shown->picture.recipe.toUtf8()).object();
    QJsonObject options = recipe[QStringLiteral("options")].toObject();
    const Selection& selection = m_session.selection();
    QJsonArray stimuli;
    for (const int row : selection.stimuli())
        stimuli.append(QString::fromStdString(m_session.stimuli().at(static_cast<std::size_t>(row)).id));
    options[QStringLiteral("selection")] =
        QJsonObject{{"system", system()}, {"component", selection.component()}, {"stimuli", stimuli}};
    recipe[QStringLiteral("options")] = options;
    shown->picture.recipe = QString::fromUtf8(QJsonDocument(recipe).toJson(QJsonDocument::Indented));
    return shown;
}

void Panel::compose() {
    const std::optional<Figure> shown = figureToSave();
    if (!shown)
        return;
    QJsonObject options =
        QJsonDocument::fromJson(shown->picture.recipe.toUtf8()).object()[QStringLiteral("options")].toObject();
    options.remove(QStringLiteral("selection"));
    emit composeWanted(shown->name, options);
}

void Panel::savePicture() {
    const std::optional<Figure> picture = figureToSave();
    if (!picture)
        return;
    auto* dialog = new QFileDialog(this, tr("Save picture"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters({tr("PDF (*.pdf)"), tr("SVG (*.svg)"), tr("PNG (*.png)")});
    dialog->selectFile(picture->name + QStringLiteral(".pdf"));
    const auto setSuffix = [dialog] { dialog->setDefaultSuffix(dialog->selectedNameFilter().left(3).toLower()); };
    connect(dialog, &QFileDialog::filterSelected, dialog, setSuffix);
    setSuffix();
    connect(dialog, &QFileDialog::fileSelected, this, &Panel::savePictureTo);
    dialog->open();
}

void Panel::startWriting(const QString& path, std::function<void()> write) {
    m_session.jobs().start(
        JobRunner::Lane::Files, tr("Save %1").arg(QFileInfo(path).fileName()),
        [write = std::move(write)](JobControl&, const Progress&) { write(); },
        [panel = QPointer(this)](const Outcome& outcome) {
            if (const auto* failed = std::get_if<Failed>(&outcome); failed && panel)
                panel->showFailure(QString::fromStdString(failed->message));
        });
}

void Panel::savePictureTo(const QString& path) {
    const std::optional<Figure> shown = figureToSave();
    if (!shown)
        return;
    startWriting(path, [picture = recorded(shown->picture), path] { tercet::savePicture(picture, path); });
}

void Panel::copyData() {
    const std::vector<Table> taken = tablesToTake();
    if (taken.empty())
        return;
    QStringList texts;
    for (const Table& table : taken)
        texts << (taken.size() > 1 ? QString::fromStdString(table.title) + u'\n' : QString()) +
                     QString::fromStdString(table.toTsv());
    QGuiApplication::clipboard()->setText(texts.join(u'\n'));
}

void Panel::copyLatex() {
    const std::vector<Table> taken = tablesToTake();
    if (taken.empty())
        return;
    QStringList texts;
    for (const Table& table : taken)
        texts << QString::fromStdString(table.toLatex());
    QGuiApplication::clipboard()->setText(texts.join(u'\n'));
}

void Panel::exportData() {
    const std::vector<Table> taken = tablesToTake();
    const std::optional<Figure> shown = taken.empty() ? std::nullopt : figureToSave();
    if (!shown)
        return;
    auto* dialog = new QFileDialog(this, taken.size() > 1 ? tr("Export data: %1 tables, a file each").arg(taken.size())
                                                          : tr("Export data"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters({tr("CSV (*.csv)"), tr("TSV (*.tsv)"), tr("LaTeX (*.tex)")});
    dialog->selectFile(shown->name + QStringLiteral(".csv"));
    dialog->setOption(QFileDialog::DontConfirmOverwrite); // asked below, for the files that are really written
    const auto setSuffix = [dialog] {
        const QString filter = dialog->selectedNameFilter();
        dialog->setDefaultSuffix(filter.section(u'.', -1).chopped(1));
    };
    connect(dialog, &QFileDialog::filterSelected, dialog, setSuffix);
    setSuffix();
    connect(dialog, &QFileDialog::fileSelected, this, [this, taken](const QString& path) {
        QStringList there;
        for (const auto& file : tableFiles(path.toStdString(), taken))
            if (const QFileInfo info(QString::fromStdString(file.string())); info.exists())
                there << info.fileName();
        if (there.isEmpty()) {
            exportDataTo(path);
            return;
        }
        auto* question =
            new QMessageBox(QMessageBox::Question, tr("Export data"),
                            tr("Replace %1?").arg(there.join(QStringLiteral(", "))), QMessageBox::Cancel, this);
        question->setAttribute(Qt::WA_DeleteOnClose);
        const auto* replace = question->addButton(tr("Replace"), QMessageBox::AcceptRole);
        connect(replace, &QAbstractButton::clicked, this, [this, path] { exportDataTo(path); });
        question->open();
    });
    dialog->open();
}

void Panel::exportDataTo(const QString& path) {
    std::vector<Table> taken = tablesToTake();
    if (!taken.empty())
        startWriting(path, [taken = std::move(taken), path] { writeTables(path.toStdString(), taken); });
}

} // namespace tercet
