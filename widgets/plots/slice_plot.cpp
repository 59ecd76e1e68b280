#include "widgets/plots/slice_plot.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "widgets/plots/annotation.h"
#include "widgets/plots/axis.h"
#include "widgets/plots/line_floor.h"
#include "widgets/plots/theme.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tercet {
namespace {

constexpr double kMostPixels = 32e6; ///< of a picture
constexpr double kNameRim = 0.11;    ///< of the text's height
constexpr double kNameReach = 2;     ///< that a name may stand off its place, in its heights
constexpr double kRoomForName = 0.5; ///< side of the smallest region that is named, in heights of its name
constexpr double kWidestName = 0.35; ///< of its slice; wider ones would hide what they name
constexpr double kThinLine = 0.5;    ///< of a curve's width
constexpr double kMainLine = 0.9;
constexpr double kLineRim = 1.6; ///< below a bold line, of its width
constexpr double kMarkLine = 1.3;
constexpr double kDarkest = 0.02; ///< share of the image that is darker than its scale, or lighter
constexpr double kCrossGap = 1.5; ///< around the crosshair's middle, in voxels

/// How light the image is.
struct Greys {
    int black;
    int white;
    int plain;
};
constexpr Greys kLightGreys{96, 226, 190};
constexpr Greys kDarkGreys{44, 168, 92};

QString letterFor(std::size_t axis, bool high) {
    constexpr std::array<std::array<const char*, 2>, 3> kLetters{{{"L", "R"}, {"P", "A"}, {"I", "S"}}};
    return QString::fromLatin1(kLetters[axis][high ? 1 : 0]);
}

QString mmText(SliceAxis axis, double place) {
    constexpr std::array kNames = {"x", "y", "z"};
    return QStringLiteral("%1 %2 mm")
        .arg(QLatin1String(kNames[static_cast<std::size_t>(axis)]),
             numberText(place, place == std::round(place) ? 0 : 1));
}

double textHeight(const Look& look) { return QFontMetricsF(look.font(TextSize::Small)).height(); }

} // namespace

