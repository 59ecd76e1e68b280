#pragma once

#include "widgets/figures/similarity_maps.h"

#include <QWidget>

#include <QRectF>
#include <QStringList>

#include <memory>
#include <vector>

class QPainter;

namespace tercet {

class ColorBar;
class HeatMap;
class ScatterPlot;

/// Predicted and measured similarity of the prototypes, as two matrices in one order and as a scatter (SPEC E7). The
/// pair under the pointer, or reached with the arrow keys, is marked in all three and has one card, beside where it is
/// pointed at. GUI thread.
class SimilarityView : public QWidget {
    Q_OBJECT

public:
    explicit SimilarityView(QWidget* parent = nullptr);

    /// What `system` has; a pair that was pointed at stays so while the prototypes are the same.
    void setSystem(const std::shared_ptr<const FigureData>& figureData, const QString& system, bool dark);
    /// Pairs in the order of the scatter's points.
    [[nodiscard]] const PrototypeSimilarity& similarity() const { return m_similarity; }
    [[nodiscard]] HeatMap* predicted() const { return m_predicted; }
    [[nodiscard]] HeatMap* measured() const { return m_measured; }
    [[nodiscard]] ScatterPlot* scatter() const { return m_scatter; }
    /// The point of a pair of prototypes, in either order; −1: it has none.
    [[nodiscard]] int pointOf(int place, int other) const;
    [[nodiscard]] QStringList card() const;                      ///< its lines; none while nothing is pointed at
    [[nodiscard]] QRectF cardArea() const { return m_cardArea; } ///< where it was last painted
    [[nodiscard]] QSize sizeHint() const override { return {640, 320}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {200, 140}; }

signals:
    void stimuliChosen(const QVector<int>& rows); ///< of the pair that was clicked; one for a cell of the diagonal

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void point(const QWidget* at, int row, int column);
    void choose(int row, int column);
    void arrange();
    void paintCard(QPainter& painter);

    HeatMap* m_predicted;
    HeatMap* m_measured;
    ScatterPlot* m_scatter;
    ColorBar* m_key;
    QWidget* m_card; ///< over all of them
    std::shared_ptr<const FigureData> m_figureData;
    PrototypeSimilarity m_similarity;
    std::vector<int> m_points; ///< places × places: pointOf
    const QWidget* m_pointed = nullptr;
    int m_row = -1;
    int m_column = -1;
    QRectF m_cardArea;
};

} // namespace tercet
