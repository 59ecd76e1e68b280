#include "widgets/plots/point_map.h"

#include "widgets/plots/annotation.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QApplication>
#include <QFontMetricsF>
#include <QKeyEvent>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace tercet {
namespace {

constexpr int kTickMs = 24;          ///< of a glide; more would be taken from what computes the places
constexpr double kPointGlideMs = 50; ///< time constant; points have arrived after kSettleMs
constexpr double kViewGlideMs = 180; ///< the view follows more slowly than the points
constexpr int kSettleMs = 250;
constexpr int kViewSettleMs = 900;
constexpr double kMargin = 0.06;     ///< of the widget, free around all points
constexpr int kRimmedPoints = 20000; ///< up to here each point has a rim
constexpr int kLabelCells = 28;      ///< per axis of the grid that finds where a group is densest
constexpr double kKeyboardStep = 48;
constexpr double kZoomStep = 1.25;
constexpr double kRimWidth = 0.8;
constexpr double kSelectionRim = 1.6;
constexpr double kManyRim = 0.9; ///< of selected points beyond kManySelected
constexpr int kManySelected = 40;

QRgb darker(QRgb color) {
    constexpr int kKeep = 176; // of 256
    return qRgb(qRed(color) * kKeep >> 8, qGreen(color) * kKeep >> 8, qBlue(color) * kKeep >> 8);
}

/// Where a label may stand around its place, in units of its size; the first that is free is taken.
constexpr std::array<std::pair<double, double>, 15> kLabelOffsets{{{0, 0},
                                                                   {0, -1.1},
                                                                   {0, 1.1},
                                                                   {-0.6, 0},
                                                                   {0.6, 0},
                                                                   {-0.6, -1},
                                                                   {0.6, -1},
                                                                   {-0.6, 1},
                                                                   {0.6, 1},
                                                                   {0, -2.2},
                                                                   {0, 2.2},
                                                                   {-0.9, -2},
                                                                   {0.9, -2},
                                                                   {-0.9, 2},
                                                                   {0.9, 2}}};

constexpr double kLabelRim = 2;

} // namespace

PointMap::PointMap(QWidget* parent) : PlotWidget(parent) {
    setAccessibleName(tr("Map of stimuli"));
    updateCursor();
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        m_labelPixmaps.clear();
        markStale();
    });
}

int PointMap::pointCount() const { return m_target ? static_cast<int>(m_target->rows()) : 0; }

void PointMap::setPositions(Positions positions) {
    const int before = pointCount();
    m_target = std::move(positions);
    Q_ASSERT(!m_target || m_target->cols() == 2 || m_target->rows() == 0);
    const bool same = pointCount() == before && before > 0;
    if (!same) {
        m_drawn = m_target ? m_target->values() : std::vector<float>{};
        m_colors.reset();
        m_shown.reset();
        m_groupOfPoint.reset();
        m_groups.clear();
        m_labels.clear();
        m_selected.assign(static_cast<std::size_t>(pointCount()), 0);
        m_prototype.assign(static_cast<std::size_t>(pointCount()), 0);
        m_selectedCount = 0;
        m_highlighted = m_hovered = -1;
        m_following = true;
        findLayers();
    }
    findLabelTargets();
    m_fitted = fittedView(size());
    m_sinceTarget.start();
    if (!same || !mayGlide()) {
        settle();
        return;
    }
    if (!m_ticker.isActive()) {
        m_sinceTick.start();
        m_ticker.start(kTickMs, Qt::PreciseTimer, this);
    }
}

void PointMap::setColors(Colors colors) {
    Q_ASSERT(!colors || static_cast<int>(colors->size()) == pointCount());
    m_colors = std::move(colors);
    markStale();
}

void PointMap::setShown(Flags shown) {
    Q_ASSERT(!shown || static_cast<int>(shown->size()) == pointCount());
    m_shown = std::move(shown);
    findLayers();
    findLabelTargets();
    for (Label& label : m_labels)
        label.place = label.target;
    replaceLabels();
    if (m_shown && m_hovered >= 0 && !(*m_shown)[static_cast<std::size_t>(m_hovered)])
        setHovered(-1);
    markStale();
}

void PointMap::setGroups(Indices groupOfPoint, std::vector<PointGroup> groups) {
    Q_ASSERT(!groupOfPoint || static_cast<int>(groupOfPoint->size()) == pointCount());
    m_groupOfPoint = std::move(groupOfPoint);
    const bool sameLabels = groups == m_groups;
    m_groups = std::move(groups);
    if (!sameLabels) {
        m_labels.assign(m_groups.size(), {});
        m_labelPixmaps.clear();
    }
    findLabelTargets();
    if (!sameLabels)
        for (Label& label : m_labels)
            label.place = label.target;
    update();
}

