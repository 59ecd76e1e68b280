#include "widgets/panels/session_figure.h"

namespace tercet {

std::shared_ptr<const FigureData> figureDataOf(StudySession& session) {
    auto figureData = std::make_shared<FigureData>();
    figureData->studyId = session.id();
    figureData->studyTitle = session.title();
    figureData->stimuli = session.sharedStimuli();
    figureData->ratings = session.ratings();
    figureData->topCategories = session.topCategories();
    figureData->studySystems = session.systems();
    figureData->models = session.models();
    figureData->subjects = session.subjects();
    for (const Task& task : session.tasks())
        if (const TaskView& view = session.task(task); !task.subject.empty() && view.state.record)
            figureData->ofSubjects[task] = {*view.state.record, view.summary};
    figureData->arrays = [&session](const Task& task) { return session.arrays(task); };
    const auto resultsOf = [&](const std::string& system) {
        FigureResults results;
        for (const Task& task : session.tasks())
            if (const TaskView& view = session.task(task);
                task.system == system && task.subject.empty() && view.state.record)
                results[task.step] = {*view.state.record, view.summary};
        return results;
    };
    figureData->results = resultsOf("");
    for (const System& each : session.systems()) {
        FigureSystem system;
        system.name = QString::fromStdString(each.name);
        system.title = QString::fromStdString(each.title);
        system.embedding = session.embedding(system.name);
        system.map = session.map(system.name);
        system.fit = session.fit(system.name);
        if (system.embedding)
            system.componentNames = componentNames(*system.embedding, [&](int trainingColumn) {
                return session.componentName(system.name, trainingColumn);
            });
        system.clusters = session.clusters(system.name);
        system.results = resultsOf(each.name);
        figureData->systems.push_back(std::move(system));
    }
    return figureData;
}

} // namespace tercet
