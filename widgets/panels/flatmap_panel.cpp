#include "widgets/panels/flatmap_panel.h"

#include "core/pipeline/result_origin.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/session_figure.h"
#include "widgets/panels/small_multiples.h"
#include "widgets/plots/color_bar.h"
#include "widgets/plots/color_square.h"
#include "widgets/plots/theme.h"

#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

QString text(const std::string& utf8) { return QString::fromStdString(utf8); }

} // namespace

/// One small multiple.
struct FlatmapPanel::Part {
    SurfaceView* view = nullptr;
    QString subject;
    QString model;
    std::shared_ptr<const ProjectedSurface> cortex; ///< that the view shows
    bool selected = false;                          ///< the view marks vertices
};

FlatmapPanel::FlatmapPanel(StudySession& session, QWidget* parent)
    : Panel(session, QStringLiteral("flatmap"), tr("Cortex"), parent), m_bar(new BrainMapBar(session)),
      m_multiples(new SmallMultiples([this](std::size_t) { return makeView(); })), m_key(new ColorBar),
      m_pairKey(new ColorSquare), m_reading(new ElidedLabel(nullptr, 2)) {
    m_flat = addButton(QStringLiteral("flatten"), tr("Flat or inflated (F)"), [this] {
        for (SurfaceView* view : views())
            view->setFlat(m_flat->isChecked());
    });
    m_flat->setCheckable(true);
    m_flat->setChecked(true);
    m_namesButton = addButton(QStringLiteral("label"), tr("Names of regions"), [this] {
        for (SurfaceView* view : views())
            view->setNamesShown(m_namesButton->isChecked());
    });
    m_namesButton->setCheckable(true);
    m_namesButton->setChecked(true);
    m_pair = addButton(QStringLiteral("overlap"), tr("A second model in the same map"),
                       [this] { m_bar->setComparing(m_pair->isChecked()); });
    m_pair->setCheckable(true);
    usePictureButton();
    showFailuresOf({"preprocess-fmri", "assign-regions", "project-surface", "encode", "voxel-test", "searchlight"});
    addBar(m_bar);
    connect(m_bar, &BrainMapBar::changed, this, &FlatmapPanel::invalidate);
    connect(m_bar, &BrainMapBar::levelChanged, this, &FlatmapPanel::showLevel);

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
    foot->addWidget(m_pairKey, 1);
    m_pairKey->hide();
    layout->addLayout(foot);
    setBody(body);

    connect(&session, &StudySession::statesChanged, this, [this] {
        if (isEmpty())
            invalidate();
    });
    connect(&session.selection(), &Selection::voxelChanged, this, &FlatmapPanel::showSelected);
    connect(&session.selection(), &Selection::voxelsChanged, this, &FlatmapPanel::showSelected);
    connect(&session.selection(), &Selection::hoveredRegionChanged, this, &FlatmapPanel::showHoveredRegion);
}

FlatmapPanel::~FlatmapPanel() = default;

QString FlatmapPanel::reading() const { return m_reading->text(); }

std::vector<SurfaceView*> FlatmapPanel::views() const {
    std::vector<SurfaceView*> shown;
    for (const auto& part : m_parts)
        shown.push_back(part->view);
    return shown;
}

std::shared_ptr<const ProjectedSurface> FlatmapPanel::cortexOf(const QString& subject) {
    const auto arrays = session().arrays({"project-surface", "", subject.toStdString()});
    if (!arrays)
        return nullptr;
    auto& [from, cortex] = m_cortices[subject];
    if (from != arrays) {
        cortex = std::make_shared<const ProjectedSurface>(projectedSurface(*arrays));
        from = arrays;
    }
    return cortex;
}

