#pragma once

#include "widgets/plots/look.h"
#include "widgets/plots/plot_widget.h"

#include <QString>

#include <vector>

namespace tercet {

struct LegendEntry {
    QString name;
    QColor color;
    int count = -1; ///< of members, shown after the name; −1: none
};

/// Names and colours of groups in columns, that filters: a click hides or shows a group, a double click or Alt and a
/// click shows it alone, or all again. With the keyboard: arrows, Space, Return. Its height follows its width. GUI
/// thread.
class Legend : public PlotWidget {
    Q_OBJECT

public:
    explicit Legend(QWidget* parent = nullptr);

    void setEntries(std::vector<LegendEntry> entries); ///< all are shown
    void setEntryShown(int entry, bool shown);         ///< emits nothing
    void setHighlighted(int entry);                    ///< −1: none; emits nothing
    [[nodiscard]] bool entryShown(int entry) const;
    [[nodiscard]] QRectF areaOf(int entry) const;

    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;
    /// Height that paint() needs at this width.
    [[nodiscard]] double heightFor(double width, const Look& look) const;
    void paint(QPainter& painter, const QRectF& area, const Look& look) const;

signals:
    void shownChanged();          ///< by the user
    void entryHovered(int entry); ///< −1: none

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Grid {
        int columns = 1;
        int rows = 0;
        double columnWidth = 0;
        double rowHeight = 0;
    };
    [[nodiscard]] Grid gridFor(double width, const Look& look) const;
    [[nodiscard]] QRectF areaOf(const Grid& grid, int entry) const;
    [[nodiscard]] int entryAt(const QPointF& place) const;
    void draw(QPainter& painter, const QRectF& area, const Look& look, int marked) const;
    void toggle(int entry);
    void isolate(int entry);
    void setHovered(int entry);

    std::vector<LegendEntry> m_entries;
    std::vector<bool> m_shown;
    int m_hovered = -1;
    int m_highlighted = -1;
};

} // namespace tercet
