#include "widgets/panels/page_view.h"

#include "widgets/figures/figure_parts.h"
#include "widgets/plots/theme.h"

#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace tercet {
namespace {

constexpr double kMargin = 2 * kUnit;
constexpr double kEdgeReach = 6; ///< pixels to either side of a panel's right edge

} // namespace

PageView::PageView(QWidget* parent) : PlotWidget(parent) {
    setObjectName(QStringLiteral("page-view"));
    setAccessibleName(tr("Page"));
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void PageView::setPage(const Composition& composition, ComposedPage page) {
    m_composition = composition;
    m_page = std::move(page);
    m_pixmaps.assign(m_page.parts.size(), {});
    m_drag = Drag::None;
    if (m_current >= static_cast<int>(m_page.parts.size()))
        m_current = -1;
    place();
}

void PageView::setCurrent(int panel) {
    m_current = panel;
    update();
}

void PageView::place() {
    const double scale = std::max(0.5, (width() - 2 * kMargin) / m_composition.widthMm);
    if (std::abs(scale - m_scale) > 1e-9)
        m_pixmaps.assign(m_page.parts.size(), {});
    m_scale = scale;
    double reach = m_page.heightMm; // panels below the page can be taken back
    for (const auto& part : m_page.parts)
        reach = std::max(reach, part.areaMm.bottom());
    setMinimumHeight(static_cast<int>(std::ceil(reach * m_scale + 2 * kMargin)));
    update();
}

QRectF PageView::paper() const {
    return {kMargin, kMargin, m_composition.widthMm * m_scale, m_page.heightMm * m_scale};
}

QRectF PageView::areaOf(int panel) const {
    const QRectF mm = m_page.parts.at(static_cast<std::size_t>(panel)).areaMm;
    return {paper().topLeft() + mm.topLeft() * m_scale, mm.size() * m_scale};
}

PageView::Hit PageView::hitAt(const QPointF& place) const {
    for (int i = static_cast<int>(m_page.parts.size()) - 1; i >= 0; --i) {
        const QRectF area = areaOf(i);
        if (std::abs(place.x() - area.right()) <= kEdgeReach && place.y() >= area.top() && place.y() <= area.bottom())
            return {i, true};
    }
    for (int i = static_cast<int>(m_page.parts.size()) - 1; i >= 0; --i)
        if (areaOf(i).contains(place))
            return {i, false};
    return {};
}

double PageView::leastWidth(int panel) const {
    return figurePresetNamed(m_composition.panels.at(static_cast<std::size_t>(panel)).preset).smallestWidthMm;
}

void PageView::choose(int panel) {
    if (panel == m_current)
        return;
    m_current = panel;
    update();
    emit currentChanged(panel);
}

void PageView::paintEvent(QPaintEvent* /*event*/) {
    const Look& look = Theme::instance().look();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), look.window);
    const QRectF page = paper();
    painter.fillRect(page, Qt::white);
    painter.setPen(QPen(look.border, 1));
    painter.drawRect(page);
    const Journal& journal = journalNamed(m_composition.journal);
    const Look paperColors = journalLook(journal);
    if (m_page.parts.empty()) {
        painter.setFont(look.font(TextSize::Small));
        painter.setPen(look.mutedText);
        painter.drawText(
            rect().adjusted(kUnit, qRound(page.bottom()) + kUnit, -kUnit, 0), Qt::AlignHCenter | Qt::TextWordWrap,
            tr("The page is empty. Double-click a figure in the list, or put a panel's picture here from the "
               "menu beside its picture button."));
    }
    const double dpr = devicePixelRatioF();
    for (int i = 0; i < static_cast<int>(m_page.parts.size()); ++i) {
        const auto index = static_cast<std::size_t>(i);
        const ComposedPage::Part& part = m_page.parts[index];
        const bool moving = m_drag == Drag::Move && m_dragged && i == m_current;
        const QRectF area =
            moving ? QRectF(page.topLeft() + m_draggedArea.topLeft() * m_scale, m_draggedArea.size() * m_scale)
                   : areaOf(i);
        const QRectF body = area.adjusted(0, m_page.letterMm * m_scale, 0, 0);
        if (part.failure.isEmpty()) {
            QPixmap& pixmap = m_pixmaps[index];
            if (pixmap.isNull()) {
                const Picture& picture = part.figure.picture;
                pixmap = QPixmap::fromImage(renderedPicture(picture, m_scale * dpr * 25.4));
                pixmap.setDevicePixelRatio(dpr);
            }
            painter.drawPixmap(body.topLeft(), pixmap);
        } else {
            painter.setPen(QPen(paperColors.border, 1, Qt::DashLine));
            painter.drawRect(body);
            QFont font = look.font(TextSize::Small);
            painter.setFont(font);
            painter.setPen(paperColors.text);
            painter.drawText(body.adjusted(kUnit, kHalfUnit, -kUnit, -kHalfUnit), Qt::TextWordWrap | Qt::AlignCenter,
                             part.failure);
        }
        if (m_page.letterMm > 0) {
            QFont font = paperColors.font(TextSize::Body, QFont::Bold);
            font.setPixelSize(std::max(6, qRound(journal.letterPt * 25.4 / 72 * m_scale)));
            painter.setFont(font);
            painter.setPen(paperColors.text);
            painter.drawText(QPointF(area.left(), area.top() + QFontMetricsF(font).capHeight() * 1.1), part.letter);
        }
        if (i == m_current) {
            const bool sizing = m_drag == Drag::Width && m_dragged;
            const QRectF frame =
                sizing ? QRectF(area.topLeft(), QSizeF(m_draggedArea.width() * m_scale, area.height())) : area;
            // On white paper in either theme.
            painter.setPen(QPen(lightLook().accent, showsFocus() ? 2.5 : 1.5));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(frame);
            painter.setBrush(lightLook().accent);
            painter.drawRect(QRectF(frame.right() - 3, frame.center().y() - 8, 6, 16));
            painter.setBrush(Qt::NoBrush);
        }
    }
}

