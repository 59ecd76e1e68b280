#include "app/main_window.h"

#include "app/import_strip.h"
#include "app/notice_bar.h"
#include "app/start_page.h"
#include "app/workspace.h"
#include "core/io/gifti_file.h"
#include "core/io/volume_file.h"
#include "held_lane.h"
#include "hemisphere_files.h"
#include "small_study.h"
#include "widgets/figures/figure_presets.h"
#include "widgets/panels/component_flow_panel.h"
#include "widgets/panels/composer_panel.h"
#include "widgets/panels/map_panel.h"
#include "widgets/panels/number_box.h"
#include "widgets/panels/parameter_form.h"
#include "widgets/panels/pipeline_panel.h"
#include "widgets/panels/pipeline_view.h"
#include "widgets/panels/rose_panel.h"
#include "widgets/panels/run_mapping_view.h"
#include "widgets/panels/session_figure.h"
#include "widgets/panels/stimulus_view.h"
#include "widgets/panels/study_panel.h"
#include "widgets/panels/validation_panel.h"
#include "widgets/plots/point_map.h"
#include "widgets/plots/theme.h"

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDockWidget>
#include <QDropEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QTabWidget>
#include <QTest>
#include <QToolButton>

#include <algorithm>
#include <cmath>

using namespace tercet;

namespace {

constexpr int kPatience = 120000; ///< milliseconds; for what computes

template <class T>
T* panelOf(const MainWindow& window, const char* id) {
    return qobject_cast<T*>(window.workspace()->panel(QLatin1String(id)));
}

/// The button with this text or tooltip that can be pressed now.
template <class Button>
Button* buttonOf(QWidget* parent, const QString& words) {
    for (auto* button : parent->findChildren<Button*>())
        if (button->isVisible() && button->isEnabled() &&
            (button->text() == words || button->toolTip().startsWith(words)))
            return button;
    return nullptr;
}

void click(QWidget* widget) {
    QVERIFY(widget);
    QTest::mouseClick(widget, Qt::LeftButton);
}

void drop(MainWindow& window, const QStringList& paths) {
    QMimeData data;
    QList<QUrl> urls;
    for (const QString& path : paths)
        urls << QUrl::fromLocalFile(path);
    data.setUrls(urls);
    const QPoint place = window.rect().center();
    QDragEnterEvent enter(place, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&window, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent event(place, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&window, &event);
}

void write(const QString& path, const QByteArray& bytes) {
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
}

std::unique_ptr<MainWindow> makeWindow() {
    auto window = std::make_unique<MainWindow>();
    window->resize(1400, 900);
    window->show();
    return window;
}

/// A folder with runs of 8 stimuli each, their events, and both hemispheres' surfaces and parcels; returns it.
QString writeSubject(const QString& root, const QString& subject, int volumes = 20, bool right = true) {
    const std::string folder = (root + '/' + subject).toStdString();
    std::filesystem::create_directories(folder);
    VolumeInfo info{.size = {4, 3, 2}, .repetitionTime = 2, .oriented = true};
    info.toMm.rows = {{{3, 0, 0, 0}, {0, 3, 0, 0}, {0, 0, 3, 0}}};
    Rng rng(3);
    for (int run = 0; run < 2; ++run) {
        const std::string stem = folder + "/" + subject.toStdString() + "_run-" + std::to_string(run + 1);
        std::string events = "onset\tduration\tclip\n";
        for (int s = 0; s < 8; ++s)
            events += std::to_string(4 * s) + "\t4\tclip " + std::to_string(8 * run + s + 1) + "\n";
        write(QString::fromStdString(stem + "_events.tsv"), QByteArray::fromStdString(events));
        writeVolumes(stem + "_bold.nii", info, static_cast<std::size_t>(volumes),
                     [&](std::size_t, std::span<double> values) {
                         for (double& value : values)
                             value = 100 + rng.uniform();
                     });
    }
    for (const char* side : {"lh", "rh"}) {
        if (!right && side[0] == 'r')
            continue;
        writeHemisphere(folder + "/" + side);
    }
    return QString::fromStdString(folder);
}

/// A window with a study of 16 stimuli in a new folder.
std::unique_ptr<MainWindow> windowWithStimuli(const QString& root) {
    auto window = makeWindow();
    QDir().mkpath(root);
    makeSmallStudy(root, 16);
    window->openStudy(root + "/small.tercet");
    [&] { QTRY_VERIFY(window->session() && window->session()->stimuli().size() == 16); }();
    return window;
}

} // namespace

class WindowTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

private slots:
    void init() { QSettings().clear(); }

