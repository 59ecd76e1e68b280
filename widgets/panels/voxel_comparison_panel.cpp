#include "widgets/panels/voxel_comparison_panel.h"

#include "core/base/text.h"
#include "core/pipeline/result_origin.h"
#include "widgets/figures/brain_map.h"
#include "widgets/panels/choice_box.h"
#include "widgets/panels/level_slider.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/session_figure.h"
#include "widgets/panels/small_multiples.h"
#include "widgets/plots/icons.h"
#include "widgets/plots/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

QString text(const std::string& utf8) { return QString::fromStdString(utf8); }

QString countText(qsizetype voxels) { return text(counted(static_cast<std::uint64_t>(voxels), "voxel", "voxels")); }

} // namespace

VoxelComparisonPanel::VoxelComparisonPanel(StudySession& session, QWidget* parent)
    : Panel(session, QStringLiteral("voxel-comparison"), tr("Voxels"), parent), m_kind(new QComboBox),
      m_yBox(new QComboBox), m_xBox(new QComboBox), m_subject(new QComboBox), m_level(new LevelSlider(1)),
      m_levelText(new QLabel), m_swap(new QToolButton),
      m_area(new SmallMultiples([this](std::size_t place) { return makePlot(place); })), m_key(new ColorBar),
      m_reading(new ElidedLabel) {
    usePictureButton();
    showFailuresOf({"preprocess-fmri", "encode", "voxel-test", "searchlight", "compare-voxels", "assign-regions"});

    m_bar = new QWidget;
    auto* controls = new QHBoxLayout(m_bar);
    controls->setContentsMargins(kUnit, kHalfUnit, kUnit, kHalfUnit);
    controls->setSpacing(kUnit);
    const auto add = [&](QComboBox* box, const QString& tip, int stretch) {
        prepareChoices(*box, tip, 6);
        controls->addWidget(box, stretch);
    };
    add(m_kind, tr("What is compared: r of encoding, or ρ of the searchlight"), 3);
    for (const BrainMapKind kind : {BrainMapKind::Encoding, BrainMapKind::Searchlight})
        m_kind->addItem(titleOf(kind), static_cast<int>(kind));
    add(m_yBox, tr("System on the y axis"), 4);
    m_swap->setIcon(themedIcon(QStringLiteral("swap")));
    m_swap->setAutoRaise(true);
    m_swap->setToolTip(tr("Swap the axes"));
    m_swap->setAccessibleName(m_swap->toolTip());
    controls->addWidget(m_swap);
    add(m_xBox, tr("System on the x axis, or each other one"), 4);
    add(m_subject, tr("Subject, or the voxels of all together"), 3);
    addBar(m_bar);

    auto* body = new QWidget;
    body->setBackgroundRole(QPalette::Base);
    body->setAutoFillBackground(true);
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_area, 1);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(kUnit, 0, kUnit, 0);
    foot->setSpacing(kUnit);
    foot->addWidget(m_reading, 4);
    m_level->setToolTip(tr("Only voxels whose false discovery rate, over the subject’s voxels, is below this for at "
                           "least one of the two systems"));
    foot->addWidget(m_level, 1);
    foot->addWidget(m_levelText);
    foot->addWidget(m_key, 2);
    layout->addLayout(foot);
    setBody(body);

    for (QComboBox* box : {m_kind, m_subject})
        connect(box, &QComboBox::currentIndexChanged, this, &VoxelComparisonPanel::invalidate);
    connect(m_yBox, &QComboBox::currentIndexChanged, this, [this] {
        const QString y = m_yBox->currentData().toString();
        choose(m_x == y ? m_y : m_x, y);
    });
    connect(m_xBox, &QComboBox::currentIndexChanged, this, [this] {
        const QString x = m_xBox->currentData().toString();
        choose(x, m_y == x ? m_x : m_y);
    });
    connect(m_swap, &QToolButton::clicked, this, [this] { choose(m_y, m_x); });
    connect(m_level, &LevelSlider::valueChanged, this, &VoxelComparisonPanel::invalidate);
    for (const auto signal : {&StudySession::opened, &StudySession::studyChanged, &StudySession::namesChanged})
        connect(&session, signal, this, &VoxelComparisonPanel::invalidate);
    connect(&session, &StudySession::statesChanged, this, [this] {
        if (isEmpty())
            invalidate();
    });
    connect(&session, &StudySession::arraysChanged, this, [this](const Task& task) {
        if (!task.subject.empty() || task.step == "compare-voxels")
            invalidate();
    });
    connect(&session.selection(), &Selection::voxelsChanged, this, [this] {
        if (m_brushing)
            return;
        for (DensityPlot* plot : m_plots)
            plot->setBrush({});
        showSelected();
    });
    connect(&session.selection(), &Selection::voxelChanged, this, &VoxelComparisonPanel::showSelected);
    connect(&session.selection(), &Selection::hoveredRegionChanged, this, &VoxelComparisonPanel::showSelected);
}

