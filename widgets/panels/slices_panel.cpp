#include "widgets/panels/slices_panel.h"

#include "core/base/error.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/session_figure.h"
#include "widgets/panels/small_multiples.h"
#include "widgets/plots/axis.h"
#include "widgets/plots/theme.h"

#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace tercet {
namespace {

constexpr int kMostSlices = 40;

} // namespace

/// One small multiple.
struct SlicesPanel::Part {
    SlicePlot* plot = nullptr;
    QString subject;
    QString model;
    std::shared_ptr<const SliceValues> values; ///< that the plot shows
};

SlicesPanel::SlicesPanel(StudySession& session, QWidget* parent)
    : Panel(session, QStringLiteral("slices"), tr("Slices"), parent), m_bar(new BrainMapBar(session)),
      m_slices(new QSpinBox), m_multiples(new SmallMultiples([this](std::size_t) { return makePlot(); })),
      m_key(new ColorBar), m_reading(new ElidedLabel(nullptr, 2)) {
    m_montage = addButton(QStringLiteral("grid"), tr("Axial slices through the subcortical regions, side by side"), {});
    m_montage->setCheckable(true);
    connect(m_montage, &QToolButton::toggled, this, &SlicesPanel::showMontage);
    m_slices->setRange(1, kMostSlices);
    m_slices->setValue(FigureOptions().slices);
    m_slices->setSuffix(tr(" slices"));
    m_slices->setToolTip(tr("How many axial slices"));
    m_slices->setAccessibleName(m_slices->toolTip());
    m_slices->setMaximumHeight(kRowHeight); // the header stays as high as it is
    m_slices->hide();
    header()->addControl(m_slices);
    connect(m_slices, &QSpinBox::valueChanged, this, &SlicesPanel::showMontage);
    m_namesButton = addButton(QStringLiteral("label"), tr("Names of regions, where there is room"), [this] {
        for (SlicePlot* plot : plots())
            plot->setNamesShown(m_namesButton->isChecked());
    });
    m_namesButton->setCheckable(true);
    m_namesButton->setChecked(true);
    usePictureButton();
    showFailuresOf({"preprocess-fmri", "assign-regions", "encode", "voxel-test", "searchlight"});
    addBar(m_bar);
    connect(m_bar, &BrainMapBar::changed, this, &SlicesPanel::invalidate);
    connect(m_bar, &BrainMapBar::levelChanged, this, [this] {
        for (SlicePlot* plot : plots())
            plot->setGateLimit(gateLimit(m_bar->level()));
    });

    auto* body = new QWidget;
    body->setBackgroundRole(QPalette::Base);
    body->setAutoFillBackground(true);
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_multiples, 1);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(kUnit, 0, kUnit, 0);
    foot->addWidget(m_reading, 2);
    foot->addWidget(m_key, 1);
    layout->addLayout(foot);
    setBody(body);

    connect(&session, &StudySession::statesChanged, this, [this] {
        if (isEmpty())
            invalidate();
    });
    const auto showVoxels = [this] {
        followSelection();
        showSelected();
    };
    connect(&session.selection(), &Selection::voxelChanged, this, showVoxels);
    connect(&session.selection(), &Selection::voxelsChanged, this, showVoxels);
    connect(&session.selection(), &Selection::hoveredRegionChanged, this, &SlicesPanel::showHoveredRegion);
}

SlicesPanel::~SlicesPanel() = default;

QString SlicesPanel::reading() const { return m_reading->text(); }

std::vector<SlicePlot*> SlicesPanel::plots() const {
    std::vector<SlicePlot*> shown;
    for (const auto& part : m_parts)
        shown.push_back(part->plot);
    return shown;
}

