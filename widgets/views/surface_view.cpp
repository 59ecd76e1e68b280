#include "widgets/views/surface_view.h"

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/text.h"
#include "widgets/plots/annotation.h"
#include "widgets/plots/line_floor.h"
#include "widgets/plots/theme.h"
#include "widgets/views/surface_pass.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <limits>

namespace tercet {
namespace {

constexpr int kTickMs = 16;
constexpr int kGlideMs = 250;
constexpr double kZoomStep = 1.25;
constexpr double kLeastZoom = 0.2;
constexpr double kMostZoom = 100;
constexpr double kKeyboardMove = 48; ///< pixels
constexpr double kKeyboardTurn = 15; ///< degrees
constexpr double kDegreesPerPixel = 0.5;
constexpr double kClickReach = 4;     ///< pixels that a click may wander
constexpr float kHiddenBehind = 2.5F; ///< mm that something may lie behind what is seen and still be seen
constexpr int kSmoothings = 2;        ///< of outlines, which run from edge to edge of triangles
constexpr double kShortestStep = 0.7; ///< between points of an outline, pixels
constexpr double kLineWidth = 0.6;    ///< of outlines, of a curve's width
constexpr double kHighlightWidth = 1.5;
constexpr double kNameRim = 0.11;               ///< of the text's height
constexpr double kNameReach = 1;                ///< that a name may stand off its place, in its heights
constexpr float kNameFacing = 0.35F;            ///< a name's place must face the viewer so much
constexpr double kRoomForName = 0.45;           ///< depth of the smallest region that is named, in heights of its name
constexpr qint64 kMostPixels = 32'000'000;      ///< of a picture
constexpr qint64 kMostHidingPixels = 4'000'000; ///< that tell what is hidden
constexpr qint64 kMostSmoothPixels = 6'000'000; ///< that are rendered at twice the size

/// How light gyri and sulci are where nothing is drawn.
struct Ground {
    double gyrus;
    double sulcus;
};
constexpr BothHemispheres<Ground> kGrounds{{{202, 158}, {112, 70}}}; // light and dark looks

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

QPolygonF smoothed(const QPolygonF& line, bool closed) {
    QPolygonF result = line;
    const qsizetype count = line.size();
    for (qsizetype i = closed ? 0 : 1; i < (closed ? count : count - 1); ++i)
        result[i] = (line[(i + count - 1) % count] + 2 * line[i] + line[(i + 1) % count]) / 4;
    return result;
}

/// How fine `area` can be with so many pixels, its sides rounded.
double mostPixelsPerUnit(const QRectF& area, qint64 pixels) {
    return 0.999 * std::sqrt(static_cast<double>(pixels) / std::max(area.width() * area.height(), 1e-9));
}

/// Throws DataError.
void requireSize(std::size_t found, std::size_t vertices, const std::string& what, std::size_t hemisphere) {
    if (found != vertices)
        throw DataError({.where = what + (hemisphere == 0 ? ", left hemisphere" : ", right hemisphere"),
                         .expected = "one per vertex (" + withThousands(vertices) + ")",
                         .found = withThousands(found),
                         .remedy = "choose what belongs to this surface"});
}

/// Without points that are next to the one before; the ends stay.
QPolygonF thinned(const QPolygonF& line) {
    QPolygonF result;
    for (qsizetype i = 0; i < line.size(); ++i)
        if (result.isEmpty() || i + 1 == line.size() || (line[i] - result.last()).manhattanLength() >= kShortestStep)
            result << line[i];
    return result;
}

} // namespace

SurfaceView::SurfaceView(QWidget* parent) : PlotWidget(parent) {
    setAccessibleName(tr("Cortex"));
    for (int i = 0; i < 256; ++i)
        m_colors.table.push_back(qRgb(i, i, i));
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        m_nameImages.clear();
        markFrameStale();
    });
}

SurfaceView::~SurfaceView() = default;