SlicePlot::SlicePlot(QWidget* parent) : PlotWidget(parent) {
    setAccessibleName(tr("Slices; left is left"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(&Theme::instance(), &Theme::changed, this, &SlicePlot::markStale);
}

void SlicePlot::markStale() {
    m_cells = QImage();
    update();
}

void SlicePlot::requireOnePerVoxel(std::size_t found, const char* what) const {
    if (found != 0 && found != m_grid->voxels())
        throw DataError({.where = what,
                         .expected = "one per voxel (" + withThousands(m_grid->voxels()) + ")",
                         .found = withThousands(found),
                         .remedy = "choose what belongs to these voxels"});
}

void SlicePlot::setGrid(std::shared_ptr<const VoxelGrid> grid) {
    m_grid = std::move(grid);
    for (auto* values : {&m_image, &m_values, &m_gate})
        values->clear();
    m_regionOf.clear();
    m_main.clear();
    m_names.clear();
    m_regionBorders.clear();
    m_markedBorders.clear();
    m_highlighted = -1;
    hover(-1);
    markStale();
}

void SlicePlot::setImage(std::vector<double> image) {
    requireOnePerVoxel(image.size(), "image");
    std::vector<double> known;
    std::copy_if(image.begin(), image.end(), std::back_inserter(known), [](double v) { return std::isfinite(v); });
    m_image = known.empty() ? std::vector<double>() : std::move(image);
    if (!known.empty()) {
        const auto at = [&](double share) {
            const auto place =
                known.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(known.size() - 1));
            std::nth_element(known.begin(), place, known.end());
            return *place;
        };
        m_black = at(kDarkest);
        m_white = at(1 - kDarkest);
    }
    markStale();
}

void SlicePlot::setValues(std::vector<double> values) {
    requireOnePerVoxel(values.size(), "values");
    m_values = std::move(values);
    markStale();
}

void SlicePlot::setColors(ColorBar::Map map, double low, double high) {
    m_map = std::move(map);
    m_low = low;
    m_high = high;
    markStale();
}

void SlicePlot::setGate(std::vector<double> gate, double limit) {
    requireOnePerVoxel(gate.size(), "gate");
    m_gate = std::move(gate);
    m_gateLimit = limit;
    markStale();
}

void SlicePlot::setGateLimit(double limit) {
    m_gateLimit = limit;
    markStale();
}

void SlicePlot::setRegions(std::vector<std::int32_t> regionOf, const QStringList& names,
                           const std::vector<std::uint8_t>& main) {
    requireOnePerVoxel(regionOf.size(), "regions");
    for (const std::int32_t region : regionOf)
        if (region < -1 || region >= names.size())
            throw DataError({.where = "regions",
                             .expected = "−1 to " + std::to_string(names.size() - 1),
                             .found = std::to_string(region)});
    if (main.size() != static_cast<std::size_t>(names.size()))
        throw DataError({.where = "regions",
                         .expected = "a flag per name (" + std::to_string(names.size()) + ")",
                         .found = std::to_string(main.size())});
    m_regionOf = std::move(regionOf);
    m_names = names;
    m_main = main;
    m_regionBorders = m_regionOf.empty() ? std::vector<VoxelGrid::Face>() : m_grid->borders(m_regionOf);
    m_highlighted = -1;
    update();
}

void SlicePlot::setNamesShown(bool shown) {
    m_namesShown = shown;
    update();
}

void SlicePlot::setHighlightedRegion(int region) {
    if (region == m_highlighted)
        return;
    m_highlighted = region;
    update();
}

void SlicePlot::setMarked(std::span<const int> voxels) {
    std::vector<std::int32_t> labels(m_grid->voxels(), -1);
    bool any = false;
    for (const int voxel : voxels)
        if (voxel >= 0 && static_cast<std::size_t>(voxel) < labels.size()) {
            labels[static_cast<std::size_t>(voxel)] = 0;
            any = true;
        }
    m_markedBorders = any ? m_grid->borders(labels) : std::vector<VoxelGrid::Face>();
    update();
}

void SlicePlot::setMontage(const std::vector<double>& places) {
    if (places == m_montage)
        return;
    m_montage = places;
    m_active = SliceAxis::Axial;
    markStale();
}

void SlicePlot::setCrosshair(const Point3& place) {
    if (place == m_crosshair)
        return;
    m_crosshair = place;
    if (m_montage.empty())
        m_cells = QImage();
    update();
}

void SlicePlot::setCrosshairShown(bool shown) {
    m_crosshairShown = shown;
    update();
}

void SlicePlot::setNotes(const QStringList& lines) {
    if (lines == m_notes)
        return;
    m_notes = lines;
    update();
}

/// A way to lay slices out in rows and columns.
struct SlicePlot::Plan {
    struct Cell {
        SliceAxis axis;
        double at;
        std::size_t column;
        std::size_t row;
    };
    std::vector<Cell> cells;
    std::vector<double> widths = {}; ///< of columns, mm
    std::vector<double> heights = {};
    QSizeF margin = {}; ///< of a slice on each side; its texts stand there

    /// Logical units per mm at which `parts` with their margins fill the room.
    [[nodiscard]] static double fit(double room, const std::vector<double>& parts, double margin) {
        return (room - 2 * margin * static_cast<double>(parts.size())) /
               std::accumulate(parts.begin(), parts.end(), 0.0);
    }
    [[nodiscard]] double scaleIn(const QSizeF& room) const {
        return std::min(fit(room.width(), widths, margin.width()), fit(room.height(), heights, margin.height()));
    }
    /// Where columns or rows begin and the last one ends, all in the middle of the room.
    [[nodiscard]] static std::vector<double> edges(double first, double room, const std::vector<double>& parts,
                                                   double margin, double scale) {
        std::vector<double> places{0};
        for (const double part : parts)
            places.push_back(places.back() + part * scale + 2 * margin);
        const double shift = first + (room - places.back()) / 2;
        for (double& place : places)
            place += shift;
        return places;
    }
};

std::vector<SlicePlot::Plan> SlicePlot::plansFor(const Look& look) const {
    const double text = std::ceil(textHeight(look));
    std::vector<Plan> plans;
    const auto add = [&](std::vector<Plan::Cell> cells, const QSizeF& margin) {
        Plan plan{.cells = std::move(cells), .margin = margin};
        for (const Plan::Cell& cell : plan.cells) {
            const auto [across, up] = planeAxes(cell.axis);
            plan.widths.resize(std::max(plan.widths.size(), cell.column + 1));
            plan.heights.resize(std::max(plan.heights.size(), cell.row + 1));
            plan.widths[cell.column] =
                std::max(plan.widths[cell.column], m_grid->high()[across] - m_grid->low()[across]);
            plan.heights[cell.row] = std::max(plan.heights[cell.row], m_grid->high()[up] - m_grid->low()[up]);
        }
        plans.push_back(std::move(plan));
    };
    if (m_montage.empty()) {
        const auto cell = [&](SliceAxis axis, std::size_t column, std::size_t row) {
            return Plan::Cell{axis, m_crosshair[static_cast<std::size_t>(axis)], column, row};
        };
        const QSizeF margin(text, text);
        using enum SliceAxis;
        add({cell(Coronal, 0, 0), cell(Sagittal, 1, 0), cell(Axial, 0, 1)}, margin);
        add({cell(Sagittal, 0, 0), cell(Coronal, 1, 0), cell(Axial, 2, 0)}, margin);
        add({cell(Sagittal, 0, 0), cell(Coronal, 0, 1), cell(Axial, 0, 2)}, margin);
    } else {
        for (std::size_t columns = 1; columns <= m_montage.size(); ++columns) {
            std::vector<Plan::Cell> cells;
            for (std::size_t n = 0; n < m_montage.size(); ++n)
                cells.push_back({SliceAxis::Axial, m_montage[n], n % columns, n / columns});
            add(std::move(cells), {kUnit, 0.6 * text});
        }
    }
    return plans;
}

SlicePlot::Layout SlicePlot::layoutFor(const QRectF& area, const Look& look) const {
    Layout layout;
    if (m_grid->voxels() == 0)
        return layout;
    const std::vector<Plan> plans = plansFor(look);
    const Plan& best = *std::max_element(plans.begin(), plans.end(), [&](const Plan& a, const Plan& b) {
        return a.scaleIn(area.size()) < b.scaleIn(area.size());
    });
    const double scale = best.scaleIn(area.size());
    if (!(scale > 0))
        return layout;
    const std::vector<double> lefts = Plan::edges(area.left(), area.width(), best.widths, best.margin.width(), scale);
    const std::vector<double> tops = Plan::edges(area.top(), area.height(), best.heights, best.margin.height(), scale);
    for (const Plan::Cell& cell : best.cells) {
        const auto [across, up] = planeAxes(cell.axis);
        Slice slice{.axis = cell.axis, .at = cell.at, .place = {}, .frame = {}, .scale = scale};
        slice.frame =
            QRectF(QPointF(lefts[cell.column], tops[cell.row]), QPointF(lefts[cell.column + 1], tops[cell.row + 1]));
        slice.place = QRectF(0, 0, (m_grid->high()[across] - m_grid->low()[across]) * scale,
                             (m_grid->high()[up] - m_grid->low()[up]) * scale);
        slice.place.moveCenter(slice.frame.center());
        if (!m_montage.empty()) // its texts stand above
            slice.place.moveBottom(slice.frame.bottom());
        layout.slices.push_back(slice);
    }
    if (m_montage.empty() && best.heights.size() == 2)
        layout.notes = QRectF(QPointF(lefts[1], tops[1]), QPointF(area.right(), tops[2]));
    else if (m_montage.empty() && best.heights.size() == 1)
        layout.notes = QRectF(QPointF(area.left(), tops[1]), area.bottomRight());
    return layout;
}

double SlicePlot::heightFor(double width, const Look& look, int rows) const {
    if (m_grid->voxels() == 0)
        return 0;
    const std::vector<Plan> plans = plansFor(look);
    const auto plan = std::find_if(plans.begin(), plans.end(), [rows](const Plan& one) {
        return one.heights.size() <= static_cast<std::size_t>(rows);
    });
    const Plan& taken = plan == plans.end() ? plans.back() : *plan;
    const double scale = std::max(0.0, Plan::fit(width, taken.widths, taken.margin.width()));
    return std::accumulate(taken.heights.begin(), taken.heights.end(), 0.0) * scale +
           2 * taken.margin.height() * static_cast<double>(taken.heights.size());
}

PlanePoint SlicePlot::pointIn(const Slice& slice, const QPointF& place) const {
    const auto [across, up] = planeAxes(slice.axis);
    return {m_grid->low()[across] + (place.x() - slice.place.left()) / slice.scale,
            m_grid->low()[up] + (slice.place.bottom() - place.y()) / slice.scale};
}

QPointF SlicePlot::placeIn(const Slice& slice, const PlanePoint& point) const {
    const auto [across, up] = planeAxes(slice.axis);
    return {slice.place.left() + (point[0] - m_grid->low()[across]) * slice.scale,
            slice.place.bottom() - (point[1] - m_grid->low()[up]) * slice.scale};
}

const SlicePlot::Slice* SlicePlot::sliceAt(const Layout& layout, const QPointF& place) {
    for (const Slice& slice : layout.slices)
        if (slice.place.contains(place))
            return &slice;
    return nullptr;
}

std::optional<Point3> SlicePlot::spaceAt(const QPointF& place) const {
    const Layout layout = layoutFor(rect(), Theme::instance().look());
    const Slice* slice = sliceAt(layout, place);
    if (!slice)
        return {};
    return inSpace(slice->axis, slice->at, pointIn(*slice, place));
}

std::optional<QPointF> SlicePlot::placeOf(SliceAxis axis, const Point3& point) const {
    const auto [across, up] = planeAxes(axis);
    const int voxel = m_grid->voxelAt(point);
    for (const Slice& slice : layoutFor(rect(), Theme::instance().look()).slices)
        if (slice.axis == axis && m_grid->voxelAt(inSpace(axis, slice.at, {point[across], point[up]})) == voxel)
            return placeIn(slice, {point[across], point[up]});
    return {};
}

int SlicePlot::voxelAt(const QPointF& place) const {
    const auto point = spaceAt(place);
    return point ? m_grid->voxelAt(*point) : -1;
}

int SlicePlot::regionOf(int voxel) const {
    return voxel < 0 || m_regionOf.empty() ? -1 : m_regionOf[static_cast<std::size_t>(voxel)];
}

std::vector<QRgb> SlicePlot::cellColors(const Look& look) const {
    const Greys& greys = look.dark ? kDarkGreys : kLightGreys;
    constexpr int kSteps = 256;
    std::vector<QRgb> table;
    if (m_map)
        for (int i = 0; i < kSteps; ++i)
            table.push_back(m_map(i / (kSteps - 1.0), look.dark) | 0xFF000000U);
    std::vector<QRgb> colors(m_grid->voxels());
    for (std::size_t v = 0; v < colors.size(); ++v) {
        if (m_map && !m_values.empty() && std::isfinite(m_values[v]) && (m_gate.empty() || m_gate[v] < m_gateLimit)) {
            const double share = std::clamp((m_values[v] - m_low) / (m_high - m_low), 0.0, 1.0);
            colors[v] = table[static_cast<std::size_t>(std::lround(share * (kSteps - 1)))];
            continue;
        }
        int grey = greys.plain;
        if (!m_image.empty() && std::isfinite(m_image[v])) {
            const double share = m_white > m_black ? (m_image[v] - m_black) / (m_white - m_black) : 0.5;
            grey =
                greys.black + static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * (greys.white - greys.black)));
        }
        colors[v] = qRgb(grey, grey, grey);
    }
    return colors;
}

