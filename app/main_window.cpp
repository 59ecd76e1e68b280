#include "app/main_window.h"

#include "app/import_strip.h"
#include "app/notice_bar.h"
#include "app/recent_studies.h"
#include "app/start_page.h"
#include "app/workspace.h"
#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/text.h"
#include "core/pipeline/demo_study.h"
#include "widgets/figures/figure_recipe.h"
#include "widgets/panels/panel.h"
#include "widgets/panels/session_figure.h"
#include "widgets/plots/icons.h"
#include "widgets/plots/look.h"
#include "widgets/plots/theme.h"

#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QDialog>
#include <QDialogButtonBox>
#include <QDir>
#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QMenuBar>
#include <QMimeData>
#include <QPointer>
#include <QProgressBar>
#include <QScreen>
#include <QScrollArea>
#include <QSettings>
#include <QStackedWidget>
#include <QStandardPaths>
#include <QStatusBar>
#include <QVBoxLayout>

#include <algorithm>

namespace tercet {
namespace {

constexpr double kShowJobAfterSeconds = 0.15;
constexpr int kJobMilliseconds = 100;
const QString kGeometryKey = QStringLiteral("geometry");
const QString kThemeKey = QStringLiteral("theme");
const QString kTextScaleKey = QStringLiteral("textScale");

QString text(const std::string& utf8) { return QString::fromStdString(utf8); }

const std::vector<std::pair<QString, ThemeChoice>>& themeWords() {
    static const std::vector<std::pair<QString, ThemeChoice>> words{
        {"system", ThemeChoice::System}, {"light", ThemeChoice::Light}, {"dark", ThemeChoice::Dark}};
    return words;
}

QString withEnding(QString folder) {
    if (!folder.endsWith(QLatin1String(".tercet")))
        folder += QLatin1String(".tercet");
    return folder;
}

} // namespace

MainWindow::MainWindow(QWidget* parent)
    : QMainWindow(parent), m_pages(new QStackedWidget), m_startPage(new StartPage),
      m_importStrip(new ImportStrip(m_opening)), m_notice(new NoticeBar), m_jobLabel(new QLabel),
      m_jobBar(new QProgressBar), m_threads(new QLabel), m_readOnly(new QLabel) {
    setObjectName(QStringLiteral("main-window"));
    setWindowTitle(QStringLiteral("Tercet"));
    setAcceptDrops(true);
    auto* central = new QWidget;
    auto* layout = new QVBoxLayout(central);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_notice);
    layout->addWidget(m_importStrip);
    layout->addWidget(m_pages, 1);
    m_pages->addWidget(m_startPage);
    setCentralWidget(central);
    buildMenus();
    buildStatusBar();

    connect(m_startPage, &StartPage::newWanted, this, &MainWindow::askNew);
    connect(m_startPage, &StartPage::openWanted, this, &MainWindow::askOpen);
    connect(m_startPage, &StartPage::demoWanted, this, [this] { openDemo(demoFolder()); });
    connect(m_startPage, &StartPage::recentWanted, this, &MainWindow::openStudy);
    connect(m_startPage, &StartPage::stopWanted, this, [this] { m_opening.stop(m_openingJob); });
    connect(m_importStrip, &ImportStrip::studyWanted, this, &MainWindow::openStudy);
    connect(m_importStrip, &ImportStrip::importWanted, this, &MainWindow::importAll);
    connect(m_importStrip, &ImportStrip::unfolded, this, [this](int height) { // instead of the study on small screens
        const int room = centralWidget()->height() - m_importStrip->height() - height;
        m_pages->setVisible(height == 0 || room >= m_pages->minimumSizeHint().height());
    });
    connect(m_importStrip, &ImportStrip::takesRoom, this, [this](bool taken) {
        if (!m_workspace)
            return;
        if (taken)
            m_workspace->keepHeights();
        else
            m_workspace->giveHeightsBack();
    });
    connect(m_importStrip, &ImportStrip::stopWanted, this, [this] {
        for (const int job : std::exchange(m_imports, {}))
            m_session->jobs().stop(job);
    });

