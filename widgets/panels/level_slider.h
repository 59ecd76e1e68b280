#pragma once

#include <QSlider>

namespace tercet {

/// A slider for a false discovery rate, from 0.001 to 1 in equal steps of its logarithm.
class LevelSlider : public QSlider {
    Q_OBJECT
public:
    explicit LevelSlider(double level, QWidget* parent = nullptr);

    [[nodiscard]] double level() const; ///< 1 at the right end: everything
    void setLevel(double level);        ///< the nearest step
};

} // namespace tercet
