#include "widgets/panels/brain_map_bar.h"

#include "core/pipeline/result_origin.h"
#include "widgets/bridge/term_text.h"
#include "widgets/panels/choice_box.h"
#include "widgets/panels/level_slider.h"
#include "widgets/panels/small_multiples.h"
#include "widgets/plots/axis.h"
#include "widgets/plots/look.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

constexpr int kLetters = 8;
constexpr int kNarrow = 80 * kUnit; ///< below it a second model takes the place of the level, which stands below

QString text(const std::string& utf8) { return QString::fromStdString(utf8); }

} // namespace

const BrainMap* BrainMapBar::Maps::find(const QString& subject, const QString& model) const {
    const auto found = of.find({subject, model});
    return found == of.end() ? nullptr : &found->second;
}

BrainMapBar::BrainMapBar(StudySession& session, QWidget* parent)
    : QWidget(parent), m_session(session), m_subject(new QComboBox), m_model(new QComboBox), m_other(new QComboBox),
      m_component(new QComboBox), m_kind(new QComboBox), m_level(new LevelSlider(kUsualLevel)),
      m_levelText(new QLabel) {
    m_rows = new QBoxLayout(QBoxLayout::LeftToRight, this);
    m_rows->setContentsMargins(kUnit, kHalfUnit, kUnit, kHalfUnit);
    m_rows->setSpacing(kUnit);
    auto* controls = new QHBoxLayout;
    m_rows->addLayout(controls, 7);
    const auto add = [&](QComboBox* box, const QString& tip, int stretch) {
        prepareChoices(*box, tip, kLetters);
        controls->addWidget(box, stretch);
        connect(box, &QComboBox::currentIndexChanged, this, &BrainMapBar::changed);
    };
    add(m_kind, tr("What is drawn"), 3);
    add(m_model, tr("Model"), 4);
    add(m_other, tr("Second model in the same map"), 4);
    m_other->hide();
    add(m_component, tr("Component or rating whose weights are drawn while none is pointed at"), 4);
    m_component->hide();
    add(m_subject, tr("Subject"), 3);
    for (int kind = 0; kind < kBrainMapKinds; ++kind)
        m_kind->addItem(titleOf(static_cast<BrainMapKind>(kind)));
    m_level->setToolTip(tr("Coloured only where the false discovery rate over the subject’s voxels is below this"));
    m_level->setEnabled(false); // until there is a test
    auto* level = new QHBoxLayout;
    level->addWidget(m_level, 1);
    level->addWidget(m_levelText);
    m_rows->addLayout(level, 2);
    connect(m_level, &LevelSlider::valueChanged, this, [this] {
        showLevel();
        emit levelChanged();
    });

    for (const auto signal : {&StudySession::opened, &StudySession::studyChanged, &StudySession::namesChanged})
        connect(&session, signal, this, &BrainMapBar::changed);
    connect(&session, &StudySession::arraysChanged, this, [this](const Task& task) {
        if (!task.subject.empty())
            emit changed();
    });
    const auto followComponent = [this] {
        if (kind() == BrainMapKind::Weights)
            emit changed();
    };
    connect(&session.selection(), &Selection::componentChanged, this, followComponent);
    connect(&session.selection(), &Selection::hoveredComponentChanged, this, followComponent);
    connect(m_model, &QComboBox::currentIndexChanged, this, [this] { m_chosen = m_model->currentData().toString(); });
    connect(m_other, &QComboBox::currentIndexChanged, this,
            [this] { m_chosenOther = m_other->currentData().toString(); });
    connect(m_component, &QComboBox::currentIndexChanged, this, [this] { choose(m_component->currentData().toInt()); });
    connect(&session.selection(), &Selection::systemChanged, this, [this] {
        m_chosen.reset();
        emit changed();
    });
}

BrainMapKind BrainMapBar::kind() const { return static_cast<BrainMapKind>(m_kind->currentIndex()); }