    void demoFitLassoStopAndEverythingIsBack() {
        QVector<int> selected;
        QVector<int> rose;
        std::size_t epochs = 0;
        QByteArray layout;
        {
            auto window = makeWindow();
            QVERIFY(QTest::qWaitForWindowExposed(window.get()));
            QVERIFY(!window->session());
            click(window->startPage()->findChild<QPushButton*>("start-demo"));
            QTRY_VERIFY_WITH_TIMEOUT(window->session() && !window->session()->tasks().empty(), kPatience);
            QVERIFY(window->startPage()->failure().isEmpty());
            StudySession& session = *window->session();
            QTRY_VERIFY(session.ratings());
            const QString system = session.selection().system();
            const Task fit{"fit-embedding", system.toStdString()};

            // A click on the box of the fit opens its form; a few epochs are enough here.
            auto* pipeline = panelOf<PipelinePanel>(*window, "pipeline");
            QTRY_VERIFY(pipeline->model()->indexOf(fit).isValid() && pipeline->view()->isVisible());
            pipeline->view()->scrollTo(pipeline->model()->indexOf(fit));
            QTest::mouseClick(
                pipeline->view()->viewport(), Qt::LeftButton, Qt::NoModifier,
                PipelineDelegate::boxIn(pipeline->view()->visualRect(pipeline->model()->indexOf(fit))).center());
            QTRY_VERIFY(pipeline->formShown());
            auto* limit = qobject_cast<NumberBox*>(pipeline->form()->field("epochs"));
            limit->setFocus();
            QTest::keyClick(limit, Qt::Key_A, Qt::ControlModifier);
            QTest::keyClicks(limit, "5000");
            auto* stopping = qobject_cast<QComboBox*>(pipeline->form()->field("stopping"));
            stopping->setCurrentText("limit");
            click(pipeline->form()->runButton());
            QTRY_VERIFY_WITH_TIMEOUT(session.running(fit), kPatience);
            QCOMPARE(session.task(fit).parameters.integer("epochs"), 5000);

            // The map forms while the fit runs.
            auto* map = panelOf<MapPanel>(*window, "map")->plot();
            QTRY_VERIFY_WITH_TIMEOUT(session.map(system) && session.map(system)->live && map->pointCount() > 0 &&
                                         !std::isnan(map->placeOf(0).x()),
                                     kPatience);
            QVERIFY(session.running(fit));

            // A lasso round the middle of the map; the roses and the table follow.
            const QPointF centre = map->rect().center();
            QTest::mousePress(map, Qt::LeftButton, Qt::NoModifier, (centre + QPointF(-150, -110)).toPoint());
            for (const QPointF& corner :
                 {QPointF(-150, 110), QPointF(150, 110), QPointF(150, -110), QPointF(-140, -110)})
                QTest::mouseMove(map, (centre + corner).toPoint(), 10);
            QTest::mouseRelease(map, Qt::LeftButton, Qt::NoModifier, (centre + QPointF(-140, -110)).toPoint());
            QTRY_VERIFY(!session.selection().stimuli().isEmpty());
            selected = session.selection().stimuli();
            auto* roses = panelOf<RosePanel>(*window, "rose");
            QTRY_VERIFY(!roses->shownStimuli().isEmpty());
            rose = roses->shownStimuli();
            QCOMPARE(rose, selected.mid(0, rose.size()));
            auto* table = panelOf<StudyPanel>(*window, "study");
            QVERIFY(table->order()
                        ->index(table->order()->placeOf(selected.front()), 0)
                        .data(StimulusTableModel::SelectedRole)
                        .toBool());

            // Stop keeps what the fit has.
            QTRY_VERIFY(session.fit(system)->records.size() > 1);
            click(buttonOf<QPushButton>(pipeline, "End it"));
            QVERIFY(waitIdle(session, kPatience));
            QTRY_VERIFY(session.state(fit).kind == StepState::Kind::Done);
            QTRY_VERIFY(session.fit(system) && !session.fit(system)->live);
            epochs = session.fit(system)->records.size();
            QVERIFY(epochs < 5000);
            QTRY_VERIFY_WITH_TIMEOUT(session.map(system) && !session.map(system)->live, kPatience);

            // Another arrangement than the one it comes with.
            window->workspace()->docks().back()->hide();
            window->workspace()->docks().front()->setFloating(false);
            window->close();
            layout = QSettings().value("layout").toByteArray();
            QVERIFY(!window->session());
        }
        auto window = makeWindow();
        QVERIFY(QTest::qWaitForWindowExposed(window.get()));
        click(window->startPage()->findChild<QPushButton*>("recent-0"));
        QTRY_VERIFY_WITH_TIMEOUT(window->session() && !window->session()->tasks().empty(), kPatience);
        StudySession& session = *window->session();
        const QString system = session.selection().system();
        QCOMPARE(session.selection().stimuli(), selected);
        QTRY_VERIFY(session.embedding(system));
        QTRY_VERIFY(session.map(system));
        QTRY_VERIFY(session.fit(system));
        QCOMPARE(session.fit(system)->records.size(), epochs);
        QTRY_COMPARE(panelOf<RosePanel>(*window, "rose")->shownStimuli(), rose);
        QVERIFY(!window->workspace()->docks().back()->isVisible());
        QVERIFY(window->workspace()->docks().front()->isVisible());
        QTRY_VERIFY(panelOf<MapPanel>(*window, "map")->plot()->pointCount() > 0);
    }