void SurfaceView::setMeshes(const BothHemispheres<HemisphereMeshes>& meshes) {
    SurfaceModel model(meshes);
    m_pass.reset();
    m_model = std::move(model);
    for (auto* values : {&m_curvature, &m_values, &m_secondValues, &m_gate, &m_drawn})
        values->clear();
    m_regionOf.clear();
    m_names.clear();
    m_nameImages.clear();
    m_marked.clear();
    m_point.reset();
    m_borders = {};
    m_anchors.reset();
    m_highlighted = -1;
    hover(std::nullopt);
    m_ticker.stop();
    m_camera.flatness = m_model.hasFlat() ? 1 : 0;
    findGrounds();
    markFrameStale();
}

std::vector<float> SurfaceView::joined(const Values& values, const char* what) const {
    if (!values[0] && !values[1])
        return {};
    std::vector<float> all(m_model.vertices(), kNan);
    for (std::size_t h = 0; h < 2; ++h) {
        if (!values[h])
            continue;
        requireSize(values[h]->size(), m_model.verticesOf(h), what, h);
        std::copy(values[h]->begin(), values[h]->end(),
                  all.begin() + static_cast<std::ptrdiff_t>(m_model.firstVertex(h)));
    }
    return all;
}

void SurfaceView::setCurvature(const Values& curvature) {
    m_curvature = joined(curvature, "curvature");
    findGrounds();
    markFrameStale();
}

void SurfaceView::setValues(const Values& values) {
    m_values = joined(values, "values");
    findDrawn();
}

void SurfaceView::setSecondValues(const Values& values) {
    m_secondValues = joined(values, "second values");
    markColorsStale();
}

void SurfaceView::setColors(SurfaceColors colors) {
    m_colors = std::move(colors);
    markColorsStale();
}

void SurfaceView::setGate(const Values& gate, double limit) {
    m_gate = joined(gate, "gate");
    m_gateLimit = limit;
    findDrawn();
}

void SurfaceView::setGateLimit(double limit) {
    m_gateLimit = limit;
    findDrawn();
}

void SurfaceView::setRegions(const Regions& regionOf, const QStringList& names) {
    std::vector<std::int32_t> all(m_model.vertices(), -1);
    for (std::size_t h = 0; h < 2; ++h) {
        if (!regionOf[h])
            continue;
        requireSize(regionOf[h]->size(), m_model.verticesOf(h), "regions", h);
        for (std::size_t v = 0; v < regionOf[h]->size(); ++v)
            if (const std::int32_t region = (*regionOf[h])[v]; region >= 0 && region < names.size())
                all[m_model.firstVertex(h) + v] = region;
    }
    m_regionOf = std::move(all);
    m_names = names;
    m_nameImages.clear();
    m_borders = {};
    m_anchors.reset();
    m_linesStale = true;
    markNamesStale();
}

void SurfaceView::setOutlinesShown(bool shown) {
    m_outlinesShown = shown;
    update();
}

void SurfaceView::setNamesShown(bool shown) {
    m_namesShown = shown;
    update();
}

void SurfaceView::setHighlightedRegion(int region) {
    if (region == m_highlighted)
        return;
    m_highlighted = region;
    markNamesStale();
}

void SurfaceView::setSelection(const Vertices& vertices) {
    m_marked.clear();
    if (!vertices[0].empty() || !vertices[1].empty())
        m_marked.resize(m_model.vertices());
    for (std::size_t h = 0; h < 2; ++h)
        for (const std::uint32_t vertex : vertices[h])
            if (vertex < m_model.verticesOf(h))
                m_marked[m_model.firstVertex(h) + vertex] = 1;
    markColorsStale();
}

void SurfaceView::setPoint(const std::optional<SurfaceVertex>& vertex) {
    if (vertex == m_point)
        return;
    m_point = vertex;
    update();
}

void SurfaceView::setCamera(const SurfaceCamera& camera) {
    if (camera == m_camera)
        return;
    m_ticker.stop();
    m_camera = camera;
    markFrameStale();
}

void SurfaceView::setRenderer(SurfaceRenderer renderer) {
    m_renderer = renderer;
    markFrameStale();
}

void SurfaceView::markFrameStale() {
    m_frameStale = true;
    update();
}

