#include "widgets/views/surface_pass.h"

#include "core/base/parallel.h"

#include <QFile>
#include <QGuiApplication>
#include <QOffscreenSurface>
#include <QOpenGLContext>
#include <QOpenGLFunctions>
#include <QtGui/qopenglcontext_platform.h>

#include <vtkActor.h>
#include <vtkCallbackCommand.h>
#include <vtkCamera.h>
#include <vtkCellArray.h>
#include <vtkFloatArray.h>
#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkNew.h>
#include <vtkOpenGLPolyDataMapper.h>
#include <vtkOpenGLState.h>
#include <vtkPointData.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkProperty.h>
#include <vtkRenderer.h>
#include <vtkShaderProperty.h>
#include <vtkTypeInt32Array.h>
#include <vtkUniforms.h>
#include <vtkUnsignedCharArray.h>

#include <algorithm>
#include <optional>

// Outside of every namespace, as Q_INIT_RESOURCE demands; needed because the resources are in a static library.
static void initialiseShaders() { Q_INIT_RESOURCE(shaders); }

namespace tercet {
namespace {

constexpr std::size_t kMostTriangles = (1U << 24U) - 2; ///< that three bytes of colour tell apart
constexpr double kFar = 10000;                          ///< mm; farther from the camera than any brain reaches
constexpr double kMostDifferent = 0.05;                 ///< of the pixels that two ways of drawing cover
constexpr const char* kFlatPlace = "flatPlace";

std::string shader(const char* name) {
    QFile file(QStringLiteral(":/shaders/") + QLatin1String(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

vtkNew<vtkFloatArray> arrayOf(std::span<const SurfacePlace> places) {
    vtkNew<vtkFloatArray> array;
    array->SetNumberOfComponents(3);
    array->SetNumberOfTuples(static_cast<vtkIdType>(places.size()));
    for (std::size_t v = 0; v < places.size(); ++v)
        array->SetTypedTuple(static_cast<vtkIdType>(v), places[v].data());
    return array;
}

vtkNew<vtkCellArray> cellsOf(std::span<const SurfaceTriangle> triangles, std::size_t firstVertex) {
    const auto count = static_cast<vtkIdType>(triangles.size());
    vtkNew<vtkTypeInt32Array> offsets;
    vtkNew<vtkTypeInt32Array> corners;
    offsets->SetNumberOfValues(count + 1);
    corners->SetNumberOfValues(3 * count);
    vtkIdType place = 0;
    for (const SurfaceTriangle& triangle : triangles) {
        offsets->SetValue(place / 3, static_cast<vtkTypeInt32>(place));
        for (const std::uint32_t corner : triangle)
            corners->SetValue(place++, static_cast<vtkTypeInt32>(corner - firstVertex));
    }
    offsets->SetValue(count, static_cast<vtkTypeInt32>(place));
    vtkNew<vtkCellArray> cells;
    cells->SetData(offsets, corners);
    return cells;
}

/// Makes a context current, and what was current before again at the end.
class CurrentContext {
public:
    CurrentContext(QOpenGLContext& context, QOffscreenSurface& surface)
        : m_before(QOpenGLContext::currentContext()), m_surfaceBefore(m_before ? m_before->surface() : nullptr),
          m_context(context), m_isCurrent(context.makeCurrent(&surface)) {}
    ~CurrentContext() {
        m_context.doneCurrent();
        if (m_before && m_surfaceBefore)
            m_before->makeCurrent(m_surfaceBefore);
    }
    CurrentContext(const CurrentContext&) = delete;
    CurrentContext& operator=(const CurrentContext&) = delete;
    [[nodiscard]] bool isCurrent() const noexcept { return m_isCurrent; }

private:
    QOpenGLContext* m_before;
    QSurface* m_surfaceBefore;
    QOpenGLContext& m_context;
    bool m_isCurrent;
};

/// Makes a context and its surface. Whether there is OpenGL 3.2 through GLX.
bool open(QOpenGLContext& context, QOffscreenSurface& surface) {
    if (QGuiApplication::platformName() != QLatin1String("xcb"))
        return false;
    QSurfaceFormat format;
    format.setRenderableType(QSurfaceFormat::OpenGL);
    format.setVersion(3, 2);
    format.setProfile(QSurfaceFormat::CoreProfile);
    context.setFormat(format);
    surface.setFormat(format);
    if (!context.create() || context.isOpenGLES() || context.format().version() < qMakePair(3, 2) ||
        context.nativeInterface<QNativeInterface::QGLXContext>() == nullptr)
        return false;
    surface.create();
    return surface.isValid() && CurrentContext(context, surface).isCurrent();
}

} // namespace

class SurfacePass::Scene {
public:
    explicit Scene(const SurfaceModel& model) : m_model(model) {}
    ~Scene() {
        if (!m_works)
            return;
        const CurrentContext current(m_context, m_surface);
        m_window->Finalize();
        m_window->SetReadyForRendering(false);
    }
    Scene(const Scene&) = delete;
    Scene& operator=(const Scene&) = delete;

    bool start() {
        if (std::max(m_model.triangles(0).size(), m_model.triangles(1).size()) > kMostTriangles ||
            !open(m_context, m_surface))
            return false;
        const CurrentContext current(m_context, m_surface);
        initialiseShaders();
        prepareWindow();
        for (const bool cut : {false, true})
            for (std::size_t h = 0; h < 2; ++h)
                addShape(cut, h);
        m_works = true;
        return true;
    }

    bool draw(const SurfaceProjection& projection, TriangleImage& image) {
        image.triangles.assign(static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height),
                               kNoTriangle);
        const CurrentContext current(m_context, m_surface);
        if (!current.isCurrent() || image.triangles.empty() || !m_agrees.value_or(true))
            return false;
        for (const Shape& shape : m_shapes) {
            const bool shown = shape.cut == (projection.flatness > 0);
            shape.actor->SetVisibility(shown);
            if (shown)
                setUniforms(shape, projection);
        }
        // Pixels to mm: the middle of the picture, and half of its height.
        const double x =
            (image.width / 2.0 - static_cast<double>(projection.originX)) / static_cast<double>(projection.scale);
        const double y =
            (static_cast<double>(projection.originY) - image.height / 2.0) / static_cast<double>(projection.scale);
        vtkCamera* const camera = m_renderer->GetActiveCamera();
        camera->SetFocalPoint(x, y, 0);
        camera->SetPosition(x, y, kFar);
        camera->SetViewUp(0, 1, 0);
        camera->SetParallelScale(image.height / 2.0 / static_cast<double>(projection.scale));
        camera->SetClippingRange(1, 2 * kFar);
        m_window->SetSize(image.width, image.height);
        // VTK remembers the state of OpenGL; another user of the context may have changed it.
        m_window->GetState()->Reset();
        m_window->GetState()->ResetFramebufferBindings();
        m_window->Render();
        m_window->GetRGBACharPixelData(0, 0, image.width - 1, image.height - 1, 0, m_colors);
        if (!read(image))
            return false;
        if (!m_agrees)
            m_agrees = agrees(projection, image);
        return *m_agrees;
    }

private:
    struct Shape {
        vtkNew<vtkActor> actor;
        bool cut = false;
        std::size_t hemisphere = 0;
    };

    void prepareWindow() {
        const auto listen = [this](unsigned long event, void (*answer)(vtkObject*, unsigned long, void*, void*)) {
            vtkNew<vtkCallbackCommand> command;
            command->SetCallback(answer);
            command->SetClientData(this);
            m_window->AddObserver(event, command);
        };
        listen(vtkCommand::WindowMakeCurrentEvent, [](vtkObject*, unsigned long, void* self, void*) {
            auto* const scene = static_cast<Scene*>(self);
            scene->m_context.makeCurrent(&scene->m_surface);
        });
        listen(vtkCommand::WindowIsCurrentEvent, [](vtkObject*, unsigned long, void* self, void* answer) {
            *static_cast<bool*>(answer) = QOpenGLContext::currentContext() == &static_cast<Scene*>(self)->m_context;
        });
        listen(vtkCommand::WindowSupportsOpenGLEvent,
               [](vtkObject*, unsigned long, void*, void* answer) { *static_cast<int*>(answer) = 1; });
        m_window->SetOwnContext(0);
        m_window->SetFrameBlitModeToNoBlit();
        m_window->SetMultiSamples(0);
        m_window->SetReadyForRendering(true);
        m_window->AddRenderer(m_renderer);
        m_renderer->SetBackground(0, 0, 0);
        m_renderer->GetActiveCamera()->ParallelProjectionOn();
    }
    void addShape(bool cut, std::size_t hemisphere) {
        const double flatness = cut ? 1 : 0;
        const std::size_t firstTriangle = m_model.firstTriangle(hemisphere, flatness);
        const std::size_t triangles = m_model.firstTriangle(hemisphere + 1, flatness) - firstTriangle;
        if (triangles == 0)
            return;
        const std::size_t first = m_model.firstVertex(hemisphere);
        const std::size_t count = m_model.verticesOf(hemisphere);
        vtkNew<vtkPoints> points;
        points->SetData(arrayOf(m_model.sidePlaces().subspan(first, count)));
        const auto flat = arrayOf(m_model.flatPlaces().subspan(first, count));
        flat->SetName(kFlatPlace);
        vtkNew<vtkPolyData> mesh;
        mesh->SetPoints(points);
        mesh->SetPolys(cellsOf(m_model.triangles(flatness).subspan(firstTriangle, triangles), first));
        mesh->GetPointData()->AddArray(flat);
        vtkNew<vtkOpenGLPolyDataMapper> mapper;
        mapper->SetInputData(mesh);
        mapper->ScalarVisibilityOff();
        mapper->SetVBOShiftScaleMethod(0);
        mapper->MapDataArrayToVertexAttribute(kFlatPlace, kFlatPlace, vtkDataObject::FIELD_ASSOCIATION_POINTS);
        Shape& shape = m_shapes.emplace_back();
        shape.cut = cut;
        shape.hemisphere = hemisphere;
        shape.actor->SetMapper(mapper);
        shape.actor->GetProperty()->LightingOff();
        shape.actor->ForceOpaqueOn();
        vtkShaderProperty* const shaders = shape.actor->GetShaderProperty();
        shaders->SetVertexShaderCode(shader("surface.vert").c_str());
        shaders->SetFragmentShaderCode(shader("surface_triangles.frag").c_str());
        shaders->GetFragmentCustomUniforms()->SetUniformi("firstTriangle", static_cast<int>(firstTriangle));
        m_renderer->AddActor(shape.actor);
    }
    static void setUniforms(const Shape& shape, const SurfaceProjection& projection) {
        vtkUniforms* const uniforms = shape.actor->GetShaderProperty()->GetVertexCustomUniforms();
        const auto& turn = projection.turn[shape.hemisphere];
        uniforms->SetUniform3f("turnX", turn[0].data());
        uniforms->SetUniform3f("turnY", turn[1].data());
        uniforms->SetUniform3f("turnZ", turn[2].data());
        uniforms->SetUniform3f("middle", projection.middle[shape.hemisphere].data());
        uniforms->SetUniformf("flatness", projection.flatness);
    }
    /// OpenGL's rows begin at the bottom.
    bool read(TriangleImage& image) const {
        const auto width = static_cast<std::size_t>(image.width);
        const auto height = static_cast<std::size_t>(image.height);
        if (static_cast<std::size_t>(m_colors->GetNumberOfValues()) != 4 * width * height)
            return false;
        const unsigned char* const colors = m_colors->GetPointer(0);
        parallelFor(height, threadBudget(), [&](std::size_t y) {
            const unsigned char* color = colors + 4 * width * (height - 1 - y);
            for (std::size_t x = 0; x < width; ++x, color += 4) {
                const std::uint32_t number =
                    color[0] | static_cast<std::uint32_t>(color[1]) << 8U | static_cast<std::uint32_t>(color[2]) << 16U;
                image.triangles[y * width + x] = number == 0 ? kNoTriangle : number - 1;
            }
        });
        return true;
    }
    /// Whether the processor sees the same in nearly all pixels: drivers may fail silently.
    [[nodiscard]] bool agrees(const SurfaceProjection& projection, const TriangleImage& image) const {
        std::vector<SurfacePlace> places;
        m_model.place(projection, places);
        TriangleImage own{.width = image.width, .height = image.height};
        drawTriangles(places, m_model.triangles(static_cast<double>(projection.flatness)), true, own);
        std::size_t covered = 0;
        std::size_t different = 0;
        for (std::size_t i = 0; i < own.triangles.size(); ++i) {
            covered += own.triangles[i] != kNoTriangle ? 1 : 0;
            different += (own.triangles[i] == kNoTriangle) != (image.triangles[i] == kNoTriangle) ? 1 : 0;
        }
        return static_cast<double>(different) <= kMostDifferent * static_cast<double>(covered);
    }

    const SurfaceModel& m_model;
    QOffscreenSurface m_surface;
    QOpenGLContext m_context;
    vtkNew<vtkGenericOpenGLRenderWindow> m_window;
    vtkNew<vtkRenderer> m_renderer;
    vtkNew<vtkUnsignedCharArray> m_colors;
    std::vector<Shape> m_shapes;
    bool m_works = false;
    std::optional<bool> m_agrees; ///< with the processor; known after the first picture
};

SurfacePass::SurfacePass(const SurfaceModel& model) : m_scene(std::make_unique<Scene>(model)) {
    if (!m_scene->start())
        m_scene.reset();
}

SurfacePass::~SurfacePass() = default;

bool SurfacePass::hasHardware() {
    static const bool found = [] {
        QOpenGLContext context;
        QOffscreenSurface surface;
        if (!open(context, surface))
            return false;
        const CurrentContext current(context, surface);
        const QByteArray name = reinterpret_cast<const char*>(context.functions()->glGetString(GL_RENDERER));
        const auto isOf = [name = name.toLower()](const char* program) { return name.contains(program); };
        return !isOf("llvmpipe") && !isOf("softpipe") && !isOf("swr");
    }();
    return found;
}

bool SurfacePass::draw(const SurfaceProjection& projection, TriangleImage& image) {
    return m_scene->draw(projection, image);
}

} // namespace tercet
