#include "widgets/panels/similarity_view.h"

#include "widgets/plots/axis.h"
#include "widgets/plots/color_bar.h"
#include "widgets/plots/heat_map.h"
#include "widgets/plots/scatter_plot.h"
#include "widgets/plots/theme.h"

#include <QPaintEvent>
#include <QPainter>

namespace tercet {
namespace {

constexpr int kWide = 80 * kUnit; ///< from which all three stand in a row

} // namespace

SimilarityView::SimilarityView(QWidget* parent)
    : QWidget(parent), m_predicted(new HeatMap(this)), m_measured(new HeatMap(this)), m_scatter(new ScatterPlot(this)),
      m_key(new ColorBar(this)) {
    showSimilarityKey(*m_key);
    for (HeatMap* map : {m_predicted, m_measured}) {
        connect(map, &HeatMap::cellHovered, this, [this, map](int row, int column) { point(map, row, column); });
        connect(map, &HeatMap::cellClicked, this, &SimilarityView::choose);
    }
    connect(m_scatter, &ScatterPlot::pointHovered, this, [this](int index) {
        const auto [row, column] =
            index < 0 ? std::pair{-1, -1} : m_similarity.pairs.at(static_cast<std::size_t>(index));
        point(m_scatter, row, column);
    });
    connect(m_scatter, &ScatterPlot::pointClicked, this, [this](int index) {
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
    showSimilarityMap(*m_predicted, *figureData, m_similarity, false);
    showSimilarityMap(*m_measured, *figureData, m_similarity, true);
    showSimilarity(*m_scatter, *figureData, m_similarity, system, dark);
    for (HeatMap* map : {m_predicted, m_measured})
        map->setDescribe([this, map](int row, int column) {
            return map == m_pointed ? similarityCard(*m_figureData, m_similarity, row, column) : QStringList();
        });
    m_scatter->setDescribe([this](int index) {
        const auto [row, column] = m_similarity.pairs.at(static_cast<std::size_t>(index));
        return m_scatter == m_pointed ? similarityCard(*m_figureData, m_similarity, row, column) : QStringList();
    });
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
    for (QWidget* plot :
         {static_cast<QWidget*>(m_predicted), static_cast<QWidget*>(m_measured), static_cast<QWidget*>(m_scatter)})
        plot->update(); // the card may have moved from one to another
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
}

void SimilarityView::resizeEvent(QResizeEvent*) { arrange(); }

void SimilarityView::paintEvent(QPaintEvent* event) {
    QPainter(this).fillRect(event->rect(), Theme::instance().look().surface);
}

} // namespace tercet