void PointMap::setGroupNamesShown(bool shown) {
    m_groupNamesShown = shown;
    update();
}

void PointMap::setPrototypes(const QVector<int>& rows) {
    std::fill(m_prototype.begin(), m_prototype.end(), std::uint8_t{0});
    for (const int row : rows)
        if (row >= 0 && row < pointCount())
            m_prototype[static_cast<std::size_t>(row)] = 1;
    findLayers();
    markStale();
}

void PointMap::setCard(std::function<QStringList(int)> linesOf) { m_cardLines = std::move(linesOf); }

void PointMap::setSelection(const QVector<int>& rows) {
    std::fill(m_selected.begin(), m_selected.end(), std::uint8_t{0});
    for (const int row : rows)
        if (row >= 0 && row < pointCount())
            m_selected[static_cast<std::size_t>(row)] = 1;
    m_selectedCount = static_cast<int>(std::count(m_selected.begin(), m_selected.end(), 1));
    findLayers();
    markStale();
}

QVector<int> PointMap::selection() const {
    QVector<int> rows;
    rows.reserve(m_selectedCount);
    for (int row = 0; row < pointCount(); ++row)
        if (m_selected[static_cast<std::size_t>(row)])
            rows << row;
    return rows;
}

void PointMap::setHighlighted(int row) {
    if (row < 0 || row >= pointCount())
        row = -1;
    if (row == m_highlighted)
        return;
    m_highlighted = row;
    update();
}

void PointMap::findLayers() {
    for (auto& rows : m_layers)
        rows.clear();
    for (int row = 0; row < pointCount(); ++row) {
        const auto i = static_cast<std::size_t>(row);
        Layer layer = m_prototype[i] ? Layer::Prototype : Layer::Plain;
        if (m_selected[i])
            layer = m_prototype[i] ? Layer::SelectedPrototype : Layer::Selected;
        if (m_shown && !(*m_shown)[i])
            layer = Layer::Ghost;
        m_layers[static_cast<std::size_t>(layer)].push_back(row);
    }
}

void PointMap::markStale() {
    m_pointsStale = true;
    update();
}

PointMap::View PointMap::fittedView(const QSizeF& size) const {
    float left = std::numeric_limits<float>::infinity();
    float bottom = left;
    float right = -left;
    float top = -left;
    for (int row = 0; row < pointCount(); ++row) {
        const auto point = m_target->row(static_cast<std::size_t>(row));
        if (!std::isfinite(point[0]) || !std::isfinite(point[1]))
            continue;
        left = std::min(left, point[0]);
        right = std::max(right, point[0]);
        bottom = std::min(bottom, point[1]);
        top = std::max(top, point[1]);
    }
    if (!(left <= right))
        return {};
    const double spanX = std::max(static_cast<double>(right) - static_cast<double>(left), 1e-9);
    const double spanY = std::max(static_cast<double>(top) - static_cast<double>(bottom), 1e-9);
    const double free = 1 - 2 * kMargin;
    View view;
    view.center = {(static_cast<double>(left) + static_cast<double>(right)) / 2,
                   (static_cast<double>(bottom) + static_cast<double>(top)) / 2};
    view.scale = std::min(free * std::max(size.width(), 16.0) / spanX, free * std::max(size.height(), 16.0) / spanY);
    return view;
}

QPointF PointMap::toPlace(const View& view, const QSizeF& size, float x, float y) const {
    return {size.width() / 2 + (static_cast<double>(x) - view.center.x()) * view.scale,
            size.height() / 2 - (static_cast<double>(y) - view.center.y()) * view.scale};
}

QPointF PointMap::toData(const QPointF& place) const {
    return {m_view.center.x() + (place.x() - width() / 2.0) / m_view.scale,
            m_view.center.y() - (place.y() - height() / 2.0) / m_view.scale};
}

QPointF PointMap::placeOf(int row) const {
    const auto i = static_cast<std::size_t>(row) * 2;
    return toPlace(m_view, size(), m_drawn.at(i), m_drawn.at(i + 1));
}

double PointMap::discRadius(const QSizeF& size, double zoom) const {
    if (pointCount() == 0)
        return 1;
    const double room = std::sqrt(size.width() * size.height() / pointCount());
    const double smallest = pointCount() > 30000 ? 1.0 : 1.4;
    return std::clamp(0.19 * room, smallest, 5.0) * std::clamp(std::pow(zoom, 0.4), 0.75, 3.0);
}

