#pragma once

#include "core/base/affine.h"
#include "core/base/rng.h"

#include <array>
#include <cmath>
#include <numbers>

namespace tercet {

/// A smooth random field in space: a sum of waves in all directions with lengths in a band, mean 0 and variance 1.
/// For planted data; internal to core/brain.
class Waves {
public:
    /// `shortest` and `longest` in the unit of the places that it will be asked for, above 0.
    Waves(double shortest, double longest, Rng& rng) {
        for (Wave& wave : m_waves) {
            Point3 step{rng.normal(), rng.normal(), rng.normal()};
            const double length = shortest * std::pow(longest / shortest, rng.uniform());
            const double norm = std::sqrt(step[0] * step[0] + step[1] * step[1] + step[2] * step[2]);
            for (double& part : step)
                part *= 2 * std::numbers::pi / (norm * length);
            wave = {step, 2 * std::numbers::pi * rng.uniform()};
        }
    }
    [[nodiscard]] double operator()(const Point3& place) const {
        double sum = 0;
        for (const Wave& wave : m_waves)
            sum += std::cos(wave.step[0] * place[0] + wave.step[1] * place[1] + wave.step[2] * place[2] + wave.phase);
        return sum * std::sqrt(2.0 / static_cast<double>(m_waves.size()));
    }

private:
    struct Wave {
        Point3 step;
        double phase;
    };
    std::array<Wave, 64> m_waves;
};

} // namespace tercet
