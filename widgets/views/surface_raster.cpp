#include "widgets/views/surface_raster.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <tuple>

namespace tercet {
namespace {

constexpr float kSlack = 1e-4F;           ///< so that rounding leaves no cracks between triangles, in weights
constexpr std::size_t kTriangles = 16384; ///< that one call of a parallel loop takes
constexpr int kRows = 16;                 ///< that one call of a parallel loop takes
constexpr int kMeasuredRows = 8;          ///< of so many one is measured
constexpr double kMarkShare = 0.55;

/// The weights of a triangle's corners at a point, which add up to 1.
struct Weights {
    float a = 0;
    float b = 0;
    float c = 0;
    [[nodiscard]] bool inside() const noexcept { return a >= -kSlack && b >= -kSlack && c >= -kSlack; }
};

/// A triangle, ready for asking for weights. `inverse` is 0 if it is seen from its edge.
struct Slopes {
    Slopes(const SurfacePlace& a, const SurfacePlace& b, const SurfacePlace& c)
        : x(c[0]), y(c[1]), ax(a[0] - c[0]), ay(a[1] - c[1]), bx(b[0] - c[0]), by(b[1] - c[1]) {
        const float area = ax * by - ay * bx;
        inverse = area != 0 ? 1 / area : 0;
    }
    [[nodiscard]] Weights at(float px, float py) const noexcept {
        const float dx = px - x;
        const float dy = py - y;
        const float a = (dx * by - dy * bx) * inverse;
        const float b = (dy * ax - dx * ay) * inverse;
        return {a, b, 1 - a - b};
    }
    float x, y, ax, ay, bx, by;
    float inverse = 0;
};

/// The first and one past the last pixel whose centre lies between two places, within 0 … size. Without std::floor(),
/// which is a call on the oldest processors.
std::pair<int, int> centresBetween(float low, float high, int size) {
    const auto most = static_cast<float>(size);
    const float first = std::clamp(low - 0.5F, 0.0F, most);
    const int begin = static_cast<int>(first);
    return {begin + (static_cast<float>(begin) < first ? 1 : 0), static_cast<int>(std::clamp(high + 0.5F, 0.0F, most))};
}

/// The pixels whose centres lie in the box around a triangle.
struct PixelBox {
    PixelBox(const SurfacePlace& a, const SurfacePlace& b, const SurfacePlace& c, const TriangleImage& image) {
        std::tie(beginY, endY) =
            centresBetween(std::min(std::min(a[1], b[1]), c[1]), std::max(std::max(a[1], b[1]), c[1]), image.height);
        std::tie(beginX, endX) =
            centresBetween(std::min(std::min(a[0], b[0]), c[0]), std::max(std::max(a[0], b[0]), c[0]), image.width);
    }
    [[nodiscard]] bool isEmpty() const noexcept { return beginY >= endY || beginX >= endX; }
    int beginX, endX, beginY, endY;
};

/// Draws triangles, by their numbers, into the rows from `firstRow` to before `endRow`.
class Band {
public:
    Band(std::span<const SurfacePlace> places, std::span<const SurfaceTriangle> triangles, bool deep, int firstRow,
         int endRow, TriangleImage& image)
        : m_places(places), m_triangles(triangles), m_deep(deep), m_firstRow(firstRow), m_endRow(endRow),
          m_image(image) {
        if (deep)
            m_depths.resize(static_cast<std::size_t>(image.width) * static_cast<std::size_t>(endRow - firstRow),
                            -std::numeric_limits<float>::infinity());
    }
    void draw(std::uint32_t triangle) {
        const SurfacePlace& a = m_places[m_triangles[triangle][0]];
        const SurfacePlace& b = m_places[m_triangles[triangle][1]];
        const SurfacePlace& c = m_places[m_triangles[triangle][2]];
        const Slopes slopes(a, b, c);
        if (slopes.inverse == 0)
            return;
        const PixelBox box(a, b, c, m_image);
        const auto width = static_cast<std::size_t>(m_image.width);
        for (int y = std::max(box.beginY, m_firstRow); y < std::min(box.endY, m_endRow); ++y)
            for (int x = box.beginX; x < box.endX; ++x) {
                const Weights weights = slopes.at(static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F);
                if (!weights.inside())
                    continue;
                std::uint32_t& seen =
                    m_image.triangles[static_cast<std::size_t>(y) * width + static_cast<std::size_t>(x)];
                if (!m_deep) {
                    if (seen == kNoTriangle)
                        seen = triangle;
                    continue;
                }
                const float z = weights.a * a[2] + weights.b * b[2] + weights.c * c[2];
                float& depth = m_depths[static_cast<std::size_t>(y - m_firstRow) * width + static_cast<std::size_t>(x)];
                if (z > depth) {
                    depth = z;
                    seen = triangle;
                }
            }
    }

private:
    std::span<const SurfacePlace> m_places;
    std::span<const SurfaceTriangle> m_triangles;
    bool m_deep;
    int m_firstRow;
    int m_endRow;
    TriangleImage& m_image;
    std::vector<float> m_depths; ///< of what is seen so far
};

/// Calls body(row) for all rows, several at a time on each thread.
template <class Body>
void forRows(int rows, const Body& body) {
    parallelFor(static_cast<std::size_t>((rows + kRows - 1) / kRows), threadBudget(), [&](std::size_t block) {
        const int begin = static_cast<int>(block) * kRows;
        for (int row = begin; row < std::min(rows, begin + kRows); ++row)
            body(row);
    });
}

/// `color` · share / 255 per channel, opaque.
QRgb scaled(QRgb color, unsigned share) {
    const auto part = [share](int channel) {
        return static_cast<int>((static_cast<unsigned>(channel) * share + 127) / 255);
    };
    return qRgb(part(qRed(color)), part(qGreen(color)), part(qBlue(color)));
}

QRgb mixture(QRgb a, QRgb b, double share) {
    const auto part = [share](int from, int to) { return static_cast<int>(std::lround(from + (to - from) * share)); };
    return qRgb(part(qRed(a), qRed(b)), part(qGreen(a), qGreen(b)), part(qBlue(a), qBlue(b)));
}

/// Which of `count` equal steps from `low` to `high` a value falls into.
class Steps {
public:
    Steps(double low, double high, int count)
        : m_low(low), m_perUnit(high > low ? count / (high - low) : 0), m_last(count - 1) {}
    [[nodiscard]] int of(float value) const noexcept {
        const double step = (static_cast<double>(value) - m_low) * m_perUnit;
        return step > 0 ? (step < m_last ? static_cast<int>(step) : m_last) : 0;
    }

private:
    double m_low;
    double m_perUnit;
    int m_last;
};

} // namespace

void drawTriangles(std::span<const SurfacePlace> places, std::span<const SurfaceTriangle> triangles, bool deep,
                   TriangleImage& image) {
    image.triangles.assign(static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height), kNoTriangle);
    if (image.triangles.empty())
        return;
    const int bands = std::clamp(threadBudget(), 1, image.height);
    const int rows = (image.height + bands - 1) / bands;
    // Most triangles of a whole brain lie between the centres of pixels; the others are sorted into the bands that they
    // reach, block by block, so that every band draws them in their order.
    const std::size_t blocks = (triangles.size() + kTriangles - 1) / kTriangles;
    std::vector<std::vector<std::uint32_t>> reaching(blocks * static_cast<std::size_t>(bands));
    parallelFor(blocks, threadBudget(), [&](std::size_t block) {
        auto* const ofBand = reaching.data() + block * static_cast<std::size_t>(bands);
        for (std::size_t t = block * kTriangles; t < std::min(triangles.size(), (block + 1) * kTriangles); ++t) {
            const auto& [a, b, c] = triangles[t];
            const PixelBox box(places[a], places[b], places[c], image);
            if (!box.isEmpty())
                for (int band = box.beginY / rows; band <= (box.endY - 1) / rows; ++band)
                    ofBand[band].push_back(static_cast<std::uint32_t>(t));
        }
    });
    parallelFor(static_cast<std::size_t>(bands), bands, [&](std::size_t i) {
        const int firstRow = std::min(image.height, static_cast<int>(i) * rows);
        Band band(places, triangles, deep, firstRow, std::min(image.height, firstRow + rows), image);
        for (std::size_t block = 0; block < blocks; ++block)
            for (const std::uint32_t triangle : reaching[block * static_cast<std::size_t>(bands) + i])
                band.draw(triangle);
    });
}