/// Calls sink(row, x, y, radius, opacity, color) for each disc from the back to the front; x and y in pixels of size.
template <class Sink>
void PointMap::drawLayers(const View& view, const QSizeF& size, const Look& look, double radius, Sink&& sink) const {
    const auto scale = static_cast<float>(view.scale);
    const auto offsetX = static_cast<float>(size.width() / 2 - view.center.x() * view.scale);
    const auto offsetY = static_cast<float>(size.height() / 2 + view.center.y() * view.scale);
    const QRgb neutral = look.mutedText.rgb();
    const auto draw = [&](Layer layer, double discSize, double opacity, auto&& colorOf) {
        for (const int row : m_layers[static_cast<std::size_t>(layer)]) {
            const float* point = m_drawn.data() + 2 * static_cast<std::size_t>(row);
            const QRgb own = m_colors ? (*m_colors)[static_cast<std::size_t>(row)] : neutral;
            sink(offsetX + point[0] * scale, offsetY - point[1] * scale, discSize, opacity, colorOf(own));
        }
    };
    const auto same = [](QRgb color) { return color; };
    const QRgb ghost = mixed(look.surface, look.mutedText, 0.3).rgb();
    const QRgb ring = look.selection.rgb();
    const QRgb surface = look.surface.rgb();
    const bool rims = pointCount() <= kRimmedPoints;
    const double dimmed = m_selectedCount > 0 ? 0.3 : 1;
    const double opacity = (pointCount() > kRimmedPoints ? 0.7 : 0.92) * dimmed;

    draw(Layer::Ghost, radius * 0.62, 0.55, [ghost](QRgb) { return ghost; });
    const auto& plain = m_layers[static_cast<std::size_t>(Layer::Plain)];
    if (rims && dimmed == 1) {
        // Rim and disc of one point before the next, so that points cover each other whole.
        for (const int row : plain) {
            const float* point = m_drawn.data() + 2 * static_cast<std::size_t>(row);
            const QRgb own = m_colors ? (*m_colors)[static_cast<std::size_t>(row)] : neutral;
            const float x = offsetX + point[0] * scale;
            const float y = offsetY - point[1] * scale;
            sink(x, y, radius, opacity, darker(own));
            sink(x, y, std::max(radius - kRimWidth, 0.5), 1, own);
        }
    } else {
        draw(Layer::Plain, radius, opacity, same);
    }
    const bool many = m_selectedCount > kManySelected;
    const auto drawOutlined = [&](Layer layer, double discSize, double opacityOf, double rim, QRgb rimColor) {
        for (const int row : m_layers[static_cast<std::size_t>(layer)]) {
            const float* point = m_drawn.data() + 2 * static_cast<std::size_t>(row);
            const QRgb own = m_colors ? (*m_colors)[static_cast<std::size_t>(row)] : neutral;
            const float x = offsetX + point[0] * scale;
            const float y = offsetY - point[1] * scale;
            if (!many)
                sink(x, y, discSize + rim + 1, opacityOf, surface);
            sink(x, y, discSize + rim, opacityOf, rimColor == 0 ? darker(own) : rimColor);
            sink(x, y, discSize, opacityOf, own);
        }
    };
    const double prototype = std::max(radius + 1.5, std::min(radius * 1.7, 11.0));
    drawOutlined(Layer::Prototype, prototype, dimmed, 1.2, 0);
    drawOutlined(Layer::Selected, std::max(radius, 1.8), 1, many ? kManyRim : kSelectionRim, ring);
    drawOutlined(Layer::SelectedPrototype, prototype, 1, many ? kManyRim : kSelectionRim, ring);
}

void PointMap::renderPoints() {
    const double ratio = devicePixelRatioF();
    const QSize pixels = size() * ratio;
    if (m_points.size() != pixels) {
        m_points = QImage(pixels, QImage::Format_RGB32);
        m_points.setDevicePixelRatio(ratio);
    }
    const Look& look = Theme::instance().look();
    m_points.fill(look.surface.rgb());
    m_raster.begin(m_points);
    // Device pixels throughout; only the radii were made for logical ones.
    const View view{m_view.center, m_view.scale * ratio};
    double radius = -1;
    double opacity = -1;
    drawLayers(view, QSizeF(pixels), look, discRadius(size(), m_view.scale / m_fitted.scale),
               [&](float x, float y, double discSize, double discOpacity, QRgb color) {
                   if (discSize != radius || discOpacity != opacity) {
                       radius = discSize;
                       opacity = discOpacity;
                       m_raster.setDisc(radius * ratio, opacity);
                   }
                   m_raster.stamp(x, y, color);
               });
    m_pointsStale = false;
}

