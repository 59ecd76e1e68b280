#include "widgets/panels/validation_panel.h"

#include "core/base/text.h"
#include "widgets/figures/model_zoo.h"
#include "widgets/figures/validation_tables.h"
#include "widgets/panels/page_tabs.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/session_figure.h"
#include "widgets/panels/similarity_view.h"
#include "widgets/plots/axis.h"
#include "widgets/plots/bar_plot.h"
#include "widgets/plots/line_plot.h"
#include "widgets/plots/size_plot.h"
#include "widgets/plots/theme.h"

#include <QLabel>
#include <QScrollArea>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

namespace tercet {
namespace {

using Page = ValidationPanel::Page;

constexpr int kWide = 90 * kUnit;       ///< from here on the model zoo's plots stand side by side
constexpr int kLeastSizes = 22 * kUnit; ///< height of its plot of sizes

struct PageFacts {
    const char* step; ///< whose result it shows
    const char* title;
    const char* text; ///< what will appear
    std::vector<const char*> alsoRun = {};
};

const std::array<PageFacts, 9>& pages() {
    static const std::array<PageFacts, 9> facts{
        {{"held-out",
          QT_TRANSLATE_NOOP("ValidationPanel", "Accuracy"),
          QT_TRANSLATE_NOOP("ValidationPanel", "How many held-out judgments each embedding predicts, under the noise "
                                               "ceiling of its judgments and above chance."),
          {"noise-ceiling"}},
         {"sweep-dimensions", QT_TRANSLATE_NOOP("ValidationPanel", "Components"),
          QT_TRANSLATE_NOOP("ValidationPanel", "Held-out accuracy over the number of components: where it no longer "
                                               "rises, more components say nothing new. Fits appear one by one.")},
         {"reproducibility", QT_TRANSLATE_NOOP("ValidationPanel", "Reproducibility"),
          QT_TRANSLATE_NOOP("ValidationPanel", "How well each component comes back when the fit is repeated with other "
                                               "seeds. Runs appear one by one.")},
         {"rsm", QT_TRANSLATE_NOOP("ValidationPanel", "Similarity"),
          QT_TRANSLATE_NOOP("ValidationPanel", "The similarity of prototypes that the embedding predicts against the "
                                               "one measured by judgments it has not seen.")},
         {"compress", QT_TRANSLATE_NOOP("ValidationPanel", "Compression"),
          QT_TRANSLATE_NOOP("ValidationPanel", "How few components per stimulus keep 95 to 99 % of the accuracy.")},
         {"saturation", QT_TRANSLATE_NOOP("ValidationPanel", "Saturation"),
          QT_TRANSLATE_NOOP("ValidationPanel", "How many components are recovered from fewer judgments: where the "
                                               "curve is flat, more judgments find no more. Fits appear one by one.")},
         {"align-systems", QT_TRANSLATE_NOOP("ValidationPanel", "Alignment"),
          QT_TRANSLATE_NOOP("ValidationPanel", "How well the measured similarities of every two systems agree, given "
                                               "how reliable each is.")},
         {"agreement", QT_TRANSLATE_NOOP("ValidationPanel", "Agreement"),
          QT_TRANSLATE_NOOP("ValidationPanel", "On which share of the triplets that two systems both judged they chose "
                                               "the same odd one.")},
         {"align-systems", QT_TRANSLATE_NOOP("ValidationPanel", "Model zoo"),
          QT_TRANSLATE_NOOP("ValidationPanel", "How well each model is aligned with people, and how that goes with its "
                                               "number of parameters.")}}};
    return facts;
}

const PageFacts& factsOf(Page page) { return pages().at(static_cast<std::size_t>(page)); }

} // namespace

ValidationPanel::ValidationPanel(StudySession& session, QWidget* parent)
    : Panel(session, QStringLiteral("validation"), tr("Validation"), parent), m_bar(new PageTabs),
      m_plots(new QStackedWidget), m_bars(new BarPlot), m_lines(new LinePlot), m_similarity(new SimilarityView),
      m_zoo(new QScrollArea), m_zooBars(new BarPlot), m_zooSizes(new SizePlot), m_zooNote(new QLabel) {
    useSystemChip();
    m_run = addButton(QStringLiteral("play"), {}, [this] { runPage({task()}); });
    m_runAll = addButton(QStringLiteral("play-all"), tr("Run for all systems, one after the other"),
                         [this] { runPage(tasks()); });
    usePictureButton();
    showFailuresOf({"held-out", "noise-ceiling", "sweep-dimensions", "reproducibility", "rsm", "simulate-validation",
                    "sample-validation", "compress", "saturation", "align-systems", "agreement"});

    m_bar->setAccessibleName(tr("Analysis"));
    for (const PageFacts& page : pages())
        m_bar->addTab(tr(page.title), tr(page.text));
    addBar(m_bar);
    connect(m_bar, &PageTabs::currentChanged, this, &ValidationPanel::invalidate);

    m_plots->addWidget(m_bars);
    m_plots->addWidget(m_lines);
    m_plots->addWidget(m_similarity);
    m_plots->addWidget(m_zoo);
    m_zooParts = new QBoxLayout(QBoxLayout::TopToBottom);
    m_zooParts->setSpacing(1);
    m_zooParts->addWidget(m_zooBars, 1);
    m_zooParts->addWidget(m_zooSizes, 1);
    m_zooNote->setWordWrap(true);
    m_zooNote->setContentsMargins(kUnit, kHalfUnit, kUnit, kHalfUnit);
    m_zooNote->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* zooPage = new QWidget;
    auto* zoo = new QVBoxLayout(zooPage);
    zoo->setContentsMargins(0, 0, 0, 0);
    zoo->setSpacing(0);
    zoo->addLayout(m_zooParts, 1);
    zoo->addWidget(m_zooNote);
    m_zoo->setWidget(zooPage);
    m_zoo->setWidgetResizable(true);
    m_zoo->setFrameShape(QFrame::NoFrame);
    m_zoo->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_zooSizes->setMinimumHeight(kLeastSizes);
    setBody(m_plots);
    connect(m_zooBars, &BarPlot::itemClicked, this, &ValidationPanel::showModelOf);
    connect(m_zooSizes, &SizePlot::itemClicked, this, &ValidationPanel::showModelOf);
    connect(m_similarity, &SimilarityView::stimuliChosen, this,
            [this](const QVector<int>& rows) { this->session().selection().setStimuli(rows); });

    connect(&session, &StudySession::arraysChanged, this, [this](const Task& changed) {
        const PageFacts& page = factsOf(this->page());
        if (changed.step == page.step || std::any_of(page.alsoRun.begin(), page.alsoRun.end(),
                                                     [&](const char* step) { return changed.step == step; }))
            invalidate();
    });
    connect(&session, &StudySession::studyChanged, this, &ValidationPanel::invalidate);
    connect(&session, &StudySession::statesChanged, this, &ValidationPanel::invalidate);
    connect(&session, &StudySession::namesChanged, this, &ValidationPanel::invalidate);
    connect(&session.selection(), &Selection::systemChanged, this, &ValidationPanel::invalidate);
}

void ValidationPanel::showModelOf(int alignment) {
    const tercet::ModelZoo zoo = modelZooOf(*figureDataOf(session()));
    if (alignment < static_cast<int>(zoo.alignments.size()))
        session().selection().setSystem(zoo.models[zoo.alignments[static_cast<std::size_t>(alignment)].model].name);
}

ValidationPanel::Page ValidationPanel::page() const { return static_cast<Page>(std::max(0, m_bar->currentIndex())); }

void ValidationPanel::setPage(Page page) { m_bar->setCurrentIndex(static_cast<int>(page)); }

void ValidationPanel::showStep(const QString& step) {
    for (std::size_t i = pages().size(); i-- > 0;) // of two pages of one step the first
        if (step == QLatin1String(pages().at(i).step) ||
            std::any_of(pages().at(i).alsoRun.begin(), pages().at(i).alsoRun.end(),
                        [&](const char* also) { return step == QLatin1String(also); }))
            setPage(static_cast<Page>(i));
}

void ValidationPanel::showFigure(const QString& preset, const FigureOptions&) {
    if (preset == QLatin1String("model-zoo"))
        setPage(Page::ModelZoo);
}

Task ValidationPanel::task() const {
    const std::string step = factsOf(page()).step;
    return {step, stepNamed(step).perSystem() ? system().toStdString() : std::string()};
}

bool ValidationPanel::canRun(const Task& one) const {
    const auto& known = session().tasks();
    return std::find(known.begin(), known.end(), one) != known.end() &&
           session().state(one).kind != StepState::Kind::Blocked && !session().running(one) && !session().queued(one);
}

std::vector<Task> ValidationPanel::tasks() const {
    std::vector<Task> found;
    for (const Task& one : session().tasks())
        if (one.step == factsOf(page()).step)
            found.push_back(one);
    return found;
}

void ValidationPanel::runPage(const std::vector<Task>& tasks) {
    for (const Task& one : tasks) {
        for (const char* step : factsOf(page()).alsoRun)
            if (canRun({step, one.system}))
                session().run({step, one.system});
        if (canRun(one))
            session().run(one);
    }
}

void ValidationPanel::refreshButtons() {
    const Task one = task();
    const bool whole = one.system.empty();
    const bool done = session().state(one).kind == StepState::Kind::Done;
    m_run->setEnabled(canRun(one) && !done);
    m_run->setToolTip(done    ? tr("Up to date")
                      : whole ? tr("Run %1").arg(QString::fromStdString(stepNamed(one.step).title))
                              : tr("Run for %1").arg(systemTitle(system())));
    const std::vector<Task> all = tasks();
    m_runAll->setVisible(!whole);
    m_runAll->setEnabled(std::any_of(all.begin(), all.end(), [&](const Task& each) {
        return canRun(each) && session().state(each).kind != StepState::Kind::Done;
    }));
}

void ValidationPanel::refreshNote() {
    const Task one = task();
    const TaskView& view = session().task(one);
    if (session().running(one))
        header()->setNote(tr("running, %1 %").arg(100 * session().progress(one), 0, 'f', 0));
    else if (session().queued(one))
        header()->setNote(tr("queued"));
    else if (view.state.kind == StepState::Kind::Stale)
        header()->setNote(tr("stale · %1").arg(view.summary));
    else
        header()->setNote(view.summary);
}

void ValidationPanel::refresh() {
    refreshButtons();
    refreshNote();
    const auto figureData = figureDataOf(session());
    const bool dark = Theme::instance().look().dark;
    QStringList systems;
    for (const System& each : session().systems())
        systems << QString::fromStdString(each.name);
    const QString front = system();
    const auto someResult = [&] {
        const std::vector<Task> all = tasks();
        return std::any_of(all.begin(), all.end(), [&](const Task& one) { return session().arrays(one) != nullptr; });
    };
    const PageFacts& facts = factsOf(page());
    const bool ofFront = page() == Page::Similarity;
    if (ofFront ? !session().arrays(task()) : !someResult()) {
        const Task one = task();
        const auto& known = session().tasks();
        if (std::find(known.begin(), known.end(), one) == known.end())
            showEmpty(tr(facts.title),
                      tr(facts.text) + u' ' +
                          tr("%1 has no judgments of its own to compute it from.").arg(systemTitle(front)));
        else
            showEmpty(one, tr(facts.title), tr(facts.text),
                      one.system.empty() ? tr("Run") : tr("Run for %1").arg(systemTitle(front)));
        return;
    }
    // Pages share their plots.
    m_lines->setReference({});
    m_lines->setZone({});
    m_bars->setReference({});
    m_bars->setRange({});
    switch (page()) {
    case Page::Accuracy:
        showAccuracy(*m_bars, *figureData, systems, dark);
        break;
    case Page::Components:
        showSweep(*m_lines, *figureData, systems, dark);
        break;
    case Page::Reproducibility:
        showReproducibility(*m_lines, *figureData, systems, front, dark);
        break;
    case Page::Similarity:
        m_similarity->setSystem(figureData, front, dark);
        break;
    case Page::Compression:
        showCompression(*m_lines, *figureData, systems, front, dark);
        break;
    case Page::Saturation:
        showSaturation(*m_lines, *figureData, systems, dark);
        break;
    case Page::Alignment:
        showAlignment(*m_bars, *figureData, dark);
        break;
    case Page::Agreement:
        showAgreement(*m_bars, *figureData, dark);
        break;
    case Page::ModelZoo: {
        const tercet::ModelZoo zoo = modelZooOf(*figureData);
        if (zoo.empty()) {
            showEmpty(tr(facts.title),
                      zoo.models.empty()
                          ? tr("All systems of this study are people. Import judgments of a model, for training and "
                               "for validation, to see how well it is aligned with them.")
                          : tr("No system of this study is known to be people. Import a rating table, or say how "
                               "many parameters the models have: those without a number count as people."));
            return;
        }
        showZooBars(*m_zooBars, *figureData, zoo, dark);
        m_zooBars->setMinimumHeight(m_zooBars->sizeHint().height());
        showZooSizes(*m_zooSizes, *figureData, zoo, dark);
        m_zooSizes->setVisible(zoo.hasSizes());
        m_zooNote->setText(missingIn(zoo).join(QLatin1Char('\n')));
        m_zooNote->setVisible(!m_zooNote->text().isEmpty());
        break;
    }
    }
    QWidget* shown = m_lines;
    if (page() == Page::Accuracy || page() == Page::Alignment || page() == Page::Agreement)
        shown = m_bars;
    else if (page() == Page::Similarity)
        shown = m_similarity;
    else if (page() == Page::ModelZoo)
        shown = m_zoo;
    m_plots->setCurrentWidget(shown);
    showBody();
}

std::vector<Table> ValidationPanel::tables() const {
    const std::shared_ptr<const FigureData> figureData = isEmpty() ? nullptr : figureDataOf(session());
    if (!figureData)
        return {};
    QStringList systems;
    for (const FigureSystem& each : figureData->systems)
        systems << each.name;
    switch (page()) {
    case Page::Accuracy:
        return accuracyTables(*figureData, systems);
    case Page::Components:
        return sweepTables(*figureData, systems);
    case Page::Reproducibility:
        return reproducibilityTables(*figureData, systems);
    case Page::Alignment:
        return alignmentTables(*figureData);
    case Page::Agreement:
        return agreementTables(*figureData);
    case Page::Similarity:
    case Page::Compression:
    case Page::Saturation:
    case Page::ModelZoo:
        break; // a figure of their own
    }
    return Panel::tables();
}

void ValidationPanel::resizeEvent(QResizeEvent* event) {
    Panel::resizeEvent(event);
    m_zooParts->setDirection(width() >= kWide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
}

std::optional<Figure> ValidationPanel::figure() const {
    if (isEmpty())
        return {};
    const auto figureData = figureDataOf(session());
    switch (page()) {
    case Page::Accuracy:
    case Page::Components:
    case Page::Reproducibility:
        return validationFigure(figureData);
    case Page::Similarity:
        return similarityFigure(figureData, {.systems = {system()}});
    case Page::Compression:
        return compressionFigure(figureData);
    case Page::Saturation:
        return saturationFigure(figureData);
    case Page::Alignment:
    case Page::Agreement:
        return agreementFigure(figureData);
    case Page::ModelZoo:
        return modelZooFigure(figureData);
    }
    return {};
}

} // namespace tercet