    const QSettings settings;
    if (!restoreGeometry(settings.value(kGeometryKey).toByteArray())) {
        const QSize room = screen()->availableSize();
        resize(std::min(1600, room.width() * 9 / 10), std::min(1000, room.height() * 9 / 10));
    }
    refreshActions();
    m_jobTimer.setInterval(kJobMilliseconds);
    connect(&m_jobTimer, &QTimer::timeout, this, &MainWindow::refreshJob);
    connect(&m_opening, &JobRunner::jobChanged, &m_jobTimer, qOverload<>(&QTimer::start));
}

MainWindow::~MainWindow() {
    m_closing = true;
    m_opening.shutDown();
    delete m_workspace;
    m_session.reset();
    delete m_importStrip; // before m_opening
}

QString MainWindow::demoFolder() {
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) +
           QStringLiteral("/tercet/demo.tercet");
}

void MainWindow::applyAppearance(const QSettings& settings) {
    const QString word = settings.value(kThemeKey, QStringLiteral("system")).toString();
    for (const auto& [name, choice] : themeWords())
        if (name == word)
            Theme::instance().setChoice(choice);
    Theme::instance().setTextScale(std::clamp(settings.value(kTextScaleKey, 1.0).toDouble(), 0.8, 2.0));
}

void MainWindow::reportEverywhere(const QString& message) {
    for (QWidget* widget : QApplication::topLevelWidgets())
        if (auto* window = qobject_cast<MainWindow*>(widget))
            window->report(message);
}

void MainWindow::report(const QString& message) {
    if (m_workspace && m_importStrip->hasOffer())
        m_notice->say(message);
    else if (m_workspace)
        m_importStrip->showFailure(message);
    else
        m_startPage->showFailure(message);
}

// --- studies ---

void MainWindow::makeStudy(const QString& title, const QString& folder, JobRunner::Lane lane, Maker maker,
                           std::function<void()> then) {
    if (const auto job = m_opening.job(m_openingJob); job && !job->ended())
        return;
    const auto made = std::make_shared<std::shared_ptr<Study>>();
    m_openingJob = m_opening.start(
        lane, title,
        [maker = std::move(maker), made](JobControl& control, const Progress& progress) {
            *made = maker(control, progress);
        },
        [this, made, folder, then = std::move(then)](const Outcome& outcome) {
            m_startPage->showProgress({}, 0, false);
            if (const auto* failed = std::get_if<Failed>(&outcome)) {
                report(text(failed->message));
            } else if (std::holds_alternative<Done>(outcome)) {
                setStudy(std::move(*made));
                RecentStudies::add({folder, m_session->title()});
                refreshRecent();
                if (then)
                    then();
            }
        });
    m_jobTimer.start();
}

void MainWindow::openStudy(const QString& folder) {
    const QString path = QDir::cleanPath(folder);
    if (m_session && QFileInfo(path) == QFileInfo(text(m_session->study().folder().string())))
        return;
    makeStudy(tr("Open %1").arg(QFileInfo(path).fileName()), path, JobRunner::Lane::Files,
              [path](JobControl&, const Progress&) { return Study::open(path.toStdString()); }, {});
}

void MainWindow::createStudy(const QString& folder, std::function<void()> then) {
    const QString path = withEnding(QDir::cleanPath(folder));
    makeStudy(
        tr("Make %1").arg(QFileInfo(path).fileName()), path, JobRunner::Lane::Files,
        [path](JobControl&, const Progress&) {
            return Study::create(path.toStdString(), QFileInfo(path).completeBaseName().toStdString());
        },
        std::move(then));
}

void MainWindow::openDemo(const QString& folder) {
    if (QFileInfo::exists(folder)) {
        openStudy(folder);
        return;
    }
    makeStudy(tr("Make the demo study"), folder, JobRunner::Lane::Compute,
              [folder](JobControl& control, const Progress& progress) {
                  QDir().mkpath(QFileInfo(folder).absolutePath());
                  return makeDemoStudy(folder.toStdString(), kDemoSeed, control, progress, threadBudget());
              },
              {});
}