QWidget* FlatmapPanel::makeView() {
    auto* view = new SurfaceView;
    const Part* part = m_parts.emplace_back(std::make_unique<Part>(Part{.view = view})).get();
    view->setNamesShown(m_namesButton->isChecked());
    connect(view, &SurfaceView::cameraChanged, this, &FlatmapPanel::follow);
    connect(view, &SurfaceView::vertexHovered, this,
            [this, part](int hemisphere, int vertex) { read(*part, hemisphere, vertex); });
    connect(view, &SurfaceView::vertexClicked, this,
            [this, part](int hemisphere, int vertex) { select(*part, hemisphere, vertex); });
    connect(view, &SurfaceView::regionHovered, this, [this, part](int region) {
        const bool known = region >= 0 && part->cortex;
        session().selection().setHoveredRegion(known ? text(part->cortex->regions[static_cast<std::size_t>(region)])
                                                     : QString());
    });
    return view;
}

void FlatmapPanel::showMissing(bool otherVoxels) {
    const Task surface{"project-surface", "", m_bar->task().subject};
    if (otherVoxels) {
        const Task task = session().state(surface).kind == StepState::Kind::Stale ? surface : m_bar->task();
        showEmpty(task, tr("Map of other voxels"),
                  tr("The map is of other voxels than the cortex, because scans were imported again in between. It "
                     "appears here once both are of the same."),
                  tr("Run %1 again").arg(QString::fromStdString(stepNamed(task.step).title)));
    } else if (session().arrays(surface)) {
        showEmpty(m_bar->task(), tr("No map yet"), m_bar->taskText(), m_bar->taskAction());
    } else {
        showEmpty(surface, tr("No cortex yet"),
                  tr("The subject’s cortex, flat or inflated, appears here once voxels are laid on it."),
                  tr("Lay voxels on the cortex"));
    }
}

void FlatmapPanel::refresh() {
    m_bar->refresh();
    const BrainMapBar::Maps maps = m_bar->maps([this](const QString& subject) {
        const auto cortex = cortexOf(subject);
        return cortex ? std::optional(cortex->voxels) : std::nullopt;
    });
    m_bar->arrange(*m_multiples, maps);
    m_parts.resize(static_cast<std::size_t>(maps.subjects.size() * maps.models.size()));
    if (session().subjects().empty()) {
        showEmpty(
            tr("No subjects yet"),
            tr("Import fMRI and a cortical surface of somebody who saw the stimuli: maps of how well every system "
               "predicts each voxel appear here."));
        return;
    }
    if (maps.of.empty()) {
        showMissing(maps.leftOut);
        return;
    }
    std::size_t place = 0;
    bool paired = false;
    for (const QString& subject : maps.subjects)
        for (const QString& model : maps.models) {
            Part& part = *m_parts[place++];
            part.subject = subject;
            part.model = model;
            const auto cortex = cortexOf(subject);
            if (cortex != part.cortex) {
                showCortex(*part.view, *cortex);
                part.cortex = cortex;
                part.selected = false;
                part.view->setCamera(m_camera);
            }
            const BrainMap* map = maps.find(subject, model);
            const auto other = map ? m_bar->otherMap(subject, *map) : std::nullopt;
            const bool dark = Theme::instance().look().dark;
            if (other)
                showBrainMaps(*part.view, *cortex, *map, *other, maps.most, m_bar->level(), dark);
            else if (map)
                showBrainMap(*part.view, *cortex, *map, m_bar->kind(), maps.most, m_bar->level(), dark);
            else
                part.view->setValues({});
            paired = paired || other;
        }
    m_key->setVisible(!paired);
    m_pairKey->setVisible(paired);
    if (paired)
        showBrainKey(*m_pairKey, m_bar->kind(), maps.most, m_bar->modelTitle(maps.models.front()),
                     m_bar->modelTitle(m_bar->other()));
    else
        showBrainKey(*m_key, m_bar->kind(), maps.most, keyTitle(m_bar->kind(), {}, 1));
    showSelected();
    header()->setNote(m_bar->note());
    showBody();
}

void FlatmapPanel::showLevel() {
    for (SurfaceView* view : views())
        view->setGateLimit(gateLimit(m_bar->level()));
}

void FlatmapPanel::follow(const SurfaceCamera& camera) {
    m_camera = camera;
    const QSignalBlocker quiet(m_flat);
    m_flat->setChecked(camera.flatness > 0.5);
    for (SurfaceView* view : views())
        if (view != sender())
            view->setCamera(camera);
}