void SurfaceView::markColorsStale() {
    m_colorsStale = true;
    update();
}

void SurfaceView::markNamesStale() {
    m_namesStale = true;
    update();
}

void SurfaceView::findGrounds() {
    // Curvature in units of its typical size, so that files in any unit look the same.
    double sum = 0;
    std::size_t count = 0;
    for (const float value : m_curvature)
        if (std::isfinite(value)) {
            sum += std::abs(static_cast<double>(value));
            ++count;
        }
    const double unit = sum > 0 ? static_cast<double>(count) / sum : 0;
    for (std::size_t dark = 0; dark < 2; ++dark) {
        const auto [gyrus, sulcus] = kGrounds[dark];
        const double middle = (gyrus + sulcus) / 2;
        m_grounds[dark].assign(m_model.vertices(), static_cast<std::uint8_t>(middle));
        for (std::size_t v = 0; v < m_curvature.size(); ++v)
            if (std::isfinite(m_curvature[v]))
                m_grounds[dark][v] = static_cast<std::uint8_t>(
                    middle + (sulcus - gyrus) / 2 * std::tanh(1.5 * static_cast<double>(m_curvature[v]) * unit));
    }
}

void SurfaceView::findDrawn() {
    m_drawn = m_values;
    if (!m_gate.empty())
        for (std::size_t v = 0; v < m_drawn.size(); ++v)
            if (!(static_cast<double>(m_gate[v]) < m_gateLimit))
                m_drawn[v] = kNan;
    markColorsStale();
}

void SurfaceView::placeFrame(Frame& frame, const QSize& pixels) const {
    frame.projection = m_model.projection(m_camera, pixels.width(), pixels.height());
    m_model.place(frame.projection, frame.places);
}

void SurfaceView::fillFrame(Frame& frame, const QSize& pixels, bool dark, SurfacePass* pass) const {
    TriangleImage image{.width = pixels.width(), .height = pixels.height()};
    const auto triangles = m_model.triangles(static_cast<double>(frame.projection.flatness));
    if (pass == nullptr || !pass->draw(frame.projection, image))
        drawTriangles(frame.places, triangles, !frame.projection.isFlat(), image);
    std::vector<std::uint8_t> shades;
    m_model.shade(frame.projection, shades);
    frame.pixels.prepare(std::move(image), frame.places, triangles, m_grounds[dark ? 1 : 0], shades);
}

SurfacePaint SurfaceView::paintOf(const Look& look, QRgb background) const {
    return {.values = m_drawn,
            .secondValues = m_secondValues,
            .colors = &m_colors,
            .marked = m_marked,
            .mark = look.selection.rgb(),
            .background = background};
}

SurfacePass* SurfaceView::passFor(const SurfaceProjection& projection) {
    if (projection.isFlat() || m_renderer == SurfaceRenderer::Processor ||
        (m_renderer == SurfaceRenderer::Automatic && !SurfacePass::hasHardware()))
        return nullptr;
    if (!m_pass)
        m_pass = std::make_unique<SurfacePass>(m_model);
    return m_pass->works() ? m_pass.get() : nullptr;
}

void SurfaceView::prepare() {
    const double ratio = devicePixelRatioF();
    const QSize pixels = size() * ratio;
    const Look& look = Theme::instance().look();
    if (m_frameStale || m_frame.pixels.width() != pixels.width() || m_frame.pixels.height() != pixels.height()) {
        placeFrame(m_frame, pixels);
        fillFrame(m_frame, pixels, look.dark, passFor(m_frame.projection));
        m_frameStale = false;
        m_colorsStale = m_linesStale = m_namesStale = true;
    }
    const auto fresh = [&](QImage& image) {
        if (image.size() != pixels || image.devicePixelRatio() != ratio)
            image = QImage(pixels, QImage::Format_ARGB32_Premultiplied);
        image.setDevicePixelRatio(ratio);
    };
    if (m_colorsStale) {
        fresh(m_image);
        m_frame.pixels.paint(paintOf(look, look.surface.rgb()), m_image);
        m_colorsStale = false;
    }
    if (m_linesStale && (m_outlinesShown || m_highlighted >= 0)) {
        m_lines = visibleLines(m_frame, ratio);
        fresh(m_lineLayer);
        m_lineLayer.fill(Qt::transparent);
        QPainter painter(&m_lineLayer);
        drawLines(painter, m_lines, look);
        m_linesStale = false;
    }
    if (m_namesStale && m_namesShown) {
        if (m_nameLayer.devicePixelRatio() != ratio)
            m_nameImages.clear();
        fresh(m_nameLayer);
        m_nameLayer.fill(Qt::transparent);
        QPainter painter(&m_nameLayer);
        stampNames(painter, placedNames(m_frame, ratio, size(), look), ratio, look);
        m_namesStale = false;
    }
}