void MainWindow::setStudy(std::shared_ptr<Study> study) {
    closeStudy();
    m_session = std::make_unique<StudySession>(std::move(study));
    m_workspace = new Workspace(*m_session);
    m_pages->addWidget(m_workspace);
    m_pages->setCurrentWidget(m_workspace);
    setWindowTitle(QStringLiteral("%1[*] — Tercet").arg(m_session->title()));
    setWindowFilePath(text(m_session->study().folder().string()));
    m_importStrip->setSession(m_session.get());

    m_undo->setEnabled(m_session->undoStack().canUndo());
    connect(&m_session->undoStack(), &QUndoStack::canUndoChanged, m_undo, &QAction::setEnabled);
    connect(&m_session->undoStack(), &QUndoStack::canRedoChanged, m_redo, &QAction::setEnabled);
    connect(&m_session->undoStack(), &QUndoStack::undoTextChanged, m_undo,
            [this](const QString& what) { m_undo->setText(what.isEmpty() ? tr("&Undo") : tr("&Undo %1").arg(what)); });
    connect(&m_session->undoStack(), &QUndoStack::redoTextChanged, m_redo,
            [this](const QString& what) { m_redo->setText(what.isEmpty() ? tr("&Redo") : tr("&Redo %1").arg(what)); });
    connect(m_session.get(), &StudySession::statesChanged, this, &MainWindow::refreshActions);
    connect(m_session.get(), &StudySession::imported, m_importStrip, &ImportStrip::addImported);
    connect(m_session.get(), &StudySession::importFailed, m_importStrip, &ImportStrip::addFailure);
    connect(m_session.get(), &StudySession::failed, this, [this](const Task& task, const QString& message) {
        if (task.step.empty()) // no panel shows it
            report(message);
    });
    connect(&m_session->jobs(), &JobRunner::jobChanged, &m_jobTimer, qOverload<>(&QTimer::start));
    connect(&m_session->jobs(), &JobRunner::jobAdded, &m_jobTimer, qOverload<>(&QTimer::start));
    connect(m_workspace, &Workspace::unfinishedFound, this, &MainWindow::askUnfinished);
    connect(m_workspace, &Workspace::currentPanelChanged, this, &MainWindow::refreshActions);
    if (m_session->readOnly())
        m_notice->say(text(m_session->study().readOnlyReason()));
    m_panelMenu->clear();
    for (QAction* action : m_workspace->panelActions())
        m_panelMenu->addAction(action);
    refreshActions();
    m_workspace->setFocus();
    emit studyOpened();
}

void MainWindow::closeStudy() {
    m_notice->dismiss();
    m_importStrip->setSession(nullptr);
    m_imports.clear();
    m_importStrip->dismiss();
    if (m_workspace) {
        m_workspace->storeState();
        m_panelMenu->clear();
        delete std::exchange(m_workspace, nullptr);
        m_session.reset();
        setWindowTitle(QStringLiteral("Tercet"));
        setWindowFilePath({});
        emit studyClosed();
    }
    m_pages->setCurrentWidget(m_startPage);
    m_startPage->showRecent();
    refreshActions();
    refreshJob();
}

void MainWindow::askUnfinished(const std::vector<Task>& tasks) {
    QStringList names;
    for (const Task& task : tasks) {
        QString name = text(stepNamed(task.step).title);
        for (const System& system : m_session->systems())
            if (system.name == task.system)
                name += QStringLiteral(" of ") + text(system.title);
        names << name;
    }
    constexpr int kNamed = 3;
    QString list = names.mid(0, kNamed).join(QStringLiteral(", "));
    if (names.size() > kNamed)
        list += tr(" and %1 more").arg(names.size() - kNamed);
    m_notice->say(tr("The program ended while this was running or queued: %1. What was finished is kept.").arg(list),
                  tr("Go on"), [this, tasks] {
                      for (const Task& task : tasks)
                          if (m_session)
                              m_session->run(task);
                  });
}

