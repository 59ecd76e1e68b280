#include "widgets/figures/rose_values.h"

#include "widgets/plots/palettes.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tercet {

std::vector<RoseSystem> roseSystems(const FigureData& figureData, const QStringList& systems, bool dark) {
    std::vector<RoseSystem> columns;
    for (const QString& name : systems) {
        const FigureSystem* system = figureData.system(name);
        RoseSystem column{system->title, figureData.color(name, dark), {}};
        for (std::size_t i = 0; i < system->embedding->trainingColumns.size(); ++i)
            column.components.push_back({system->componentNames.value(static_cast<int>(i)),
                                         componentColor(system->embedding->trainingColumns[i])});
        columns.push_back(std::move(column));
    }
    return columns;
}

std::vector<RoseStimulus> roseStimuli(const FigureData& figureData, const QStringList& systems,
                                      const QVector<int>& rows) {
    std::vector<RoseStimulus> stimuli;
    for (const int row : rows) {
        const auto place = static_cast<std::size_t>(row);
        const Stimulus& stimulus = figureData.stimuli->at(place);
        RoseStimulus rose{QString::fromStdString(stimulus.name.empty() ? stimulus.id : stimulus.name), {}};
        for (const QString& name : systems) {
            const EmbeddingView& embedding = *figureData.system(name)->embedding;
            std::vector<double> weights;
            if (place < embedding.weights.rows())
                for (std::size_t i = 0; i < embedding.weights.cols(); ++i)
                    weights.push_back(embedding.maxima[i] > 0 ? embedding.weights(place, i) / embedding.maxima[i] : 0);
            rose.weights.push_back(std::move(weights));
        }
        stimuli.push_back(std::move(rose));
    }
    return stimuli;
}

QVector<int> exampleStimuli(const FigureData& figureData, int count) {
    QVector<int> rows;
    const auto take = [&](std::size_t candidates, auto&& valueOf) {
        int best = -1;
        for (std::size_t row = 0; row < candidates; ++row)
            if (std::isfinite(valueOf(row)) && (best < 0 || valueOf(row) > valueOf(static_cast<std::size_t>(best))))
                best = static_cast<int>(row);
        if (best >= 0 && !rows.contains(best))
            rows << best;
    };
    if (figureData.ratings) {
        std::map<int, int> members;
        for (const int column : figureData.topCategories)
            if (column >= 0)
                ++members[column];
        std::vector<std::pair<int, int>> frequent; // −members, column
        for (const auto& [column, number] : members)
            frequent.emplace_back(-number, column);
        std::sort(frequent.begin(), frequent.end());
        for (const auto& [number, column] : frequent)
            if (rows.size() < count)
                take(figureData.ratings->values.rows(), [&, of = static_cast<std::size_t>(column)](std::size_t row) {
                    return figureData.ratings->values(row, of);
                });
    }
    for (const FigureSystem& system : figureData.systems)
        if (system.embedding)
            for (std::size_t i = 0; i < system.embedding->weights.cols() && rows.size() < count; ++i)
                take(system.embedding->weights.rows(),
                     [&](std::size_t row) { return system.embedding->weights(row, i); });
    std::sort(rows.begin(), rows.end());
    return rows;
}

} // namespace tercet
