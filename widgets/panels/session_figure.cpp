#include "widgets/panels/session_figure.h"

namespace tercet {

std::shared_ptr<const FigureData> figureDataOf(const StudySession& session) {
    auto figureData = std::make_shared<FigureData>();
    figureData->studyId = session.id();
    figureData->studyTitle = session.title();
    figureData->stimuli = session.sharedStimuli();
    figureData->ratings = session.ratings();
    figureData->topCategories = session.topCategories();
    figureData->studySystems = session.systems();
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
        for (const char* step : kFigureSteps) {
            const TaskView& view = session.task({step, each.name});
            if (view.state.record)
                system.results[step] = {*view.state.record, view.summary};
        }
        figureData->systems.push_back(std::move(system));
    }
    return figureData;
}

} // namespace tercet