// --- import ---

void MainWindow::offerFiles(const QStringList& paths) {
    if (paths.size() == 1 && mayHoldRecipe(paths.front()))
        openRecipe(paths.front());
    else
        m_importStrip->offer(paths);
}

// --- recipes ---

void MainWindow::openRecipe(const QString& picture) {
    const auto recipe = std::make_shared<FigureRecipe>();
    m_opening.start(
        JobRunner::Lane::Files, tr("Look at %1").arg(QFileInfo(picture).fileName()),
        [picture, recipe](JobControl&, const Progress&) { *recipe = readFigureRecipe(picture); },
        [this, picture, recipe](const Outcome& outcome) {
            if (const auto* failed = std::get_if<Failed>(&outcome))
                report(text(failed->message));
            else if (std::holds_alternative<Done>(outcome))
                showRecipe(*recipe, QFileInfo(picture).fileName());
        });
}

void MainWindow::showRecipe(const FigureRecipe& recipe, const QString& picture) {
    if (m_session && m_session->id() == recipe.studyId) {
        applyRecipe(recipe, picture);
        return;
    }
    const QString said = tr("%1 was made from the study “%2”, which is not open.").arg(picture, recipe.studyTitle);
    const QString here = m_session ? text(m_session->study().folder().string()) : QString();
    for (const RecentStudies::Entry& entry : RecentStudies::list())
        if (entry.title == recipe.studyTitle && QFileInfo(entry.folder) != QFileInfo(here) &&
            QFileInfo::exists(entry.folder)) {
            const QString folder = entry.folder;
            m_notice->say(said, tr("Open it"), [this, recipe, picture, folder] {
                makeStudy(
                    tr("Open %1").arg(QFileInfo(folder).fileName()), folder, JobRunner::Lane::Files,
                    [folder](JobControl&, const Progress&) { return Study::open(folder.toStdString()); },
                    [this, recipe, picture] {
                        connect(m_session.get(), &StudySession::opened, this, [this, recipe, picture] {
                            if (m_session->id() == recipe.studyId)
                                applyRecipe(recipe, picture);
                            else
                                m_notice->say(tr("This study has the same title, but %1 was made from another one.")
                                                  .arg(picture));
                        });
                    });
            });
            return;
        }
    if (m_session)
        m_notice->say(said + tr(" Its systems, stimuli and colours can be looked for in this one."),
                      tr("Show them here"), [this, recipe, picture] { applyRecipe(recipe, picture); });
    else
        m_notice->say(said + tr(" Open that study and drop the picture again."));
}

void MainWindow::applyRecipe(const FigureRecipe& recipe, const QString& picture) {
    if (!m_session)
        return;
    try {
        m_workspace->showRecipe(recipe);
    } catch (const Error& error) {
        report(text(error.what()));
        return;
    }
    const QStringList changes = recipeChanges(recipe, *figureDataOf(*m_session));
    if (changes.isEmpty()) {
        const QString same = tr("This is what %1 was made from.").arg(picture);
        if (m_importStrip->hasOffer())
            m_notice->say(same);
        else
            m_importStrip->showDone(same, {});
        return;
    }
    constexpr int kNamed = 3;
    QString list = changes.mid(0, kNamed).join(QLatin1Char(' '));
    if (changes.size() > kNamed)
        list += tr(" And %1 more.").arg(changes.size() - kNamed);
    std::vector<FigureRecipe::Result> other;
    const auto& tasks = m_session->tasks();
    for (const FigureRecipe::Result& result : recipe.results)
        if (std::find(tasks.begin(), tasks.end(), result.task) != tasks.end())
            if (const auto& record = m_session->state(result.task).record; !record || record->key != result.key)
                other.push_back(result);
    const QString said = tr("%1 no longer looks the same. %2").arg(picture, list);
    if (other.empty() || m_session->readOnly() || m_session->id() != recipe.studyId) {
        m_notice->say(said);
        return;
    }
    m_notice->say(said, tr("Set its parameters again"), [this, other] {
        try {
            for (const FigureRecipe::Result& result : other)
                if (m_session)
                    m_session->setTaskParameters(result.task, result.parameters);
        } catch (const Error& error) { // a parameter that this version has not
            report(text(error.what()));
        }
    });
}

