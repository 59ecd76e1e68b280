#pragma once

#include "core/base/table.h"
#include "widgets/figures/figure_data.h"

#include <QString>

#include <concepts>
#include <initializer_list>
#include <string>

namespace tercet {

/// A table's cell: text as it is, or a number in full (numberCell()).
struct TableCell {
    TableCell(const QString& cell) : text(cell.toStdString()) {} // NOLINT(google-explicit-constructor)
    TableCell(std::string cell) : text(std::move(cell)) {}       // NOLINT(google-explicit-constructor)
    TableCell(const char* cell) : text(cell) {}                  // NOLINT(google-explicit-constructor)
    TableCell(double value) : text(numberCell(value)) {}         // NOLINT(google-explicit-constructor)
    TableCell(bool value) : text(value ? "1" : "0") {}           // NOLINT(google-explicit-constructor)
    template <std::integral Number>                              //
    TableCell(Number value) : text(std::to_string(value)) {}     // NOLINT(google-explicit-constructor)

    std::string text;
};

/// A column of a table that is being built. Names stay the same from version to version, so that scripts can use them;
/// a unit stands in parentheses.
struct TableColumn {
    std::string name;
    int decimals = -1; ///< where people read it (Table::decimals)
};

/// Makes a table row by row.
class TableBuilder {
public:
    TableBuilder(const QString& title, std::initializer_list<TableColumn> columns);

    /// A row, a cell per column.
    void add(std::initializer_list<TableCell> cells);
    [[nodiscard]] Table take() { return std::move(m_table); }

private:
    Table m_table;
};

/// What tables call a system: its title; with the name after it where two systems have the same title.
[[nodiscard]] std::string systemCell(const FigureData& figureData, const QString& system);

} // namespace tercet
