#pragma once

#include "core/base/matrix.h"
#include "core/embedding/spose_fit.h"
#include "core/pipeline/pipeline.h"
#include "core/spaces/component_labels.h"
#include "core/spaces/map.h"
#include "core/study/study.h"

#include <QPointF>
#include <QString>

#include <memory>
#include <span>
#include <vector>

namespace tercet {

/// A system's embedding as panels show it: a finished result, an import, or the latest of a running fit.
struct EmbeddingView {
    Matrix<double> weights;             ///< stimuli × components, descending sum
    std::vector<int> trainingColumns;   ///< per component: its identity, for selection and colour
    std::vector<double> maxima;         ///< per component: its largest weight
    std::vector<ComponentLabel> labels; ///< per component; empty without ratings
    Matrix<double> correlations;        ///< components × rating terms; empty without ratings
    bool live = false;                  ///< a fit is running
    int epoch = 0;
};

/// A system's map as panels show it.
struct MapView {
    std::vector<QPointF> positions; ///< per stimulus
    double divergence = 0;          ///< KL, nats; 0 before it was measured
    int iteration = 0;              ///< of a live layout
    bool live = false;              ///< still moving
};

/// The curves of a system's fit.
struct FitView {
    std::vector<EpochRecord> records; ///< one per epoch
    double secondsLeft = -1;          ///< estimate; −1 when unknown or ended
    int epochLimit = 0;
    QString ended; ///< why it ended, one sentence; empty while running or before
    bool live = false;
};

/// What panels show of a task besides its arrays.
struct TaskView {
    StepState state;
    Parameters parameters;    ///< in force
    QString summary;          ///< of the result in `state`: one short line
    bool canResume = false;   ///< a fit that was ended by hand can go on
    std::vector<Task> needed; ///< the tasks that make what it needs
};

/// The view of weights (stimuli × components) whose columns had the places `trainingColumns` while training. Components
/// are put in descending order of their sums; with ratings (null: without) they are correlated and labelled, over the
/// stimuli that both have. Any thread.
[[nodiscard]] EmbeddingView embeddingView(Matrix<double> weights, std::vector<int> trainingColumns,
                                          const Ratings* ratings);
/// The same of a running fit.
[[nodiscard]] EmbeddingView embeddingView(const FitSnapshot& snapshot, const Ratings* ratings);

/// Positions (n × 2) as panels take them.
[[nodiscard]] std::vector<QPointF> pointsOf(MatrixView<const float> positions);

/// Per stimulus the column of its highest category, −1 where there is none or all are 0.
[[nodiscard]] std::vector<int> topCategoriesOf(const Ratings& ratings);

} // namespace tercet
