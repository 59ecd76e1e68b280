#include "widgets/figures/figure_data.h"

#include "core/base/text.h"
#include "widgets/bridge/stored_views.h"
#include "widgets/bridge/term_text.h"
#include "widgets/plots/palettes.h"

#include <QObject>

#include <algorithm>
#include <set>

namespace tercet {
namespace {

SystemKind kindOf(const System& system) {
    const std::string words = lowered(system.name + " " + system.title);
    const auto says = [&](const char* word) { return words.find(word) != std::string::npos; };
    if (says("concat"))
        return SystemKind::HumanConcat;
    if (says("mllm") || says("multimodal") || says("vision-language"))
        return SystemKind::MultimodalModel;
    if (says("llm") || says("language"))
        return SystemKind::LanguageModel;
    if (system.source == SystemSource::Categories || says("categor"))
        return SystemKind::HumanCategories;
    if (system.source == SystemSource::Dimensions || says("dimension"))
        return SystemKind::HumanDimensions;
    return says("clip") || says("feature") ? SystemKind::Features : SystemKind::Other;
}

} // namespace

const FigureSystem* FigureData::system(const QString& name) const {
    const auto found =
        std::find_if(systems.begin(), systems.end(), [&](const FigureSystem& system) { return system.name == name; });
    return found == systems.end() ? nullptr : &*found;
}

const System* FigureData::model(const QString& name) const {
    const auto found = std::find_if(models.begin(), models.end(),
                                    [&](const System& one) { return QString::fromStdString(one.name) == name; });
    return found == models.end() ? nullptr : &*found;
}

QString FigureData::modelTitle(const QString& name) const {
    if (const FigureSystem* known = system(name)) // as panels and tests may have made it, without models
        return known->title;
    const System* found = model(name);
    return found ? QString::fromStdString(found->title) : name;
}

QColor FigureData::color(const QString& system, bool dark) const {
    return colorOfSystem(models.empty() ? studySystems : models, system, dark);
}

QStringList componentNames(const EmbeddingView& embedding, const std::function<QString(int trainingColumn)>& byHand) {
    QStringList names;
    for (std::size_t i = 0; i < embedding.trainingColumns.size(); ++i) {
        QString name = byHand(embedding.trainingColumns[i]);
        if (name.isEmpty() && i < embedding.labels.size())
            name = termText(embedding.labels[i].text);
        names << name;
    }
    return names;
}

QString interpretableText(const EmbeddingView& embedding) {
    if (embedding.labels.empty())
        return {};
    const auto count = std::count_if(embedding.labels.begin(), embedding.labels.end(),
                                     [](const ComponentLabel& label) { return label.interpretable; });
    return QObject::tr("%1 of %2 interpretable").arg(count).arg(embedding.labels.size());
}

FigureData figureDataOf(const Study& study) {
    FigureData figureData;
    figureData.studyId = QString::fromStdString(study.id());
    figureData.studyTitle = QString::fromStdString(study.title());
    figureData.stimuli = study.stimuli();
    figureData.ratings = study.ratings();
    if (figureData.ratings)
        figureData.topCategories = topCategoriesOf(*figureData.ratings);
    figureData.models = modelsInOrder(study.systems());
    figureData.studySystems = figureData.models;
    std::erase_if(figureData.studySystems, [](const System& system) { return isRatingTable(system.source); });
    figureData.subjects = study.subjects();
    TaskStates states(study);
    const std::vector<Task> tasks = allTasks(study);
    for (const Task& task : tasks)
        if (!task.subject.empty())
            if (const auto record = states.stateOf(task).record)
                figureData.ofSubjects[task] = {*record, QString::fromStdString(summaryOf(study, record->key))};
    const auto names = study.settings(kComponentNamePrefix);
    figureData.arrays = [&study](const Task& task) -> std::shared_ptr<const ArrayBundle> {
        const auto record = shownResult(study, task);
        return record ? study.arrays(record->key) : nullptr;
    };
    const auto resultsOf = [&](const std::string& system) {
        FigureResults results;
        for (const Task& task : tasks)
            if (task.system == system && task.subject.empty())
                if (const auto record = states.stateOf(task).record)
                    results[task.step] = {*record, QString::fromStdString(summaryOf(study, record->key))};
        return results;
    };
    figureData.results = resultsOf("");
    for (const System& each : figureData.studySystems) {
        FigureSystem system;
        system.name = QString::fromStdString(each.name);
        system.title = QString::fromStdString(each.title);
        system.results = resultsOf(each.name);
        if (const auto found = system.results.find("fit-embedding"); found != system.results.end())
            system.fit = readFit(study, found->second.record);
        const auto embeddingKey = shownEmbedding(study, each.name);
        if (embeddingKey) {
            system.embedding = readEmbedding(study, *embeddingKey, figureData.ratings.get());
            system.clusters = clustersFrom(study.setting(clusterSetting(each.name, *embeddingKey)).value_or(""));
            system.componentNames = componentNames(*system.embedding, [&](int trainingColumn) {
                const auto name = names.find(componentNameSetting(each.name, *embeddingKey, trainingColumn));
                return name == names.end() ? QString() : QString::fromStdString(name->second);
            });
        }
        if (const auto found = system.results.find("map"); found != system.results.end())
            system.map = readMap(study, found->second.record.key);
        else if (const auto kept = study.setting(layoutSetting(each.name)); kept && embeddingKey)
            system.map = layoutFrom(*kept, *embeddingKey);
        figureData.systems.push_back(std::move(system));
    }
    return figureData;
}

QColor colorOfSystem(const std::vector<System>& systems, const QString& name, bool dark) {
    std::set<SystemKind> taken;
    for (const System& system : systems) {
        SystemKind kind = kindOf(system);
        for (int other = kSystemKinds - 1; other >= 0 && taken.contains(kind); --other)
            if (!taken.contains(static_cast<SystemKind>(other)))
                kind = static_cast<SystemKind>(other);
        taken.insert(kind);
        if (QString::fromStdString(system.name) == name)
            return systemColor(kind, dark);
    }
    return systemColor(SystemKind::Other, dark);
}

} // namespace tercet