std::shared_ptr<const SliceValues> SlicesPanel::valuesOf(const QString& subject) {
    const auto responses = session().arrays({"preprocess-fmri", "", subject.toStdString()});
    const auto regions = session().arrays({"assign-regions", "", subject.toStdString()});
    Known& known = m_known[subject];
    if (known.responses == responses && known.regions == regions)
        return known.values;
    known = {.responses = responses, .regions = regions, .values = nullptr};
    try {
        if (auto values = sliceValues([this](const Task& task) { return session().arrays(task); }, subject))
            known.values = std::make_shared<const SliceValues>(std::move(*values));
    } catch (const Error& error) {
        showFailure(QString::fromStdString(error.what()));
    }
    return known.values;
}

QWidget* SlicesPanel::makePlot() {
    auto* plot = new SlicePlot;
    const Part* part = m_parts.emplace_back(std::make_unique<Part>(Part{.plot = plot})).get();
    plot->setNamesShown(m_namesButton->isChecked());
    plot->setToolTip(tr("Left is left. Arrows, Page Up, Page Down and the wheel move the crosshair; a click or Return "
                        "selects the voxel."));
    connect(plot, &SlicePlot::crosshairMoved, this, [this, plot] { moveTo(plot->crosshair()); });
    connect(plot, &SlicePlot::voxelClicked, this, [this, part](int voxel) {
        session().selection().setVoxel(voxel < 0 ? VoxelPlace() : VoxelPlace{.subject = part->subject, .voxel = voxel});
    });
    connect(plot, &SlicePlot::voxelHovered, this, [this, part](int voxel) {
        if (voxel < 0 || !part->values)
            readCrosshair();
        else
            m_reading->setText(describe(*part, voxel, part->values->grid->middleOf(static_cast<std::size_t>(voxel)))
                                   .join(QStringLiteral(" · ")));
    });
    connect(plot, &SlicePlot::regionHovered, this, [this, part](int region) {
        session().selection().setHoveredRegion(region >= 0 && part->values ? part->values->regions[region] : QString());
    });
    return plot;
}

void SlicesPanel::showMissing(bool otherVoxels) {
    const Task responses{"preprocess-fmri", "", m_bar->task().subject};
    if (otherVoxels) {
        const Task task = session().state(responses).kind == StepState::Kind::Stale ? responses : m_bar->task();
        showEmpty(task, tr("Map of other voxels"),
                  tr("The map is of other voxels than the responses, because scans were imported again in between. It "
                     "appears here once both are of the same."),
                  tr("Run %1 again").arg(QString::fromStdString(stepNamed(task.step).title)));
    } else if (session().arrays(responses)) {
        showEmpty(m_bar->task(), tr("No map yet"), m_bar->taskText(), m_bar->taskAction());
    } else {
        showEmpty(responses, tr("No voxels yet"),
                  tr("Slices of the subject’s scans, and of the maps that are computed from them, appear here."),
                  tr("Run %1").arg(QString::fromStdString(stepNamed(responses.step).title)));
    }
}

void SlicesPanel::refresh() {
    m_bar->refresh();
    const BrainMapBar::Maps maps = m_bar->maps([this](const QString& subject) {
        const auto values = valuesOf(subject);
        return values ? std::optional(values->voxels) : std::nullopt;
    });
    m_bar->arrange(*m_multiples, maps);
    m_parts.resize(static_cast<std::size_t>(maps.subjects.size() * maps.models.size()));
    if (session().subjects().empty()) {
        showEmpty(tr("No subjects yet"),
                  tr("Import fMRI of somebody who saw the stimuli: slices with maps of how well every system predicts "
                     "each voxel appear here."));
        return;
    }
    if (maps.of.empty()) {
        showMissing(maps.leftOut);
        return;
    }
    std::size_t place = 0;
    for (const QString& subject : maps.subjects)
        for (const QString& model : maps.models) {
            Part& part = *m_parts[place++];
            part.subject = subject;
            part.model = model;
            const auto values = valuesOf(subject);
            if (values != part.values) {
                showVoxels(*part.plot, *values);
                part.values = values;
            }
            const BrainMap* map = maps.find(subject, model);
            if (map && map->values.size() == values->grid->voxels())
                showBrainMap(*part.plot, *map, m_bar->kind(), maps.most, m_bar->level());
            else
                part.plot->setValues({});
        }
    if (!m_crosshair)
        m_crosshair = usualPlace(*m_parts.front()->values);
    showBrainKey(*m_key, m_bar->kind(), maps.most, keyTitle(m_bar->kind(), {}, 1));
    followSelection();
    showMontage();
    showSelected();
    showHoveredRegion();
    header()->setNote(m_bar->note());
    showBody();
}