    void dropOnTheStartPageMakesAStudy() {
        const QString ratings = writeRatings(m_folder.path() + "/mine.csv", 40);
        auto window = makeWindow();
        QVERIFY(QTest::qWaitForWindowExposed(window.get()));
        drop(*window, {ratings});
        QTRY_COMPARE(window->importStrip()->state(), ImportStrip::State::Asking);
        QVERIFY2(window->importStrip()->text().contains("40 stimuli"), qPrintable(window->importStrip()->text()));
        click(window->importStrip()->importButton());
        QTRY_COMPARE_WITH_TIMEOUT(window->importStrip()->state(), ImportStrip::State::Done, 20000);
        QTRY_VERIFY(window->session() && window->session()->stimuli().size() == 40);
        QVERIFY(QFileInfo::exists(m_folder.path() + "/mine.tercet/study.sqlite"));
        QTRY_COMPARE(panelOf<StudyPanel>(*window, "study")->order()->rowCount(), 40);

        // A second window on it reads only, and says so.
        auto second = makeWindow();
        second->openStudy(m_folder.path() + "/mine.tercet");
        QTRY_VERIFY(second->session());
        QVERIFY(second->session()->readOnly());
        QVERIFY2(second->noticeBar()->text().contains("another window"), qPrintable(second->noticeBar()->text()));
        QTRY_COMPARE(second->session()->stimuli().size(), std::size_t{40});
    }

    void badFilesAreOneSentenceThatStays_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("said");
        QTest::newRow("text cell") << "text.csv" << QByteArray("id,Joy,Anger\na,0.1,0.2\nb,0.3,much\nc,0.1,0.1\n")
                                   << "much";
        QTest::newRow("duplicate id") << "twice.csv" << QByteArray("id,Joy,Anger\na,0.1,0.2\na,0.3,0.4\nc,0.1,0.1\n")
                                      << "“a”";
        QTest::newRow("truncated npz") << "cut.npz" << QByteArray("PK\x03\x04\x14\x00\x00\x00", 8) << "cut.npz";
        QTest::newRow("nothing") << "nothing.csv" << QByteArray() << "nothing.csv";
        QTest::newRow("same stimulus twice")
            << "judged.txt" << QByteArray("0 1 2\n1 1 3\n0 2 3\n1 2 3\n0 1 3\n") << "judged.txt";
        QTest::newRow("picture") << "picture.png" << QByteArray("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16) << "picture.png";
    }
    void badFilesAreOneSentenceThatStays() {
        QFETCH(QString, name);
        QFETCH(QByteArray, bytes);
        QFETCH(QString, said);
        const QString path = m_folder.path() + '/' + name;
        write(path, bytes);
        const QString folder = m_folder.path() + "/empty-" + name + ".tercet";
        auto window = makeWindow();
        window->createStudy(folder);
        QTRY_VERIFY(window->session());
        drop(*window, {path});
        ImportStrip& strip = *window->importStrip();
        QTRY_VERIFY(strip.state() == ImportStrip::State::Failed || strip.state() == ImportStrip::State::Asking);
        if (strip.state() == ImportStrip::State::Asking) // it looks right and is found out when it is read
            click(strip.importButton());
        QTRY_COMPARE(strip.state(), ImportStrip::State::Failed);
        QVERIFY2(strip.text().contains(said), qPrintable(strip.text()));
        QVERIFY(!strip.text().trimmed().contains('\n'));
        QVERIFY(window->session()->stimuli().empty());
        QVERIFY(window->session()->study().imports().empty());
        QTest::qWait(300);
        QVERIFY(strip.isVisible());
        click(buttonOf<QPushButton>(&strip, "Dismiss"));
        QVERIFY(!strip.isVisible());
    }