void SurfacePixels::prepare(TriangleImage image, std::span<const SurfacePlace> places,
                            std::span<const SurfaceTriangle> triangles, std::span<const std::uint8_t> grounds,
                            std::span<const std::uint8_t> shades) {
    m_width = image.width;
    m_height = image.height;
    m_pixels.resize(image.triangles.size());
    std::vector<double> lengths(static_cast<std::size_t>(m_height)); // of the triangles that the pixels of a row see
    std::vector<std::size_t> counts(static_cast<std::size_t>(m_height));
    forRows(m_height, [&](int y) {
        const std::size_t first = static_cast<std::size_t>(y) * static_cast<std::size_t>(m_width);
        for (int x = 0; x < m_width; ++x) {
            Pixel& pixel = m_pixels[first + static_cast<std::size_t>(x)];
            const std::uint32_t triangle = image.triangles[first + static_cast<std::size_t>(x)];
            pixel.corners[0] = kNoTriangle;
            if (triangle == kNoTriangle)
                continue;
            const SurfaceTriangle& corners = triangles[triangle];
            const Slopes slopes(places[corners[0]], places[corners[1]], places[corners[2]]);
            if (y % kMeasuredRows == 0 && slopes.inverse != 0) {
                lengths[static_cast<std::size_t>(y)] += static_cast<double>(std::sqrt(1 / std::abs(slopes.inverse)));
                ++counts[static_cast<std::size_t>(y)];
            }
            const Weights weights = slopes.at(static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F);
            std::array<std::pair<float, std::uint32_t>, 3> parts{
                {{weights.a, corners[0]}, {weights.b, corners[1]}, {weights.c, corners[2]}}};
            for (auto& part : parts)
                part.first = std::clamp(part.first, 0.0F, 1.0F);
            const auto before = [](const auto& p, const auto& q) { return p.first > q.first; };
            if (before(parts[1], parts[0]))
                std::swap(parts[0], parts[1]);
            if (before(parts[2], parts[0]))
                std::swap(parts[0], parts[2]);
            const float sum = parts[0].first + parts[1].first + parts[2].first;
            const float unit = sum > 0 ? 255 / sum : 0;
            pixel.corners = {parts[0].second, parts[1].second, parts[2].second};
            pixel.second = static_cast<std::uint8_t>(std::lround(parts[1].first * unit));
            pixel.third = static_cast<std::uint8_t>(std::lround(parts[2].first * unit));
            const unsigned nearest = 255U - pixel.second - pixel.third;
            const auto mean = [&](std::span<const std::uint8_t> values) {
                return static_cast<std::uint8_t>((nearest * values[pixel.corners[0]] +
                                                  pixel.second * values[pixel.corners[1]] +
                                                  pixel.third * values[pixel.corners[2]] + 127) /
                                                 255);
            };
            pixel.ground = mean(grounds);
            pixel.shade = mean(shades);
        }
    });
    const auto count = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
    const double length = std::accumulate(lengths.begin(), lengths.end(), 0.0);
    m_sharpness = count > 0 ? std::max(1.0F, static_cast<float>(length / static_cast<double>(count))) : 1;
    findEdges();
}

