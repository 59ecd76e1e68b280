#pragma once

#include "widgets/plots/look.h"
#include "widgets/plots/plot_widget.h"

#include <QColor>
#include <QPointF>
#include <QRectF>
#include <QSizeF>
#include <QString>

#include <cstdint>
#include <vector>

namespace tercet {

/// A word of a cloud: a rating that goes with a component.
struct CloudWord {
    enum class Kind { Category, Dimension, Other };
    QString text; ///< as drawn: dimensions with -high or -low by the sign of r (SPEC C1)
    double r = 0; ///< −1 to 1, decides the size; not NaN
    Kind kind = Kind::Category;
    QColor color = {}; ///< made legible on the background; invalid for that of text
};

/// Where a word of a cloud stands; lengths in logical units.
struct PlacedWord {
    int word = 0;     ///< index among the words laid out
    double size = 0;  ///< height of an em
    QPointF baseline; ///< its left end
    QRectF box;       ///< all ink of the word, and a little air
};

struct CloudOptions {
    std::uint64_t seed = 0; ///< of the places
    double smallest = 8;    ///< em that can still be read; weaker words are left out for it
    double largest = 40;    ///< em
    int mostWords = 24;
    QStringList families = lightLook().families; ///< of the font, the first wanted
};

/// Places the words in a rectangle from (0, 0): em heights proportional to |r|, as large as they fit, none over
/// another, all inside. The strongest stand near the middle; the weakest are left out while they would be too small to
/// read, but one word is always placed. The same for the same input on every device. Empty without words or room.
[[nodiscard]] std::vector<PlacedWord> layoutCloud(const std::vector<CloudWord>& words, const QSizeF& area,
                                                  const CloudOptions& options = {});

/// Draws a layout with its upper left corner at `origin`: categories bold and upright, dimensions italic.
void drawCloud(QPainter& painter, const QPointF& origin, const std::vector<CloudWord>& words,
               const std::vector<PlacedWord>& layout, const Look& look, int hovered = -1);

/// One line that says how categories, dimensions and r below 0 are drawn; returns its width.
double drawCloudKey(QPainter& painter, const QPointF& baseline, double width, const std::vector<CloudWord>& words,
                    const Look& look);

/// A word cloud (SPEC C5) with its key below. Pointing at a word, or the arrow keys, show its r. GUI thread.
class WordCloud : public PlotWidget {
    Q_OBJECT
public:
    explicit WordCloud(QWidget* parent = nullptr);

    void setWords(std::vector<CloudWord> words);
    [[nodiscard]] const std::vector<CloudWord>& words() const { return m_words; }
    void setSeed(std::uint64_t seed);
    /// In widget coordinates.
    [[nodiscard]] std::vector<PlacedWord> layout() const;

    void paint(QPainter& painter, const QRectF& area, const Look& look) const;
    [[nodiscard]] QSize sizeHint() const override { return {320, 200}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {120, 72}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    [[nodiscard]] QRectF cloudArea(const QRectF& area, const Look& look) const;
    const std::vector<PlacedWord>& layoutFor(const QSizeF& size, const Look& look) const;
    void draw(QPainter& painter, const QRectF& area, const Look& look, int hovered) const;
    void setHovered(int word);

    std::vector<CloudWord> m_words;
    std::uint64_t m_seed = 0;
    int m_hovered = -1;
    mutable std::vector<PlacedWord> m_layout; ///< of m_laidOut
    mutable QSizeF m_laidOut;
    mutable double m_smallest = 0;
    mutable QStringList m_families;
};

} // namespace tercet