void MainWindow::importAll(const std::vector<ImportRequest>& requests, const QString& newStudy) {
    const auto start = [this, requests] {
        m_importStrip->showImporting(static_cast<int>(requests.size()));
        for (const ImportRequest& request : requests)
            m_imports.push_back(m_session->importFiles(request));
    };
    if (newStudy.isEmpty())
        start();
    else
        createStudy(newStudy, start);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    const auto urls = event->mimeData()->urls();
    if (urls.isEmpty() || !std::all_of(urls.begin(), urls.end(), [](const QUrl& url) { return url.isLocalFile(); }))
        return;
    event->acceptProposedAction();
    m_startPage->setDropTarget(true);
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent* event) {
    m_startPage->setDropTarget(false);
    QMainWindow::dragLeaveEvent(event);
}

void MainWindow::dropEvent(QDropEvent* event) {
    m_startPage->setDropTarget(false);
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls())
        paths << url.toLocalFile();
    event->acceptProposedAction();
    offerFiles(paths);
}

void MainWindow::askNew() {
    auto* dialog = new QFileDialog(this, tr("New study"), QDir::homePath());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setOption(QFileDialog::DontConfirmOverwrite); // an existing one is never replaced
    dialog->selectFile(QStringLiteral("study.tercet"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) { createStudy(path); });
    dialog->open();
}

void MainWindow::askOpen() {
    auto* dialog = new QFileDialog(this, tr("Open study"), QDir::homePath());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::openStudy);
    dialog->open();
}

void MainWindow::askImport(QFileDialog::FileMode mode) {
    auto* dialog = new QFileDialog(this, tr("Import"), QDir::homePath());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(mode);
    connect(dialog, &QFileDialog::filesSelected, this, &MainWindow::offerFiles);
    dialog->open();
}

// --- menus ---

QAction* MainWindow::addAction(QMenu* menu, const QString& icon, const QString& words, const QKeySequence& shortcut,
                               std::function<void()> act) {
    auto* action = menu->addAction(words);
    if (!icon.isEmpty())
        action->setIcon(themedIcon(icon));
    action->setShortcut(shortcut);
    connect(action, &QAction::triggered, this, std::move(act));
    return action;
}