QImage SlicePlot::cells(const Layout& layout, const QRectF& area, const Look& look, double ratio) const {
    QImage image((area.size() * ratio).toSize(), QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    const std::vector<QRgb> colors = cellColors(look);
    std::vector<std::int32_t> line(static_cast<std::size_t>(image.width()));
    for (const Slice& slice : layout.slices) {
        const QRectF place((slice.place.topLeft() - area.topLeft()) * ratio, slice.place.size() * ratio);
        const int left = std::max(0, static_cast<int>(std::lround(place.left())));
        const int right = std::min(image.width(), static_cast<int>(std::lround(place.right())));
        const int top = std::max(0, static_cast<int>(std::lround(place.top())));
        const int bottom = std::min(image.height(), static_cast<int>(std::lround(place.bottom())));
        const auto spaceOf = [&](double x, double y) {
            return inSpace(slice.axis, slice.at, pointIn(slice, area.topLeft() + QPointF(x, y) / ratio));
        };
        for (int y = top; y < bottom && left < right; ++y) {
            const Point3 first = spaceOf(left + 0.5, y + 0.5);
            Point3 by = spaceOf(left + 1.5, y + 0.5);
            for (std::size_t r = 0; r < by.size(); ++r)
                by[r] -= first[r];
            const auto row = std::span(line).first(static_cast<std::size_t>(right - left));
            m_grid->readLine(first, by, row);
            auto* pixel = reinterpret_cast<QRgb*>(image.scanLine(y)) + left;
            for (const std::int32_t voxel : row) {
                if (voxel >= 0)
                    *pixel = colors[static_cast<std::size_t>(voxel)];
                ++pixel;
            }
        }
    }
    return image;
}

void SlicePlot::drawLines(QPainter& painter, const Slice& slice, const Look& look) const {
    using Chosen = std::function<bool(const VoxelGrid::Line&)>;
    const auto draw = [&](const std::vector<VoxelGrid::Line>& lines, const QColor& color, double width,
                          const Chosen& chosen) {
        painter.setPen(QPen(color, width * look.lineWidth, Qt::SolidLine, Qt::RoundCap));
        QList<QLineF> drawn;
        for (const VoxelGrid::Line& line : lines)
            if (chosen(line))
                drawn << QLineF(placeIn(slice, line.ends[0]), placeIn(slice, line.ends[1]));
        painter.drawLines(drawn);
    };
    const auto isOf = [](const VoxelGrid::Line& line, const auto& which) {
        return which(line.labels[0]) || which(line.labels[1]);
    };
    const auto isMain = [&](const VoxelGrid::Line& line) {
        return isOf(line,
                    [&](std::int32_t region) { return region >= 0 && m_main[static_cast<std::size_t>(region)] != 0; });
    };
    const std::vector<VoxelGrid::Line> borders = m_grid->cut(m_regionBorders, slice.axis, slice.at);
    painter.setRenderHint(QPainter::Antialiasing);
    draw(borders, look.dark ? QColor(214, 214, 214, 190) : QColor(64, 64, 64, 190), kThinLine,
         [&](const VoxelGrid::Line& line) { return !isMain(line); });
    draw(borders, look.dark ? QColor(0, 0, 0, 150) : QColor(255, 255, 255, 200), kLineRim * kMainLine, isMain);
    draw(borders, look.dark ? Qt::white : Qt::black, kMainLine, isMain);
    if (m_highlighted >= 0)
        draw(borders, look.selection, kMarkLine, [&](const VoxelGrid::Line& line) {
            return isOf(line, [&](std::int32_t region) { return region == m_highlighted; });
        });
    draw(m_grid->cut(m_markedBorders, slice.axis, slice.at), look.selection, kMarkLine,
         [](const VoxelGrid::Line&) { return true; });
}

void SlicePlot::drawNames(QPainter& painter, const Slice& slice, const Look& look) const {
    if (m_regionOf.empty())
        return;
    QFont font = look.font(TextSize::Small, QFont::DemiBold);
    font.setItalic(true);
    const QFontMetricsF metrics(font);
    const double rim = kNameRim * metrics.height();
    std::vector<VoxelGrid::Piece> pieces = m_grid->pieces(m_regionOf, slice.axis, slice.at);
    std::stable_partition(pieces.begin(), pieces.end(),
                          [this](const VoxelGrid::Piece& piece) { return piece.label == m_highlighted; });
    const auto [across, up] = planeAxes(slice.axis);
    const double cell = slice.scale * std::sqrt(m_grid->spacing(static_cast<SliceAxis>(across)) *
                                                m_grid->spacing(static_cast<SliceAxis>(up)));
    std::vector<WantedLabel> wanted;
    std::vector<std::int32_t> regions;
    for (const VoxelGrid::Piece& piece : pieces) {
        const double side = cell * std::sqrt(static_cast<double>(piece.voxels));
        const double width = metrics.horizontalAdvance(m_names[piece.label]) + 4 * rim;
        const bool roomy = side >= kRoomForName * metrics.height() && width <= kWidestName * slice.place.width();
        if (piece.label != m_highlighted && !(m_main[static_cast<std::size_t>(piece.label)] != 0 && roomy))
            continue;
        QPointF middle = placeIn(slice, piece.middle) - slice.frame.topLeft();
        if (side < width) // the name would cover it
            middle.ry() -= (side + metrics.height()) / 2;
        wanted.push_back({middle.x(), middle.y(), width, metrics.height()});
        regions.push_back(piece.label);
    }
    const auto boxes = placedLabels(wanted, {0, 0, slice.frame.width(), slice.frame.height()}, kNameReach);
    for (std::size_t n = 0; n < boxes.size(); ++n)
        if (boxes[n])
            drawRimmedText(painter,
                           slice.frame.topLeft() + QPointF(boxes[n]->x + 2 * rim, boxes[n]->y + metrics.ascent()),
                           m_names[regions[n]], font, Qt::white, QColor(0, 0, 0, 200), rim);
}

void SlicePlot::drawTexts(QPainter& painter, const Slice& slice, const Look& look, bool active) const {
    const auto [across, up] = planeAxes(slice.axis);
    const QRectF& place = slice.place;
    const double line = std::ceil(textHeight(look));
    const QRectF above(slice.frame.left(), place.top() - line, slice.frame.width(), line);
    painter.setFont(look.font(TextSize::Small, active ? QFont::DemiBold : QFont::Normal));
    painter.setPen(active ? look.text : look.mutedText);
    QString title = mmText(slice.axis, slice.at);
    if (painter.fontMetrics().horizontalAdvance(title) > slice.frame.width())
        title = numberText(slice.at, 0);
    const double titleWidth = painter.fontMetrics().horizontalAdvance(title);
    if (!m_montage.empty()) {
        painter.drawText(above, Qt::AlignHCenter | Qt::AlignBottom, title);
        if (titleWidth + 2 * line > place.width())
            return;
        painter.setPen(look.mutedText);
        const QRectF ends(place.left(), above.top(), place.width(), above.height());
        painter.drawText(ends, Qt::AlignLeft | Qt::AlignBottom, letterFor(across, false));
        painter.drawText(ends, Qt::AlignRight | Qt::AlignBottom, letterFor(across, true));
        return;
    }
    painter.drawText(above, Qt::AlignLeft | Qt::AlignBottom, title);
    painter.setFont(look.font(TextSize::Small));
    painter.setPen(look.mutedText);
    if (2 * titleWidth + line <= above.width())
        painter.drawText(above, Qt::AlignHCenter | Qt::AlignBottom, letterFor(up, true));
    painter.drawText(QRectF(place.left(), place.bottom(), place.width(), line), Qt::AlignHCenter | Qt::AlignTop,
                     letterFor(up, false));
    painter.drawText(QRectF(place.left() - line, place.top(), line, place.height()), Qt::AlignCenter,
                     letterFor(across, false));
    painter.drawText(QRectF(place.right(), place.top(), line, place.height()), Qt::AlignCenter,
                     letterFor(across, true));
}

void SlicePlot::drawCrosshair(QPainter& painter, const Slice& slice, const Look& look) const {
    const auto [across, up] = planeAxes(slice.axis);
    if (std::abs(slice.at - m_crosshair[static_cast<std::size_t>(slice.axis)]) > m_grid->spacing(slice.axis) / 2)
        return;
    const QPointF middle = placeIn(slice, {m_crosshair[across], m_crosshair[up]});
    const QRectF& place = slice.place;
    const double gapAcross = kCrossGap * m_grid->spacing(static_cast<SliceAxis>(across)) * slice.scale;
    const double gapUp = kCrossGap * m_grid->spacing(static_cast<SliceAxis>(up)) * slice.scale;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(look.accent, 1));
    if (middle.x() - gapAcross > place.left())
        painter.drawLine(QPointF(place.left(), middle.y()), QPointF(middle.x() - gapAcross, middle.y()));
    if (middle.x() + gapAcross < place.right())
        painter.drawLine(QPointF(middle.x() + gapAcross, middle.y()), QPointF(place.right(), middle.y()));
    if (middle.y() - gapUp > place.top())
        painter.drawLine(QPointF(middle.x(), place.top()), QPointF(middle.x(), middle.y() - gapUp));
    if (middle.y() + gapUp < place.bottom())
        painter.drawLine(QPointF(middle.x(), middle.y() + gapUp), QPointF(middle.x(), place.bottom()));
}