void SurfaceView::paintEvent(QPaintEvent*) {
    prepare();
    QPainter painter(this);
    painter.drawImage(0, 0, m_image);
    const Look& look = Theme::instance().look();
    if (m_outlinesShown)
        painter.drawImage(0, 0, m_lineLayer);
    if (m_highlighted >= 0) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(
            QPen(look.selection, kHighlightWidth * look.lineWidth, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        for (const Line& line : m_lines)
            if (line.regions[0] == m_highlighted || line.regions[1] == m_highlighted)
                painter.drawPolyline(line.points);
    }
    if (m_namesShown)
        painter.drawImage(0, 0, m_nameLayer);
    if (m_point &&
        static_cast<std::size_t>(m_point->vertex) < m_model.verticesOf(static_cast<std::size_t>(m_point->hemisphere))) {
        const std::size_t vertex = m_model.firstVertex(static_cast<std::size_t>(m_point->hemisphere)) +
                                   static_cast<std::size_t>(m_point->vertex);
        if (isSeen(m_frame, m_frame.places[vertex])) {
            constexpr double kRing = 6;
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setBrush(Qt::NoBrush);
            for (const auto& [color, width] : {std::pair(look.surface, 4.0), std::pair(look.text, 2.0)}) {
                painter.setPen(QPen(color, width * look.lineWidth));
                painter.drawEllipse(placeOf(*m_point), kRing, kRing);
            }
        }
    }
    if (showsFocus())
        drawFocusFrame(painter, rect(), look);
}

const SurfaceView::Borders& SurfaceView::borders() const {
    const double flatness = static_cast<double>(m_model.projection(m_camera, 1, 1).flatness);
    std::optional<Borders>& borders = m_borders[flatness > 0 ? 1 : 0];
    if (borders)
        return *borders;
    // Each hemisphere's rims, and its outlines.
    std::array<std::vector<Outline>, 4> parts;
    parallelFor(parts.size(), threadBudget(), [&](std::size_t task) {
        const std::size_t h = task % 2;
        const SurfaceMesh* const mesh = m_model.mesh(h, flatness);
        if (mesh == nullptr || (task >= 2 && m_regionOf.empty()))
            return;
        const auto first = static_cast<std::uint32_t>(m_model.firstVertex(h));
        parts[task] = task < 2 ? rimOf(*mesh)
                               : regionOutlines(*mesh, std::span(m_regionOf).subspan(first, m_model.verticesOf(h)));
        for (Outline& line : parts[task])
            for (OutlinePoint& point : line.points)
                for (std::uint32_t& vertex : point.vertices)
                    vertex += first;
    });
    borders.emplace();
    for (std::size_t task = 0; task < parts.size(); ++task)
        std::move(parts[task].begin(), parts[task].end(),
                  std::back_inserter(task < 2 ? borders->rims : borders->outlines));
    return *borders;
}

const std::vector<RegionAnchor>& SurfaceView::anchors() const {
    if (m_anchors)
        return *m_anchors;
    BothHemispheres<std::vector<RegionAnchor>> parts;
    parallelFor(parts.size(), threadBudget(), [&](std::size_t h) {
        const SurfaceMesh* const mesh = m_model.mesh(h, 1);
        if (mesh == nullptr || m_regionOf.empty())
            return;
        const std::size_t first = m_model.firstVertex(h);
        parts[h] = regionAnchors(*mesh, std::span(m_regionOf).subspan(first, m_model.verticesOf(h)));
        for (RegionAnchor& anchor : parts[h])
            anchor.vertex += static_cast<std::uint32_t>(first);
    });
    m_anchors = std::move(parts[0]);
    m_anchors->insert(m_anchors->end(), parts[1].begin(), parts[1].end());
    return *m_anchors;
}

bool SurfaceView::isSeen(const Frame& frame, const SurfacePlace& place) {
    return frame.projection.isFlat() ||
           place[2] + kHiddenBehind >= frame.pixels.depthAt(static_cast<int>(std::floor(place[0])),
                                                            static_cast<int>(std::floor(place[1])), frame.places);
}

std::vector<SurfaceView::Line> SurfaceView::visibleLines(const Frame& frame, double ratio) const {
    std::vector<Line> lines;
    const auto add = [&](const Outline& outline, int smoothings) {
        QPolygonF points;
        std::vector<bool> seen;
        for (const OutlinePoint& point : outline.points) {
            SurfacePlace sum{};
            for (std::size_t corner = 0; corner < point.corners; ++corner)
                for (std::size_t axis = 0; axis < 3; ++axis)
                    sum[axis] += frame.places[point.vertices[corner]][axis] / static_cast<float>(point.corners);
            points << QPointF(static_cast<double>(sum[0]), static_cast<double>(sum[1])) / ratio;
            seen.push_back(isSeen(frame, sum));
        }
        for (int i = 0; i < smoothings; ++i)
            points = smoothed(points, outline.closed);
        if (outline.closed && !points.isEmpty()) {
            points << points.first();
            seen.push_back(seen.front());
        }
        QPolygonF part;
        for (qsizetype i = 0; i <= points.size(); ++i) {
            if (i < points.size() && seen[static_cast<std::size_t>(i)]) {
                part << points[i];
                continue;
            }
            if (part.size() > 1)
                lines.push_back({outline.regions, thinned(part)});
            part.clear();
        }
    };
    const Borders& all = borders();
    for (const Outline& outline : all.rims)
        add(outline, 0);
    for (const Outline& outline : all.outlines)
        add(outline, kSmoothings);
    return lines;
}

void SurfaceView::drawLines(QPainter& painter, const std::vector<Line>& lines, const Look& look) const {
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor color = look.dark ? QColor(214, 214, 214, 190) : QColor(64, 64, 64, 190);
    QPen pen(color, kLineWidth * look.lineWidth, Qt::SolidLine, Qt::FlatCap, Qt::BevelJoin);
    // Qt has a quick way for lines of a pixel's width at most, if they do not scale.
    if (painter.device()->devType() == QInternal::Image && pen.widthF() * painter.deviceTransform().m11() <= 1)
        pen.setCosmetic(true);
    painter.setPen(pen);
    for (const Line& line : lines)
        painter.drawPolyline(line.points);
}

QFont SurfaceView::nameFont(const Look& look) const {
    QFont font = look.font(TextSize::Small, QFont::DemiBold);
    font.setItalic(true);
    return font;
}

std::vector<SurfaceView::Name> SurfaceView::placedNames(const Frame& frame, double ratio, const QSizeF& size,
                                                        const Look& look) const {
    struct Candidate {
        int region;
        double depth; ///< pixels
        WantedLabel label;
    };
    const QFontMetricsF metrics(nameFont(look));
    std::vector<Candidate> candidates;
    for (const RegionAnchor& anchor : anchors()) {
        const SurfacePlace& place = frame.places[anchor.vertex];
        const double depth = static_cast<double>(anchor.depth * frame.projection.scale) / ratio;
        if (!isSeen(frame, place) || m_model.facing(frame.projection, anchor.vertex) < kNameFacing ||
            (depth < kRoomForName * metrics.height() && anchor.region != m_highlighted))
            continue;
        const QString& name = m_names[anchor.region];
        candidates.push_back({anchor.region,
                              depth,
                              {static_cast<double>(place[0]) / ratio, static_cast<double>(place[1]) / ratio,
                               metrics.horizontalAdvance(name) + 4 * kNameRim * metrics.height(), metrics.height()}});
    }
    std::stable_sort(candidates.begin(), candidates.end(), [this](const Candidate& a, const Candidate& b) {
        const bool first = a.region == m_highlighted;
        return first != (b.region == m_highlighted) ? first : a.depth > b.depth;
    });
    std::vector<WantedLabel> wanted;
    for (const Candidate& candidate : candidates)
        wanted.push_back(candidate.label);
    const auto boxes = placedLabels(wanted, {0, 0, size.width(), size.height()}, kNameReach);
    std::vector<Name> names;
    for (std::size_t i = 0; i < boxes.size(); ++i)
        if (boxes[i])
            names.push_back({candidates[i].region, *boxes[i]});
    return names;
}

void SurfaceView::drawName(QPainter& painter, const QPointF& topLeft, int region, const Look& look) const {
    const QFont font = nameFont(look);
    const QFontMetricsF metrics(font);
    const double rim = kNameRim * metrics.height();
    drawRimmedText(painter, topLeft + QPointF(2 * rim, metrics.ascent()), m_names[region], font, Qt::white,
                   QColor(0, 0, 0, 200), rim);
}

void SurfaceView::stampNames(QPainter& painter, const std::vector<Name>& names, double ratio, const Look& look) {
    m_nameImages.resize(static_cast<std::size_t>(m_names.size()));
    for (const Name& name : names) {
        QImage& image = m_nameImages[static_cast<std::size_t>(name.region)];
        if (image.isNull()) {
            image = QImage((QSizeF(name.box.width, name.box.height) * ratio).toSize() + QSize(1, 1),
                           QImage::Format_ARGB32_Premultiplied);
            image.setDevicePixelRatio(ratio);
            image.fill(Qt::transparent);
            QPainter onImage(&image);
            onImage.setRenderHint(QPainter::Antialiasing);
            drawName(onImage, {}, name.region, look);
        }
        painter.drawImage(QPointF(std::round(name.box.x * ratio), std::round(name.box.y * ratio)) / ratio, image);
    }
}

QImage SurfaceView::rendered(const QSize& pixels, const Look& look, const QColor& background) const {
    const qint64 count = static_cast<qint64>(pixels.width()) * pixels.height();
    if (pixels.width() < 1 || pixels.height() < 1 || count > kMostPixels)
        throw ParameterError({.where = "picture of a surface",
                              .expected = "1 to " + withThousands(kMostPixels) + " pixels",
                              .found = std::to_string(pixels.width()) + " × " + std::to_string(pixels.height())});
    const QSize drawn = count <= kMostSmoothPixels ? 2 * pixels : pixels;
    Frame frame;
    placeFrame(frame, drawn);
    fillFrame(frame, drawn, look.dark, nullptr);
    QImage image(drawn, QImage::Format_ARGB32_Premultiplied);
    frame.pixels.paint(paintOf(look, qPremultiply(background.rgba())), image);
    return drawn == pixels ? image : image.scaled(pixels, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
}

void SurfaceView::paintOverlay(QPainter& painter, const QRectF& area, const Look& look) const {
    // What is hidden is found on pixels half a unit wide, or wider ones if there were too many.
    const double ratio = std::min(2.0, mostPixelsPerUnit(area, kMostHidingPixels));
    const QSize pixels = (area.size() * ratio).toSize();
    if (pixels.isEmpty())
        return;
    Frame frame;
    placeFrame(frame, pixels);
    if (!frame.projection.isFlat())
        fillFrame(frame, pixels, look.dark, nullptr);
    painter.save();
    painter.setClipRect(area, Qt::IntersectClip);
    painter.translate(area.topLeft());
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_outlinesShown)
        drawLines(painter, visibleLines(frame, ratio), look);
    if (m_namesShown)
        for (const Name& name : placedNames(frame, ratio, area.size(), look))
            drawName(painter, {name.box.x, name.box.y}, name.region, look);
    painter.restore();
}

void SurfaceView::paint(QPainter& painter, const QRectF& area, const Look& look, double resolution) const {
    const QSize pixels =
        (area.size() * std::min({resolution, mostPixelsPerUnit(area, kMostPixels), pixelsPerUnit(painter)})).toSize();
    if (pixels.isEmpty())
        return;
    painter.drawImage(area, rendered(pixels, look, Qt::transparent));
    paintOverlay(painter, area, look);
}

double SurfaceView::scale() const { return static_cast<double>(m_model.projection(m_camera, width(), height()).scale); }

QPointF SurfaceView::placeOf(const SurfaceVertex& vertex) const {
    const auto h = static_cast<std::size_t>(vertex.hemisphere);
    const SurfacePlace place = m_model.place(m_model.projection(m_camera, width(), height()),
                                             m_model.firstVertex(h) + static_cast<std::size_t>(vertex.vertex));
    return {static_cast<double>(place[0]), static_cast<double>(place[1])};
}

std::optional<SurfaceVertex> SurfaceView::vertexAt(const QPointF& place) {
    prepare();
    const QPointF pixel = place * devicePixelRatioF();
    const auto found =
        m_frame.pixels.vertexAt(static_cast<int>(std::floor(pixel.x())), static_cast<int>(std::floor(pixel.y())));
    if (found < 0)
        return std::nullopt;
    const auto vertex = static_cast<std::size_t>(found);
    const std::size_t h = m_model.hemisphereOf(vertex);
    return SurfaceVertex{static_cast<int>(h), static_cast<int>(vertex - m_model.firstVertex(h))};
}

int SurfaceView::regionOf(const std::optional<SurfaceVertex>& vertex) const {
    if (!vertex || m_regionOf.empty())
        return -1;
    return m_regionOf[m_model.firstVertex(static_cast<std::size_t>(vertex->hemisphere)) +
                      static_cast<std::size_t>(vertex->vertex)];
}

void SurfaceView::hover(const std::optional<SurfaceVertex>& vertex) {
    if (vertex != m_hovered) {
        m_hovered = vertex;
        emit vertexHovered(vertex ? vertex->hemisphere : -1, vertex ? vertex->vertex : -1);
    }
    if (const int region = regionOf(vertex); region != m_hoveredRegion) {
        m_hoveredRegion = region;
        emit regionHovered(region);
    }
}

void SurfaceView::changeCamera(const SurfaceCamera& camera) {
    if (camera == m_camera)
        return;
    m_camera = camera;
    markFrameStale();
    emit cameraChanged(m_camera);
}

void SurfaceView::moveBy(const QPointF& pixels) {
    SurfaceCamera camera = m_camera;
    camera.x -= pixels.x() / scale();
    camera.y += pixels.y() / scale();
    changeCamera(camera);
}

void SurfaceView::turnBy(const QPointF& pixels, bool overRight) {
    SurfaceCamera camera = m_camera;
    camera.turn = std::remainder(camera.turn + (overRight ? -1 : 1) * kDegreesPerPixel * pixels.x(), 360);
    camera.tilt = std::clamp(camera.tilt + kDegreesPerPixel * pixels.y(), -90.0, 90.0);
    changeCamera(camera);
}

void SurfaceView::zoomBy(double factor, const QPointF& place) {
    SurfaceCamera camera = m_camera;
    camera.zoom = std::clamp(camera.zoom * factor, kLeastZoom, kMostZoom);
    const double before = scale();
    const double after = before * camera.zoom / m_camera.zoom;
    camera.x += (place.x() - width() / 2.0) * (1 / before - 1 / after);
    camera.y -= (place.y() - height() / 2.0) * (1 / before - 1 / after);
    changeCamera(camera);
}

void SurfaceView::fit() { changeCamera({.flatness = m_camera.flatness}); }

void SurfaceView::zoomIn() { zoomBy(kZoomStep, QPointF(width() / 2.0, height() / 2.0)); }

void SurfaceView::zoomOut() { zoomBy(1 / kZoomStep, QPointF(width() / 2.0, height() / 2.0)); }

void SurfaceView::setFlat(bool flat) {
    if (flat ? !m_model.hasFlat() : !m_model.hasInflated())
        return;
    m_glideFrom = m_camera.flatness;
    m_glideTo = flat ? 1 : 0;
    if (!mayGlide()) {
        SurfaceCamera camera = m_camera;
        camera.flatness = m_glideTo;
        changeCamera(camera);
        return;
    }
    m_sinceGlide.start();
    m_ticker.start(kTickMs, Qt::PreciseTimer, this);
}

void SurfaceView::timerEvent(QTimerEvent* event) {
    if (event->timerId() != m_ticker.timerId()) {
        PlotWidget::timerEvent(event);
        return;
    }
    const double t = std::min(1.0, static_cast<double>(m_sinceGlide.elapsed()) / kGlideMs);
    SurfaceCamera camera = m_camera;
    camera.flatness = m_glideFrom + (m_glideTo - m_glideFrom) * t * t * (3 - 2 * t);
    if (t >= 1) {
        camera.flatness = m_glideTo;
        m_ticker.stop();
    }
    changeCamera(camera);
}

void SurfaceView::resizeEvent(QResizeEvent* event) {
    PlotWidget::resizeEvent(event);
    markFrameStale();
}

void SurfaceView::wheelEvent(QWheelEvent* event) {
    zoomBy(std::pow(kZoomStep, event->angleDelta().y() / 120.0), event->position());
    event->accept();
}

void SurfaceView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton && event->button() != Qt::MiddleButton)
        return;
    m_pressPlace = m_lastPlace = event->position();
    m_drag = event->button() == Qt::MiddleButton ? Drag::Move : Drag::Pressed;
}

