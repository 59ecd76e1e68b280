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

Table labelTableOf(const FigureData& figureData) {
    Table table{.title = QObject::tr("Component labels — %1").arg(figureData.studyTitle).toStdString(),
                .columns = {QObject::tr("component").toStdString()},
                .rows = {}};
    std::size_t most = 0;
    const QStringList systems = labelTableSystems(figureData);
    for (const QString& name : systems) {
        const FigureSystem& system = *figureData.system(name);
        table.columns.push_back(system.title.toStdString());
        table.columns.push_back("r");
        most = std::max(most, system.embedding->trainingColumns.size());
    }
    for (std::size_t i = 0; i < most; ++i) {
        std::vector<std::string> row{std::to_string(i + 1)};
        for (const QString& name : systems) {
            const FigureSystem& system = *figureData.system(name);
            const bool there = i < system.embedding->trainingColumns.size();
            row.push_back(there ? system.componentNames.value(static_cast<qsizetype>(i)).toStdString() : std::string());
            row.push_back(there ? strongestCorrelation(*system.embedding, i).toStdString() : std::string());
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

} // namespace tercet