void SlicePlot::drawNotes(QPainter& painter, const QRectF& area, const Look& look) const {
    const QFontMetricsF metrics(look.font(TextSize::Small, QFont::DemiBold));
    double widest = 0;
    for (const QString& line : m_notes)
        widest = std::max(widest, metrics.horizontalAdvance(line));
    const double height = metrics.height() + 2;
    QPointF place = area.topLeft() + QPointF(kUnit, kUnit);
    for (qsizetype n = 0; n < m_notes.size(); ++n) {
        if (place.y() + height > area.bottom()) // on in the next column
            place = QPointF(place.x() + widest + 2 * kUnit, area.top() + kUnit);
        const double room = area.right() - place.x() - kUnit;
        if (place.y() + height > area.bottom() || room < std::min(widest, area.width() - 2 * kUnit))
            return;
        painter.setFont(look.font(TextSize::Small, n == 0 ? QFont::DemiBold : QFont::Normal));
        painter.setPen(n == 0 ? look.text : look.mutedText);
        painter.drawText(place + QPointF(0, metrics.ascent()), metrics.elidedText(m_notes[n], Qt::ElideRight, room));
        place.ry() += height;
    }
}

void SlicePlot::paint(QPainter& painter, const QRectF& area, const Look& look, double resolution) const {
    const Layout layout = layoutFor(area, look);
    const double most = std::sqrt(kMostPixels / std::max(area.width() * area.height(), 1.0));
    const QImage pixels = cells(layout, area, look, std::min({resolution, most, pixelsPerUnit(painter)}));
    if (pixels.isNull())
        return;
    painter.save();
    painter.setClipRect(area, Qt::IntersectClip);
    painter.drawImage(area, pixels);
    for (const Slice& slice : layout.slices) {
        drawLines(painter, slice, look);
        drawTexts(painter, slice, look, false);
        if (m_namesShown)
            drawNames(painter, slice, look);
        if (m_crosshairShown)
            drawCrosshair(painter, slice, look);
    }
    painter.restore();
}