double BrainMapBar::level() const { return m_level->level(); }

QString BrainMapBar::modelTitle(const QString& name) const {
    for (const System& model : m_session.models())
        if (text(model.name) == name)
            return text(model.title);
    return name;
}

QString BrainMapBar::subjectTitle(const QString& name) const {
    for (const Subject& subject : m_session.subjects())
        if (text(subject.name) == name)
            return text(subject.title);
    return name;
}

bool BrainMapBar::isEncoded(const QString& model) const {
    return std::ranges::any_of(subjects(), [&](const QString& subject) {
        return m_session.state({"encode", model.toStdString(), subject.toStdString()}).record.has_value();
    });
}

QString BrainMapBar::usualModel() const {
    const QString front = m_session.selection().system();
    QStringList models{front};
    for (const System& model : m_session.models())
        models << text(model.name);
    const auto found = std::ranges::find_if(models, [this](const QString& model) { return isEncoded(model); });
    return found == models.end() ? front : *found;
}

void BrainMapBar::refresh() {
    std::vector<std::pair<QString, QString>> subjects;
    for (const Subject& subject : m_session.subjects())
        subjects.emplace_back(text(subject.name), text(subject.title));
    if (subjects.size() > 1)
        subjects.emplace_back(QString(), tr("All subjects"));
    const bool isFirst = m_subject->currentIndex() < 0; // not all of them, whose name is empty
    setChoices(*m_subject, subjects,
               isFirst && !subjects.empty() ? subjects.front().first : m_subject->currentData().toString());
    std::vector<std::pair<QString, QString>> models;
    for (const System& model : m_session.models())
        models.emplace_back(text(model.name), text(model.title));
    const bool weights = kind() == BrainMapKind::Weights;
    if (models.size() > 1 && !weights)
        models.emplace_back(QString(), tr("All models"));
    setChoices(*m_model, models, m_chosen && !(weights && m_chosen->isEmpty()) ? *m_chosen : usualModel());
    std::erase_if(models, [this](const auto& model) {
        return model.first.isEmpty() || model.first == m_model->currentData().toString();
    });
    setChoices(*m_other, models, m_chosenOther);
    m_other->setVisible(m_comparing && !weights);
    m_other->setEnabled(comparesModels(kind()) && !m_model->currentData().toString().isEmpty());
    m_model->setEnabled(kind() != BrainMapKind::Ceiling);
    const QString model = m_model->currentData().toString();
    setChoices(*m_component, weights ? components(model) : std::vector<std::pair<QString, QString>>(),
               QString::number(chosenComponent(model)));
    m_component->setVisible(weights);
    m_component->setEnabled(m_component->count() > 0);
    placeLevel();
    setVisible(!m_session.subjects().empty());
}

