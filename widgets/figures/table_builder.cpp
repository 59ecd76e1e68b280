#include "widgets/figures/table_builder.h"

#include <algorithm>

namespace tercet {

TableBuilder::TableBuilder(const QString& title, std::initializer_list<TableColumn> columns)
    : m_table{.title = title.toStdString(), .columns = {}, .rows = {}} {
    for (const TableColumn& column : columns) {
        m_table.columns.push_back(column.name);
        m_table.decimals.push_back(column.decimals);
    }
}

void TableBuilder::add(std::initializer_list<TableCell> cells) {
    std::vector<std::string> row;
    row.reserve(cells.size());
    for (const TableCell& cell : cells)
        row.push_back(cell.text);
    m_table.rows.push_back(std::move(row));
}

std::string systemCell(const FigureData& figureData, const QString& system) {
    const FigureSystem* found = figureData.system(system);
    if (!found)
        return figureData.modelTitle(system).toStdString(); // of a table of ratings
    const auto alike = std::count_if(figureData.systems.begin(), figureData.systems.end(),
                                     [&](const FigureSystem& other) { return other.title == found->title; });
    return (alike > 1 ? QStringLiteral("%1 (%2)").arg(found->title, system) : found->title).toStdString();
}

} // namespace tercet
