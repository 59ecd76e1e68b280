#include "widgets/panels/flatmap_panel.h"

#include "widgets/figures/component_kind_values.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/session_figure.h"
#include "widgets/plots/color_bar.h"
#include "widgets/plots/theme.h"

#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

constexpr int kLevelSteps = 60; ///< of the slider, from 0.001 to 1
constexpr double kLowestLevel = 0.001;
constexpr double kUsualLevel = 0.05;

int stepOf(double level) {
    return static_cast<int>(std::lround(kLevelSteps * (1 - std::log(level) / std::log(kLowestLevel))));
}

QString text(const std::string& utf8) { return QString::fromStdString(utf8); }

} // namespace

/// One small multiple.
struct FlatmapPanel::Part {
    QWidget* frame = nullptr;
    QLabel* title = nullptr;
    SurfaceView* view = nullptr;
    QString subject;
    QString model;
    std::shared_ptr<const ProjectedSurface> cortex; ///< that the view shows
    std::optional<BrainMap> map;
    bool selected = false; ///< the view marks vertices
};

FlatmapPanel::FlatmapPanel(StudySession& session, QWidget* parent)
    : Panel(session, QStringLiteral("flatmap"), tr("Cortex"), parent), m_subject(new QComboBox), m_model(new QComboBox),
      m_kind(new QComboBox), m_level(new QSlider(Qt::Horizontal)), m_levelText(new QLabel), m_key(new ColorBar),
      m_reading(new ElidedLabel) {
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
    usePictureButton();
    showFailuresOf({"preprocess-fmri", "assign-regions", "project-surface", "encode", "voxel-test", "searchlight"});

    m_bar = new QWidget;
    auto* controls = new QHBoxLayout(m_bar);
    controls->setContentsMargins(kUnit, kHalfUnit, kUnit, kHalfUnit);
    controls->setSpacing(kUnit);
    const auto add = [&](QComboBox* box, const QString& tip, int stretch) {
        box->setToolTip(tip);
        box->setAccessibleName(tip);
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(8);
        controls->addWidget(box, stretch);
        connect(box, &QComboBox::currentIndexChanged, this, &FlatmapPanel::invalidate);
    };
    add(m_kind, tr("What is drawn"), 3);
    add(m_model, tr("Model"), 4);
    add(m_subject, tr("Subject"), 3);
    for (int kind = 0; kind < kBrainMapKinds; ++kind)
        m_kind->addItem(titleOf(static_cast<BrainMapKind>(kind)));
    m_level->setRange(0, kLevelSteps);
    m_level->setValue(stepOf(kUsualLevel));
    m_level->setToolTip(tr("Coloured only where the false discovery rate over the subject’s voxels is below this"));
    m_level->setAccessibleName(tr("False discovery rate"));
    m_level->setEnabled(false); // until there is a test
    controls->addWidget(m_level, 2);
    controls->addWidget(m_levelText);
    addBar(m_bar);
    connect(m_level, &QSlider::valueChanged, this, &FlatmapPanel::showLevel);

    auto* body = new QWidget;
    body->setBackgroundRole(QPalette::Base);
    body->setAutoFillBackground(true);
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* maps = new QWidget;
    m_grid = new QGridLayout(maps);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setSpacing(1);
    layout->addWidget(maps, 1);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(kUnit, 0, kUnit, 0);
    foot->addWidget(m_reading, 2);
    foot->addWidget(m_key, 1);
    layout->addLayout(foot);
    setBody(body);

    connect(&session, &StudySession::opened, this, &FlatmapPanel::invalidate);
    connect(&session, &StudySession::studyChanged, this, &FlatmapPanel::invalidate);
    connect(&session, &StudySession::namesChanged, this, &FlatmapPanel::invalidate);
    connect(&session, &StudySession::statesChanged, this, [this] {
        if (isEmpty())
            invalidate();
    });
    connect(&session, &StudySession::arraysChanged, this, [this](const Task& task) {
        if (!task.subject.empty())
            invalidate();
    });
    const auto followComponent = [this] {
        if (static_cast<BrainMapKind>(m_kind->currentIndex()) == BrainMapKind::Weights)
            invalidate();
    };
    connect(&session.selection(), &Selection::componentChanged, this, followComponent);
    connect(&session.selection(), &Selection::hoveredComponentChanged, this, followComponent);
    connect(&session.selection(), &Selection::voxelChanged, this, &FlatmapPanel::showSelected);
    connect(&session.selection(), &Selection::voxelsChanged, this, &FlatmapPanel::showSelected);
    connect(&session.selection(), &Selection::hoveredRegionChanged, this, &FlatmapPanel::showHoveredRegion);
    connect(&session.selection(), &Selection::systemChanged, this, [this] {
        if (const int place = m_model->findData(system()); place >= 0)
            m_model->setCurrentIndex(place);
    });
}

