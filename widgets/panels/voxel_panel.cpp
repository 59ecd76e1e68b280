#include "widgets/panels/voxel_panel.h"

#include "widgets/panels/choice_box.h"
#include "widgets/panels/page_tabs.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/session_figure.h"
#include "widgets/plots/bar_plot.h"
#include "widgets/plots/grouped_bars.h"
#include "widgets/plots/line_plot.h"
#include "widgets/plots/theme.h"

#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QResizeEvent>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

constexpr int kCards = 6;
constexpr int kLetters = 16;      ///< of a box at least
constexpr int kTall = 72 * kUnit; ///< from here on the parts of a page stand one below the other

QString text(const std::string& utf8) { return QString::fromStdString(utf8); }

} // namespace

VoxelPanel::VoxelPanel(StudySession& session, QWidget* parent)
    : Panel(session, QStringLiteral("voxel"), tr("Voxel profile"), parent), m_reader(session.study()),
      m_tabs(new PageTabs), m_model(new QComboBox), m_run(new QComboBox), m_pages(new QStackedWidget),
      m_scores(new BarPlot), m_weights(new GroupedBars), m_stimuli(new StimulusCards), m_noStages(new QLabel),
      m_stagePages(new QStackedWidget) {
    usePictureButton(false);
    showFailuresOf({"preprocess-fmri"});
    auto* bar = new QWidget;
    auto* controls = new QHBoxLayout(bar);
    controls->setContentsMargins(0, kHalfUnit, kUnit, kHalfUnit);
    controls->setSpacing(kUnit);
    m_tabs->addTab(tr("Models"), tr("How models predict the voxel, its weights and the stimuli it likes best"));
    m_tabs->addTab(tr("Preprocessing"), tr("A run of the voxel before and after each stage"));
    controls->addWidget(m_tabs, 1);
    prepareChoices(*m_model, tr("Model whose weights are shown"), kLetters);
    prepareChoices(*m_run, tr("Run that is shown"), kLetters);
    for (QComboBox* box : {m_model, m_run}) {
        controls->addWidget(box);
        box->hide(); // until there is something to choose from
    }
    addBar(bar);

    auto* profile = new QWidget;
    m_profileGrid = new QGridLayout(profile);
    m_profileGrid->setContentsMargins(0, 0, 0, 0);
    m_profileGrid->setSpacing(1);
    m_pages->addWidget(profile);
    auto* stages = new QWidget;
    m_stageGrid = new QGridLayout(stages);
    m_stageGrid->setContentsMargins(0, 0, 0, 0);
    m_stageGrid->setSpacing(1);
    for (LinePlot*& plot : m_stages) {
        plot = new LinePlot;
        connect(plot, &LinePlot::readingMoved, this, [this](double x) {
            int stimulus = -1;
            if (m_reading && m_reading->series)
                for (std::size_t b = 0; b < m_reading->series->blocks.size(); ++b)
                    if (const StimulusBlock& block = m_reading->series->blocks[b];
                        x >= block.onset && x <= block.onset + block.duration)
                        stimulus = m_reading->series->stimuli[b];
            for (LinePlot* other : m_stages)
                if (other != sender())
                    other->setReading(x);
            this->session().selection().setHoveredStimulus(stimulus);
        });
    }
    m_noStages->setWordWrap(true);
    m_noStages->setAlignment(Qt::AlignCenter);
    m_noStages->setMargin(2 * kUnit);
    m_noStages->setMinimumWidth(1);
    m_stagePages->addWidget(stages);
    m_stagePages->addWidget(m_noStages);
    m_pages->addWidget(m_stagePages);
    setBody(m_pages);

    connect(m_tabs, &PageTabs::currentChanged, this, [this](int page) {
        m_pages->setCurrentIndex(page);
        invalidate();
    });
    connect(m_model, &QComboBox::currentIndexChanged, this, &VoxelPanel::invalidate);
    connect(m_run, &QComboBox::currentIndexChanged, this, &VoxelPanel::invalidate);
    Selection& selection = session.selection();
    connect(&selection, &Selection::voxelChanged, this, &VoxelPanel::invalidate);
    connect(&selection, &Selection::systemChanged, this, [this] {
        if (const int place = m_model->findData(system()); place >= 0)
            m_model->setCurrentIndex(place);
    });
    connect(m_weights, &GroupedBars::itemHovered, this, [this](int item) {
        const int group = m_weights->groupOf(item);
        this->session().selection().setHoveredComponent(m_model->currentData().toString(),
                                                        group < 0 ? -1 : m_columns[static_cast<std::size_t>(group)]);
    });
    connect(m_weights, &GroupedBars::itemClicked, this, [this](int item) {
        const int group = m_weights->groupOf(item);
        if (group < 0 || m_columns[static_cast<std::size_t>(group)] < 0)
            return;
        this->session().selection().setSystem(m_model->currentData().toString());
        this->session().selection().setComponent(m_columns[static_cast<std::size_t>(group)]);
    });
    connect(m_stimuli, &StimulusCards::cardHovered, &selection, &Selection::setHoveredStimulus);
    connect(m_stimuli, &StimulusCards::cardClicked, this,
            [this](int stimulus) { this->session().selection().setStimuli({stimulus}); });
    connect(&m_reader, &VoxelReader::read, this, [this](const std::shared_ptr<const VoxelReading>& reading) {
        m_reading = reading;
        invalidate();
    });
    connect(&m_reader, &VoxelReader::failed, this, &VoxelPanel::showFailure);
    connect(&session, &StudySession::arraysChanged, this, [this](const Task& task) {
        if (task.step == "preprocess-fmri" || task.step == "project-surface")
            m_wanted = {};
        if (!task.subject.empty())
            invalidate();
    });
    for (const auto signal : {&StudySession::opened, &StudySession::studyChanged, &StudySession::namesChanged})
        connect(&session, signal, this, &VoxelPanel::invalidate);
    connect(&Theme::instance(), &Theme::changed, this, &VoxelPanel::invalidate);
}

