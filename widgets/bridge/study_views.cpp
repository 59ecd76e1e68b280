#include "widgets/bridge/study_views.h"

#include <algorithm>
#include <numeric>

namespace tercet {

EmbeddingView embeddingView(Matrix<double> weights, std::vector<int> trainingColumns, const Ratings* ratings) {
    const std::size_t rows = weights.rows();
    const std::size_t columns = weights.cols();
    std::vector<double> sums(columns);
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < columns; ++j)
            sums[j] += weights(i, j);
    std::vector<std::size_t> order(columns);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return sums[a] > sums[b]; });

    EmbeddingView view;
    if (std::is_sorted(order.begin(), order.end())) {
        view.weights = std::move(weights);
        view.trainingColumns = std::move(trainingColumns);
    } else {
        view.weights = Matrix<double>(rows, columns);
        for (std::size_t i = 0; i < rows; ++i)
            for (std::size_t j = 0; j < columns; ++j)
                view.weights(i, j) = weights(i, order[j]);
        for (const std::size_t column : order)
            view.trainingColumns.push_back(trainingColumns[column]);
    }
    view.maxima.assign(columns, 0);
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < columns; ++j)
            view.maxima[j] = std::max(view.maxima[j], view.weights(i, j));
    if (ratings && columns > 0 && !ratings->terms.empty()) {
        const std::size_t both = std::min(rows, ratings->values.rows());
        ComponentLabels found = labelComponents(
            MatrixView<const double>(view.weights.data(), both, columns),
            MatrixView<const double>(ratings->values.data(), both, ratings->terms.size()), ratings->terms);
        view.correlations = std::move(found.correlation);
        view.labels = std::move(found.labels);
    }
    return view;
}

EmbeddingView embeddingView(const FitSnapshot& snapshot, const Ratings* ratings) {
    std::vector<int> columns(snapshot.weights.cols());
    std::iota(columns.begin(), columns.end(), 0);
    Matrix<double> weights(snapshot.weights.rows(), snapshot.weights.cols());
    std::copy(snapshot.weights.values().begin(), snapshot.weights.values().end(), weights.values().begin());
    EmbeddingView view = embeddingView(std::move(weights), std::move(columns), ratings);
    view.live = true;
    view.epoch = static_cast<int>(snapshot.epoch);
    return view;
}

std::vector<QPointF> pointsOf(MatrixView<const float> positions) {
    std::vector<QPointF> points;
    points.reserve(positions.rows());
    for (std::size_t i = 0; i < positions.rows(); ++i)
        points.emplace_back(positions(i, 0), positions(i, 1));
    return points;
}

std::vector<int> topCategoriesOf(const Ratings& ratings) {
    const auto categories = ratings.columns(TermKind::Category);
    std::vector<int> top(ratings.values.rows(), -1);
    for (std::size_t i = 0; i < top.size(); ++i) {
        double highest = 0;
        for (const std::size_t column : categories)
            if (ratings.values(i, column) > highest) {
                highest = ratings.values(i, column);
                top[i] = static_cast<int>(column);
            }
    }
    return top;
}

} // namespace tercet