void FlatmapPanel::select(const Part& part, int hemisphere, int vertex) {
    VoxelPlace place;
    if (vertex >= 0 && part.cortex) {
        const ProjectedHemisphere& side = part.cortex->hemispheres[static_cast<std::size_t>(hemisphere)];
        place = {.subject = part.subject, .hemisphere = hemisphere, .vertex = vertex};
        const auto responses = session().arrays({"preprocess-fmri", "", part.subject.toStdString()});
        if (side.sampling && !(responses && areOtherVoxels(part.cortex->voxels, voxelsOf(*responses))))
            place.voxel = side.sampling->voxelAt(static_cast<std::size_t>(vertex));
    }
    session().selection().setVoxel(place);
}

void FlatmapPanel::showSelected() {
    const Selection& selection = session().selection();
    for (const auto& part : m_parts) {
        if (!part->cortex)
            continue;
        const QVector<int> brushed = selection.voxels().value(part->subject);
        const VoxelPlace& clicked = selection.voxel();
        const bool mine = clicked.subject == part->subject && clicked.voxel >= 0;
        part->view->setPoint(clicked.subject == part->subject && clicked.vertex >= 0
                                 ? std::optional(SurfaceVertex{clicked.hemisphere, clicked.vertex})
                                 : std::nullopt);
        if (brushed.isEmpty() && !mine && !part->selected)
            continue;
        SurfaceView::Vertices marked;
        for (std::size_t h = 0; h < marked.size(); ++h)
            if (const auto& sampling = part->cortex->hemispheres[h].sampling)
                for (std::size_t vertex = 0; vertex < sampling->vertices(); ++vertex)
                    if (const int voxel = sampling->voxelAt(vertex);
                        voxel >= 0 &&
                        ((mine && voxel == clicked.voxel) || std::binary_search(brushed.begin(), brushed.end(), voxel)))
                        marked[h].push_back(static_cast<std::uint32_t>(vertex));
        part->selected = !marked[0].empty() || !marked[1].empty();
        part->view->setSelection(marked);
    }
}

void FlatmapPanel::showHoveredRegion() {
    for (const auto& part : m_parts)
        if (part->cortex) {
            const auto& names = part->cortex->regions;
            const auto place =
                std::find(names.begin(), names.end(), session().selection().hoveredRegion().toStdString());
            part->view->setHighlightedRegion(place == names.end() ? -1 : static_cast<int>(place - names.begin()));
        }
}

void FlatmapPanel::read(const Part& part, int hemisphere, int vertex) {
    if (vertex < 0 || !part.cortex) {
        m_reading->setText({});
        return;
    }
    const ProjectedHemisphere& side = part.cortex->hemispheres[static_cast<std::size_t>(hemisphere)];
    const auto at = static_cast<std::size_t>(vertex);
    QStringList words = m_bar->readingOf(part.subject);
    words << (hemisphere == 0 ? tr("left %1") : tr("right %1")).arg(vertex);
    if (side.region && (*side.region)[at] >= 0)
        words.insert(words.size() - 1, text(part.cortex->regions[static_cast<std::size_t>((*side.region)[at])]));
    words << m_bar->readings(part.subject, part.model, part.cortex->voxels, [&](std::span<const double> values) {
        double sum = 0;
        double weight = 0;
        if (side.sampling)
            for (const SurfaceSampling::Share& share : side.sampling->sharesOf(at))
                if (share.voxel < values.size() && std::isfinite(values[share.voxel])) {
                    sum += static_cast<double>(share.weight) * values[share.voxel];
                    weight += static_cast<double>(share.weight);
                }
        return weight > 0 ? sum / weight : std::nan("");
    });
    m_reading->setText(words.join(QStringLiteral(" · ")));
}

std::optional<Figure> FlatmapPanel::figure() const {
    if (isEmpty())
        return {};
    FigureOptions options = m_bar->figureOptions();
    options.inflated = m_camera.flatness < 0.5;
    if (m_pairKey->isHidden())
        options.against.clear();
    return flatmapFigure(figureDataOf(session()), options);
}

} // namespace tercet