void SlicePlot::paintEvent(QPaintEvent*) {
    const Look& look = Theme::instance().look();
    const Layout layout = layoutFor(rect(), look);
    const double ratio = devicePixelRatioF();
    if (m_cells.size() != (QSizeF(size()) * ratio).toSize())
        m_cells = cells(layout, rect(), look, ratio);
    QPainter painter(this);
    painter.fillRect(rect(), look.surface);
    painter.drawImage(QRectF(rect()), m_cells);
    for (const Slice& slice : layout.slices) {
        drawLines(painter, slice, look);
        drawTexts(painter, slice, look, m_montage.empty() && slice.axis == m_active && hasFocus());
        if (m_namesShown)
            drawNames(painter, slice, look);
        if (m_crosshairShown)
            drawCrosshair(painter, slice, look);
    }
    if (!layout.notes.isEmpty())
        drawNotes(painter, layout.notes, look);
    if (showsFocus())
        drawFocusFrame(painter, rect(), look);
}

void SlicePlot::moveTo(Point3 place) {
    for (std::size_t r = 0; r < place.size(); ++r)
        place[r] = std::clamp(place[r], m_grid->low()[r], m_grid->high()[r]);
    if (place == m_crosshair)
        return;
    setCrosshair(place);
    emit crosshairMoved();
}

