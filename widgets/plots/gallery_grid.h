#pragma once

#include "widgets/plots/word_cloud.h"

#include <vector>

namespace tercet {

/// A component as a small card.
struct GalleryCard {
    QString title; ///< "1 aesthetic appreciation"
    QColor color;  ///< of the component
    std::vector<CloudWord> words;
};

/// Components as a grid of small word clouds. It is as high as its width asks, so a scroll area holds it. Arrow keys
/// move from card to card, Return opens one. GUI thread.
class GalleryGrid : public PlotWidget {
    Q_OBJECT
public:
    explicit GalleryGrid(QWidget* parent = nullptr);

    void setCards(std::vector<GalleryCard> cards);
    [[nodiscard]] const std::vector<GalleryCard>& cards() const { return m_cards; }
    void setCurrent(int card); ///< −1 for none
    [[nodiscard]] int current() const { return m_current; }
    /// Where a card is drawn, in widget coordinates.
    [[nodiscard]] QRectF areaOf(int card) const;

    /// Height that the cards take at a width, `columns` in a row; 0: as many as fit.
    [[nodiscard]] double heightFor(double width, const Look& look, int columns = 0) const;
    /// Paints the cards `columns` in a row, 0: as many as fit.
    void paint(QPainter& painter, const QRectF& area, const Look& look, int columns = 0) const;
    [[nodiscard]] QSize sizeHint() const override { return {360, 240}; }

signals:
    void cardHovered(int card); ///< −1: none
    void cardClicked(int card);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    [[nodiscard]] static int columnsFor(double width, int columns);
    [[nodiscard]] static QSizeF cellSize(double width, const Look& look, int columns);
    void draw(QPainter& painter, const QRectF& area, const Look& look, int columns, bool live) const;
    void point(int card);
    void takeHeight();

    std::vector<GalleryCard> m_cards;
    int m_current = -1;
    int m_hovered = -1;
    mutable std::vector<std::vector<PlacedWord>> m_layouts; ///< of m_laidOut
    mutable QSizeF m_laidOut;
    mutable double m_smallest = 0;
};

} // namespace tercet