void PageView::resizeEvent(QResizeEvent* event) {
    PlotWidget::resizeEvent(event);
    place();
}

void PageView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton)
        return;
    const Hit hit = hitAt(event->position());
    choose(hit.panel);
    if (hit.panel < 0)
        return;
    m_drag = hit.onEdge ? Drag::Width : Drag::Move;
    m_dragged = false;
    m_pressPlace = event->position();
    m_pressArea = m_draggedArea = m_page.parts[static_cast<std::size_t>(hit.panel)].areaMm;
}

void PageView::mouseMoveEvent(QMouseEvent* event) {
    if (m_drag == Drag::None) {
        const Hit hit = hitAt(event->position());
        setCursor(hit.panel < 0 ? Qt::ArrowCursor : hit.onEdge ? Qt::SizeHorCursor : Qt::SizeAllCursor);
        return;
    }
    if (!m_dragged && (event->position() - m_pressPlace).manhattanLength() < QApplication::startDragDistance())
        return;
    m_dragged = true;
    const QPointF moved = (event->position() - m_pressPlace) / m_scale;
    const bool snaps = !(event->modifiers() & Qt::AltModifier);
    std::vector<QRectF> others;
    for (int i = 0; i < static_cast<int>(m_page.parts.size()); ++i)
        if (i != m_current)
            others.push_back(m_page.parts[static_cast<std::size_t>(i)].areaMm);
    if (m_drag == Drag::Move) {
        m_draggedArea = m_pressArea.translated(moved);
        if (snaps)
            m_draggedArea.moveTopLeft(snappedPlace(m_draggedArea, others, m_composition.widthMm, m_composition.gapMm));
        m_draggedArea.moveTopLeft(
            {std::clamp(m_draggedArea.left(), 0.0, std::max(0.0, m_composition.widthMm - m_draggedArea.width())),
             std::max(0.0, m_draggedArea.top())});
        QToolTip::showText(event->globalPosition().toPoint(),
                           tr("%1 mm, %2 mm").arg(m_draggedArea.left(), 0, 'f', 1).arg(m_draggedArea.top(), 0, 'f', 1),
                           this);
    } else {
        const double most = m_composition.widthMm - m_pressArea.left();
        double width = m_pressArea.width() + moved.x();
        if (snaps) {
            std::vector<double> ends{m_composition.widthMm};
            for (const QRectF& other : others) {
                ends.push_back(other.right());
                ends.push_back(other.left() - m_composition.gapMm);
            }
            for (const double end : ends)
                if (std::abs(m_pressArea.left() + width - end) <= 1.5)
                    width = end - m_pressArea.left();
        }
        m_draggedArea.setWidth(std::max(std::min(width, most), leastWidth(m_current)));
        QToolTip::showText(event->globalPosition().toPoint(), tr("width %1 mm").arg(m_draggedArea.width(), 0, 'f', 1),
                           this);
    }
    update();
}

void PageView::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || m_drag == Drag::None)
        return;
    const Drag drag = std::exchange(m_drag, Drag::None);
    update();
    if (!std::exchange(m_dragged, false))
        return;
    if (drag == Drag::Move)
        emit panelMoved(m_current, m_draggedArea.topLeft());
    else
        emit panelResized(m_current, m_draggedArea.width());
}

bool PageView::event(QEvent* event) {
    if (event->type() == QEvent::KeyPress) {
        // Tab leaves the page after its last panel.
        const auto* key = static_cast<QKeyEvent*>(event);
        const int step = key->key() == Qt::Key_Tab ? 1 : key->key() == Qt::Key_Backtab ? -1 : 0;
        const int next = m_current + step;
        if (step != 0 && next >= 0 && next < static_cast<int>(m_page.parts.size())) {
            choose(next);
            return true;
        }
    }
    return PlotWidget::event(event);
}

void PageView::keyPressEvent(QKeyEvent* event) {
    if (m_current < 0 || m_drag != Drag::None) {
        PlotWidget::keyPressEvent(event);
        return;
    }
    const QRectF area = m_page.parts[static_cast<std::size_t>(m_current)].areaMm;
    const double step = event->modifiers() & Qt::ShiftModifier ? 0.1 : 1;
    const double mostLeft = std::max(0.0, m_composition.widthMm - area.width());
    const auto move = [&](double x, double y) {
        emit panelMoved(m_current, {std::clamp(area.left() + x, 0.0, mostLeft), std::max(0.0, area.top() + y)});
    };
    const auto widen = [&](double by) {
        emit panelResized(m_current, std::max(leastWidth(m_current),
                                              std::min(area.width() + by, m_composition.widthMm - area.left())));
    };
    switch (event->key()) {
    case Qt::Key_Left:
        move(-step, 0);
        break;
    case Qt::Key_Right:
        move(step, 0);
        break;
    case Qt::Key_Up:
        move(0, -step);
        break;
    case Qt::Key_Down:
        move(0, step);
        break;
    case Qt::Key_Plus:
        widen(step);
        break;
    case Qt::Key_Minus:
        widen(-step);
        break;
    case Qt::Key_Delete:
    case Qt::Key_Backspace:
        emit removeWanted(m_current);
        break;
    case Qt::Key_Escape:
        choose(-1);
        break;
    default:
        PlotWidget::keyPressEvent(event);
    }
}

} // namespace tercet