void SlicePlot::step(SliceAxis axis, int steps) {
    Point3 place = m_crosshair;
    place[static_cast<std::size_t>(axis)] += steps * m_grid->spacing(axis);
    moveTo(place);
}

void SlicePlot::hover(int voxel) {
    if (voxel == m_hovered)
        return;
    m_hovered = voxel;
    emit voxelHovered(voxel);
    if (const int region = regionOf(voxel); region != m_hoveredRegion) {
        m_hoveredRegion = region;
        emit regionHovered(region);
    }
}

void SlicePlot::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton)
        return;
    const Layout layout = layoutFor(rect(), Theme::instance().look());
    if (const Slice* slice = sliceAt(layout, event->position())) {
        m_active = slice->axis;
        moveTo(inSpace(slice->axis, slice->at, pointIn(*slice, event->position())));
        update();
    }
}

void SlicePlot::mouseMoveEvent(QMouseEvent* event) {
    if (const auto point = spaceAt(event->position())) {
        hover(m_grid->voxelAt(*point));
        if (event->buttons() & Qt::LeftButton)
            moveTo(*point);
    } else {
        hover(-1);
    }
}

void SlicePlot::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && rect().contains(event->position().toPoint()))
        emit voxelClicked(voxelAt(event->position()));
}

