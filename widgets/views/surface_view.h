#pragma once

#include "core/base/label_placement.h"
#include "widgets/plots/look.h"
#include "widgets/plots/plot_widget.h"
#include "widgets/views/surface_camera.h"
#include "widgets/views/surface_model.h"
#include "widgets/views/surface_raster.h"

#include <QBasicTimer>
#include <QElapsedTimer>
#include <QPolygonF>

#include <memory>
#include <optional>
#include <vector>

namespace tercet {

class SurfacePass;

struct SurfaceVertex {
    int hemisphere = 0; ///< 0 left, 1 right
    int vertex = 0;     ///< of that hemisphere
    friend bool operator==(const SurfaceVertex&, const SurfaceVertex&) = default;
};

enum class SurfaceRenderer {
    Automatic, ///< graphics hardware for what is not flat, if there is any
    Processor, ///< always the processor
    Graphics,  ///< OpenGL for what is not flat, hardware or not, if it is there
};

/// Both hemispheres of a cortex, flat, inflated or on the way between, with values as colours over the curvature, and
/// outlines and names of regions (SPEC B6). Every per-vertex value is given per hemisphere, as many as it has vertices;
/// null for none. Wrong numbers throw DataError. Flat: drag moves; inflated: drag turns, middle drag or Shift and drag
/// moves. Wheel: zoom at the pointer; double click or Home: fit; arrows move or turn, + and − zoom, F flattens or
/// inflates. GUI thread.
class SurfaceView : public PlotWidget {
    Q_OBJECT

public:
    using Values = BothHemispheres<std::shared_ptr<const std::vector<float>>>;
    using Regions = BothHemispheres<std::shared_ptr<const std::vector<std::int32_t>>>;
    using Vertices = BothHemispheres<std::vector<std::uint32_t>>;

    explicit SurfaceView(QWidget* parent = nullptr);
    ~SurfaceView() override;

    /// Forgets everything that is per vertex, and shows the flat shapes if there are any. Throws DataError as
    /// SurfaceModel does; then nothing has changed.
    void setMeshes(const BothHemispheres<HemisphereMeshes>& meshes);
    /// Positive in sulci, which are darker (FreeSurfer's sign), in any unit; NaN is as dark as what has none.
    void setCurvature(const Values& curvature);
    /// NaN: nothing is drawn there, and the curvature shows.
    void setValues(const Values& values);
    /// With it, colours are those of a table for two values (SurfaceColors).
    void setSecondValues(const Values& values);
    void setColors(SurfaceColors colors);
    /// Values are drawn only where `gate` (for example an FDR-corrected P) is less than `limit`. Null draws all.
    void setGate(const Values& gate, double limit);
    void setGateLimit(double limit); ///< the quick way while a slider is dragged
    /// Index into `names` per vertex, −1 for none. The same region may be in both hemispheres.
    void setRegions(const Regions& regionOf, const QStringList& names);
    void setOutlinesShown(bool shown);
    void setNamesShown(bool shown);
    void setHighlightedRegion(int region); ///< −1 for none
    void setSelection(const Vertices& vertices);
    void setPoint(const std::optional<SurfaceVertex>& vertex); ///< a ring around it, on screen alone
    void setCamera(const SurfaceCamera& camera);               ///< at once; emits nothing
    void setRenderer(SurfaceRenderer renderer);

    [[nodiscard]] const SurfaceCamera& camera() const noexcept { return m_camera; }
    /// Where a vertex is now, in widget coordinates, seen or hidden.
    [[nodiscard]] QPointF placeOf(const SurfaceVertex& vertex) const;
    /// The vertex that is seen at `place` (widget coordinates).
    [[nodiscard]] std::optional<SurfaceVertex> vertexAt(const QPointF& place);
    [[nodiscard]] bool gliding() const { return m_ticker.isActive(); }