void SurfaceView::mouseMoveEvent(QMouseEvent* event) {
    const QPointF step = event->position() - m_lastPlace;
    if (m_drag == Drag::None) {
        hover(vertexAt(event->position()));
        return;
    }
    if (m_drag == Drag::Pressed) {
        if ((event->position() - m_pressPlace).manhattanLength() < kClickReach)
            return;
        const bool flat = m_model.projection(m_camera, width(), height()).flatness > 0.5F;
        m_drag = flat || event->modifiers().testFlag(Qt::ShiftModifier) ? Drag::Move : Drag::Turn;
    }
    m_lastPlace = event->position();
    if (m_drag == Drag::Move)
        moveBy(step);
    else
        turnBy(step, m_pressPlace.x() > width() / 2.0 - m_camera.x * scale());
}

void SurfaceView::mouseReleaseEvent(QMouseEvent* event) {
    if (m_drag == Drag::Pressed) {
        const auto vertex = vertexAt(event->position());
        emit vertexClicked(vertex ? vertex->hemisphere : -1, vertex ? vertex->vertex : -1, event->modifiers());
    }
    m_drag = Drag::None;
}

void SurfaceView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton)
        fit();
}

void SurfaceView::keyPressEvent(QKeyEvent* event) {
    const bool flat = m_model.projection(m_camera, 1, 1).flatness > 0.5F;
    const auto step = [&](double x, double y) {
        if (flat)
            moveBy(QPointF(x, y) * -kKeyboardMove);
        else
            turnBy(QPointF(x, y) * (kKeyboardTurn / kDegreesPerPixel), false);
    };
    switch (event->key()) {
    case Qt::Key_Left:
        step(-1, 0);
        break;
    case Qt::Key_Right:
        step(1, 0);
        break;
    case Qt::Key_Up:
        step(0, -1);
        break;
    case Qt::Key_Down:
        step(0, 1);
        break;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomIn();
        break;
    case Qt::Key_Minus:
        zoomOut();
        break;
    case Qt::Key_Home:
        fit();
        break;
    case Qt::Key_F:
        setFlat(gliding() ? m_glideTo < 0.5 : !flat);
        break;
    default:
        PlotWidget::keyPressEvent(event);
    }
}

void SurfaceView::leaveEvent(QEvent* event) {
    hover(std::nullopt);
    PlotWidget::leaveEvent(event);
}

} // namespace tercet