void PointMap::findLabelTargets() {
    if (!m_groupOfPoint || m_groups.empty() || pointCount() == 0)
        return;
    const View view = fittedView({1, 1});
    const double cell = (1 - 2 * kMargin) / view.scale / kLabelCells;
    const auto cellOf = [&](float value, double center) {
        const double position = (static_cast<double>(value) - center) / cell + kLabelCells / 2.0;
        return std::clamp(static_cast<int>(position), 0, kLabelCells - 1);
    };
    constexpr int kStride = kLabelCells + 2; // a free cell around spares the edge cases
    constexpr std::size_t kCells = std::size_t{kStride} * kStride;
    struct Cell {
        float count = 0;
        float x = 0;
        float y = 0;
    };
    std::vector<Cell> grid(m_groups.size() * kCells);
    for (Label& label : m_labels)
        label.members = 0;
    for (int row = 0; row < pointCount(); ++row) {
        const auto i = static_cast<std::size_t>(row);
        const int group = (*m_groupOfPoint)[i];
        const auto point = m_target->row(i);
        if (group < 0 || group >= static_cast<int>(m_groups.size()) || (m_shown && !(*m_shown)[i]) ||
            !std::isfinite(point[0]) || !std::isfinite(point[1]))
            continue;
        const int column = cellOf(point[0], view.center.x()) + 1;
        const int line = cellOf(point[1], view.center.y()) + 1;
        Cell& cellHere =
            grid[static_cast<std::size_t>(group) * kCells + static_cast<std::size_t>(line * kStride + column)];
        cellHere.count += 1;
        cellHere.x += point[0];
        cellHere.y += point[1];
        ++m_labels[static_cast<std::size_t>(group)].members;
    }
    for (std::size_t group = 0; group < m_groups.size(); ++group) {
        if (m_labels[group].members == 0)
            continue;
        Cell best;
        for (int line = 1; line <= kLabelCells; ++line)
            for (int column = 1; column <= kLabelCells; ++column) {
                Cell around;
                for (int dy = -1; dy <= 1; ++dy)
                    for (int dx = -1; dx <= 1; ++dx) {
                        const Cell& part =
                            grid[group * kCells + static_cast<std::size_t>((line + dy) * kStride + column + dx)];
                        around.count += part.count;
                        around.x += part.x;
                        around.y += part.y;
                    }
                if (around.count > best.count)
                    best = around;
            }
        m_labels[group].target =
            QPointF(static_cast<double>(best.x / best.count), static_cast<double>(best.y / best.count));
    }
}

std::vector<PointMap::PlacedLabel> PointMap::placedLabels(const View& view, const QSizeF& size, const Look& look,
                                                          std::vector<Label>& labels) const {
    std::vector<PlacedLabel> placed;
    if (!m_groupNamesShown)
        return placed;
    std::vector<int> order;
    for (int group = 0; group < static_cast<int>(labels.size()); ++group)
        if (labels[static_cast<std::size_t>(group)].members > 0)
            order.push_back(group);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        return labels[static_cast<std::size_t>(a)].members > labels[static_cast<std::size_t>(b)].members;
    });
    const QFontMetricsF metrics(look.font(TextSize::Small, QFont::DemiBold));
    const QRectF bounds(QPointF(kHalfUnit, kHalfUnit), size - QSizeF(kUnit, kUnit));
    const double area = size.width() * size.height();
    double used = 0;
    for (const int group : order) {
        Label& label = labels[static_cast<std::size_t>(group)];
        const QSizeF extent(metrics.horizontalAdvance(m_groups[static_cast<std::size_t>(group)].name),
                            metrics.height());
        const QPointF place =
            toPlace(view, size, static_cast<float>(label.place.x()), static_cast<float>(label.place.y()));
        const auto areaAt = [&](int offset) {
            const auto [dx, dy] = kLabelOffsets[static_cast<std::size_t>(offset)];
            QRectF rect(QPointF(), extent);
            rect.moveCenter(place + QPointF(dx * extent.width(), dy * extent.height()));
            return rect;
        };
        const auto isFree = [&](const QRectF& rect) {
            return bounds.contains(rect) && std::none_of(placed.begin(), placed.end(), [&](const PlacedLabel& other) {
                       return other.area.adjusted(-3, 0, 3, 0).intersects(rect);
                   });
        };
        const int before = label.offset;
        label.offset = -1;
        if (!bounds.contains(place) || used > 0.22 * area)
            continue;
        // The offset of the last frame first, so that names do not jump about while points move.
        if (before >= 0 && isFree(areaAt(before)))
            label.offset = before;
        for (int offset = 0; label.offset < 0 && offset < static_cast<int>(kLabelOffsets.size()); ++offset)
            if (isFree(areaAt(offset)))
                label.offset = offset;
        if (label.offset < 0)
            continue;
        placed.push_back({group, areaAt(label.offset)});
        used += extent.width() * extent.height();
    }
    return placed;
}

