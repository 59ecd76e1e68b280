#include "widgets/panels/rose_panel.h"

#include "widgets/figures/figure_presets.h"
#include "widgets/figures/rose_values.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/session_figure.h"
#include "widgets/plots/rose_plot.h"
#include "widgets/plots/theme.h"

#include <QScrollArea>

namespace tercet {

RosePanel::RosePanel(StudySession& session, QWidget* parent)
    : Panel(session, QStringLiteral("rose"), tr("Roses"), parent), m_plot(new RosePlot), m_scroll(new QScrollArea) {
    usePictureButton();
    m_scroll->setWidget(m_plot);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusProxy(m_plot);
    setBody(m_scroll);

    Selection& selection = session.selection();
    connect(&selection, &Selection::stimuliChanged, this, &RosePanel::invalidate);
    connect(&selection, &Selection::hoveredStimulusChanged, this, [this] {
        if (this->session().selection().stimuli().isEmpty())
            invalidate();
    });
    for (const auto signal :
         {&Selection::componentChanged, &Selection::hoveredComponentChanged, &Selection::systemChanged})
        connect(&selection, signal, this, &RosePanel::highlight);
    connect(&session, &StudySession::studyChanged, this, &RosePanel::invalidate);
    connect(&session, &StudySession::embeddingChanged, this, &RosePanel::invalidate);
    connect(&session, &StudySession::namesChanged, this, &RosePanel::invalidate);

    connect(m_plot, &RosePlot::componentHovered, this, [this](int /*stimulus*/, int place, int component) {
        // A component is named by its column in the system in front; pointing at another system's says nothing to it.
        const bool front = component >= 0 && m_systems[place] == system();
        this->session().selection().setHoveredComponent(front ? trainingColumnOf(place, component) : -1);
    });
    connect(m_plot, &RosePlot::componentClicked, this, [this](int /*stimulus*/, int place, int component) {
        Selection& chosen = this->session().selection();
        const int column = trainingColumnOf(place, component);
        chosen.setSystem(m_systems[place]);
        chosen.setComponent(column);
    });
}

void RosePanel::refresh() {
    const auto figureData = figureDataOf(session());
    m_systems.clear();
    m_embeddings.clear();
    for (const FigureSystem& each : figureData->systems)
        if (each.embedding) {
            m_systems << each.name;
            m_embeddings.push_back(each.embedding);
        }
    if (m_systems.isEmpty()) {
        m_stimuli.clear();
        header()->setNote({});
        const QString text =
            tr("A rose shows what one stimulus means to each system: a petal per component, as long as "
               "its weight. Fit an embedding or import one.");
        if (system().isEmpty())
            showEmpty(tr("No embedding yet"), text);
        else
            showEmpty(Task{"fit-embedding", system().toStdString()}, tr("No embedding yet"), text,
                      tr("Fit %1").arg(systemTitle(system())));
        return;
    }
    const Selection& selection = session().selection();
    const bool follows = selection.stimuli().isEmpty();
    if (!follows)
        m_stimuli = selection.stimuli().mid(0, kMostStimuli);
    else if (selection.hoveredStimulus() >= 0)
        m_stimuli = {selection.hoveredStimulus()};
    else
        m_stimuli = m_stimuli.mid(0, 1); // the last one stays, so that its petals can be pointed at
    m_stimuli.removeIf([this](int row) { return row >= static_cast<int>(session().stimuli().size()); });
    if (m_stimuli.isEmpty()) {
        header()->setNote({});
        showEmpty(tr("Nothing selected"), tr("Point at a stimulus in the map or the table to see its rose in every "
                                             "system; select several to compare them."));
        return;
    }
    m_plot->setRoses(roseSystems(*figureData, m_systems, Theme::instance().look().dark),
                     roseStimuli(*figureData, m_systems, m_stimuli));
    const auto selected = selection.stimuli().size();
    header()->setNote(follows                   ? tr("under the pointer")
                      : selected > kMostStimuli ? tr("first %1 of %2 selected").arg(kMostStimuli).arg(selected)
                                                : tr("%1 selected").arg(selected));
    highlight();
    showBody();
}

int RosePanel::componentOf(int systemPlace, int trainingColumn) const {
    const auto& columns = m_embeddings.at(static_cast<std::size_t>(systemPlace))->trainingColumns;
    const auto found = std::find(columns.begin(), columns.end(), trainingColumn);
    return found == columns.end() ? -1 : static_cast<int>(found - columns.begin());
}

int RosePanel::trainingColumnOf(int systemPlace, int component) const {
    return m_embeddings.at(static_cast<std::size_t>(systemPlace))
        ->trainingColumns.at(static_cast<std::size_t>(component));
}

void RosePanel::highlight() {
    const auto place = static_cast<int>(m_systems.indexOf(system()));
    if (place < 0) {
        m_plot->setHighlighted(-1, -1);
        return;
    }
    const Selection& selection = session().selection();
    const int column = selection.hoveredComponent() >= 0 ? selection.hoveredComponent() : selection.component();
    m_plot->setHighlighted(place, column < 0 ? -1 : componentOf(place, column));
}

std::optional<Figure> RosePanel::figure() const {
    if (isEmpty())
        return {};
    return roseFigure(figureDataOf(session()), {.systems = m_systems, .stimuli = m_stimuli});
}

} // namespace tercet
