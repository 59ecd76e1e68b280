#include "widgets/panels/component_flow_panel.h"

#include "core/base/text.h"
#include "widgets/bridge/term_text.h"
#include "widgets/figures/graph_values.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/session_figure.h"
#include "widgets/plots/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QTabWidget>

#include <algorithm>

namespace tercet {
namespace {

const Task kMatch{"match-components", ""};
const Task kOverlap{"cluster-overlap", ""};
constexpr int kTopStimuli = 6;

} // namespace

ComponentFlowPanel::ComponentFlowPanel(StudySession& session, QWidget* parent)
    : Panel(session, QStringLiteral("component-flow"), tr("Systems"), parent), m_flow(new FlowPlot),
      m_overlap(new OverlapPlot), m_scroll(new QScrollArea), m_details(new QLabel), m_pages(new QTabWidget),
      m_overlapPage(new QWidget) {
    usePictureButton();
    showFailuresOf({"match-components", "cluster-overlap"});
    m_scroll->setWidget(m_flow);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusProxy(m_flow);
    m_details->setWordWrap(true);
    m_details->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_details->setTextFormat(Qt::RichText);
    m_details->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_details->setMargin(kUnit);
    auto* detailsScroll = new QScrollArea;
    detailsScroll->setWidget(m_details);
    detailsScroll->setWidgetResizable(true);
    detailsScroll->setFrameShape(QFrame::NoFrame);
    detailsScroll->setMinimumWidth(20 * kUnit);
    auto* row = new QHBoxLayout(m_overlapPage);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_overlap, 3);
    row->addWidget(detailsScroll, 2);
    m_pages->addTab(m_scroll, tr("Components"));
    m_pages->addTab(m_overlapPage, tr("Clusters"));
    m_pages->setDocumentMode(true);
    setBody(m_pages);

    Selection& selection = session.selection();
    connect(m_flow, &FlowPlot::itemHovered, this, [this](int column, int item) {
        Selection& to = this->session().selection();
        if (column < 0) {
            to.setHoveredComponent(-1);
            return;
        }
        const FlowPlotColumn& pointedAt = m_flow->flow().columns[static_cast<std::size_t>(column)];
        to.setHoveredComponent(pointedAt.id, pointedAt.items[static_cast<std::size_t>(item)].id);
    });
    connect(m_flow, &FlowPlot::itemClicked, this, [this](int column, int item) {
        const FlowPlotColumn& chosen = m_flow->flow().columns[static_cast<std::size_t>(column)];
        Selection& to = this->session().selection();
        const int id = chosen.items[static_cast<std::size_t>(item)].id;
        to.setSystem(chosen.id);
        to.setComponent(id);
    });
    connect(m_overlap, &OverlapPlot::setClicked, this, &ComponentFlowPanel::showSet);
    connect(m_pages, &QTabWidget::currentChanged, this, &ComponentFlowPanel::invalidate);
    for (const auto signal :
         {&Selection::componentChanged, &Selection::hoveredComponentChanged, &Selection::systemChanged})
        connect(&selection, signal, this, &ComponentFlowPanel::highlight);
    connect(&session, &StudySession::arraysChanged, this, &ComponentFlowPanel::invalidate);
    connect(&session, &StudySession::embeddingChanged, this, &ComponentFlowPanel::invalidate);
    connect(&session, &StudySession::statesChanged, this, &ComponentFlowPanel::invalidate);
    connect(&session, &StudySession::namesChanged, this, &ComponentFlowPanel::invalidate);
}

void ComponentFlowPanel::refresh() {
    m_matches = session().arrays(kMatch);
    m_clusters = session().arrays(kOverlap);
    const bool overlap = m_pages->currentWidget() == m_overlapPage;
    header()->setNote(session().task(overlap ? kOverlap : kMatch).summary);
    if (!m_matches && !m_clusters) {
        const Task& wanted = session().state(kMatch).kind == StepState::Kind::Blocked ? kMatch : kOverlap;
        showEmpty(session().running(kMatch) ? kMatch : wanted, tr("Systems were not compared yet"),
                  tr("The components of every two systems are matched here by their correlation across stimuli, and "
                     "their clusters by what they mean: shared, blended and unique ones."),
                  tr("Compare systems"));
        if (wanted == kOverlap && !session().running(kOverlap) && !session().queued(kOverlap) &&
            session().state(kOverlap).kind != StepState::Kind::Blocked && !session().readOnly())
            showEmpty(tr("Systems were not compared yet"),
                      tr("The components of every two systems are matched here by their correlation across stimuli, "
                         "and their clusters by what they mean: shared, blended and unique ones."),
                      tr("Compare systems"), [this] {
                          session().run(kMatch);
                          session().run(kOverlap);
                      });
        return;
    }
    const auto figureData = figureDataOf(session());
    const bool dark = Theme::instance().look().dark;
    if (m_matches) {
        const auto& record = session().state(kMatch).record;
        const double threshold = record ? toNumber(record->parameters.at("threshold")).value_or(0.5) : 0.5;
        m_flow->setFlow(flowPlotData(*figureData, *m_matches, threshold, dark));
    } else {
        m_flow->setFlow({});
    }
    m_overlap->setOverlap(m_clusters ? overlapPlotData(*figureData, *m_clusters, dark) : OverlapPlotData{});
    showSet(0);
    highlight();
    showBody();
}