void PointMap::paintEvent(QPaintEvent*) {
    const Look& look = Theme::instance().look();
    if (m_pointsStale || m_points.size() != size() * devicePixelRatioF())
        renderPoints();
    QPainter painter(this);
    painter.drawImage(0, 0, m_points);
    painter.setRenderHint(QPainter::Antialiasing);

    const QFont font = look.font(TextSize::Small, QFont::DemiBold);
    const QFontMetricsF metrics(font);
    const double ratio = devicePixelRatioF();
    m_labelPixmaps.resize(m_groups.size());
    for (const PlacedLabel& label : placedLabels(m_view, size(), look, m_labels)) {
        QPixmap& pixmap = m_labelPixmaps[static_cast<std::size_t>(label.group)];
        const PointGroup& group = m_groups[static_cast<std::size_t>(label.group)];
        constexpr double kPad = kLabelRim + 1;
        if (pixmap.isNull() || pixmap.devicePixelRatio() != ratio) {
            pixmap = QPixmap((label.area.size() + QSizeF(2 * kPad, 2 * kPad)).toSize() * ratio);
            pixmap.setDevicePixelRatio(ratio);
            pixmap.fill(Qt::transparent);
            QPainter inside(&pixmap);
            inside.setRenderHint(QPainter::Antialiasing);
            drawRimmedText(inside, {kPad, kPad + metrics.ascent()}, group.name, font,
                           legibleOn(look.surface, group.color), look.surface, kLabelRim);
        }
        painter.drawPixmap((label.area.topLeft() - QPointF(kPad, kPad)).toPoint(), pixmap);
    }

    const double radius = discRadius(size(), m_view.scale / m_fitted.scale);
    const auto ring = [&](int row, double width) {
        if (row < 0 || row >= pointCount())
            return;
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(look.surface, width + 2));
        painter.drawEllipse(placeOf(row), radius + 4, radius + 4);
        painter.setPen(QPen(look.selection, width));
        painter.drawEllipse(placeOf(row), radius + 4, radius + 4);
    };
    if (m_highlighted != m_hovered)
        ring(m_highlighted, 1.5);
    ring(m_hovered, 2);

    if (m_drag == Drag::Lasso) {
        QColor fill = look.accent;
        fill.setAlpha(30);
        painter.setPen(Qt::NoPen);
        painter.setBrush(fill);
        painter.drawPolygon(m_lasso);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(look.accent, 1.5));
        painter.drawPolyline(m_lasso);
        painter.setPen(QPen(look.accent, 1, Qt::DashLine));
        painter.drawLine(m_lasso.last(), m_lasso.first());
    } else if (m_hovered >= 0 && m_drag == Drag::None && m_cardLines) {
        const QColor swatch = m_colors ? QColor::fromRgb((*m_colors)[static_cast<std::size_t>(m_hovered)]) : QColor();
        drawCard(painter, rect(), placeOf(m_hovered), m_cardLines(m_hovered), look, swatch);
    }
    if (showsFocus())
        drawFocusFrame(painter, rect(), look);
}

void PointMap::paint(QPainter& painter, const QRectF& area, const Look& look) const {
    painter.save();
    painter.setClipRect(area);
    painter.translate(area.topLeft());
    painter.fillRect(QRectF(QPointF(), area.size()), look.surface);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const double shrink = std::min(area.width() / std::max(1, width()), area.height() / std::max(1, height()));
    const View fitted = fittedView(area.size());
    const View view = m_following ? fitted : View{m_view.center, m_view.scale * shrink};
    const QRectF visible(QPointF(), area.size());
    const double radius = discRadius(area.size(), view.scale / fitted.scale);
    drawLayers(view, area.size(), look, radius, [&](float x, float y, double discSize, double opacity, QRgb color) {
        const QPointF center(static_cast<double>(x), static_cast<double>(y));
        if (!visible.adjusted(-discSize, -discSize, discSize, discSize).contains(center))
            return;
        QColor fill = QColor::fromRgb(color);
        fill.setAlphaF(static_cast<float>(opacity));
        painter.setBrush(fill);
        painter.drawEllipse(center, discSize, discSize);
    });
    const QFont font = look.font(TextSize::Small, QFont::DemiBold);
    const QFontMetricsF metrics(font);
    std::vector<Label> labels = m_labels;
    for (Label& label : labels)
        label.offset = -1;
    for (const PlacedLabel& label : placedLabels(view, area.size(), look, labels)) {
        const PointGroup& group = m_groups[static_cast<std::size_t>(label.group)];
        drawRimmedText(painter, label.area.topLeft() + QPointF(0, metrics.ascent()), group.name, font,
                       legibleOn(look.surface, group.color), look.surface, 1.5);
    }
    painter.restore();
}