    void aSubjectsFolderIsImportedInOneGo() {
        auto window = windowWithStimuli(m_folder.path() + "/one");
        QVERIFY(QTest::qWaitForWindowExposed(window.get()));
        const QString folder = writeSubject(m_folder.path() + "/one", "anna");
        drop(*window, {folder});
        ImportStrip& strip = *window->importStrip();
        QTRY_COMPARE(strip.state(), ImportStrip::State::Asking);
        QCOMPARE(strip.rows(), 3); // scans, surface, parcels
        MainWindow::reportEverywhere("Something else failed.");
        QCOMPARE(strip.state(), ImportStrip::State::Asking);
        QCOMPARE(window->noticeBar()->text(), QString("Something else failed."));
        QCOMPARE(strip.subjectBox(0)->currentText(), QString("anna"));
        strip.subjectBox(0)->setCurrentText("berta"); // and whatever else was proposed for anna
        QCOMPARE(strip.subjectBox(2)->currentText(), QString("berta"));
        QTRY_VERIFY2(strip.importButton()->isEnabled(), qPrintable(strip.text()));
        click(strip.runsButton(0));
        QVERIFY(strip.runsView(0)->isVisible());
        QTRY_VERIFY2(strip.runsView(0)->sentence().startsWith("All fits: 2 runs"),
                     qPrintable(strip.runsView(0)->sentence()));
        QVERIFY2(window->minimumSizeHint().height() <= 760, "it stays on small screens");
        QVERIFY(!window->workspace()->isVisible());
        click(strip.importButton());
        QVERIFY(window->workspace()->isVisible());
        QTRY_COMPARE_WITH_TIMEOUT(strip.state(), ImportStrip::State::Done, 20000);
        QVERIFY2(strip.text().contains("2 runs of subject “berta”"), qPrintable(strip.text()));
        const Study& study = window->session()->study();
        for (const char* kind : {"fmri", "surface", "parcels"})
            QVERIFY2(study.imported("berta", kind), kind);
        QTRY_COMPARE(window->session()->subjects().size(), std::size_t{1});
        QTRY_VERIFY(window->session()->hasParcels());

        drop(*window, {folder}); // and the window is closed over the question
        QTRY_COMPARE(strip.state(), ImportStrip::State::Asking);
        window.reset();
    }

