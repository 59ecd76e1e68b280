#pragma once

#include "widgets/views/surface_raster.h"

#include <memory>

namespace tercet {

/// Draws the triangles of a SurfaceModel by the graphics processor: VTK in an OpenGL context of its own that has no
/// window, so that the widgets beside it stay as they are. GUI thread.
class SurfacePass {
public:
    /// `model` must outlive this.
    explicit SurfacePass(const SurfaceModel& model);
    ~SurfacePass();
    SurfacePass(const SurfacePass&) = delete;
    SurfacePass& operator=(const SurfacePass&) = delete;

    /// Whether there is OpenGL 3.2 through GLX, which Debian's VTK needs, and a graphics processor behind it, not a
    /// program in its place. Found out once.
    [[nodiscard]] static bool hasHardware();

    /// Whether there is OpenGL 3.2 through GLX, and the triangles can be told apart.
    [[nodiscard]] bool works() const noexcept { return m_scene != nullptr; }
    /// The same as drawTriangles() with the places of `projection`, but for rounding at the edges of triangles. Only
    /// if it works(). False if it cannot, now or because the first picture was not the processor's.
    [[nodiscard]] bool draw(const SurfaceProjection& projection, TriangleImage& image);

private:
    class Scene;
    std::unique_ptr<Scene> m_scene; ///< null if it does not work
};

} // namespace tercet
