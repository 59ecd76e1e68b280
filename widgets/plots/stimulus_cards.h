#pragma once

#include "widgets/plots/look.h"
#include "widgets/plots/plot_widget.h"

#include <QColor>
#include <QImage>
#include <QRectF>
#include <QString>

#include <vector>

namespace tercet {

/// A stimulus with its weight on a component.
struct StimulusCard {
    int stimulus = 0; ///< row in the study
    QString name;
    QString detail = {}; ///< what it is, for example its category; empty for none
    QColor color = {};   ///< of the detail; invalid for none
    double weight = 0;   ///< ≥ 0
    double share = 0;    ///< of the component's maximum, 0–1: length of the bar
    QImage frame = {};   ///< null while there is no clip: the detail stands in its place
};

/// Stimuli by rank as cards: frame, rank, name and a bar for the weight; where there is no room for frames, a line
/// each. Arrow keys move from card to card. GUI thread.
class StimulusCards : public PlotWidget {
    Q_OBJECT
public:
    explicit StimulusCards(QWidget* parent = nullptr);

    void setCards(std::vector<StimulusCard> cards, const QColor& barColor);
    [[nodiscard]] const std::vector<StimulusCard>& cards() const { return m_cards; }
    void setSelected(QVector<int> stimuli); ///< rows, ascending
    void setHoveredStimulus(int stimulus);  ///< row or −1; emits nothing
    /// Where a card is drawn, in widget coordinates.
    [[nodiscard]] QRectF areaOf(int card) const;

    void paint(QPainter& painter, const QRectF& area, const Look& look) const;
    [[nodiscard]] QSize sizeHint() const override { return {320, 220}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {120, 96}; }

signals:
    void cardHovered(int stimulus); ///< row or −1
    void cardClicked(int stimulus, Qt::KeyboardModifiers modifiers);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Grid {
        int columns = 1;
        QSizeF cell;
        bool framed = false;
    };
    [[nodiscard]] Grid gridFor(const QSizeF& size, const Look& look) const;
    [[nodiscard]] static QRectF cellOf(const Grid& grid, const QRectF& area, int card);
    void draw(QPainter& painter, const QRectF& area, const Look& look, bool live) const;
    void drawFramed(QPainter& painter, const QRectF& cell, int card, const Look& look) const;
    void drawLine(QPainter& painter, const QRectF& cell, int card, const Look& look) const;
    [[nodiscard]] int cardAt(const QPointF& at) const;
    void point(int card);

    std::vector<StimulusCard> m_cards;
    QColor m_barColor;
    QVector<int> m_selected;
    int m_hovered = -1; ///< card
};

} // namespace tercet
