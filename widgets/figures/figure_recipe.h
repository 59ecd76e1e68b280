#pragma once

#include "widgets/figures/figure_data.h"

#include <QJsonObject>
#include <QString>
#include <QStringList>

#include <map>
#include <string>
#include <vector>

namespace tercet {

/// How a saved figure was made, as its file tells it (SPEC F).
struct FigureRecipe {
    /// A result that was drawn.
    struct Result {
        std::string key;
        Task task;
        std::map<std::string, std::string> parameters;
    };

    QString figure; ///< preset, or "composition"
    QString studyId;
    QString studyTitle;
    QString program;     ///< "Tercet 1.0"
    QJsonObject options; ///< of figureOptionsFrom(); for a composition the composition itself
    std::vector<Result> results;
    QString text; ///< the recipe as it is in the file: JSON
};

/// Reads the recipe of an SVG, PDF or PNG that Tercet saved. Any thread. Throws MissingError for a picture without a
/// recipe, FormatError for a damaged one, StorageError for a file that cannot be read, and ParameterError for a name
/// with another ending.
[[nodiscard]] FigureRecipe readFigureRecipe(const QString& path);

/// Whether the name ends like a picture's, so that a recipe may be in it.
[[nodiscard]] bool mayHoldRecipe(const QString& path);

/// What is no longer as the recipe says, a sentence each: results that are gone, or were computed again since, with the
/// parameters that changed. Empty if the figure would look the same.
[[nodiscard]] QStringList recipeChanges(const FigureRecipe& recipe, const FigureData& figureData);

} // namespace tercet