    void whatDoesNotFitIsSaidAndTheRestIsImported() {
        auto window = windowWithStimuli(m_folder.path() + "/two");
        QVERIFY(QTest::qWaitForWindowExposed(window.get()));
        const QString root = m_folder.path() + "/two/bids";
        writeSubject(root, "sub-01", 20, false); // without a right hemisphere
        writeSubject(root, "sub-02", 12);        // too few volumes
        drop(*window, {root});
        ImportStrip& strip = *window->importStrip();
        QTRY_COMPARE(strip.state(), ImportStrip::State::Asking);
        QCOMPARE(strip.rows(), 6);
        QTRY_VERIFY2(strip.text().contains("run 1 is shorter than its events need"), qPrintable(strip.text()));
        QTRY_VERIFY(!strip.runsView(0)->checking() && !strip.runsView(1)->checking());
        QVERIFY(!strip.importButton()->isEnabled());
        strip.wantedBox(1)->setChecked(false);
        QVERIFY(strip.importButton()->isEnabled());

        // Of another mesh, and damaged since it was looked at.
        GiftiContent labels;
        labels.arrays = {{.intent = "LABEL", .shape = {5}, .values = {0, 1, 1, 1, 1}}};
        labels.labels[1] = {.name = "V1"};
        writeGifti((root + "/sub-02/lh.parcels.label.gii").toStdString(), labels);
        QFile cut(root + "/sub-02/rh.pial.surf.gii");
        QVERIFY(cut.resize(200));
        click(strip.importButton());
        QTRY_COMPARE_WITH_TIMEOUT(strip.state(), ImportStrip::State::Failed, 20000);
        QVERIFY2(strip.text().contains("rh.pial.surf.gii"), qPrintable(strip.text()));
        const Study& study = window->session()->study();
        for (const char* kind : {"fmri", "surface", "parcels"})
            QVERIFY2(study.imported("sub-01", kind), kind);
        QVERIFY(!study.imported("sub-02", "fmri") && !study.imported("sub-02", "surface"));

        // The surface whole again, the parcels are of another mesh.
        writeSubject(root, "sub-02", 12);
        writeGifti((root + "/sub-02/lh.parcels.label.gii").toStdString(), labels);
        drop(*window, {root + "/sub-02/lh.pial.surf.gii", root + "/sub-02/rh.pial.surf.gii",
                       root + "/sub-02/lh.parcels.label.gii"});
        QTRY_COMPARE(strip.state(), ImportStrip::State::Asking);
        QCOMPARE(strip.rows(), 2);
        click(strip.importButton());
        QTRY_COMPARE_WITH_TIMEOUT(strip.state(), ImportStrip::State::Failed, 20000);
        QVERIFY2(strip.text().contains("of another mesh"), qPrintable(strip.text()));
        QVERIFY(study.imported("sub-02", "surface"));
        QVERIFY(study.imported("sub-01", "parcels"));
    }

    void panelsGetTheRoomBackThatTheStripTook() {
        auto window = windowWithStimuli(m_folder.path() + "/room");
        QVERIFY(QTest::qWaitForWindowExposed(window.get()));
        const auto heights = [&] {
            QList<int> found;
            for (const QDockWidget* dock : window->workspace()->docks())
                if (!dock->visibleRegion().isEmpty())
                    found << dock->height();
            return found;
        };
        QTRY_VERIFY(heights().size() > 3);
        const QList<int> before = heights();
        drop(*window, {writeSubject(m_folder.path() + "/room", "sub-01")});
        ImportStrip& strip = *window->importStrip();
        QTRY_COMPARE(strip.state(), ImportStrip::State::Asking);
        QTRY_VERIFY(heights() != before);
        strip.dismiss();
        QTRY_COMPARE(heights(), before);
    }

    void importsCanBeStopped() {
        auto window = windowWithStimuli(m_folder.path() + "/four");
        QVERIFY(QTest::qWaitForWindowExposed(window.get()));
        drop(*window, {writeSubject(m_folder.path() + "/four", "sub-01")});
        ImportStrip& strip = *window->importStrip();
        auto* stop = strip.findChild<QPushButton*>("import-cancel");
        QTRY_COMPARE(strip.state(), ImportStrip::State::Asking);
        QCOMPARE(stop->text(), QString("Cancel"));
        QTRY_VERIFY(strip.importButton()->isEnabled());
        HeldLane held(window->session()->jobs());
        const auto pending = strip.rows();
        click(strip.importButton());
        QCOMPARE(strip.state(), ImportStrip::State::Importing);
        QTRY_COMPARE(held.waiting(), pending);
        QCOMPARE(stop->text(), QString("Stop"));
        click(stop);
        QTRY_COMPARE(strip.state(), ImportStrip::State::Failed);
        QVERIFY2(strip.text().contains("was stopped"), qPrintable(strip.text()));
        held.release();
        QTRY_VERIFY(!window->session()->jobs().busy());
        QVERIFY(window->session()->study().subjects().empty());
    }

