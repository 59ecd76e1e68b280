#include "widgets/panels/fit_panel.h"

#include "core/base/text.h"
#include "widgets/figures/figure_presets.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/session_figure.h"
#include "widgets/plots/legend.h"
#include "widgets/plots/line_plot.h"
#include "widgets/plots/theme.h"

#include <QBoxLayout>
#include <QGridLayout>
#include <QProgressBar>
#include <QToolButton>

namespace tercet {
namespace {

constexpr auto kStep = "fit-embedding";
constexpr double kChancePercent = 100.0 / 3;
constexpr int kLegendEntryWidth = 18 * kUnit;
constexpr int kStatusWidth = 40 * kUnit; ///< with less the legend stands below

} // namespace

FitPanel::FitPanel(StudySession& session, QWidget* parent)
    : Panel(session, QStringLiteral("fit"), tr("Fit"), parent), m_status(new ElidedLabel), m_progress(new QProgressBar),
      m_legend(new Legend), m_line(new QBoxLayout(QBoxLayout::LeftToRight)) {
    useSystemChip();
    m_fit = addButton(QStringLiteral("play"), tr("Fit"), [this] { play(); });
    m_pause = addButton(QStringLiteral("pause"), tr("Pause"), [this] { this->session().setPaused(task(), true); });
    m_stop = addButton(QStringLiteral("stop"), tr("Stop and keep what it has"),
                       [this] { this->session().finishEarly(task()); });
    m_fitAll = addButton(QStringLiteral("play-all"), tr("Fit all systems, one after the other"), [this] { fitAll(); });
    usePictureButton();
    showFailuresOf({kStep, "simulate-judgments", "sample-triplets"});

    m_plots[Objective] = new LinePlot;
    m_plots[Objective]->setTitle(tr("Objective"), tr("nats"));
    m_plots[Objective]->setValueFormat('f', 4);
    m_plots[Objective]->setToolTip(
        tr("Mean negative log-likelihood of the training judgments plus the L1 term, in nats"));
    m_plots[Accuracy] = new LinePlot;
    m_plots[Accuracy]->setTitle(tr("Accuracy"), tr("%, training dashed"));
    m_plots[Accuracy]->setValueFormat('f', 1);
    m_plots[Accuracy]->setReference(kChancePercent, tr("chance 1/3"));
    m_plots[Accuracy]->setToolTip(
        tr("Share of judgments whose odd one is predicted, in %: held-out solid, training dashed"));
    m_plots[Components] = new LinePlot;
    m_plots[Components]->setTitle(tr("Active components"));
    m_plots[Components]->setValueFormat('f', 0);
    m_plots[Components]->setToolTip(tr("Components with any weight above 0.1"));
    m_plots[Sparsity] = new LinePlot;
    m_plots[Sparsity]->setTitle(tr("Sparsity"), tr("%"));
    m_plots[Sparsity]->setValueFormat('f', 1);
    m_plots[Sparsity]->setToolTip(tr("Share of weights below 0.001, in %"));

    auto* body = new QWidget;
    m_line->setContentsMargins(kUnit, 0, 0, 0);
    m_line->setSpacing(0);
    m_status->setFixedHeight(kRowHeight);
    m_line->addWidget(m_status, 1);
    m_line->addWidget(m_legend, 2);
    m_legend->setToolTip(tr("A click shows or hides the curves of a system, a double click shows them alone"));
    connect(m_legend, &Legend::shownChanged, this, &FitPanel::readHidden);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(2);
    m_progress->setAccessibleName(tr("Epochs done"));

    auto* grid = new QGridLayout;
    grid->setSpacing(1);
    for (int curve = 0; curve < kCurves; ++curve) {
        LinePlot* plot = m_plots.at(static_cast<std::size_t>(curve));
        plot->setXLabel(tr("epoch"));
        grid->addWidget(plot, curve / 2, curve % 2);
        connect(plot, &LinePlot::readingMoved, this, [this, plot](double epoch) {
            for (LinePlot* sister : m_plots)
                if (sister != plot)
                    sister->setReading(epoch);
        });
    }
    for (const int place : {0, 1}) {
        grid->setRowStretch(place, 1);
        grid->setColumnStretch(place, 1);
    }
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(m_line);
    layout->addWidget(m_progress);
    layout->addLayout(grid, 1);
    setBody(body);

    connect(&session, &StudySession::fitChanged, this, &FitPanel::invalidate);
    connect(&session, &StudySession::statesChanged, this, &FitPanel::invalidate);
}

Task FitPanel::task() const { return {kStep, system().toStdString()}; }

QString FitPanel::status() const { return m_status->text(); }

bool FitPanel::canBeFitted(const QString& name) const {
    const auto& systems = session().systems();
    const auto found = std::find_if(systems.begin(), systems.end(),
                                    [&](const System& each) { return QString::fromStdString(each.name) == name; });
    return found != systems.end() && stepNamed(kStep).runsFor(found->source);
}

QStringList FitPanel::fittedSystems() const {
    QStringList names;
    for (const System& each : session().systems())
        if (const auto fit = session().fit(QString::fromStdString(each.name)); fit && !fit->records.empty())
            names << QString::fromStdString(each.name);
    return names;
}

QStringList FitPanel::shownSystems() const {
    QStringList names = fittedSystems();
    names.removeIf([this](const QString& name) { return m_hidden.contains(name); });
    return names;
}

void FitPanel::readHidden() {
    m_hidden.clear();
    for (int i = 0; i < m_legendSystems.size(); ++i)
        if (!m_legend->entryShown(i))
            m_hidden << m_legendSystems[i];
    invalidate();
}

void FitPanel::refresh() {
    refreshButtons();
    const bool fitting = session().running(task()) || session().queued(task());
    if (fittedSystems().isEmpty() && !fitting) {
        const QString name = system();
        if (!name.isEmpty() && !canBeFitted(name))
            showEmpty(tr("Nothing to fit"),
                      tr("The embedding of %1 was imported as it is. Import judgments to fit one here.")
                          .arg(systemTitle(name)));
        else if (name.isEmpty())
            showEmpty(tr("No system to fit"),
                      tr("Import ratings or judgments: each source of judgments becomes a system "
                         "whose embedding is fitted here."));
        else
            showEmpty(task(), tr("No fit yet"),
                      tr("Objective, accuracy, active components and sparsity appear here, epoch by epoch, while the "
                         "embedding of %1 is fitted.")
                          .arg(systemTitle(name)),
                      tr("Fit %1").arg(systemTitle(name)));
        return;
    }
    refreshLegend();
    refreshCurves();
    refreshStatus();
    showBody();
}

void FitPanel::refreshLegend() {
    const QStringList names = fittedSystems();
    QStringList titles;
    for (const QString& name : names)
        titles << systemTitle(name);
    const bool dark = Theme::instance().look().dark;
    if (names == m_legendSystems && titles == m_legendTitles && dark == m_drawnDark)
        return;
    m_legendSystems = names;
    m_legendTitles = titles;
    std::vector<LegendEntry> entries;
    for (int i = 0; i < names.size(); ++i)
        entries.push_back({titles[i], systemColor(names[i])});
    m_legend->setEntries(std::move(entries));
    for (int i = 0; i < names.size(); ++i)
        m_legend->setEntryShown(i, !m_hidden.contains(names[i]));
    m_legend->setVisible(names.size() > 1);
    placeLegend();
}

void FitPanel::placeLegend() {
    const int wanted = static_cast<int>(m_legendSystems.size()) * kLegendEntryWidth;
    const bool beside = width() >= wanted + kStatusWidth;
    m_line->setDirection(beside ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    // Neither keeps the panel from becoming narrow: what there is of the line goes to the legend first.
    m_legend->setMinimumWidth(1);
    m_legend->setMaximumWidth(beside ? wanted : QWIDGETSIZE_MAX);
    m_legend->setFixedHeight(m_legend->heightForWidth(beside ? wanted : width() - kUnit));
}

void FitPanel::resizeEvent(QResizeEvent* event) {
    Panel::resizeEvent(event);
    placeLegend();
}

void FitPanel::refreshCurves() {
    const QStringList names = shownSystems();
    const bool dark = Theme::instance().look().dark;
    if (names != m_curves || dark != m_drawnDark) {
        m_curves = names;
        m_drawnDark = dark;
        std::vector<LineSeries> single;
        std::vector<LineSeries> twin;
        // The legend above names several systems; a single one has room for the names of its two curves.
        const bool alone = names.size() == 1;
        for (const QString& name : names) {
            single.push_back({{}, systemColor(name)});
            twin.push_back({alone ? tr("held-out") : QString(), systemColor(name)});
            twin.push_back({tr("training"), systemColor(name), Qt::DashLine, alone});
        }
        for (const Curve curve : {Objective, Components, Sparsity})
            m_plots.at(curve)->setSeries(single);
        m_plots[Accuracy]->setSeries(twin);
    }
    double most = 0;
    for (int i = 0; i < names.size(); ++i) {
        const FitCurves curves = fitCurves(session().fit(names[i])->records);
        m_plots[Objective]->setValues(i, curves.epochs, curves.objective);
        m_plots[Accuracy]->setValues(2 * i, curves.epochs, curves.heldOut);
        m_plots[Accuracy]->setValues(2 * i + 1, curves.epochs, curves.training);
        m_plots[Components]->setValues(i, curves.epochs, curves.active);
        m_plots[Sparsity]->setValues(i, curves.epochs, curves.sparsity);
        most = std::max(most, *std::max_element(curves.active.begin(), curves.active.end()));
    }
    m_plots[Components]->setYRange(countRange(most));
}

void FitPanel::refreshStatus() {
    const auto fit = session().fit(system());
    QStringList facts;
    const bool paused = session().paused(task());
    if (fit && !fit->records.empty()) {
        const EpochRecord& last = fit->records.back();
        if (fit->live || fit->ended.isEmpty())
            facts << (fit->live && fit->epochLimit > 0 ? tr("Epoch %1 of %2").arg(last.epoch).arg(fit->epochLimit)
                                                       : tr("Epoch %1").arg(last.epoch));
        if (fit->live && paused)
            facts << tr("paused");
        else if (fit->live && fit->secondsLeft >= 0)
            facts << tr("%1 left at most").arg(QString::fromStdString(formatDuration(fit->secondsLeft)));
        else if (!fit->live && !fit->ended.isEmpty())
            facts << fit->ended;
    } else if (session().running(task())) {
        facts << tr("Preparing the judgments of %1").arg(systemTitle(system()));
    } else if (session().queued(task())) {
        facts << tr("%1 is queued").arg(systemTitle(system()));
    } else {
        facts << tr("%1 is not fitted yet").arg(systemTitle(system()));
    }
    m_status->setText(facts.join(QStringLiteral(" · ")));
    const int limit = fit ? fit->epochLimit : 0;
    m_progress->setRange(0, std::max(1, limit));
    const bool showsProgress = fit && fit->live && limit > 0;
    m_progress->setValue(showsProgress && !fit->records.empty() ? static_cast<int>(fit->records.back().epoch) : 0);
}

void FitPanel::refreshButtons() {
    const Task fitTask = task();
    const QString title = systemTitle(system());
    const bool running = session().running(fitTask);
    const bool queued = session().queued(fitTask);
    const bool paused = running && session().paused(fitTask);
    const bool fittable = canBeFitted(system()) && !session().readOnly();
    const bool resumable = fittable && !running && !queued && session().task(fitTask).canResume;
    const StepState state = fittable ? session().state(fitTask) : StepState{};
    const bool needed = fittable && (state.kind == StepState::Kind::Missing || state.kind == StepState::Kind::Stale);

    const QString play = paused                 ? tr("Continue the fit of %1").arg(title)
                         : resumable            ? tr("Resume the fit of %1 where it was stopped").arg(title)
                         : queued               ? tr("The fit of %1 is queued").arg(title)
                         : running              ? tr("The fit of %1 is running").arg(title)
                         : needed               ? tr("Fit %1").arg(title)
                         : session().readOnly() ? QString::fromStdString(session().study().readOnlyReason())
                         : state.kind == StepState::Kind::Blocked && fittable ? QString::fromStdString(state.reason)
                         : fittable
                             ? tr("%1 is fitted with these parameters; change them in its form to fit again").arg(title)
                             : tr("There is nothing to fit");
    m_fit->setToolTip(play);
    m_fit->setAccessibleName(play);
    m_fit->setEnabled(paused || resumable || (needed && !running && !queued));
    m_pause->setEnabled(running && !paused);
    m_stop->setEnabled(running);
    m_fitAll->setEnabled(!session().readOnly() && std::any_of(session().systems().begin(), session().systems().end(),
                                                              [this](const System& each) {
                                                                  return canBeFitted(QString::fromStdString(each.name));
                                                              }));
}

void FitPanel::play() {
    const Task fitTask = task();
    if (session().paused(fitTask))
        session().setPaused(fitTask, false);
    else if (session().task(fitTask).canResume)
        session().resume(fitTask);
    else
        session().run(fitTask);
}

void FitPanel::fitAll() {
    for (const System& each : session().systems()) {
        const Task fitTask{kStep, each.name};
        if (!canBeFitted(QString::fromStdString(each.name)) || session().running(fitTask) || session().queued(fitTask))
            continue;
        const StepState::Kind kind = session().state(fitTask).kind;
        if (kind == StepState::Kind::Missing || kind == StepState::Kind::Stale)
            session().run(fitTask);
    }
}

std::optional<Figure> FitPanel::figure() const {
    const QStringList names = shownSystems();
    if (isEmpty() || names.isEmpty())
        return {};
    return fitFigure(figureDataOf(session()), {.systems = names});
}

} // namespace tercet