VoxelComparisonPanel::~VoxelComparisonPanel() = default;

QString VoxelComparisonPanel::reading() const { return m_reading->text(); }

VoxelRequest VoxelComparisonPanel::request() const {
    VoxelRequest wanted{.kind = static_cast<BrainMapKind>(m_kind->currentData().toInt()), .level = m_level->level()};
    const QString chosen = m_subject->currentData().toString();
    for (const Subject& subject : session().subjects())
        if (const QString name = text(subject.name); chosen.isEmpty() || chosen == name)
            wanted.subjects << name;
    return wanted;
}

QStringList VoxelComparisonPanel::models() const {
    QStringList names;
    for (const System& model : session().models())
        names << text(model.name);
    return names;
}

QStringList VoxelComparisonPanel::shownOnX() const {
    if (!m_x.isEmpty())
        return {m_x};
    QStringList others = models();
    others.removeAll(m_y);
    return others;
}

void VoxelComparisonPanel::choose(QString x, QString y) {
    m_x = std::move(x);
    m_y = std::move(y);
    m_chosen = true;
    invalidate();
}

void VoxelComparisonPanel::choosePair(const FigureData& figureData) {
    const QStringList known = models();
    m_chosen = m_chosen && known.contains(m_y) && (m_x.isEmpty() || known.contains(m_x));
    if (m_chosen)
        return;
    QStringList order = rankedModels(figureData, request(), known);
    for (const QString& model : known) // those that have no maps yet come last
        if (!order.contains(model))
            order << model;
    m_y = order.value(0);
    m_x = order.value(1);
}

void VoxelComparisonPanel::fillBoxes() {
    std::vector<std::pair<QString, QString>> subjects;
    for (const Subject& subject : session().subjects())
        subjects.emplace_back(text(subject.name), text(subject.title));
    if (subjects.size() > 1)
        subjects.emplace(subjects.begin(), QString(), tr("All subjects"));
    setChoices(*m_subject, subjects, m_subject->currentData().toString());
    std::vector<std::pair<QString, QString>> entries;
    for (const System& model : session().models())
        entries.emplace_back(text(model.name), text(model.title));
    setChoices(*m_yBox, entries, m_y);
    if (entries.size() > 2)
        entries.emplace_back(QString(), tr("Each other"));
    setChoices(*m_xBox, entries, m_x);
    m_swap->setEnabled(!m_x.isEmpty());
}

