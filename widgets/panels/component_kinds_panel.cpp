#include "widgets/panels/component_kinds_panel.h"

#include "widgets/figures/component_kind_values.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/session_figure.h"
#include "widgets/plots/axis.h"
#include "widgets/plots/line_plot.h"
#include "widgets/plots/stacked_bars.h"
#include "widgets/plots/theme.h"

#include <QBoxLayout>
#include <QCheckBox>
#include <QLabel>
#include <QResizeEvent>
#include <QSlider>

#include <cmath>

namespace tercet {
namespace {

constexpr int kWide = 72 * kUnit; ///< from here on the plots stand side by side
constexpr int kMostThreshold = 50;
constexpr int kMostDrop = 30;

/// A slider of hundredths with its name and value.
QWidget* sliderRow(QSlider* slider, QLabel* value, const QString& name, const QString& toolTip) {
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(kUnit, kHalfUnit, kUnit, 0);
    auto* label = new QLabel(name);
    label->setBuddy(slider);
    slider->setAccessibleName(name);
    slider->setToolTip(toolTip);
    value->setMinimumWidth(value->fontMetrics().horizontalAdvance(QStringLiteral("0.00")));
    layout->addWidget(label);
    layout->addWidget(slider, 1);
    layout->addWidget(value);
    return row;
}

} // namespace

ComponentKindsPanel::ComponentKindsPanel(StudySession& session, QWidget* parent)
    : Panel(session, QStringLiteral("component-kinds"), tr("Kinds"), parent), m_shares(new LinePlot),
      m_kinds(new StackedBars), m_threshold(new QSlider(Qt::Horizontal)), m_thresholdValue(new QLabel),
      m_drop(new QSlider(Qt::Horizontal)), m_dropValue(new QLabel), m_signed(new QCheckBox(tr("Only r > 0"))),
      m_all(new QCheckBox(tr("Kinds of all"))) {
    usePictureButton();
    showFailuresOf({"label-components"});

    m_threshold->setRange(0, kMostThreshold);
    m_threshold->setPageStep(5);
    m_threshold->setValue(10);
    m_drop->setRange(1, kMostDrop);
    m_drop->setPageStep(5);
    m_drop->setValue(10);
    m_signed->setToolTip(tr("Compares r, not |r|, with the threshold"));
    m_all->setToolTip(tr("Gives uninterpretable components the kind of their label too"));

    auto* body = new QWidget;
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    m_controls = new QBoxLayout(QBoxLayout::TopToBottom);
    m_controls->setSpacing(0);
    m_controls->setContentsMargins(0, kHalfUnit, 0, 0);
    m_controls->addWidget(sliderRow(m_threshold, m_thresholdValue, tr("Interpretable above"),
                                    tr("A component is interpretable if its largest |r| with a rating exceeds this")));
    m_controls->addWidget(sliderRow(m_drop, m_dropValue, tr("Label ends at a drop of"),
                                    tr("A label ends where |r| falls by this much from one term to the next")));
    auto* boxes = new QHBoxLayout;
    boxes->setContentsMargins(kUnit, kHalfUnit, kUnit, kHalfUnit);
    boxes->addWidget(m_signed);
    boxes->addWidget(m_all);
    boxes->addStretch(1);
    layout->addLayout(m_controls);
    layout->addLayout(boxes);
    m_plots = new QBoxLayout(QBoxLayout::TopToBottom);
    m_plots->setSpacing(1);
    m_plots->addWidget(m_shares, 1);
    m_plots->addWidget(m_kinds, 1);
    layout->addLayout(m_plots, 1);
    setBody(body);

    for (QSlider* slider : {m_threshold, m_drop})
        connect(slider, &QSlider::valueChanged, this, &ComponentKindsPanel::invalidate);
    for (QCheckBox* box : {m_signed, m_all})
        connect(box, &QCheckBox::toggled, this, &ComponentKindsPanel::invalidate);
    connect(&session, &StudySession::embeddingChanged, this, &ComponentKindsPanel::invalidate);
    connect(&session, &StudySession::studyChanged, this, &ComponentKindsPanel::invalidate);
    connect(&session, &StudySession::namesChanged, this, &ComponentKindsPanel::invalidate);
    connect(&session, &StudySession::statesChanged, this, &ComponentKindsPanel::invalidate);
    connect(&Theme::instance(), &Theme::changed, this, &ComponentKindsPanel::invalidate);
}

KindOptions ComponentKindsPanel::options() const {
    return {.label = {.drop = m_drop->value() / 100.0,
                      .interpretable = m_threshold->value() / 100.0,
                      .positiveOnly = m_signed->isChecked()},
            .includeUninterpretable = m_all->isChecked()};
}

void ComponentKindsPanel::resizeEvent(QResizeEvent* event) {
    Panel::resizeEvent(event);
    const auto direction = event->size().width() >= kWide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom;
    m_plots->setDirection(direction);
    m_controls->setDirection(direction);
}

void ComponentKindsPanel::refresh() {
    const auto figureData = figureDataOf(session());
    QStringList systems;
    for (const FigureSystem& system : figureData->systems)
        if (figureData->ratings && hasCorrelations(system))
            systems << system.name;
    const KindOptions set = options();
    m_thresholdValue->setText(numberText(set.label.interpretable, 2));
    m_dropValue->setText(numberText(set.label.drop, 2));
    if (systems.isEmpty()) {
        header()->setNote({});
        const QString title = tr("No components with labels yet");
        const QString text = tr("Which components go with ratings, and whether with categories, dimensions or both, "
                                "appears here as soon as an embedding is being fitted.");
        if (!session().ratings() || system().isEmpty())
            showEmpty(title, tr("Import a rating table and fit or import an embedding: which components go with "
                                "categories, dimensions or both appears here."));
        else
            showEmpty(Task{"fit-embedding", system().toStdString()}, title, text,
                      tr("Fit %1").arg(systemTitle(system())));
        return;
    }
    const bool dark = Theme::instance().look().dark;
    showSharesAbove(*m_shares, *figureData, systems, set, dark);
    showKinds(*m_kinds, *figureData, systems, set, dark);
    header()->setNote(systems.size() == 1 ? tr("1 system") : tr("%1 systems").arg(systems.size()));
    showBody();
}

std::optional<Figure> ComponentKindsPanel::figure() const {
    if (isEmpty())
        return {};
    const KindOptions set = options();
    FigureOptions drawn;
    drawn.interpretable = set.label.interpretable;
    drawn.labelDrop = set.label.drop;
    drawn.positiveOnly = set.label.positiveOnly;
    drawn.includeUninterpretable = set.includeUninterpretable;
    return componentKindsFigure(figureDataOf(session()), drawn);
}

void ComponentKindsPanel::showFigure(const QString&, const FigureOptions& options) {
    m_threshold->setValue(static_cast<int>(std::lround(100 * options.interpretable)));
    m_drop->setValue(static_cast<int>(std::lround(100 * options.labelDrop)));
    m_signed->setChecked(options.positiveOnly);
    m_all->setChecked(options.includeUninterpretable);
}

} // namespace tercet