void SlicePlot::wheelEvent(QWheelEvent* event) {
    const Layout layout = layoutFor(rect(), Theme::instance().look());
    const Slice* slice = m_montage.empty() ? sliceAt(layout, event->position()) : nullptr;
    if (!slice) {
        PlotWidget::wheelEvent(event);
        return;
    }
    constexpr int kNotch = 120;
    m_wheel += event->angleDelta().y();
    const int steps = m_wheel / kNotch;
    m_wheel -= steps * kNotch;
    step(slice->axis, steps);
    event->accept();
}

void SlicePlot::keyPressEvent(QKeyEvent* event) {
    const auto [across, up] = planeAxes(m_active);
    switch (event->key()) {
    case Qt::Key_Left:
        return step(static_cast<SliceAxis>(across), -1);
    case Qt::Key_Right:
        return step(static_cast<SliceAxis>(across), 1);
    case Qt::Key_Down:
        return step(static_cast<SliceAxis>(up), -1);
    case Qt::Key_Up:
        return step(static_cast<SliceAxis>(up), 1);
    case Qt::Key_PageDown:
        return step(m_active, -1);
    case Qt::Key_PageUp:
        return step(m_active, 1);
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        emit voxelClicked(m_grid->voxelAt(m_crosshair));
        return;
    default:
        PlotWidget::keyPressEvent(event);
    }
}

void SlicePlot::leaveEvent(QEvent*) { hover(-1); }

} // namespace tercet