void ComponentFlowPanel::highlight() {
    const Selection& selection = session().selection();
    const QString pointedAt = selection.hoveredSystem();
    const bool front = pointedAt.isEmpty() || pointedAt == system();
    const int column = !front                              ? selection.hoveredComponent(pointedAt)
                       : selection.hoveredComponent() >= 0 ? selection.hoveredComponent()
                                                           : selection.component();
    const auto& columns = m_flow->flow().columns;
    for (std::size_t c = 0; c < columns.size(); ++c)
        if (columns[c].id == (front ? system() : pointedAt))
            for (std::size_t i = 0; i < columns[c].items.size(); ++i)
                if (columns[c].items[i].id == column) {
                    m_flow->setHighlighted(static_cast<int>(c), static_cast<int>(i));
                    return;
                }
    m_flow->setHighlighted(-1, -1);
}

void ComponentFlowPanel::showSet(unsigned systems) {
    m_overlap->setChosen(systems);
    if (!m_clusters) {
        m_details->setText(tr("Run the step “Cluster overlap” to see which clusters systems have in common."));
        return;
    }
    const QString rule = QString::fromStdString(m_clusters->attribute("rule")).toHtmlEscaped();
    if (systems == 0) {
        m_details->setText(tr("<p>Click a set to see its clusters and components.</p><p>%1</p>").arg(rule));
        return;
    }
    const auto figureData = figureDataOf(session());
    const auto& names = m_clusters->get<std::string>("systems").values;
    const auto& parts = m_clusters->get<std::int64_t>("clusters").values;
    const auto& partNames = m_clusters->get<std::string>("cluster_name").values;
    const auto& own = m_clusters->get<std::string>("own_terms").values;
    const auto& merged = m_clusters->get<std::string>("merged_name").values;
    const auto& shared = m_clusters->get<std::string>("shared_terms").values;
    const auto& membership = m_clusters->get<std::uint8_t>("membership").values;
    QString html;
    QVector<int> stimuli;
    for (std::size_t m = 0; m < merged.size(); ++m) {
        unsigned has = 0;
        for (std::size_t s = 0; s < names.size(); ++s)
            has |= membership.at(m * names.size() + s) != 0 ? 1U << s : 0U;
        if (has != systems)
            continue;
        html += QStringLiteral("<p><b>%1</b>").arg(termText(merged[m]).toHtmlEscaped());
        if (!shared.at(m).empty())
            html += tr("<br>shared: %1").arg(termText(shared.at(m)).toHtmlEscaped());
        for (std::size_t k = 0; k < partNames.size(); ++k) {
            if (parts.at(3 * k + 2) != static_cast<std::int64_t>(m))
                continue;
            const QString id = QString::fromStdString(names.at(static_cast<std::size_t>(parts.at(3 * k))));
            html += QStringLiteral("<br>%1: %2")
                        .arg(systemTitle(id).toHtmlEscaped(), termText(partNames[k]).toHtmlEscaped());
            if (!own.at(k).empty())
                html += tr(" (of its own: %1)").arg(termText(own.at(k)).toHtmlEscaped());
            const auto graph = session().arrays({"emotion-graph", id.toStdString()});
            const FigureSystem* each = figureData->system(id);
            if (!graph || !each || !each->embedding)
                continue;
            const auto& community = graph->get<std::int64_t>("community").values;
            const auto columns = trainingColumnsIn(*graph);
            QStringList components;
            for (std::size_t c = 0; c < community.size(); ++c) {
                if (community[c] != parts.at(3 * k + 1))
                    continue;
                const auto& training = each->embedding->trainingColumns;
                const auto found = std::find(training.begin(), training.end(), columns[c]);
                if (found == training.end())
                    continue;
                const auto place = static_cast<std::size_t>(found - training.begin());
                components << QStringLiteral("%1 %2").arg(place + 1).arg(
                    each->componentNames.value(static_cast<int>(place)));
                std::vector<int> order(each->embedding->weights.rows());
                for (std::size_t i = 0; i < order.size(); ++i)
                    order[i] = static_cast<int>(i);
                const auto top = static_cast<std::ptrdiff_t>(std::min<std::size_t>(kTopStimuli, order.size()));
                std::partial_sort(order.begin(), order.begin() + top, order.end(), [&](int a, int b) {
                    return each->embedding->weights(static_cast<std::size_t>(a), place) >
                           each->embedding->weights(static_cast<std::size_t>(b), place);
                });
                stimuli.append(QVector<int>(order.begin(), order.begin() + top));
            }
            html += QStringLiteral("<br><small>%1</small>").arg(components.join(QStringLiteral("; ")).toHtmlEscaped());
        }
        html += QStringLiteral("</p>");
    }
    m_details->setText(html + QStringLiteral("<p><small>%1</small></p>").arg(rule));
    session().selection().setStimuli(stimuli);
}

void ComponentFlowPanel::showStep(const QString& step) {
    m_pages->setCurrentWidget(step == QLatin1String("cluster-overlap") ? m_overlapPage
                                                                       : static_cast<QWidget*>(m_scroll));
}

std::optional<Figure> ComponentFlowPanel::figure() const {
    if (isEmpty())
        return {};
    if (m_pages->currentWidget() == m_overlapPage)
        return m_clusters ? std::optional(clusterOverlapFigure(figureDataOf(session()))) : std::nullopt;
    return m_matches ? std::optional(componentFlowFigure(figureDataOf(session()))) : std::nullopt;
}

} // namespace tercet