    /// The surface without outlines and names, as this camera shows it, in any size up to 32 million pixels. A
    /// transparent `background` gives an image with alpha. Needs no display. Throws ParameterError (size).
    [[nodiscard]] QImage rendered(const QSize& pixels, const Look& look, const QColor& background) const;
    /// Outlines as paths and names as text into `area`, what is seen of them; fits to rendered().
    void paintOverlay(QPainter& painter, const QRectF& area, const Look& look) const;
    /// Both, the image with `resolution` pixels per unit of `area`, or as many as rendered() makes or are painted on.
    void paint(QPainter& painter, const QRectF& area, const Look& look, double resolution = 6.25) const;
    [[nodiscard]] QSize sizeHint() const override { return {900, 500}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {120, 72}; }

public slots:
    void fit(); ///< shows everything, from the side
    void zoomIn();
    void zoomOut();
    void setFlat(bool flat); ///< glides there

signals:
    void cameraChanged(const tercet::SurfaceCamera& camera);                         ///< by the user or a glide
    void vertexHovered(int hemisphere, int vertex);                                  ///< −1, −1: nothing
    void vertexClicked(int hemisphere, int vertex, Qt::KeyboardModifiers modifiers); ///< −1, −1: the background
    void regionHovered(int region);                                                  ///< −1: none

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void timerEvent(QTimerEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    enum class Drag { None, Pressed, Move, Turn };
    /// Everything that depends on camera and size alone.
    struct Frame {
        SurfaceProjection projection;
        std::vector<SurfacePlace> places;
        SurfacePixels pixels;
    };
    struct Line {
        std::array<std::int32_t, 2> regions;
        QPolygonF points;
    };
    struct Name {
        int region = 0;
        LabelBox box;
    };
    /// Of one set of triangles.
    struct Borders {
        std::vector<Outline> outlines;
        std::vector<Outline> rims;
    };

    [[nodiscard]] std::vector<float> joined(const Values& values, const char* what) const;
    void placeFrame(Frame& frame, const QSize& pixels) const;
    /// After placeFrame() with the same size; null draws by the processor.
    void fillFrame(Frame& frame, const QSize& pixels, bool dark, SurfacePass* pass) const;
    [[nodiscard]] SurfacePaint paintOf(const Look& look, QRgb background) const;
    [[nodiscard]] const Borders& borders() const;
    [[nodiscard]] const std::vector<RegionAnchor>& anchors() const;
    /// Whether a place in the frame is not behind the surface.
    [[nodiscard]] static bool isSeen(const Frame& frame, const SurfacePlace& place);
    [[nodiscard]] std::vector<Line> visibleLines(const Frame& frame, double ratio) const;
    [[nodiscard]] std::vector<Name> placedNames(const Frame& frame, double ratio, const QSizeF& size,
                                                const Look& look) const;
    void drawLines(QPainter& painter, const std::vector<Line>& lines, const Look& look) const;
    void drawName(QPainter& painter, const QPointF& topLeft, int region, const Look& look) const;
    void stampNames(QPainter& painter, const std::vector<Name>& names, double ratio, const Look& look);
    [[nodiscard]] QFont nameFont(const Look& look) const;
    [[nodiscard]] SurfacePass* passFor(const SurfaceProjection& projection);
    void prepare();
    void findDrawn();
    void findGrounds();
    void markFrameStale();
    void markColorsStale();
    void markNamesStale();
    void moveBy(const QPointF& pixels);
    void turnBy(const QPointF& pixels, bool overRight);
    void zoomBy(double factor, const QPointF& place);
    void changeCamera(const SurfaceCamera& camera);
    void hover(const std::optional<SurfaceVertex>& vertex);
    [[nodiscard]] int regionOf(const std::optional<SurfaceVertex>& vertex) const;
    [[nodiscard]] double scale() const; ///< logical pixels per mm

    SurfaceModel m_model;
    std::vector<float> m_curvature; ///< per vertex of the whole, as all below; empty for none
    std::vector<float> m_values;
    std::vector<float> m_secondValues;
    std::vector<float> m_gate;
    double m_gateLimit = 0;
    std::vector<float> m_drawn;                           ///< m_values, NaN behind the gate
    BothHemispheres<std::vector<std::uint8_t>> m_grounds; ///< in light and dark looks
    SurfaceColors m_colors;
    std::vector<std::int32_t> m_regionOf;
    QStringList m_names;
    std::vector<std::uint8_t> m_marked;
    std::optional<SurfaceVertex> m_point;
    int m_highlighted = -1;
    bool m_outlinesShown = true;
    bool m_namesShown = true;
    mutable std::array<std::optional<Borders>, 2> m_borders; ///< of the whole and of the cut triangles, at first need
    mutable std::optional<std::vector<RegionAnchor>> m_anchors; ///< of the cut ones, per hemisphere

    SurfaceCamera m_camera;
    SurfaceRenderer m_renderer = SurfaceRenderer::Automatic;
    std::unique_ptr<SurfacePass> m_pass; ///< made at the first need
    Frame m_frame;
    std::vector<Line> m_lines;
    QImage m_image;
    QImage m_lineLayer;
    QImage m_nameLayer;
    std::vector<QImage> m_nameImages; ///< of the regions, null until needed; texts with rims are slow
    bool m_frameStale = true;
    bool m_colorsStale = true;
    bool m_linesStale = true;
    bool m_namesStale = true;

    QBasicTimer m_ticker;
    QElapsedTimer m_sinceGlide;
    double m_glideFrom = 1;
    double m_glideTo = 1;
    Drag m_drag = Drag::None;
    QPointF m_pressPlace;
    QPointF m_lastPlace;
    std::optional<SurfaceVertex> m_hovered;
    int m_hoveredRegion = -1;
};

} // namespace tercet