void PointMap::settle() {
    m_ticker.stop();
    replaceLabels();
    if (m_target)
        m_drawn = m_target->values();
    for (Label& label : m_labels)
        label.place = label.target;
    if (m_following)
        m_view = m_fitted;
    markStale();
}

void PointMap::tick() {
    const double elapsed = std::min<double>(static_cast<double>(m_sinceTick.restart()), 50);
    const qint64 since = m_sinceTarget.elapsed();
    const bool arrived = since >= kSettleMs;
    if (arrived && (!m_following || since >= kViewSettleMs)) {
        settle();
        return;
    }
    const double share = arrived ? 1 : 1 - std::exp(-elapsed / kPointGlideMs);
    const auto step = static_cast<float>(share);
    const float* target = m_target->data();
    for (std::size_t i = 0; i < m_drawn.size(); ++i)
        m_drawn[i] = arrived ? target[i] : m_drawn[i] + step * (target[i] - m_drawn[i]);
    for (Label& label : m_labels)
        label.place += share * (label.target - label.place);
    if (m_following) {
        const double viewShare = 1 - std::exp(-elapsed / kViewGlideMs);
        m_view.center += viewShare * (m_fitted.center - m_view.center);
        m_view.scale *= std::pow(m_fitted.scale / m_view.scale, viewShare);
    }
    markStale();
}

void PointMap::timerEvent(QTimerEvent* event) {
    if (event->timerId() == m_ticker.timerId()) {
        tick();
    } else if (event->timerId() == m_clearTimer.timerId()) {
        m_clearTimer.stop();
        select({}, Qt::NoModifier);
    } else {
        PlotWidget::timerEvent(event);
    }
}

void PointMap::fit() {
    m_following = true;
    m_fitted = fittedView(size());
    m_sinceTarget.start();
    if (pointCount() == 0 || !mayGlide()) {
        settle();
    } else if (!m_ticker.isActive()) {
        m_sinceTick.start();
        m_ticker.start(kTickMs, Qt::PreciseTimer, this);
    }
}

/// Lets names take the best free place again, not that of the last frame.
void PointMap::replaceLabels() {
    for (Label& label : m_labels)
        label.offset = -1;
}

void PointMap::resizeEvent(QResizeEvent*) {
    replaceLabels();
    m_fitted = fittedView(size());
    if (m_following)
        m_view = m_fitted;
    markStale();
}

void PointMap::moveBy(const QPointF& pixels) {
    m_following = false;
    m_view.center -= QPointF(pixels.x(), -pixels.y()) / m_view.scale;
    markStale();
}

void PointMap::zoomBy(double factor, const QPointF& place) {
    const double scale = std::clamp(m_view.scale * factor, m_fitted.scale * 0.2, m_fitted.scale * 500);
    const QPointF fixed = toData(place);
    replaceLabels();
    m_view.scale = scale;
    m_following = false;
    m_view.center += fixed - toData(place);
    markStale();
}

void PointMap::zoomIn() { zoomBy(kZoomStep, QPointF(width() / 2.0, height() / 2.0)); }
void PointMap::zoomOut() { zoomBy(1 / kZoomStep, QPointF(width() / 2.0, height() / 2.0)); }

void PointMap::setDragMoves(bool moves) {
    m_dragMoves = moves;
    updateCursor();
}

void PointMap::wheelEvent(QWheelEvent* event) {
    const double degrees = event->angleDelta().y() / 8.0;
    if (degrees != 0)
        zoomBy(std::pow(kZoomStep, degrees / 15), event->position());
    event->accept();
}

int PointMap::rowAt(const QPointF& place, double reach) const {
    int nearest = -1;
    const QPointF center = toData(place);
    const auto x = static_cast<float>(center.x());
    const auto y = static_cast<float>(center.y());
    const auto radius = static_cast<float>(reach / m_view.scale);
    float best = radius * radius;
    for (std::size_t layer = 1; layer < kLayers; ++layer)
        for (const int row : m_layers[layer]) {
            const float dx = m_drawn[2 * static_cast<std::size_t>(row)] - x;
            const float dy = m_drawn[2 * static_cast<std::size_t>(row) + 1] - y;
            const float distance = dx * dx + dy * dy;
            if (distance <= best) {
                best = distance;
                nearest = row;
            }
        }
    return nearest;
}

