#pragma once

#include "widgets/figures/figure_presets.h"

#include <QJsonObject>

namespace tercet {

/// As recipes and compositions keep options: systems, stimuli (ids), colour_by, colour_index, hidden, width_mm,
/// journal, page, threshold, label_drop, signed, uninterpretable, edge_rule, edge_threshold, consensus, subjects, map,
/// level, component, inflated, sorted, against; what is as usual is left out.
[[nodiscard]] QJsonObject toJson(const FigureOptions& options, const FigureData& figureData);

/// The inverse. Unknown fields are passed over; stimuli that the study has not are left out, and their ids added to
/// `unknown` (may be null).
[[nodiscard]] FigureOptions figureOptionsFrom(const QJsonObject& json, const FigureData& figureData,
                                              QStringList* unknown = nullptr);

/// Options that a person wrote. Throws ParameterError, naming the field, where one is unknown, has a value out of its
/// range, or names a stimulus that the study has not.
void requireFigureOptions(const QJsonObject& json, const FigureData& figureData);

} // namespace tercet