void SurfacePixels::findEdges() {
    const auto width = static_cast<std::size_t>(m_width);
    std::vector<std::vector<std::uint32_t>> edges(static_cast<std::size_t>(m_height));
    forRows(m_height, [&](int y) {
        const Pixel* const row = m_pixels.data() + static_cast<std::size_t>(y) * width;
        const Pixel* const above = y > 0 ? row - width : row;
        const Pixel* const below = y + 1 < m_height ? row + width : row;
        for (std::size_t x = 0; x < width; ++x) {
            const bool empty = row[x].isEmpty();
            if (row[x > 0 ? x - 1 : x].isEmpty() != empty || row[x + 1 < width ? x + 1 : x].isEmpty() != empty ||
                above[x].isEmpty() != empty || below[x].isEmpty() != empty)
                edges[static_cast<std::size_t>(y)].push_back(
                    static_cast<std::uint32_t>(static_cast<std::size_t>(y) * width + x));
        }
    });
    m_edges.clear();
    for (const auto& ofRow : edges)
        m_edges.insert(m_edges.end(), ofRow.begin(), ofRow.end());
}

void SurfacePixels::paint(const SurfacePaint& paint, QImage& image) const {
    const bool colored = !paint.values.empty() && paint.colors != nullptr && !paint.colors->table.empty();
    const bool two = colored && !paint.secondValues.empty();
    static const SurfaceColors kNoColors;
    const SurfaceColors& colors = colored ? *paint.colors : kNoColors;
    const int columns = std::clamp(colors.columns, 1, std::max(1, static_cast<int>(colors.table.size())));
    const int rows = std::max(1, static_cast<int>(colors.table.size()) / columns);
    const Steps column(colors.low, colors.high, columns);
    const Steps row(colors.secondLow, colors.secondHigh, rows);
    const auto isDrawn = [&](std::uint32_t vertex) {
        return !std::isnan(paint.values[vertex]) && (!two || !std::isnan(paint.secondValues[vertex]));
    };
    const auto colorOf = [&](const Pixel& pixel) {
        QRgb color = qRgb(pixel.ground, pixel.ground, pixel.ground);
        const std::array<float, 3> weights{static_cast<float>(255 - pixel.second - pixel.third) / 255,
                                           static_cast<float>(pixel.second) / 255,
                                           static_cast<float>(pixel.third) / 255};
        float sum = 0;
        float value = 0;
        float second = 0;
        for (std::size_t corner = 0; colored && corner < 3; ++corner)
            if (const std::uint32_t vertex = pixel.corners[corner]; isDrawn(vertex)) {
                sum += weights[corner];
                value += weights[corner] * paint.values[vertex];
                if (two)
                    second += weights[corner] * paint.secondValues[vertex];
            }
        if (const float opacity = 0.5F + (sum - 0.5F) * m_sharpness; sum > 0 && opacity > 0) {
            const int index = column.of(value / sum) + (two ? columns * row.of(second / sum) : 0);
            const QRgb own = colors.table[static_cast<std::size_t>(index)];
            color = opacity >= 1 ? own : mixture(color, own, static_cast<double>(opacity));
        }
        if (!paint.marked.empty() && paint.marked[pixel.corners[0]] != 0)
            color = mixture(color, paint.mark, kMarkShare);
        return scaled(color, pixel.shade);
    };
    const auto stride = static_cast<std::size_t>(image.bytesPerLine()) / sizeof(QRgb);
    auto* const out = reinterpret_cast<QRgb*>(image.bits());
    const auto width = static_cast<std::size_t>(m_width);
    forRows(m_height, [&](int y) {
        const Pixel* const pixels = m_pixels.data() + static_cast<std::size_t>(y) * width;
        QRgb* const line = out + static_cast<std::size_t>(y) * stride;
        for (std::size_t x = 0; x < width; ++x)
            line[x] = pixels[x].isEmpty() ? paint.background : colorOf(pixels[x]);
    });

    // Beside the background a pixel shows the share of the surface around it.
    std::vector<QRgb> smooth(m_edges.size());
    for (std::size_t e = 0; e < m_edges.size(); ++e) {
        const int x = static_cast<int>(m_edges[e] % width);
        const int y = static_cast<int>(m_edges[e] / width);
        int inside = 0;
        int all = 0;
        std::array<int, 3> sums{};
        for (int dy = -1; dy <= 1; ++dy)
            for (int dx = -1; dx <= 1; ++dx) {
                if (x + dx < 0 || x + dx >= m_width || y + dy < 0 || y + dy >= m_height)
                    continue;
                const int weight = (2 - std::abs(dx)) * (2 - std::abs(dy));
                all += weight;
                const auto i = static_cast<std::size_t>(y + dy) * width + static_cast<std::size_t>(x + dx);
                if (m_pixels[i].isEmpty())
                    continue;
                const QRgb color = out[i / width * stride + i % width];
                inside += weight;
                sums[0] += weight * qRed(color);
                sums[1] += weight * qGreen(color);
                sums[2] += weight * qBlue(color);
            }
        const auto part = [&](int sum, int behind) { return (sum + behind * (all - inside) + all / 2) / all; };
        smooth[e] = qRgba(part(sums[0], qRed(paint.background)), part(sums[1], qGreen(paint.background)),
                          part(sums[2], qBlue(paint.background)), part(255 * inside, qAlpha(paint.background)));
    }
    for (std::size_t e = 0; e < m_edges.size(); ++e)
        out[m_edges[e] / width * stride + m_edges[e] % width] = smooth[e];
}

std::int64_t SurfacePixels::vertexAt(int x, int y) const {
    if (x < 0 || x >= m_width || y < 0 || y >= m_height)
        return -1;
    const Pixel& pixel =
        m_pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(m_width) + static_cast<std::size_t>(x)];
    return pixel.isEmpty() ? -1 : static_cast<std::int64_t>(pixel.corners[0]);
}

float SurfacePixels::depthAt(int x, int y, std::span<const SurfacePlace> places) const {
    if (vertexAt(x, y) < 0)
        return -std::numeric_limits<float>::infinity();
    const Pixel& pixel =
        m_pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(m_width) + static_cast<std::size_t>(x)];
    return (static_cast<float>(255 - pixel.second - pixel.third) * places[pixel.corners[0]][2] +
            static_cast<float>(pixel.second) * places[pixel.corners[1]][2] +
            static_cast<float>(pixel.third) * places[pixel.corners[2]][2]) /
           255;
}

} // namespace tercet
