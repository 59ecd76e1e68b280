#pragma once

#include <QWidget>

#include <functional>
#include <vector>

class QGridLayout;
class QLabel;

namespace tercet {

/// Views of one kind in a grid, each below its title unless it is the only one. GUI thread.
class SmallMultiples : public QWidget {
    Q_OBJECT
public:
    /// `make` makes the view of a place in the grid; its parent will be this.
    explicit SmallMultiples(std::function<QWidget*(std::size_t place)> make, QWidget* parent = nullptr);

    /// Keeps, makes or deletes views, from the last one, until there are as many of them as `rows` × `columns`. Many of
    /// one and one of the other are laid out in a square.
    void arrange(int rows, int columns);
    void setTitle(std::size_t place, const QString& title);

private:
    struct Part {
        QWidget* frame;
        QLabel* title;
    };
    std::function<QWidget*(std::size_t)> m_make;
    QGridLayout* m_grid;
    std::vector<Part> m_parts;
};

} // namespace tercet