QVector<int> PointMap::rowsInside(const QPolygonF& outline) const {
    QVector<int> rows;
    if (outline.size() < 3)
        return rows;
    // Edges sorted into horizontal bands, so that a point meets only the edges near its height.
    struct Edge {
        QPointF a;
        QPointF b;
    };
    const QRectF bounds = outline.boundingRect();
    const int bands = std::clamp(static_cast<int>(outline.size()), 1, 512);
    const auto bandOf = [&](double y) {
        const double share = bounds.height() > 0 ? (y - bounds.top()) / bounds.height() : 0;
        return std::clamp(static_cast<int>(share * bands), 0, bands - 1);
    };
    std::vector<std::vector<Edge>> edges(static_cast<std::size_t>(bands));
    for (qsizetype i = 0; i < outline.size(); ++i) {
        const Edge edge{outline[i], outline[(i + 1) % outline.size()]};
        const auto [low, high] = std::minmax({bandOf(edge.a.y()), bandOf(edge.b.y())});
        for (int band = low; band <= high; ++band)
            edges[static_cast<std::size_t>(band)].push_back(edge);
    }
    for (std::size_t layer = 1; layer < kLayers; ++layer)
        for (const int row : m_layers[layer]) {
            const QPointF p = placeOf(row);
            if (!(p.x() >= bounds.left() && p.x() <= bounds.right() && p.y() >= bounds.top() &&
                  p.y() <= bounds.bottom()))
                continue;
            bool inside = false;
            for (const Edge& edge : edges[static_cast<std::size_t>(bandOf(p.y()))])
                if ((edge.a.y() > p.y()) != (edge.b.y() > p.y()) &&
                    p.x() < edge.a.x() + (p.y() - edge.a.y()) / (edge.b.y() - edge.a.y()) * (edge.b.x() - edge.a.x()))
                    inside = !inside;
            if (inside)
                rows << row;
        }
    std::sort(rows.begin(), rows.end());
    return rows;
}

void PointMap::select(const QVector<int>& rows, Qt::KeyboardModifiers modifiers) {
    std::vector<std::uint8_t> next = m_selected;
    const bool add = modifiers & Qt::ShiftModifier;
    const bool remove = modifiers & Qt::AltModifier;
    const bool toggle = modifiers & Qt::ControlModifier;
    if (!add && !remove && !toggle)
        std::fill(next.begin(), next.end(), std::uint8_t{0});
    for (const int row : rows) {
        std::uint8_t& flag = next[static_cast<std::size_t>(row)];
        flag = remove ? 0 : (toggle && !add ? !flag : 1);
    }
    if (next == m_selected)
        return;
    m_selected = std::move(next);
    m_selectedCount = static_cast<int>(std::count(m_selected.begin(), m_selected.end(), 1));
    findLayers();
    markStale();
    emit selectionChanged(selection());
}

void PointMap::setHovered(int row) {
    if (row == m_hovered)
        return;
    m_hovered = row;
    update();
    emit hovered(row);
}

void PointMap::mousePressEvent(QMouseEvent* event) {
    m_pressPlace = m_lastPlace = event->position();
    m_pressModifiers = event->modifiers();
    if (event->button() == Qt::MiddleButton || (event->button() == Qt::LeftButton && m_spaceHeld))
        m_drag = Drag::Move;
    else if (event->button() == Qt::LeftButton)
        m_drag = Drag::Pressed;
    else
        return;
    m_clearTimer.stop();
    updateCursor();
}

void PointMap::mouseMoveEvent(QMouseEvent* event) {
    const QPointF place = event->position();
    if (m_drag == Drag::Pressed && (place - m_pressPlace).manhattanLength() >= QApplication::startDragDistance()) {
        m_drag = m_dragMoves ? Drag::Move : Drag::Lasso;
        if (m_drag == Drag::Lasso)
            m_lasso = QPolygonF{m_pressPlace};
        setHovered(-1);
        updateCursor();
    }
    if (m_drag == Drag::Lasso) {
        if ((place - m_lasso.last()).manhattanLength() >= 2) {
            m_lasso << place;
            update();
        }
    } else if (m_drag == Drag::Move) {
        moveBy(place - m_lastPlace);
        m_lastPlace = place;
    } else if (m_drag == Drag::None) {
        setHovered(rowAt(place));
    }
}

