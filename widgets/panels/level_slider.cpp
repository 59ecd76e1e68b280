#include "widgets/panels/level_slider.h"

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

constexpr int kSteps = 60;
constexpr double kLowest = 0.001;

} // namespace

LevelSlider::LevelSlider(double level, QWidget* parent) : QSlider(Qt::Horizontal, parent) {
    setRange(0, kSteps);
    setLevel(level);
    setAccessibleName(tr("False discovery rate"));
}

double LevelSlider::level() const {
    return value() >= kSteps ? 1 : std::pow(kLowest, 1 - static_cast<double>(value()) / kSteps);
}

void LevelSlider::setLevel(double level) {
    setValue(
        static_cast<int>(std::lround(kSteps * (1 - std::log(std::clamp(level, kLowest, 1.0)) / std::log(kLowest)))));
}

} // namespace tercet