    void aMaskThatMissesTheDataAndACutScanAreSaid() {
        auto window = windowWithStimuli(m_folder.path() + "/three");
        QVERIFY(QTest::qWaitForWindowExposed(window.get()));
        const QString folder = writeSubject(m_folder.path() + "/three", "sub-01");
        VolumeInfo info{.size = {4, 3, 2}, .oriented = true};
        info.toMm.rows = {{{3, 0, 0, 0}, {0, 3, 0, 0}, {0, 0, 3, 0}}};
        const auto nothing = [](std::size_t, std::span<double>) {};
        writeVolumes((folder + "/sub-01_mask.nii").toStdString(), info, 1, nothing);
        drop(*window, {folder});
        ImportStrip& strip = *window->importStrip();
        QTRY_COMPARE(strip.state(), ImportStrip::State::Asking);
        QTRY_VERIFY2(strip.importButton()->isEnabled(), qPrintable(strip.text()));
        click(strip.importButton());
        QTRY_COMPARE_WITH_TIMEOUT(strip.state(), ImportStrip::State::Failed, 20000);
        QVERIFY2(strip.text().contains("sub-01_mask.nii") && strip.text().contains("no voxel at all"),
                 qPrintable(strip.text()));
        const Study& study = window->session()->study();
        QVERIFY(!study.imported("sub-01", "fmri"));
        QVERIFY(study.imported("sub-01", "surface")); // one failure does not stop the others

        QFile scan(folder + "/sub-01_run-2_bold.nii");
        QVERIFY(scan.resize(scan.size() / 2));
        drop(*window, {scan.fileName()});
        QTRY_COMPARE(strip.state(), ImportStrip::State::Failed);
        QVERIFY2(strip.text().contains("sub-01_run-2_bold.nii"), qPrintable(strip.text()));
        QVERIFY(!strip.text().trimmed().contains('\n'));
    }

    void studiesThatCannotBeOpened() {
        auto window = makeWindow();
        QVERIFY(QTest::qWaitForWindowExposed(window.get()));
        window->openStudy(m_folder.path() + "/gone.tercet");
        QTRY_VERIFY(window->startPage()->failure().contains("gone.tercet"));
        QVERIFY(!window->session());
        QVERIFY(window->startPage()->isVisible());
        QDir().mkpath(m_folder.path() + "/plain");
        window->openStudy(m_folder.path() + "/plain");
        QTRY_VERIFY(window->startPage()->failure().contains("not a study"));
    }