void SlicesPanel::showMontage() {
    m_slices->setVisible(m_montage->isChecked());
    for (const auto& part : m_parts)
        part->plot->setMontage(m_montage->isChecked() ? montagePlaces(*part->values, m_slices->value())
                                                      : std::vector<double>());
    if (m_crosshair)
        moveTo(*m_crosshair);
}

void SlicesPanel::moveTo(const Point3& place) {
    m_crosshair = place;
    for (SlicePlot* plot : plots())
        plot->setCrosshair(place);
    readCrosshair();
}

void SlicesPanel::followSelection() {
    const VoxelPlace& wanted = session().selection().voxel();
    if (wanted == m_followed)
        return;
    for (const auto& part : m_parts) {
        if (part->subject != wanted.subject || !part->values || wanted.voxel < 0 ||
            static_cast<std::size_t>(wanted.voxel) >= part->values->grid->voxels())
            continue;
        m_followed = wanted;
        if (!m_crosshair || part->values->grid->voxelAt(*m_crosshair) != wanted.voxel)
            moveTo(part->values->grid->middleOf(static_cast<std::size_t>(wanted.voxel)));
        return;
    }
}

void SlicesPanel::showSelected() {
    const Selection& selection = session().selection();
    for (const auto& part : m_parts) {
        QVector<int> marked = selection.voxels().value(part->subject);
        if (selection.voxel().subject == part->subject)
            marked << selection.voxel().voxel;
        part->plot->setMarked(marked);
    }
}

void SlicesPanel::showHoveredRegion() {
    for (const auto& part : m_parts)
        if (part->values)
            part->plot->setHighlightedRegion(
                static_cast<int>(part->values->regions.indexOf(session().selection().hoveredRegion())));
}

QStringList SlicesPanel::describe(const Part& part, int voxel, const Point3& place) const {
    QStringList words = m_bar->readingOf(part.subject);
    const auto v = static_cast<std::size_t>(voxel);
    if (voxel < 0)
        words << tr("no voxel");
    else if (!part.values->regionOf.empty() && part.values->regionOf[v] >= 0)
        words << part.values->regions[part.values->regionOf[v]];
    else
        words << tr("no region");
    words << tr("x %1 y %2 z %3 mm").arg(numberText(place[0], 0), numberText(place[1], 0), numberText(place[2], 0));
    if (voxel < 0)
        return words;
    words << tr("voxel %1").arg(voxel);
    return words << m_bar->readings(part.subject, part.model, part.values->voxels, [v](std::span<const double> values) {
        return v < values.size() ? values[v] : std::nan("");
    });
}

void SlicesPanel::readCrosshair() {
    if (m_parts.empty() || !m_parts.front()->values || !m_crosshair) {
        m_reading->setText({});
        return;
    }
    const Part& part = *m_parts.front();
    const QStringList words = describe(part, part.values->grid->voxelAt(*m_crosshair), *m_crosshair);
    m_reading->setText(words.join(QStringLiteral(" · ")));
    for (const auto& each : m_parts) // only one has room
        each->plot->setNotes(m_parts.size() == 1 ? words : QStringList());
}

std::optional<Figure> SlicesPanel::figure() const {
    if (isEmpty())
        return {};
    FigureOptions options = m_bar->figureOptions();
    options.slices = m_slices->value();
    if (!m_montage->isChecked())
        options.place = m_crosshair;
    return sliceFigure(figureDataOf(session()), options);
}

void SlicesPanel::showFigure(const QString& /*preset*/, const FigureOptions& options) {
    if (options.place)
        m_crosshair = options.place;
    m_slices->setValue(options.slices);
    m_montage->setChecked(!options.place);
    showMontage();
}

} // namespace tercet
