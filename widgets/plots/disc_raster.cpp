#include "widgets/plots/disc_raster.h"

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

constexpr std::size_t kMostStamps = 256;

/// d + (s − d) · share / 256 in each 8-bit channel, two channels at a time.
inline std::uint32_t blended(std::uint32_t d, std::uint32_t s, std::uint32_t share) {
    constexpr std::uint32_t kEven = 0x00FF00FF;
    const std::uint32_t rest = 256 - share;
    const std::uint32_t even = ((s & kEven) * share + (d & kEven) * rest) >> 8 & kEven;
    const std::uint32_t odd = (((s >> 8) & kEven) * share + ((d >> 8) & kEven) * rest) & ~kEven;
    return even | odd;
}

} // namespace

void DiscRaster::begin(QImage& target) {
    Q_ASSERT(target.format() == QImage::Format_RGB32);
    m_pixels = reinterpret_cast<std::uint32_t*>(target.bits());
    m_stride = target.bytesPerLine() / 4;
    m_width = target.width();
    m_height = target.height();
}

void DiscRaster::setDisc(double radius, double opacity) {
    const int eighths = std::max(4, static_cast<int>(std::lround(radius * 8)));
    const int share = std::clamp(static_cast<int>(std::lround(opacity * 256)), 0, 256);
    const std::pair key{eighths, share};
    auto found = m_stamps.find(key);
    if (found == m_stamps.end()) {
        if (m_stamps.size() >= kMostStamps)
            m_stamps.clear();
        found = m_stamps.emplace(key, makeStamp(eighths / 8.0, share / 256.0)).first;
    }
    m_stamp = &found->second;
    m_reach = static_cast<float>(m_stamp->front().size) / 2;
    m_left = -m_reach;
    m_right = static_cast<float>(m_width) + m_reach;
    m_top = -m_reach;
    m_bottom = static_cast<float>(m_height) + m_reach;
}

DiscRaster::Stamp DiscRaster::makeStamp(double radius, double opacity) {
    Stamp stamp;
    const int size = 2 * static_cast<int>(std::ceil(radius + 1)) + 1;
    const double middle = size / 2;
    for (int phase = 0; phase < kPhases * kPhases; ++phase) {
        Mask& mask = stamp[static_cast<std::size_t>(phase)];
        mask.size = size;
        mask.rows.resize(static_cast<std::size_t>(size));
        mask.coverage.resize(static_cast<std::size_t>(size) * static_cast<std::size_t>(size));
        const double cx = middle + (phase % kPhases + 0.5) / kPhases;
        const double cy = middle + (phase / kPhases + 0.5) / kPhases;
        for (int y = 0; y < size; ++y) {
            Row& row = mask.rows[static_cast<std::size_t>(y)];
            row.begin = static_cast<std::uint16_t>(size);
            for (int x = 0; x < size; ++x) {
                const double distance = std::hypot(x + 0.5 - cx, y + 0.5 - cy);
                const double covered = std::clamp(radius + 0.5 - distance, 0.0, 1.0) * opacity;
                const auto value = static_cast<std::uint16_t>(std::lround(covered * 256));
                mask.coverage[static_cast<std::size_t>(y * size + x)] = value;
                if (value > 0) {
                    row.begin = std::min(row.begin, static_cast<std::uint16_t>(x));
                    row.end = static_cast<std::uint16_t>(x + 1);
                }
            }
            row.begin = std::min(row.begin, row.end);
        }
    }
    return stamp;
}

void DiscRaster::blend(float x, float y, QRgb color) {
    const float fx = std::floor(x);
    const float fy = std::floor(y);
    const int phaseX = static_cast<int>((x - fx) * kPhases);
    const int phaseY = static_cast<int>((y - fy) * kPhases);
    const Mask& mask = (*m_stamp)[static_cast<std::size_t>(phaseY * kPhases + phaseX)];
    const int left = static_cast<int>(fx) - mask.size / 2;
    const int top = static_cast<int>(fy) - mask.size / 2;
    const int firstRow = std::max(0, -top);
    const int lastRow = std::min(mask.size, m_height - top);
    for (int row = firstRow; row < lastRow; ++row) {
        const Row range = mask.rows[static_cast<std::size_t>(row)];
        const int begin = std::max<int>(range.begin, -left);
        const int end = std::min<int>(range.end, m_width - left);
        const std::uint16_t* coverage = mask.coverage.data() + row * mask.size;
        std::uint32_t* pixels = m_pixels + (top + row) * m_stride + left;
        for (int column = begin; column < end; ++column)
            pixels[column] = blended(pixels[column], color, coverage[column]);
    }
}

} // namespace tercet