void MainWindow::buildMenus() {
    const auto withStudy = [this](QAction* action) {
        m_studyActions.push_back(action);
        return action;
    };
    auto* file = menuBar()->addMenu(tr("&File"));
    addAction(file, QStringLiteral("new-study"), tr("&New study…"), QKeySequence::New, [this] { askNew(); });
    addAction(file, QStringLiteral("open"), tr("&Open study…"), QKeySequence::Open, [this] { askOpen(); });
    m_recentMenu = file->addMenu(tr("Open &recent"));
    addAction(file, QStringLiteral("demo"), tr("&Demo study"), {}, [this] { openDemo(demoFolder()); });
    addAction(file, {}, tr("New &window"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_N), [] {
        auto* window = new MainWindow;
        window->setAttribute(Qt::WA_DeleteOnClose);
        window->show();
    });
    file->addSeparator();
    m_importAction = addAction(file, QStringLiteral("import"), tr("&Import…"), QKeySequence(Qt::CTRL | Qt::Key_I),
                               [this] { askImport(QFileDialog::ExistingFiles); });
    m_importFolderAction = addAction(file, {}, tr("Import &folder…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_I),
                                     [this] { askImport(QFileDialog::Directory); });
    m_pictureAction = withStudy(addAction(file, QStringLiteral("save-picture"), tr("&Save picture…"),
                                          QKeySequence::Save, [this] { m_workspace->currentPanel()->savePicture(); }));
    file->addSeparator();
    withStudy(addAction(file, QStringLiteral("close"), tr("&Close study"), QKeySequence(Qt::CTRL | Qt::Key_W),
                        [this] { closeStudy(); }));
    addAction(file, {}, tr("&Quit"), QKeySequence(Qt::CTRL | Qt::Key_Q), [] { QApplication::closeAllWindows(); });

    auto* edit = menuBar()->addMenu(tr("&Edit"));
    m_undo = addAction(edit, QStringLiteral("undo"), tr("&Undo"), QKeySequence::Undo,
                       [this] { m_session->undoStack().undo(); });
    m_redo = addAction(edit, QStringLiteral("redo"), tr("&Redo"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z),
                       [this] { m_session->undoStack().redo(); });
    edit->addSeparator();
    withStudy(addAction(edit, QStringLiteral("search"), tr("&Find stimulus"), QKeySequence::Find,
                        [this] { m_workspace->findStimulus(); }));
    withStudy(addAction(edit, {}, tr("Select &no stimulus"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_A), [this] {
        m_session->selection().setStimuli({});
        m_session->selection().setComponent(-1);
    }));

    auto* run = menuBar()->addMenu(tr("&Run"));
    m_runAll = addAction(run, QStringLiteral("play"), tr("Run &all"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_R),
                         [this] { m_session->runAll(); });
    m_pause = addAction(run, QStringLiteral("pause"), tr("&Pause or go on"),
                        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_P), [this] {
                            for (const auto& job : m_session->jobs().jobs())
                                if (job->state == Job::State::Running)
                                    m_session->jobs().setPaused(job->id, !job->control->paused());
                        });
    m_stop =
        addAction(run, QStringLiteral("stop"), tr("&Stop what runs"), QKeySequence(Qt::CTRL | Qt::Key_Period), [this] {
            for (const auto& job : m_session->jobs().jobs())
                if (job->state == Job::State::Running)
                    m_session->stopJob(job->id);
        });
    withStudy(addAction(run, {}, tr("Stop &everything"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Period),
                        [this] { m_session->jobs().stopAll(); }));

    auto* view = menuBar()->addMenu(tr("&View"));
    m_panelMenu = view->addMenu(tr("&Panels"));
    withStudy(addAction(view, {}, tr("Reset &layout"), {}, [this] { m_workspace->resetLayout(); }));
    view->addSeparator();
    auto* themes = view->addMenu(tr("&Theme"));
    auto* group = new QActionGroup(this);
    const QStringList words{tr("As the &desktop"), tr("&Light"), tr("&Dark")};
    for (int i = 0; i < words.size(); ++i) {
        auto* action = themes->addAction(words[i]);
        action->setCheckable(true);
        const auto& [name, choice] = themeWords()[static_cast<std::size_t>(i)];
        action->setChecked(Theme::instance().choice() == choice);
        action->setObjectName("theme-" + name);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [word = name, chosen = choice] {
            QSettings().setValue(kThemeKey, word);
            Theme::instance().setChoice(chosen);
        });
    }
    const auto scaleText = [](double factor) {
        const double scale = factor == 0 ? 1 : std::clamp(Theme::instance().textScale() * factor, 0.8, 2.0);
        QSettings().setValue(kTextScaleKey, scale);
        Theme::instance().setTextScale(scale);
    };
    addAction(view, {}, tr("Larger text"), QKeySequence::ZoomIn, [scaleText] { scaleText(1.1); });
    addAction(view, {}, tr("Smaller text"), QKeySequence::ZoomOut, [scaleText] { scaleText(1 / 1.1); });
    addAction(view, {}, tr("Usual text"), QKeySequence(Qt::CTRL | Qt::Key_0), [scaleText] { scaleText(0); });
    view->addSeparator();
    addAction(view, {}, tr("&Full screen"), QKeySequence(Qt::Key_F11),
              [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });

    auto* help = menuBar()->addMenu(tr("&Help"));
    addAction(help, {}, tr("&Keyboard shortcuts"), QKeySequence(Qt::Key_F1), [this] { showShortcuts(); });
    addAction(help, QStringLiteral("info"), tr("&About Tercet"), {}, [this] { showAbout(); });
    refreshRecent();
}

