#pragma once

#include <QScrollArea>
#include <QStringList>

#include <functional>
#include <vector>

class QGridLayout;

namespace tercet {

class ElidedLabel;

/// Views of one kind in a grid. They share the space there is down to their least size; then the grid scrolls, below
/// the headings of its columns and beside those of its rows. One row or one column is wrapped so that views of their
/// usual shape are largest, each below its own heading unless it is the only one. GUI thread.
class SmallMultiples : public QScrollArea {
    Q_OBJECT
public:
    /// `make` makes the view of a place in the grid, rows one after the other; the grid becomes its parent.
    explicit SmallMultiples(std::function<QWidget*(std::size_t place)> make, QWidget* parent = nullptr);

    /// Keeps, makes or deletes views, from the last one, until there is one for each row and column. An empty heading
    /// takes no space.
    void arrange(const QStringList& rows, const QStringList& columns);

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;

private:
    struct Part {
        QWidget* frame;
        ElidedLabel* title;
        QWidget* view;
    };
    /// The headings of rows or of columns, in a strip that shows as much of them as the viewport shows of the grid.
    struct Headings {
        QWidget* strip;
        std::vector<ElidedLabel*> labels;
        void setTexts(const QStringList& texts);
    };
    [[nodiscard]] bool isMatrix() const { return m_rows.size() > 1 && m_columns.size() > 1; }
    [[nodiscard]] int columnsToUse() const;
    void layOut();
    void placeHeadings();

    std::function<QWidget*(std::size_t)> m_make;
    QGridLayout* m_grid;
    std::vector<Part> m_parts;
    QStringList m_rows;
    QStringList m_columns;
    int m_laidOut = 0; ///< columns of the grid; 0: to be laid out
    Headings m_rowHeadings;
    Headings m_columnHeadings;
};

} // namespace tercet
