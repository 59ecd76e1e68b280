#include "widgets/figures/label_table.h"

#include "widgets/figures/figure_presets.h"

#include <QObject>

#include <algorithm>

namespace tercet {

QStringList labelTableSystems(const FigureData& figureData) {
    QStringList systems;
    for (const FigureSystem& system : figureData.systems)
        if (system.embedding)
            systems << system.name;
    return systems;
}

Table labelTableOf(const FigureData& figureData, const QStringList& systems) {
    Table table{.title = QObject::tr("Component labels side by side").toStdString(),
                .columns = {"component"},
                .rows = {},
                .decimals = {-1}};
    std::size_t most = 0;
    QStringList drawn;
    for (const QString& name : systems) {
        const FigureSystem* system = figureData.system(name);
        if (!system || !system->embedding)
            continue;
        drawn << name;
        table.columns.insert(table.columns.end(), {system->title.toStdString(), "r"});
        table.decimals.insert(table.decimals.end(), {-1, 2});
        most = std::max(most, system->embedding->trainingColumns.size());
    }
    for (std::size_t i = 0; i < most; ++i) {
        std::vector<std::string> row{std::to_string(i + 1)};
        for (const QString& name : drawn) {
            const FigureSystem& system = *figureData.system(name);
            const EmbeddingView& embedding = *system.embedding;
            const bool there = i < embedding.trainingColumns.size();
            const std::size_t term = there ? strongestTerm(embedding, i) : embedding.correlations.cols();
            row.push_back(there ? system.componentNames.value(static_cast<qsizetype>(i)).toStdString() : std::string());
            row.push_back(term < embedding.correlations.cols() ? numberCell(embedding.correlations(i, term))
                                                               : std::string());
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

} // namespace tercet