void MainWindow::refreshRecent() {
    m_recentMenu->clear();
    for (const auto& entry : RecentStudies::list()) {
        auto* action = m_recentMenu->addAction(entry.title + QStringLiteral("  —  ") + entry.folder);
        connect(action, &QAction::triggered, this, [this, folder = entry.folder] { openStudy(folder); });
    }
    m_recentMenu->setEnabled(!m_recentMenu->isEmpty());
}

void MainWindow::refreshActions() {
    const bool open = m_session != nullptr && m_workspace != nullptr;
    const bool writable = open && !m_session->readOnly();
    for (QAction* action : m_studyActions)
        action->setEnabled(open);
    m_importAction->setEnabled(!open || writable);
    m_importFolderAction->setEnabled(!open || writable);
    m_pictureAction->setEnabled(open && m_workspace->currentPanel()->figure().has_value());
    m_undo->setEnabled(open && m_session->undoStack().canUndo());
    m_redo->setEnabled(open && m_session->undoStack().canRedo());
    m_runAll->setEnabled(writable && !m_session->tasks().empty());
    const bool busy = open && m_session->jobs().busy();
    m_stop->setEnabled(busy);
    m_pause->setEnabled(busy);
    m_panelMenu->setEnabled(open);
    m_readOnly->setVisible(open && !writable);
}

// --- status bar ---

void MainWindow::buildStatusBar() {
    m_jobBar->setRange(0, 1000);
    m_jobBar->setTextVisible(false);
    m_jobBar->setFixedSize(16 * kUnit, kHalfUnit + 2);
    m_threads->setText(threadBudget() == 1 ? tr("1 thread") : tr("%1 threads").arg(threadBudget()));
    m_threads->setToolTip(tr("Threads that computations may use together (--threads, or TERCET_THREADS)"));
    m_readOnly->setText(tr("read-only"));
    m_jobLabel->setObjectName(QStringLiteral("status-job"));
    m_jobLabel->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    statusBar()->setSizeGripEnabled(false);
    statusBar()->addWidget(m_jobBar);
    statusBar()->addWidget(m_jobLabel, 1);
    statusBar()->addPermanentWidget(m_readOnly);
    statusBar()->addPermanentWidget(m_threads);
    m_jobBar->hide();
}

void MainWindow::refreshJob() {
    const auto runningIn = [](const JobRunner& runner) -> std::shared_ptr<Job> {
        for (const auto& job : runner.jobs())
            if (job->state == Job::State::Running && job->seconds() >= kShowJobAfterSeconds)
                return job;
        return nullptr;
    };
    const auto opening = runningIn(m_opening);
    const auto job = opening ? opening : m_session ? runningIn(m_session->jobs()) : nullptr;
    if (opening && !m_workspace && opening->id == m_openingJob)
        m_startPage->showProgress(opening->title + QStringLiteral(" …"),
                                  opening->progress->fraction() > 0 ? opening->progress->fraction() : -1, true);
    m_jobBar->setVisible(job != nullptr);
    if (job) {
        int waiting = 0;
        if (m_session)
            for (const auto& other : m_session->jobs().jobs())
                waiting += other->state == Job::State::Queued ? 1 : 0;
        const double fraction = job->progress->fraction();
        m_jobBar->setValue(static_cast<int>(1000 * fraction));
        const QString message = text(job->progress->message());
        QString line = tr("%1: %2 %").arg(job->title).arg(100 * fraction, 0, 'f', 0);
        if (job->control->paused())
            line += tr(", paused");
        else if (!message.isEmpty() && message != job->title)
            line += QStringLiteral(" · ") + message;
        if (waiting > 0)
            line += tr(" · %1 waiting").arg(waiting);
        m_jobLabel->setText(line);
    } else {
        m_jobLabel->clear();
    }
    if (!m_opening.busy() && !(m_session && m_session->jobs().busy()))
        m_jobTimer.stop();
    m_stop->setEnabled(m_session && m_session->jobs().busy());
    m_pause->setEnabled(m_stop->isEnabled());
}