void PointMap::mouseReleaseEvent(QMouseEvent* event) {
    const Drag drag = std::exchange(m_drag, Drag::None);
    updateCursor();
    if (drag == Drag::Lasso) {
        select(rowsInside(m_lasso), m_pressModifiers);
        m_lasso.clear();
        update();
    } else if (drag == Drag::Pressed) {
        const int row = rowAt(event->position());
        if (row >= 0)
            select({row}, m_pressModifiers);
        else if (m_pressModifiers == Qt::NoModifier && m_selectedCount > 0)
            m_clearTimer.start(QApplication::doubleClickInterval(), this);
    }
}

void PointMap::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton)
        return;
    m_clearTimer.stop();
    fit();
}

void PointMap::goToNeighbour(const QPointF& direction) {
    const QPointF from = m_hovered >= 0 ? placeOf(m_hovered) : QPointF(width() / 2.0, height() / 2.0);
    int best = -1;
    double bestCost = std::numeric_limits<double>::infinity();
    for (std::size_t layer = 1; layer < kLayers; ++layer)
        for (const int row : m_layers[layer]) {
            if (row == m_hovered)
                continue;
            const QPointF step = placeOf(row) - from;
            const double along = QPointF::dotProduct(step, direction);
            const double across = std::abs(step.x() * direction.y() - step.y() * direction.x());
            const double cost = along + 2 * across;
            if (along > 0 && across <= along && cost < bestCost) {
                bestCost = cost;
                best = row;
            }
        }
    if (best < 0)
        return;
    const QPointF place = placeOf(best);
    if (!rect().adjusted(kUnit, kUnit, -kUnit, -kUnit).contains(place.toPoint()))
        moveBy(QPointF(width() / 2.0, height() / 2.0) - place);
    setHovered(best);
}

void PointMap::keyPressEvent(QKeyEvent* event) {
    const bool control = event->modifiers() & Qt::ControlModifier;
    const auto arrow = [&](double x, double y) {
        if (control)
            goToNeighbour({x, y});
        else
            moveBy(QPointF(-x, -y) * kKeyboardStep);
    };
    const QPointF middle(width() / 2.0, height() / 2.0);
    switch (event->key()) {
    case Qt::Key_Left:
        arrow(-1, 0);
        break;
    case Qt::Key_Right:
        arrow(1, 0);
        break;
    case Qt::Key_Up:
        arrow(0, -1);
        break;
    case Qt::Key_Down:
        arrow(0, 1);
        break;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomBy(kZoomStep, middle);
        break;
    case Qt::Key_Minus:
        zoomBy(1 / kZoomStep, middle);
        break;
    case Qt::Key_Home:
        fit();
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_hovered >= 0)
            select({m_hovered}, event->modifiers() & ~Qt::KeypadModifier);
        break;
    case Qt::Key_Escape:
        if (m_drag == Drag::Lasso) {
            m_drag = Drag::None;
            m_lasso.clear();
            update();
        } else {
            select({}, Qt::NoModifier);
        }
        break;
    case Qt::Key_Space:
        if (!event->isAutoRepeat()) {
            m_spaceHeld = true;
            updateCursor();
        }
        break;
    case Qt::Key_A:
        if (control) {
            QVector<int> shown;
            for (std::size_t layer = 1; layer < kLayers; ++layer)
                shown.append(QVector<int>(m_layers[layer].begin(), m_layers[layer].end()));
            select(shown, Qt::NoModifier);
            break;
        }
        [[fallthrough]];
    default:
        PlotWidget::keyPressEvent(event);
    }
}

void PointMap::keyReleaseEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Space && !event->isAutoRepeat()) {
        m_spaceHeld = false;
        updateCursor();
        return;
    }
    PlotWidget::keyReleaseEvent(event);
}

void PointMap::leaveEvent(QEvent*) { setHovered(-1); }

void PointMap::focusOutEvent(QFocusEvent* event) {
    m_spaceHeld = false;
    updateCursor();
    PlotWidget::focusOutEvent(event);
}

void PointMap::changeEvent(QEvent* event) {
    if (event->type() == QEvent::EnabledChange || event->type() == QEvent::StyleChange)
        markStale();
    PlotWidget::changeEvent(event);
}

void PointMap::updateCursor() {
    if (m_drag == Drag::Move)
        setCursor(Qt::ClosedHandCursor);
    else if (m_spaceHeld || m_dragMoves)
        setCursor(Qt::OpenHandCursor);
    else
        setCursor(Qt::CrossCursor);
}

} // namespace tercet
