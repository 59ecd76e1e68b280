#include "widgets/panels/similarity_view.h"

#include "widgets/plots/annotation.h"
#include "widgets/plots/color_bar.h"
#include "widgets/plots/heat_map.h"
#include "widgets/plots/palettes.h"
#include "widgets/plots/scatter_plot.h"
#include "widgets/plots/theme.h"

#include <QPaintEvent>
#include <QPainter>

#include <functional>

namespace tercet {
namespace {

constexpr int kWide = 80 * kUnit; ///< from which all three stand in a row

/// Draws over its siblings and lets the pointer through.
class Overlay : public QWidget {
public:
    Overlay(QWidget* parent, std::function<void(QPainter&)> draw) : QWidget(parent), m_draw(std::move(draw)) {
        setAttribute(Qt::WA_TransparentForMouseEvents);
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        m_draw(painter);
    }

private:
    std::function<void(QPainter&)> m_draw;
};

} // namespace

SimilarityView::SimilarityView(QWidget* parent)
    : QWidget(parent), m_predicted(new HeatMap(this)), m_measured(new HeatMap(this)), m_scatter(new ScatterPlot(this)),
      m_key(new ColorBar(this)), m_card(new Overlay(this, [this](QPainter& painter) { paintCard(painter); })) {
    showSimilarityKey(*m_key);
    for (HeatMap* map : {m_predicted, m_measured}) {
        connect(map, &HeatMap::cellHovered, this, [this, map](int row, int column) { point(map, row, column); });
        connect(map, &HeatMap::cellClicked, this, &SimilarityView::choose);
    }
    connect(m_scatter, &ScatterPlot::itemHovered, this, [this](int index) {
        const auto [row, column] =
            index < 0 ? std::pair{-1, -1} : m_similarity.pairs.at(static_cast<std::size_t>(index));
        point(m_scatter, row, column);
    });
    connect(m_scatter, &ScatterPlot::itemClicked, this, [this](int index) {
        const auto [row, column] = m_similarity.pairs.at(static_cast<std::size_t>(index));
        choose(row, column);
    });
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        arrange();
        update();
    });
}

void SimilarityView::setSystem(const std::shared_ptr<const FigureData>& figureData, const QString& system, bool dark) {
    m_figureData = figureData;
    const std::vector<int> before = std::move(m_similarity.stimuli);
    m_similarity = prototypeSimilarity(*figureData, system);
    const std::size_t count = m_similarity.stimuli.size();
    m_points.assign(count * count, -1);
    for (std::size_t i = 0; i < m_similarity.pairs.size(); ++i) {
        const auto row = static_cast<std::size_t>(m_similarity.pairs[i].first);
        const auto column = static_cast<std::size_t>(m_similarity.pairs[i].second);
        m_points[row * count + column] = m_points[column * count + row] = static_cast<int>(i);
    }
    showSimilarityMap(*m_predicted, m_similarity, false);
    showSimilarityMap(*m_measured, m_similarity, true);
    showSimilarity(*m_scatter, *figureData, m_similarity, system, dark);
    if (before == m_similarity.stimuli)
        point(m_pointed, m_row, m_column);
    else
        point(nullptr, -1, -1);
    arrange();
}

int SimilarityView::pointOf(int place, int other) const {
    const auto count = static_cast<int>(m_similarity.stimuli.size());
    if (place < 0 || other < 0 || place >= count || other >= count)
        return -1;
    return m_points[static_cast<std::size_t>(place) * static_cast<std::size_t>(count) +
                    static_cast<std::size_t>(other)];
}

void SimilarityView::point(const QWidget* at, int row, int column) {
    m_pointed = at;
    m_row = row;
    m_column = column;
    m_predicted->setHovered(row, column);
    m_measured->setHovered(row, column);
    m_scatter->setHovered(pointOf(row, column));
    m_card->update();
}

QStringList SimilarityView::card() const {
    return m_pointed && m_row >= 0 ? similarityCard(*m_figureData, m_similarity, m_row, m_column) : QStringList();
}

void SimilarityView::paintCard(QPainter& painter) {
    const Look& look = Theme::instance().look();
    const int index = pointOf(m_row, m_column);
    m_cardArea = {};
    if (m_pointed == m_scatter && index >= 0) {
        m_cardArea = drawCard(painter, rect(), m_scatter->mapTo(this, m_scatter->placeOf(index)), card(), look);
    } else if (m_pointed && m_row >= 0) {
        const HeatMap* map = m_pointed == m_measured ? m_measured : m_predicted;
        const double value = map->values()(static_cast<std::size_t>(m_row), static_cast<std::size_t>(m_column));
        const QPointF at = map->mapTo(this, map->areaOf(m_row, m_column).center());
        m_cardArea = drawCard(painter, rect(), at, card(), look, QColor::fromRgb(sequentialColor(value)));
    }
}

void SimilarityView::choose(int row, int column) {
    const int first = m_similarity.stimuli.at(static_cast<std::size_t>(row));
    const int second = m_similarity.stimuli.at(static_cast<std::size_t>(column));
    emit stimuliChosen(first == second ? QVector<int>{first} : QVector<int>{first, second});
}

void SimilarityView::arrange() {
    const Look& look = Theme::instance().look();
    const auto layoutOf = [&](bool inARow) {
        return similarityLayout({.width = static_cast<double>(width()),
                                 .height = static_cast<double>(height()),
                                 .inARow = inARow,
                                 .scatterTitleLines = 2},
                                look);
    };
    SimilarityLayout layout = layoutOf(true);
    // Low and narrow: whatever leaves the matrices more room.
    if (const SimilarityLayout stacked = layoutOf(false);
        width() < kWide && stacked.predicted.width() > layout.predicted.width())
        layout = stacked;
    const QRect map(0, 0, static_cast<int>(layout.predicted.width()), static_cast<int>(layout.predicted.height()));
    m_predicted->setGeometry(map); // both as large, to the pixel
    m_measured->setGeometry(map.translated(map.width(), 0));
    m_scatter->setGeometry(layout.scatter.toRect());
    m_key->setGeometry(layout.key.toRect());
    m_card->setGeometry(rect());
}

void SimilarityView::resizeEvent(QResizeEvent*) { arrange(); }

void SimilarityView::paintEvent(QPaintEvent* event) {
    QPainter(this).fillRect(event->rect(), Theme::instance().look().surface);
}

} // namespace tercet