// --- help ---

namespace {

void showPage(QWidget* parent, const QString& title, const QString& html) {
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    auto* label = new QLabel(html);
    label->setTextFormat(Qt::RichText);
    label->setWordWrap(true);
    label->setOpenExternalLinks(true);
    label->setAlignment(Qt::AlignTop);
    label->setContentsMargins(2 * kUnit, 2 * kUnit, 2 * kUnit, 2 * kUnit);
    label->setTextInteractionFlags(Qt::TextBrowserInteraction);
    auto* area = new QScrollArea;
    area->setWidget(label);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    buttons->setContentsMargins(kUnit, kUnit, kUnit, kUnit);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::close);
    auto* layout = new QVBoxLayout(dialog);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(area, 1);
    layout->addWidget(buttons);
    dialog->resize(64 * kUnit, 72 * kUnit);
    dialog->show();
}

} // namespace

void MainWindow::showShortcuts() {
    QString html = QStringLiteral("<table cellspacing='4'>");
    const auto row = [&](const QString& keys, const QString& what) {
        html += QStringLiteral("<tr><td><b>%1</b>&nbsp;&nbsp;</td><td>%2</td></tr>")
                    .arg(keys.toHtmlEscaped(), what.toHtmlEscaped());
    };
    const auto heading = [&](const QString& words) {
        html += QStringLiteral("<tr><td colspan='2'><br><i>%1</i></td></tr>").arg(words.toHtmlEscaped());
    };
    for (const QAction* top : menuBar()->actions()) {
        heading(top->text().remove('&'));
        for (const QAction* action : top->menu()->findChildren<QAction*>())
            if (!action->shortcut().isEmpty())
                row(action->shortcut().toString(QKeySequence::NativeText),
                    action->text().remove('&').remove(QChar(0x2026)));
        if (top->menu() == m_panelMenu->parentWidget())
            for (const QAction* action : m_panelMenu->actions())
                row(action->shortcut().toString(QKeySequence::NativeText), tr("Go to %1").arg(action->text()));
    }
    heading(tr("On the map"));
    row(tr("Drag"), tr("Lasso; Shift adds, Alt removes, Ctrl toggles"));
    row(tr("Wheel, + and −"), tr("Zoom"));
    row(tr("Middle drag, Space and drag, arrows"), tr("Move"));
    row(tr("Home"), tr("Show all"));
    row(tr("Ctrl+arrows, Return"), tr("Go from point to point, select"));
    heading(tr("In the table of stimuli"));
    row(tr("Arrows, Shift+arrows"), tr("Select one, a range"));
    row(tr("Space, Ctrl+click"), tr("Take into the selection or out of it"));
    row(tr("Ctrl+C"), tr("Copy the selected rows as tab-separated text"));
    row(tr("Escape"), tr("Select none"));
    heading(tr("In the pipeline"));
    row(tr("Arrows, Return"), tr("Go from box to box, open one"));
    row(tr("Ctrl+R"), tr("Run the box in front with what it needs"));
    showPage(this, tr("Keyboard shortcuts"), html + QStringLiteral("</table>"));
}

void MainWindow::showAbout() {
    showPage(
        this, tr("About Tercet"),
        tr("<h2>Tercet %1</h2><p>Fits sparse non-negative embeddings of odd-one-out judgments and shows the geometry "
           "of "
           "emotion that is in them.</p><p>The methods follow Du et al. 2025, <i>Bridging the behavior-neural gap</i>, "
           "and SPoSE (Zheng et al. 2019). What each step computes, and where it departs from the paper, is written "
           "beside its parameters.</p><p>Free software under the GNU General Public License, version 3 or later, "
           "without any warranty.</p><p>Built with Qt %2.</p>")
            .arg(QStringLiteral(TERCET_VERSION), QString::fromLatin1(qVersion())));
}

void MainWindow::closeEvent(QCloseEvent* event) {
    QSettings().setValue(kGeometryKey, saveGeometry());
    closeStudy();
    event->accept();
}

} // namespace tercet
