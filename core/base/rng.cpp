#include "core/base/rng.h"

#include <cmath>

namespace tercet {

Rng::Rng(std::uint64_t seed, std::uint64_t stream) noexcept {
    std::uint64_t x =
        seed ^ (stream * 0xD1B54A32D192ED03ULL + 0x8CB92BA72F3D8DD7ULL * static_cast<std::uint64_t>(stream != 0));
    for (auto& word : m_state) {
        x += 0x9E3779B97F4A7C15ULL;
        std::uint64_t z = x;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        word = z ^ (z >> 31);
    }
}

double Rng::normal() noexcept {
    if (m_hasSpare) {
        m_hasSpare = false;
        return m_spare;
    }
    double u = 0;
    double v = 0;
    double s = 0;
    do {
        u = 2 * uniform() - 1;
        v = 2 * uniform() - 1;
        s = u * u + v * v;
    } while (s >= 1 || s == 0);
    const double scale = std::sqrt(-2 * std::log(s) / s);
    m_spare = v * scale;
    m_hasSpare = true;
    return u * scale;
}

} // namespace tercet
