#pragma once

#include "core/pipeline/given_names.h"
#include "core/study/study.h"
#include "widgets/bridge/study_views.h"

#include <QColor>
#include <QString>
#include <QStringList>

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace tercet {

/// A result that a figure may show or cite.
struct FigureResult {
    ResultRecord record;
    QString summary; ///< one short line
};
using FigureResults = std::map<std::string, FigureResult>; ///< by step

/// One system as panels and figures draw it. Null where there is nothing yet.
struct FigureSystem {
    QString name;
    QString title;
    std::shared_ptr<const EmbeddingView> embedding;
    std::shared_ptr<const MapView> map;
    std::shared_ptr<const FitView> fit;
    QStringList componentNames; ///< per component of the embedding: given by hand, else its label, else empty

    std::vector<GivenCluster> clusters; ///< what people wrote of clusters of its components
    FigureResults results;              ///< of this system
};

/// All that figures draw of a study: values, shared with the panels or read from its results.
struct FigureData {
    QString studyId;
    QString studyTitle;
    std::shared_ptr<const std::vector<Stimulus>> stimuli;
    std::shared_ptr<const Ratings> ratings; ///< null before ratings were imported
    std::vector<int> topCategories;         ///< per stimulus the column of its highest category, or −1
    std::vector<System> studySystems;
    std::vector<FigureSystem> systems; ///< one for each of them
    std::vector<System> models;        ///< these, and rating tables that the brain is compared with
    std::vector<Subject> subjects;
    std::map<Task, FigureResult> ofSubjects; ///< results of tasks of a subject
    FigureResults results;                   ///< of steps of the whole study
    /// The arrays of a task's result; null where there is none. On the thread that made this; throws as
    /// Study::arrays().
    std::function<std::shared_ptr<const ArrayBundle>(const Task&)> arrays;

    [[nodiscard]] const FigureSystem* system(const QString& name) const; ///< null if there is none
    [[nodiscard]] const System* model(const QString& name) const;        ///< null if there is none
    [[nodiscard]] QString modelTitle(const QString& name) const;
    [[nodiscard]] QColor color(const QString& system, bool dark) const; ///< of a model too
};

/// Reads the newest results of every system; `study` has to outlive it. Any thread. Throws StorageError for a damaged
/// file.
[[nodiscard]] FigureData figureDataOf(const Study& study);

/// Per component its name given by hand (empty for none), else its label.
[[nodiscard]] QStringList componentNames(const EmbeddingView& embedding,
                                         const std::function<QString(int trainingColumn)>& byHand);

/// "27 of 30 interpretable" (SPEC C3); empty without labels.
[[nodiscard]] QString interpretableText(const EmbeddingView& embedding);

/// The colour of a system among those of its study: by what it is, and no two alike while there are kinds left.
[[nodiscard]] QColor colorOfSystem(const std::vector<System>& systems, const QString& name, bool dark);

} // namespace tercet