FlatmapPanel::~FlatmapPanel() = default;

double FlatmapPanel::level() const {
    const int step = m_level->value();
    return step >= kLevelSteps ? 1 : std::pow(kLowestLevel, 1 - static_cast<double>(step) / kLevelSteps);
}

QString FlatmapPanel::reading() const { return m_reading->text(); }

std::vector<SurfaceView*> FlatmapPanel::views() const {
    std::vector<SurfaceView*> shown;
    for (const auto& part : m_parts)
        shown.push_back(part->view);
    return shown;
}

QString FlatmapPanel::modelTitle(const QString& name) const {
    for (const System& model : session().models())
        if (text(model.name) == name)
            return text(model.title);
    return name;
}

void FlatmapPanel::fillBoxes() {
    const auto fill = [](QComboBox* box, const std::vector<std::pair<QString, QString>>& entries,
                         const QString& wanted) {
        const QVariant before = box->currentIndex() < 0 ? QVariant(wanted) : box->currentData();
        const QSignalBlocker quiet(box);
        box->clear();
        for (const auto& [name, title] : entries)
            box->addItem(title, name);
        box->setCurrentIndex(std::max(0, box->findData(before)));
    };
    std::vector<std::pair<QString, QString>> subjects;
    for (const Subject& subject : session().subjects())
        subjects.emplace_back(text(subject.name), text(subject.title));
    if (subjects.size() > 1)
        subjects.emplace_back(QString(), tr("All subjects"));
    fill(m_subject, subjects, subjects.empty() ? QString() : subjects.front().first);
    std::vector<std::pair<QString, QString>> models;
    for (const System& model : session().models())
        models.emplace_back(text(model.name), text(model.title));
    if (models.size() > 1)
        models.emplace_back(QString(), tr("All models"));
    fill(m_model, models, system());
}

QStringList FlatmapPanel::shownSubjects() const {
    const QString chosen = m_subject->currentData().toString();
    if (!chosen.isEmpty())
        return {chosen};
    QStringList all;
    for (const Subject& subject : session().subjects())
        all << text(subject.name);
    return all;
}

QStringList FlatmapPanel::shownModels() const {
    if (static_cast<BrainMapKind>(m_kind->currentIndex()) == BrainMapKind::Ceiling)
        return {QString()};
    const QString chosen = m_model->currentData().toString();
    if (!chosen.isEmpty())
        return {chosen};
    QStringList all;
    for (const System& model : session().models())
        all << text(model.name);
    return all;
}

int FlatmapPanel::component() const {
    const Selection& selection = session().selection();
    if (selection.hoveredComponent() >= 0)
        return selection.hoveredComponent();
    if (selection.component() >= 0)
        return selection.component();
    const auto embedding = session().embedding(m_model->currentData().toString());
    return embedding && !embedding->trainingColumns.empty() ? embedding->trainingColumns.front() : 0;
}

QString FlatmapPanel::componentName() const {
    const auto embedding = session().embedding(m_model->currentData().toString());
    if (!embedding)
        return QString::number(component() + 1);
    const auto& columns = embedding->trainingColumns;
    const auto place = std::find(columns.begin(), columns.end(), component()) - columns.begin();
    return QString::number(place + 1);
}

