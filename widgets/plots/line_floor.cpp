#include "widgets/plots/line_floor.h"

#include <QPaintDevice>
#include <QPaintEngine>
#include <QPainter>
#include <QPainterPath>

#include <cmath>
#include <limits>

namespace tercet {
namespace {

constexpr int kLogicalDpi = 96;

/// Hands everything on to a painter, pens made wide enough.
class ThickEngine : public QPaintEngine {
public:
    ThickEngine(QPainter& target, double thinnest)
        : QPaintEngine(AllFeatures), m_target(target), m_base(target.transform()), m_thinnest(thinnest) {}

    bool begin(QPaintDevice* /*device*/) override { return true; }
    bool end() override { return true; }
    [[nodiscard]] Type type() const override { return User; }

    void updateState(const QPaintEngineState& now) override {
        const DirtyFlags dirty = now.state();
        m_target.setTransform(now.transform() * m_base);
        if (dirty & (DirtyPen | DirtyTransform))
            m_target.setPen(thickened(now.pen(), now.transform()));
        if (dirty & DirtyBrush)
            m_target.setBrush(now.brush());
        if (dirty & DirtyBrushOrigin)
            m_target.setBrushOrigin(now.brushOrigin());
        if (dirty & DirtyBackground)
            m_target.setBackground(now.backgroundBrush());
        if (dirty & DirtyBackgroundMode)
            m_target.setBackgroundMode(now.backgroundMode());
        if (dirty & DirtyFont)
            m_target.setFont(now.font());
        if (dirty & DirtyOpacity)
            m_target.setOpacity(now.opacity());
        if (dirty & DirtyCompositionMode)
            m_target.setCompositionMode(now.compositionMode());
        if (dirty & DirtyHints) {
            m_target.setRenderHints(m_target.renderHints() & ~now.renderHints(), false);
            m_target.setRenderHints(now.renderHints());
        }
        if (dirty & DirtyClipPath)
            m_target.setClipPath(now.clipPath(), now.clipOperation());
        if (dirty & DirtyClipRegion)
            m_target.setClipRegion(now.clipRegion(), now.clipOperation());
        if (dirty & DirtyClipEnabled)
            m_target.setClipping(now.isClipEnabled());
    }

    void drawPath(const QPainterPath& path) override { m_target.drawPath(path); }
    void drawPolygon(const QPointF* points, int count, PolygonDrawMode mode) override {
        if (mode == PolylineMode)
            m_target.drawPolyline(points, count);
        else
            m_target.drawPolygon(points, count, mode == WindingMode ? Qt::WindingFill : Qt::OddEvenFill);
    }
    void drawTextItem(const QPointF& place, const QTextItem& item) override {
        m_target.setFont(item.font());
        m_target.drawText(place, item.text());
    }
    void drawPixmap(const QRectF& target, const QPixmap& pixmap, const QRectF& source) override {
        m_target.drawPixmap(target, pixmap, source);
    }
    void drawTiledPixmap(const QRectF& target, const QPixmap& pixmap, const QPointF& start) override {
        m_target.drawTiledPixmap(target, pixmap, start);
    }
    void drawImage(const QRectF& target, const QImage& image, const QRectF& source,
                   Qt::ImageConversionFlags flags) override {
        m_target.drawImage(target, image, source, flags);
    }

private:
    [[nodiscard]] QPen thickened(QPen pen, const QTransform& transform) const {
        if (pen.style() == Qt::NoPen)
            return pen;
        const double scale = pen.isCosmetic() ? 1 : std::sqrt(std::abs(transform.determinant()));
        if (scale > 0 && pen.widthF() * scale < m_thinnest)
            pen.setWidthF(m_thinnest / scale);
        return pen;
    }

    QPainter& m_target;
    QTransform m_base;
    double m_thinnest;
};

class ThickDevice : public QPaintDevice {
public:
    ThickDevice(QPainter& target, const QSizeF& size, double thinnest)
        : m_engine(target, thinnest), m_size(size), m_pixelsPerUnit(tercet::pixelsPerUnit(target)) {}
    [[nodiscard]] QPaintEngine* paintEngine() const override { return &m_engine; }
    [[nodiscard]] double pixelsPerUnit() const { return m_pixelsPerUnit; }

protected:
    [[nodiscard]] int metric(PaintDeviceMetric metric) const override {
        switch (metric) {
        case PdmWidth:
            return static_cast<int>(std::ceil(m_size.width()));
        case PdmHeight:
            return static_cast<int>(std::ceil(m_size.height()));
        case PdmDpiX:
        case PdmDpiY:
        case PdmPhysicalDpiX:
        case PdmPhysicalDpiY:
            return kLogicalDpi;
        case PdmDevicePixelRatio:
        case PdmNumColors:
            return 1;
        default:
            return QPaintDevice::metric(metric);
        }
    }

private:
    mutable ThickEngine m_engine;
    QSizeF m_size;
    double m_pixelsPerUnit;
};

} // namespace

void paintWithThickLines(QPainter& target, const QSizeF& size, double thinnest,
                         const std::function<void(QPainter&)>& paint) {
    target.save();
    ThickDevice device(target, size, thinnest);
    QPainter painter(&device);
    painter.setRenderHints(target.renderHints());
    paint(painter);
    painter.end();
    target.restore();
}

double pixelsPerUnit(const QPainter& painter) {
    const QPaintDevice* device = painter.device();
    const double scale = std::sqrt(std::abs(painter.deviceTransform().determinant()));
    if (const auto* thick = dynamic_cast<const ThickDevice*>(device))
        return thick->pixelsPerUnit() * scale;
    const int type = device->devType();
    return type == QInternal::Image || type == QInternal::Pixmap ? scale : std::numeric_limits<double>::infinity();
}

} // namespace tercet