void BrainMapBar::placeLevel() {
    const bool fourBoxes = m_comparing || kind() == BrainMapKind::Weights;
    m_rows->setDirection(fourBoxes && width() < kNarrow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

void BrainMapBar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    placeLevel();
}

void BrainMapBar::setComparing(bool comparing) {
    m_comparing = comparing;
    placeLevel();
    emit changed();
}

QString BrainMapBar::other() const {
    return m_comparing && m_other->isEnabled() ? m_other->currentData().toString() : QString();
}

std::optional<BrainMap> BrainMapBar::otherMap(const QString& subject, const BrainMap& first) const {
    auto map = other().isEmpty() ? std::nullopt : mapOf(subject, other());
    return map && areOfSameVoxels(first, *map) ? std::move(map) : std::nullopt;
}

QStringList BrainMapBar::subjects() const {
    const QString chosen = m_subject->currentData().toString();
    if (!chosen.isEmpty())
        return {chosen};
    QStringList all;
    for (const Subject& subject : m_session.subjects())
        all << text(subject.name);
    return all;
}

QStringList BrainMapBar::models() const {
    if (kind() == BrainMapKind::Ceiling)
        return {QString()};
    const Selection& selection = m_session.selection();
    if (const QString pointedAt = selection.hoveredSystem();
        kind() == BrainMapKind::Weights && hasComponent(pointedAt, hoveredComponent(pointedAt)))
        return {pointedAt};
    const QString chosen = m_model->currentData().toString();
    if (!chosen.isEmpty())
        return {chosen};
    QStringList all;
    for (const System& model : m_session.models())
        all << text(model.name);
    return all;
}

int BrainMapBar::hoveredComponent(const QString& model) const {
    const Selection& selection = m_session.selection();
    return model == selection.system() ? selection.hoveredComponent() : selection.hoveredComponent(model);
}

int BrainMapBar::chosenComponent(const QString& model) const {
    const Selection& selection = m_session.selection();
    const auto chosen = m_components.find(model);
    const int column = model == selection.system()    ? selection.component()
                       : chosen == m_components.end() ? -1
                                                      : chosen->second;
    if (hasComponent(model, column))
        return column;
    const auto all = components(model);
    return all.empty() ? 0 : all.front().first.toInt();
}

int BrainMapBar::component() const {
    const QString model = models().value(0);
    const int hovered = hoveredComponent(model);
    return hasComponent(model, hovered) ? hovered : chosenComponent(model);
}

void BrainMapBar::choose(int trainingColumn) {
    if (const QString model = m_model->currentData().toString(); model == m_session.selection().system())
        m_session.selection().setComponent(trainingColumn);
    else
        m_components[model] = trainingColumn;
}

std::shared_ptr<const ArrayBundle> BrainMapBar::encodingOf(const QString& model) const {
    for (const QString& subject : subjects())
        if (auto arrays = m_session.arrays({"encode", model.toStdString(), subject.toStdString()}))
            return arrays;
    return nullptr;
}

bool BrainMapBar::hasComponent(const QString& model, int trainingColumn) const {
    const auto arrays = trainingColumn < 0 ? nullptr : encodingOf(model);
    return arrays && std::ranges::count(arrays->get<std::int32_t>("training_column").values, trainingColumn) > 0;
}

std::vector<std::pair<QString, QString>> BrainMapBar::components(const QString& model) const {
    const auto arrays = encodingOf(model);
    if (!arrays)
        return {};
    const auto& columns = arrays->get<std::int32_t>("training_column").values;
    const auto& features = arrays->get<std::string>("feature").values;
    std::vector<std::pair<QString, QString>> all;
    const auto embedding = m_session.embedding(model);
    if (!embedding) {
        for (std::size_t f = 0; f < columns.size(); ++f)
            all.emplace_back(QString::number(columns[f]), termText(features[f]));
        return all;
    }
    const QStringList names =
        componentNames(*embedding, [&](int column) { return m_session.componentName(model, column); });
    for (qsizetype i = 0; i < names.size(); ++i)
        if (const int column = embedding->trainingColumns[static_cast<std::size_t>(i)];
            std::ranges::count(columns, column) > 0)
            all.emplace_back(QString::number(column), names[i].isEmpty() ? tr("Component %1").arg(i + 1)
                                                                         : QString::number(i + 1) + u' ' + names[i]);
    return all;
}

QString BrainMapBar::note() const {
    if (kind() != BrainMapKind::Weights)
        return {};
    const QString model = models().value(0);
    const QString column = QString::number(component());
    for (const auto& [each, title] : components(model))
        if (each == column)
            return tr("%1: %2; point at another anywhere").arg(modelTitle(model), title);
    return {};
}

std::optional<BrainMap> BrainMapBar::mapOf(const QString& subject, const QString& model) const {
    return brainMap([this](const Task& task) { return m_session.arrays(task); },
                    {.kind = kind(), .system = model, .subject = subject, .component = component()});
}

BrainMapBar::Maps BrainMapBar::maps(const std::function<std::optional<std::string>(const QString& subject)>& drawnOn) {
    Maps maps;
    std::vector<BrainMap> scaled;
    for (const QString& subject : subjects())
        for (const QString& model : models())
            if (const auto voxels = drawnOn(subject))
                if (auto map = mapOf(subject, model)) {
                    if (areOtherVoxels(map->voxels, *voxels)) {
                        maps.leftOut = true;
                        continue;
                    }
                    scaled.push_back(*map);
                    if (const auto second = otherMap(subject, *map))
                        scaled.push_back(*second);
                    maps.of.emplace(std::pair(subject, model), std::move(*map));
                    if (!maps.subjects.contains(subject))
                        maps.subjects << subject;
                    if (!maps.models.contains(model))
                        maps.models << model;
                }
    maps.most = scaleFor(scaled);
    m_shown = static_cast<int>(scaled.size());
    m_tested = static_cast<int>(
        std::count_if(scaled.begin(), scaled.end(), [](const BrainMap& map) { return !map.gate.empty(); }));
    m_level->setEnabled(m_tested > 0);
    showLevel();
    return maps;
}

QString BrainMapBar::levelText() const { return m_levelText->text(); }

void BrainMapBar::showLevel() {
    m_levelText->setText(m_tested == 0 ? tr("not tested")
                         : m_tested == m_shown
                             ? tr("FDR < %1").arg(level(), 0, 'g', 2)
                             : tr("FDR < %1, %2 of %3 maps").arg(level(), 0, 'g', 2).arg(m_tested).arg(m_shown));
    m_levelText->setToolTip(m_tested == m_shown && m_tested > 0
                                ? QString()
                                : tr("The step “Voxel test” says which voxels are predicted better "
                                     "than by chance."));
}

Task BrainMapBar::task() const {
    const std::string subject = subjects().value(0).toStdString();
    switch (kind()) {
    case BrainMapKind::Ceiling:
        return {"preprocess-fmri", "", subject};
    case BrainMapKind::Searchlight:
        return {"searchlight", "", subject};
    case BrainMapKind::Encoding:
    case BrainMapKind::Weights:
        break;
    }
    return {"encode", models().value(0).toStdString(), subject};
}

QString BrainMapBar::taskText() const {
    return kind() == BrainMapKind::Searchlight
               ? tr("How similarly voxels and models see the stimuli appears here.")
               : tr("How well %1 predicts each voxel appears here.").arg(modelTitle(models().value(0)));
}

QString BrainMapBar::taskAction() const { return tr("Run %1").arg(text(stepNamed(task().step).title)); }

QStringList BrainMapBar::readingOf(const QString& subject) const {
    return subjects().size() > 1 ? QStringList{subjectTitle(subject)} : QStringList();
}

QStringList BrainMapBar::readings(const QString& subject, const QString& model, const std::string& voxels,
                                  const std::function<double(std::span<const double> values)>& at) const {
    QStringList names;
    if (comparesModels(kind()))
        for (const System& each : m_session.models())
            names << text(each.name);
    names.removeAll(model);
    names.prepend(model);
    QStringList words;
    for (const QString& each : names)
        if (const auto map = mapOf(subject, each); map && !areOtherVoxels(map->voxels, voxels))
            if (const double value = at(map->values); std::isfinite(value))
                words << (each.isEmpty() ? map->name : modelTitle(each)) + u' ' + numberText(value, 3);
    return words;
}

void BrainMapBar::arrange(SmallMultiples& multiples, const Maps& maps) const {
    QStringList rows;
    for (const QString& name : maps.subjects)
        rows << subjectTitle(name);
    QStringList columns;
    for (const QString& name : maps.models)
        columns << modelTitle(name);
    multiples.arrange(rows, columns);
}

FigureOptions BrainMapBar::figureOptions() const {
    FigureOptions options;
    options.systems = models();
    options.subjects = subjects();
    options.brainMap = kind();
    options.level = level();
    options.component = component();
    options.against = other();
    return options;
}

} // namespace tercet
