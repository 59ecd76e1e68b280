#pragma once

#include "widgets/views/surface_model.h"

#include <QImage>

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace tercet {

inline constexpr std::uint32_t kNoTriangle = std::numeric_limits<std::uint32_t>::max();

/// Which triangle every pixel's centre sees, row by row from the top; kNoTriangle for none.
struct TriangleImage {
    int width = 0;
    int height = 0;
    std::vector<std::uint32_t> triangles;
};

/// Draws triangles by the processor. `places`: pixels, as SurfaceModel::place() gives them. With `deep` the one nearest
/// to the viewer is seen, else the first that covers the centre. The same for any number of threads.
void drawTriangles(std::span<const SurfacePlace> places, std::span<const SurfaceTriangle> triangles, bool deep,
                   TriangleImage& image);

/// From values to colours: a table of `columns` colours for one value, or of rows of them for two.
struct SurfaceColors {
    std::vector<QRgb> table; ///< opaque; the first row belongs to the lowest second value
    int columns = 256;
    double low = 0; ///< of the first value: the first column
    double high = 1;
    double secondLow = 0; ///< of the second value: the first row
    double secondHigh = 1;
    friend bool operator==(const SurfaceColors&, const SurfaceColors&) = default;
};

/// What is painted on a surface; every span one per vertex, or empty.
struct SurfacePaint {
    std::span<const float> values;       ///< NaN: nothing is drawn, and the ground shows
    std::span<const float> secondValues; ///< NaN: the same
    const SurfaceColors* colors = nullptr;
    std::span<const std::uint8_t> marked; ///< not 0: tinted
    QRgb mark = 0;
    QRgb background = 0; ///< premultiplied
};

/// The pixels of one look at a surface, prepared so that new values need only a pass over them.
class SurfacePixels {
public:
    /// `grounds`: how light each vertex is without a value, 0–255; `shades`: how light it is lit, 0–255.
    void prepare(TriangleImage image, std::span<const SurfacePlace> places, std::span<const SurfaceTriangle> triangles,
                 std::span<const std::uint8_t> grounds, std::span<const std::uint8_t> shades);
    [[nodiscard]] int width() const noexcept { return m_width; }
    [[nodiscard]] int height() const noexcept { return m_height; }
    /// Paints all pixels of `image`, which has this size and the format ARGB32_Premultiplied. What has
    /// values ends half-way to the vertices that have none; there a pixel has the mean of those of its triangle's
    /// corners that have one, weighted by nearness. Edges are smooth.
    void paint(const SurfacePaint& paint, QImage& image) const;
    /// The vertex nearest to the centre of a pixel among its triangle's, or −1.
    [[nodiscard]] std::int64_t vertexAt(int x, int y) const;
    /// The z of what the pixel sees; −infinity for nothing.
    [[nodiscard]] float depthAt(int x, int y, std::span<const SurfacePlace> places) const;

private:
    struct Pixel {
        SurfaceTriangle corners{kNoTriangle, 0, 0}; ///< nearest first
        std::uint8_t second = 0;                    ///< weight of that corner, 255 in all
        std::uint8_t third = 0;
        std::uint8_t ground = 0;
        std::uint8_t shade = 0;
        [[nodiscard]] bool isEmpty() const noexcept { return corners[0] == kNoTriangle; }
    };
    void findEdges();

    int m_width = 0;
    int m_height = 0;
    float m_sharpness = 1; ///< pixels from vertex to vertex: how steep the edge of what has values is
    std::vector<Pixel> m_pixels;
    std::vector<std::uint32_t> m_edges; ///< pixels on both sides of the surface's edge
};

} // namespace tercet
