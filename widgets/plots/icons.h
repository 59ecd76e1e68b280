#pragma once

#include <QColor>
#include <QIcon>

namespace tercet {

/// The line icon resources/icons/<name>.svg in the colours of the theme of the moment it is drawn in; muted when
/// disabled, accent when checked.
[[nodiscard]] QIcon themedIcon(const QString& name);

/// The program's own icon.
[[nodiscard]] QIcon applicationIcon();

enum class SwatchShape { Disc, Square };

/// A patch of `color` for lists and menus, `size` logical pixels, with a rim where it would melt into the background.
[[nodiscard]] QIcon swatchIcon(const QColor& color, SwatchShape shape = SwatchShape::Disc, int size = 16);

} // namespace tercet
