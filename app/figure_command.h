#pragma once

#include <string>

namespace tercet {

/// `tercet figure` (DESIGN, "Command line").
struct FigureRequest {
    std::string folder;      ///< of the study
    std::string preset;      ///< one of figurePresetNames(), "compose" or "all"
    std::string file;        ///< to write: a picture or its tables; for "all" a folder, made if it is not there
    std::string system;      ///< for this one only; empty: all
    std::string journal;     ///< whose widths, fonts and lines; empty: any journal
    std::string composition; ///< JSON file; for the preset "compose"
    double widthMm = 0;      ///< of the page; 0: the preset's own
    int dpi = 0;             ///< of a PNG; 0: 300
    int page = 0;            ///< of a preset with pages: from 1; 0: the first
};

/// Prints the recipe of a picture (JSON); returns 0. Throws as readFigureRecipe().
int printRecipe(const std::string& picture);

/// "fit, map, rose, labels".
[[nodiscard]] std::string figurePresetNames();

/// "generic, nature, …".
[[nodiscard]] std::string figureJournalNames();

/// Writes one figure, as a picture (SVG, PDF, PNG) or as its tables (CSV, TSV, LaTeX; several as writeTables() names
/// them) by the ending of the file; or for "all" every figure that the study has results for, as pictures and CSV, and
/// index.html, which shows them. Works without a display. Says on stdout what was written; returns the exit code 0.
/// Throws MissingError if there is nothing to draw, ParameterError, StorageError.
int writeFigures(const FigureRequest& request);

} // namespace tercet
