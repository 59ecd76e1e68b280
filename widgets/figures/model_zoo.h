#pragma once

#include "core/base/table.h"
#include "widgets/figures/figure_data.h"

#include <QString>
#include <QStringList>

#include <cstdint>
#include <vector>

namespace tercet {

class BarPlot;
class SizePlot;

/// How well each model of a study is aligned with its human systems (SPEC E10), from a result of align-systems.
///
/// Human systems are those simulated from rated categories and dimensions; in a study without ratings, systems that
/// judged without a parameter count, as long as another one has a count. All others are models.
struct ModelZoo {
    struct System {
        QString name;
        QString title;
        double parameters = 0;      ///< 0 where nobody said
        double reliability = 0;     ///< NaN where it is not known
        std::int64_t judgments = 0; ///< validation judgments
    };
    struct Alignment {
        std::size_t model = 0; ///< place in `models`
        std::size_t human = 0; ///< place in `humans`
        double value = 0;      ///< correlation over reliabilities; NaN where it is not defined
        double low = 0;        ///< of the 95 % interval
        double high = 0;
    };
    bool assumed = false; ///< humans are so for want of a parameter count
    std::vector<System> humans;
    std::vector<System> models;
    std::vector<Alignment> alignments; ///< by human system, in each the best first, undefined ones last
    [[nodiscard]] bool empty() const { return alignments.empty(); }
    [[nodiscard]] bool hasSizes() const; ///< the number of parameters of some model is known
};

/// Empty before align-systems, and without a model or a human system. Of `systems` (names) alone; empty: of all.
[[nodiscard]] ModelZoo modelZooOf(const FigureData& figureData, const QStringList& systems = {});

/// What is missing, a sentence each: who is taken for people, models with too few judgments, and models of unknown
/// size.
[[nodiscard]] QStringList missingIn(const ModelZoo& zoo);

/// Alignments as bars.
void showZooBars(BarPlot& plot, const FigureData& figureData, const ModelZoo& zoo, bool dark);
/// Alignments over the number of parameters, of models whose number is known.
void showZooSizes(SizePlot& plot, const FigureData& figureData, const ModelZoo& zoo, bool dark);
[[nodiscard]] std::vector<Table> zooTables(const FigureData& figureData, const ModelZoo& zoo);

} // namespace tercet