void VoxelComparisonPanel::showMissing(const FigureData& figureData) {
    const VoxelRequest wanted = request();
    QString without = m_y;
    if (hasVoxels(figureData, wanted, m_y))
        for (const QString& model : shownOnX())
            if (without = model; !hasVoxels(figureData, wanted, model))
                break;
    const std::string subject = wanted.subjects.front().toStdString();
    const Task task = wanted.kind == BrainMapKind::Searchlight ? Task{"searchlight", "", subject}
                                                               : Task{"encode", without.toStdString(), subject};
    showEmpty(task, tr("No voxels to compare yet"),
              wanted.kind == BrainMapKind::Searchlight
                  ? tr("Which system sees the stimuli more as each voxel does appears here.")
                  : tr("Which system predicts each voxel better appears here, once both are compared with the brain; "
                       "%1 is not yet.")
                        .arg(figureData.modelTitle(without)),
              tr("Run %1").arg(text(stepNamed(task.step).title)));
}

void VoxelComparisonPanel::refresh() {
    fillBoxes();
    const bool comparable = !session().subjects().empty() && session().models().size() > 1;
    m_bar->setVisible(comparable);
    if (!comparable) {
        m_multiples = {};
        showEmpty(
            session().subjects().empty() ? tr("No subjects yet") : tr("Only one system"),
            tr("Import fMRI of somebody who saw the stimuli, and two systems or more: which of them predicts each "
               "voxel better appears here."));
        return;
    }
    // Which pair is best is asked for first: it says which results have to be read at all.
    const Task ranking{"compare-voxels"};
    if (!m_chosen && session().state(ranking).record && !session().arrays(ranking)) {
        showEmpty(ranking, tr("No voxels to compare yet"), {}, {});
        return;
    }
    const auto figureData = figureDataOf(session());
    choosePair(*figureData);
    fillBoxes();
    VoxelRequest wanted = request();
    VoxelMultiples multiples = voxelMultiples(*figureData, wanted, m_y, shownOnX());
    const auto& pairs = multiples.pairs;
    const bool tested = std::any_of(pairs.begin(), pairs.end(), [](const VoxelPair& pair) { return pair.tested; });
    m_level->setEnabled(tested);
    m_levelText->setText(!tested             ? tr("not tested")
                         : wanted.level >= 1 ? tr("all voxels")
                                             : tr("FDR < %1").arg(wanted.level, 0, 'g', 2));
    m_levelText->setToolTip(tested ? QString()
                                   : tr("The step “Voxel test” says which voxels are predicted better "
                                        "than by chance."));
    if (!tested && wanted.level < 1) {
        wanted.level = 1;
        multiples = voxelMultiples(*figureData, wanted, m_y, shownOnX());
    }
    if (multiples.pairs.empty()) {
        m_multiples = {};
        showMissing(*figureData);
        return;
    }
    showPairs(*figureData, std::move(multiples));
    showBody();
}

void VoxelComparisonPanel::showPairs(const FigureData& figureData, VoxelMultiples multiples) {
    const auto samePair = [&](std::size_t i) {
        return i < m_multiples.pairs.size() && m_multiples.pairs[i].x == multiples.pairs[i].x &&
               m_multiples.pairs[i].y == multiples.pairs[i].y;
    };
    m_area->arrange({QString()}, QStringList(static_cast<qsizetype>(multiples.pairs.size())));
    m_plots.resize(multiples.pairs.size());
    std::optional<std::size_t> brushed;
    for (std::size_t i = 0; i < m_plots.size(); ++i) {
        showVoxels(*m_plots[i], figureData, multiples, multiples.pairs[i],
                   static_cast<BrainMapKind>(m_kind->currentData().toInt()));
        if (!samePair(i))
            m_plots[i]->setBrush({});
        if (m_plots[i]->brush())
            brushed = i;
    }
    m_multiples = std::move(multiples);
    DensityPlot::showKey(*m_key, m_multiples.most, tr("Voxels"));
    if (brushed) // what lies in it may be others now
        brush(*brushed, m_plots[*brushed]->brush());
    else
        showSelected();
}

QWidget* VoxelComparisonPanel::makePlot(std::size_t place) {
    auto* plot = new DensityPlot;
    connect(plot, &DensityPlot::brushed, this,
            [this, place](const std::optional<DensityBrush>& brushed) { brush(place, brushed); });
    m_plots.push_back(plot);
    return plot;
}