    void aDroppedPictureBringsBackWhatItShows() {
        const QString folder = m_folder.path() + "/recipe";
        QDir().mkpath(folder);
        {
            const auto study = makeSmallStudy(folder);
            JobControl control;
            for (const char* step : {"map", "compress", "held-out"})
                runTask(*study, {step, "human-categories"}, {.control = control, .progress = {}});
            runTask(*study, {"cluster-overlap", ""}, {.control = control, .progress = {}});
        }
        auto window = makeWindow();
        window->openStudy(folder + "/small.tercet");
        QTRY_VERIFY(window->session() && !window->session()->tasks().empty());
        StudySession& session = *window->session();
        auto* map = panelOf<MapPanel>(*window, "map");
        QTRY_VERIFY(session.map("human-categories") && map->plot()->pointCount() > 0);
        Selection& selection = session.selection();
        selection.setSystem("human-categories");
        const int component = session.embedding("human-categories")->trainingColumns[3];
        const QVector<int> stimuli{2, 5, 8};
        selection.setStimuli(stimuli);
        selection.setComponent(component);
        const MapColoring coloring{MapColoring::By::Rating, 4};
        map->setColoring(coloring);
        QTRY_VERIFY(map->figure() && map->figure()->caption.contains("anger"));
        const QString picture = folder + "/map.svg";
        map->savePictureTo(picture);
        QTRY_VERIFY(QFile::exists(picture));
        QVERIFY(waitIdle(session));

        selection.setStimuli({1});
        selection.setComponent(-1);
        selection.setSystem("human-dimensions");
        map->setColoring({});
        drop(*window, {picture});
        QTRY_COMPARE(window->importStrip()->state(), ImportStrip::State::Done);
        QVERIFY2(window->importStrip()->text().contains("map.svg"), qPrintable(window->importStrip()->text()));
        QCOMPARE(selection.system(), QString("human-categories"));
        QCOMPARE(selection.stimuli(), stimuli);
        QCOMPARE(selection.component(), component);
        QTRY_VERIFY(map->figure() && map->figure()->caption.contains("anger"));
        QVERIFY(session.study().imports().size() == 1);

        // Figures that are a page of a panel turn to that page.
        const auto figureData = figureDataOf(session);
        QTRY_VERIFY(session.arrays({"compress", "human-categories"}) && session.arrays({"cluster-overlap", ""}));
        auto* validation = panelOf<ValidationPanel>(*window, "validation");
        auto* flow = panelOf<ComponentFlowPanel>(*window, "component-flow");
        flow->pages()->setCurrentIndex(0);
        savePicture(compressionFigure(figureData).picture, folder + "/compression.svg");
        savePicture(clusterOverlapFigure(figureData).picture, folder + "/overlap.svg");
        drop(*window, {folder + "/compression.svg"});
        QTRY_COMPARE(validation->page(), ValidationPanel::Page::Compression);
        QVERIFY(validation->isVisible());
        drop(*window, {folder + "/overlap.svg"});
        QTRY_COMPARE(flow->pages()->currentIndex(), 1);
        QVERIFY(flow->isVisible());

        // Every figure has a panel, and a key leads to each with the keyboard's focus.
        auto* workspace = window->workspace();
        for (const FigurePreset& preset : figurePresets()) {
            for (QDockWidget* dock : workspace->docks())
                dock->hide();
            FigureRecipe recipe;
            recipe.figure = preset.name;
            workspace->showRecipe(recipe);
            QVERIFY2(std::count_if(workspace->docks().begin(), workspace->docks().end(),
                                   [](const QDockWidget* dock) { return dock->isVisible(); }) == 1,
                     qPrintable(preset.name));
        }
        QTest::keyClick(window.get(), Qt::Key_3, Qt::ControlModifier);
        QTRY_VERIFY(map->isVisible() && map->isAncestorOf(QApplication::focusWidget()));
        QTest::keyClick(window.get(), Qt::Key_2, Qt::AltModifier);
        QTRY_VERIFY(panelOf<Panel>(*window, "emotion-graph")->isVisible());

        // The picture that a panel shows goes on the figure page as it is.
        map->setColoring(coloring);
        map->compose();
        auto* composer = panelOf<ComposerPanel>(*window, "figures");
        QTRY_VERIFY(composer->isVisible());
        QCOMPARE(composer->composition().panels.back().preset, QString("map"));
        QCOMPARE(composer->composition().panels.back().options["colour_by"].toString(), QString("rating"));

        // After another fit the picture is not the same, which is said.
        session.setTaskParameters({"fit-embedding", "human-categories"}, {{"lambda", "0.02"}});
        session.run({"map", "human-categories"});
        QVERIFY(waitIdle(session, kPatience));
        QTRY_VERIFY(session.state({"map", "human-categories"}).kind == StepState::Kind::Done);
        drop(*window, {picture});
        QTRY_VERIFY2(window->noticeBar()->text().contains("no longer looks the same"),
                     qPrintable(window->noticeBar()->text()));
    }

    void undoAndRedoAreInTheMenu() {
        auto window = makeWindow();
        {
            QTemporaryDir folder;
            folder.setAutoRemove(false);
            makeSmallStudy(folder.path(), 20);
            window->openStudy(folder.path() + "/small.tercet");
        }
        QTRY_VERIFY(window->session() && !window->session()->tasks().empty());
        QVERIFY(QTest::qWaitForWindowActive(window.get()));
        const Task fit{"fit-embedding", "human-categories"};
        window->session()->setTaskParameters(fit, {{"lambda", "0.01"}});
        QTest::keyClick(window.get(), Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(window->session()->task(fit).parameters.real("lambda"), 0.004);
        QTest::keyClick(window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(window->session()->task(fit).parameters.real("lambda"), 0.01);
    }
};

int main(int argc, char** argv) {
    QTemporaryDir home;
    qputenv("XDG_DATA_HOME", (home.path() + "/data").toLocal8Bit());
    qputenv("XDG_CONFIG_HOME", (home.path() + "/config").toLocal8Bit());
    if (qEnvironmentVariableIsEmpty("DISPLAY") && qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QCoreApplication::setOrganizationName("Tercet");
    QCoreApplication::setApplicationName("tercet");
    QApplication application(argc, argv);
    Theme::instance().install(application);
    WindowTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "window.moc"