void VoxelPanel::resizeEvent(QResizeEvent* event) {
    Panel::resizeEvent(event);
    const bool tall = event->size().height() >= kTall;
    m_profileGrid->addWidget(m_scores, 0, 0, tall ? 1 : 2, 1);
    m_profileGrid->addWidget(m_weights, tall ? 1 : 0, tall ? 0 : 1);
    m_profileGrid->addWidget(m_stimuli, tall ? 2 : 1, tall ? 0 : 1);
    m_profileGrid->setColumnStretch(0, 1);
    m_profileGrid->setColumnStretch(1, tall ? 0 : 1);
    const int columns = tall ? 1 : 2;
    for (int i = 0; i < static_cast<int>(m_stages.size()); ++i)
        m_stageGrid->addWidget(m_stages[static_cast<std::size_t>(i)], i / columns, i % columns);
}

QString VoxelPanel::noStages() const { return m_stagePages->currentIndex() == 1 ? m_noStages->text() : QString(); }

void VoxelPanel::ask() {
    const VoxelPlace& place = session().selection().voxel();
    if (m_wanted.place.subject != place.subject) {
        const QSignalBlocker quiet(m_run);
        m_run->clear();
    }
    const Wanted wanted{place, std::max(0, m_run->currentIndex()), m_tabs->currentIndex() == Preprocessing};
    if (wanted == m_wanted)
        return;
    if (m_reading && m_reading->place != place)
        m_reading = nullptr;
    m_wanted = wanted;
    m_reader.request(place, wanted.run, wanted.series);
}

void VoxelPanel::fillBoxes() {
    std::vector<std::pair<QString, QString>> models;
    for (const System& model : session().models())
        if (session().arrays({"encode", model.name, session().selection().voxel().subject.toStdString()}))
            models.emplace_back(text(model.name), text(model.title));
    setChoices(*m_model, models, m_model->currentIndex() < 0 ? system() : m_model->currentData().toString());
    m_model->setVisible(m_tabs->currentIndex() == Profile);
    m_run->setVisible(m_tabs->currentIndex() == Preprocessing);
}

void VoxelPanel::refresh() {
    const VoxelPlace& place = session().selection().voxel();
    if (place.subject.isEmpty()) {
        header()->setNote({});
        showEmpty(tr("No voxel selected"), tr("Click the cortex or a slice: how well every model predicts the voxel, "
                                              "which components it follows, the stimuli it likes best and its time "
                                              "series appear here."));
        return;
    }
    if (place.voxel < 0) {
        header()->setNote({});
        showEmpty(tr("No voxel here"), tr("The vertex has no voxel of the scans below it."));
        return;
    }
    const Task responses{"preprocess-fmri", "", place.subject.toStdString()};
    if (!session().arrays(responses)) {
        header()->setNote({});
        showEmpty(responses, tr("No responses yet"), tr("What the voxel does appears here."), tr("Preprocess"));
        return;
    }
    ask();
    fillBoxes();
    header()->setNote(voxelTitle(*figureDataOf(session()), place));
    if (m_tabs->currentIndex() == Profile)
        showProfile();
    else
        showPreprocessing();
    showBody();
}

void VoxelPanel::showProfile() {
    const auto figureData = figureDataOf(session());
    const QString model = m_model->currentData().toString();
    VoxelReading reading;
    reading.place = session().selection().voxel();
    if (m_reading)
        reading = *m_reading;
    const bool dark = Theme::instance().look().dark;
    showModelScores(*m_scores, *figureData, reading, dark);
    m_columns = showWeights(*m_weights, *figureData, reading.place, model);
    m_stimuli->setCards(bestStimuli(*figureData, reading, kCards), figureData->color(model, dark));
    m_scores->setVisible(!m_scores->bars().empty());
    m_weights->setVisible(!m_weights->groups().empty());
}

void VoxelPanel::showPreprocessing() {
    if (!m_reading || !m_reading->series) {
        m_noStages->setText(m_reading && !m_reading->noSeries.isEmpty() ? m_reading->noSeries
                                                                        : tr("The run is being read…"));
        m_stagePages->setCurrentIndex(1);
        return;
    }
    const VoxelSeries& series = *m_reading->series;
    if (m_run->count() != static_cast<int>(series.runs)) {
        const QSignalBlocker quiet(m_run);
        m_run->clear();
        for (std::size_t r = 0; r < series.runs; ++r)
            m_run->addItem(tr("Run %1 of %2").arg(r + 1).arg(series.runs));
        m_run->setCurrentIndex(m_reading->run);
    }
    showStages(m_stages, series);
    m_stagePages->setCurrentIndex(0);
}

std::optional<Figure> VoxelPanel::figure() const {
    if (isEmpty() || !m_reading)
        return {};
    const auto figureData = figureDataOf(session());
    if (m_tabs->currentIndex() == Profile)
        return voxelProfileFigure(figureData, *m_reading, m_model->currentData().toString());
    if (!m_reading->series)
        return {};
    return voxelStagesFigure(figureData, *m_reading);
}

} // namespace tercet