void VoxelComparisonPanel::brush(std::size_t place, const std::optional<DensityBrush>& brush) {
    for (std::size_t i = 0; i < m_plots.size(); ++i)
        if (i != place)
            m_plots[i]->setBrush({});
    m_brushing = true;
    session().selection().setVoxels(brush ? m_multiples.pairs[place].within(*brush) : QMap<QString, QVector<int>>());
    m_brushing = false;
    showSelected();
}

QVector<int> VoxelComparisonPanel::voxelsOfRegion(const VoxelPair::Part& part, const QString& region) const {
    QVector<int> voxels;
    const auto regions =
        region.isEmpty() ? nullptr : session().arrays({"assign-regions", "", part.subject.toStdString()});
    if (!regions || areOtherVoxels(voxelsOf(*regions), part.of))
        return voxels;
    const auto& names = regions->get<std::string>("region_name").values;
    const auto number = std::find(names.begin(), names.end(), region.toStdString()) - names.begin();
    const auto& of = regions->get<std::int32_t>("region").values;
    for (std::size_t v = 0; v < of.size(); ++v)
        if (of[v] == number)
            voxels.append(static_cast<int>(v));
    return voxels;
}

void VoxelComparisonPanel::showSelected() {
    const Selection& selection = session().selection();
    qsizetype brushed = 0;
    for (const QVector<int>& voxels : selection.voxels())
        brushed += voxels.size();
    std::size_t ofRegion = 0;
    for (std::size_t i = 0; i < m_multiples.pairs.size(); ++i) {
        const VoxelPair& pair = m_multiples.pairs[i];
        DensityMarks marks;
        for (const VoxelPair::Part& part : pair.parts) {
            const auto add = [&](std::vector<QPointF>& to, const QVector<int>& voxels) {
                const std::vector<QPointF> points = pair.pointsOf(part.subject, voxels);
                to.insert(to.end(), points.begin(), points.end());
            };
            if (!m_plots[i]->brush()) // else its rectangle says it
                add(marks.chosen, selection.voxels().value(part.subject));
            add(marks.pointedAt, voxelsOfRegion(part, selection.hoveredRegion()));
            if (const VoxelPlace& clicked = selection.voxel(); clicked.subject == part.subject)
                if (const auto points = pair.pointsOf(part.subject, {clicked.voxel}); !points.empty())
                    marks.picked = points.front();
        }
        ofRegion = std::max(ofRegion, marks.pointedAt.size());
        m_plots[i]->setMarks(std::move(marks));
    }
    QStringList words;
    if (ofRegion > 0)
        words << tr("%1: %2").arg(selection.hoveredRegion(), countText(static_cast<qsizetype>(ofRegion)));
    if (brushed > 0) {
        words << tr("%1 brushed").arg(countText(brushed));
        for (const Subject& subject : session().subjects())
            if (const auto voxels = selection.voxels().value(text(subject.name));
                !voxels.isEmpty() && selection.voxels().size() > 1)
                words << QStringLiteral("%1: %2").arg(text(subject.title),
                                                      text(withThousands(static_cast<std::uint64_t>(voxels.size()))));
    }
    m_reading->setText(words.isEmpty() ? tr("Drag over voxels to mark them on the cortex")
                                       : words.join(QStringLiteral(" · ")));
}

std::optional<Figure> VoxelComparisonPanel::figure() const {
    if (isEmpty())
        return {};
    const VoxelRequest shown = request();
    FigureOptions options;
    options.systems = shownOnX() << m_y;
    options.against = m_y;
    options.subjects = shown.subjects;
    options.brainMap = shown.kind;
    options.level = m_level->isEnabled() ? shown.level : 1;
    return voxelFigure(figureDataOf(session()), options);
}

} // namespace tercet