BrainMapRequest FlatmapPanel::requestFor(const QString& subject, const QString& model) const {
    return {.kind = static_cast<BrainMapKind>(m_kind->currentIndex()),
            .system = model,
            .subject = subject,
            .component = component()};
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

void FlatmapPanel::arrange(const QStringList& subjects, const QStringList& models) {
    const auto wanted = static_cast<std::size_t>(subjects.size() * models.size());
    while (m_parts.size() > wanted) {
        delete m_parts.back()->frame;
        m_parts.pop_back();
    }
    while (m_parts.size() < wanted) {
        auto part = std::make_unique<Part>();
        part->frame = new QWidget;
        auto* layout = new QVBoxLayout(part->frame);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setSpacing(0);
        part->title = new QLabel;
        part->title->setContentsMargins(kUnit, kHalfUnit, kUnit, 0);
        part->view = new SurfaceView;
        layout->addWidget(part->title);
        layout->addWidget(part->view, 1);
        connect(part->view, &SurfaceView::cameraChanged, this, &FlatmapPanel::follow);
        const Part* mine = part.get();
        connect(part->view, &SurfaceView::vertexHovered, this,
                [this, mine](int hemisphere, int vertex) { read(*mine, hemisphere, vertex); });
        connect(part->view, &SurfaceView::vertexClicked, this,
                [this, mine](int hemisphere, int vertex) { select(*mine, hemisphere, vertex); });
        connect(part->view, &SurfaceView::regionHovered, this, [this, mine](int region) {
            const bool known = region >= 0 && mine->cortex;
            this->session().selection().setHoveredRegion(
                known ? text(mine->cortex->regions[static_cast<std::size_t>(region)]) : QString());
        });
        m_parts.push_back(std::move(part));
    }
    // Many of one kind and one of the other are laid out in a square.
    int columns = static_cast<int>(models.size());
    if (subjects.size() == 1 || models.size() == 1)
        columns =
            static_cast<int>(std::ceil(std::sqrt(static_cast<double>(wanted) / (width() > 2 * height() ? 0.5 : 1))));
    for (std::size_t i = 0; i < m_parts.size(); ++i) {
        Part& part = *m_parts[i];
        part.subject = subjects[static_cast<int>(i) / static_cast<int>(models.size())];
        part.model = models[static_cast<int>(i) % static_cast<int>(models.size())];
        m_grid->addWidget(part.frame, static_cast<int>(i) / columns, static_cast<int>(i) % columns);
        QString title;
        for (const Subject& subject : session().subjects())
            if (text(subject.name) == part.subject)
                title = text(subject.title);
        if (!part.model.isEmpty())
            title = modelTitle(part.model) + QStringLiteral(" · ") + title;
        part.title->setText(title);
        part.title->setVisible(m_parts.size() > 1);
        part.view->setNamesShown(m_namesButton->isChecked());
    }
}

void FlatmapPanel::showMissing(const QString& subject, const QString& model) {
    const auto kind = static_cast<BrainMapKind>(m_kind->currentIndex());
    const std::string ofSubject = subject.toStdString();
    const Task surface{"project-surface", "", ofSubject};
    if (!session().arrays(surface)) {
        showEmpty(surface, tr("No cortex yet"),
                  tr("The subject’s cortex, flat or inflated, appears here once voxels are laid on it."),
                  tr("Lay voxels on the cortex"));
        return;
    }
    const Task task = kind == BrainMapKind::Ceiling       ? Task{"preprocess-fmri", "", ofSubject}
                      : kind == BrainMapKind::Searchlight ? Task{"searchlight", "", ofSubject}
                                                          : Task{"encode", model.toStdString(), ofSubject};
    showEmpty(task, tr("No map yet"),
              kind == BrainMapKind::Searchlight
                  ? tr("How similarly voxels and models see the stimuli appears here.")
                  : tr("How well %1 predicts each voxel appears here.").arg(modelTitle(model)),
              tr("Run %1").arg(text(stepNamed(task.step).title)));
}

void FlatmapPanel::refresh() {
    fillBoxes();
    const bool ofModel = static_cast<BrainMapKind>(m_kind->currentIndex()) != BrainMapKind::Ceiling;
    m_model->setEnabled(ofModel);
    m_bar->setVisible(!session().subjects().empty());
    if (session().subjects().empty()) {
        m_parts.clear();
        showEmpty(
            tr("No subjects yet"),
            tr("Import fMRI and a cortical surface of somebody who saw the stimuli: maps of how well every system "
               "predicts each voxel appear here."));
        return;
    }
    const auto kind = static_cast<BrainMapKind>(m_kind->currentIndex());
    QStringList subjects;
    QStringList models;
    std::vector<BrainMap> maps;
    std::map<std::pair<QString, QString>, std::size_t> places; // of subjects and models among them
    const auto arrays = [this](const Task& task) { return session().arrays(task); };
    for (const QString& subject : shownSubjects())
        for (const QString& model : shownModels())
            if (cortexOf(subject))
                if (auto map = brainMap(arrays, requestFor(subject, model))) {
                    places.emplace(std::pair(subject, model), maps.size());
                    maps.push_back(std::move(*map));
                    if (!subjects.contains(subject))
                        subjects << subject;
                    if (!models.contains(model))
                        models << model;
                }
    if (maps.empty()) {
        for (const auto& part : m_parts)
            delete part->frame;
        m_parts.clear();
        showMissing(shownSubjects().front(), shownModels().front());
        return;
    }
    arrange(subjects, models);
    const double most = scaleFor(maps);
    bool tested = false;
    for (const auto& part : m_parts) {
        const auto cortex = cortexOf(part->subject);
        if (cortex != part->cortex) {
            showCortex(*part->view, *cortex);
            part->cortex = cortex;
            part->selected = false;
            part->view->setCamera(m_camera);
        }
        part->map.reset();
        if (const auto place = places.find({part->subject, part->model}); place != places.end()) {
            part->map = maps[place->second];
            showBrainMap(*part->view, *cortex, *part->map, kind, most, level(), Theme::instance().look().dark);
            tested = tested || !part->map->gate.empty();
        } else {
            part->view->setValues({});
        }
    }
    m_level->setEnabled(tested);
    m_levelText->setText(tested ? tr("FDR < %1").arg(level(), 0, 'g', 2) : tr("not tested"));
    m_levelText->setToolTip(tested ? QString()
                                   : tr("The step “Voxel test” says which voxels are predicted better "
                                        "than by chance."));
    showBrainKey(*m_key, kind, most);
    showSelected();
    header()->setNote(kind == BrainMapKind::Weights ? tr("component %1; point at another anywhere").arg(componentName())
                                                    : QString());
    showBody();
}

void FlatmapPanel::showLevel() {
    m_levelText->setText(tr("FDR < %1").arg(level(), 0, 'g', 2));
    for (const auto& part : m_parts)
        if (part->map && !part->map->gate.empty())
            part->view->setGateLimit(level() >= 1 ? 2 : level());
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
        if (side.sampling)
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
    QStringList words;
    words << (hemisphere == 0 ? tr("left %1") : tr("right %1")).arg(vertex);
    if (side.region && (*side.region)[at] >= 0)
        words.prepend(text(part.cortex->regions[static_cast<std::size_t>((*side.region)[at])]));
    const auto valueOf = [&](std::span<const double> values) {
        double sum = 0;
        double weight = 0;
        if (side.sampling)
            for (const SurfaceSampling::Share& share : side.sampling->sharesOf(at))
                if (std::isfinite(values[share.voxel])) {
                    sum += static_cast<double>(share.weight) * values[share.voxel];
                    weight += static_cast<double>(share.weight);
                }
        return weight > 0 ? sum / weight : std::nan("");
    };
    const auto arrays = [this](const Task& task) { return session().arrays(task); };
    QStringList models = static_cast<BrainMapKind>(m_kind->currentIndex()) == BrainMapKind::Ceiling
                             ? QStringList{QString()}
                             : QStringList();
    if (models.isEmpty())
        for (const System& model : session().models())
            models << text(model.name);
    for (const QString& model : models)
        if (const auto map = brainMap(arrays, requestFor(part.subject, model)))
            if (const double value = valueOf(map->values); std::isfinite(value))
                words << QStringLiteral("%1 %2")
                             .arg(model.isEmpty() ? map->name : modelTitle(model))
                             .arg(value, 0, 'f', 3);
    m_reading->setText(words.join(QStringLiteral(" · ")));
}

std::optional<Figure> FlatmapPanel::figure() const {
    if (isEmpty())
        return {};
    FigureOptions options;
    options.systems = shownModels();
    options.subjects = shownSubjects();
    options.brainMap = static_cast<BrainMapKind>(m_kind->currentIndex());
    options.level = level();
    options.component = component();
    options.inflated = m_camera.flatness < 0.5;
    return flatmapFigure(figureDataOf(session()), options);
}

} // namespace tercet
