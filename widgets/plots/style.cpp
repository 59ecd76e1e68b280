#include "widgets/plots/style.h"

#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QPainter>
#include <QPainterPath>
#include <QStyleOption>

#include <algorithm>

namespace tercet {
namespace {

constexpr double kRound = 4;
constexpr int kScrollBar = 12;
constexpr int kShortestHandle = 28;
constexpr int kArrowWidth = 20;

const Look& look() { return Theme::instance().look(); }

/// The middle of the pixels of `area`'s edge, so that a 1-px line is sharp.
QRectF inner(const QRect& area) { return QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5); }

void drawBox(QPainter& painter, const QRectF& area, const QColor& fill, const QColor& edge, double round = kRound) {
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    painter.setPen(edge.isValid() ? QPen(edge, 1) : QPen(Qt::NoPen));
    painter.drawRoundedRect(area, round, round);
}

void drawArrow(QPainter& painter, const QPointF& middle, double size, bool down, const QColor& color) {
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(color, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const double sign = down ? 1 : -1;
    painter.drawPolyline(QPolygonF{middle + QPointF(-size, -sign * size / 2), middle + QPointF(0, sign * size / 2),
                                   middle + QPointF(size, -sign * size / 2)});
}

bool has(const QStyleOption* option, QStyle::StateFlag flag) { return option->state.testFlag(flag); }

bool isEnabled(const QStyleOption* option) { return has(option, QStyle::State_Enabled); }

/// Of buttons and the like, by what the pointer does.
QColor buttonFill(const QStyleOption* option) {
    if (!isEnabled(option))
        return look().window;
    if (has(option, QStyle::State_Sunken) || has(option, QStyle::State_On))
        return mixed(look().header, look().text, 0.16);
    if (has(option, QStyle::State_MouseOver))
        return mixed(look().header, look().text, 0.07);
    return look().header;
}

QColor edgeOf(const QStyleOption* option) {
    if (isEnabled(option) && has(option, QStyle::State_HasFocus))
        return look().accent;
    return isEnabled(option) ? look().border : mixed(look().window, look().border, 0.6);
}

QColor inkOf(const QStyleOption* option) {
    return isEnabled(option) ? look().text : option->palette.color(QPalette::Disabled, QPalette::Text);
}

bool isDefault(const QStyleOption* option) {
    const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
    return button && button->features.testFlag(QStyleOptionButton::DefaultButton) && isEnabled(option);
}

void drawIndicator(QPainter& painter, const QStyleOption* option, bool radio) {
    const bool on = has(option, QStyle::State_On);
    const bool half = has(option, QStyle::State_NoChange);
    const QRectF box = inner(option->rect).adjusted(0, 0, 0, 0);
    const double round = radio ? box.width() / 2 : 3;
    const QColor strong = isEnabled(option) ? look().text : inkOf(option);
    const QColor edge = has(option, QStyle::State_HasFocus) ? look().accent : mixed(look().border, look().text, 0.25);
    if (!on && !half) {
        drawBox(painter, box, isEnabled(option) ? look().surface : look().window, edge, round);
        return;
    }
    drawBox(painter, box, strong, has(option, QStyle::State_HasFocus) ? look().accent : strong, round);
    const QPointF c = box.center();
    if (radio) {
        drawBox(painter, QRectF(c - QPointF(2.75, 2.75), QSizeF(5.5, 5.5)), look().surface, {}, 2.75);
        return;
    }
    painter.setPen(QPen(look().surface, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    if (half)
        painter.drawLine(c - QPointF(3, 0), c + QPointF(3, 0));
    else
        painter.drawPolyline(QPolygonF{c + QPointF(-3.4, 0.2), c + QPointF(-1, 2.7), c + QPointF(3.5, -2.6)});
}

} // namespace

InstrumentStyle::InstrumentStyle() : QProxyStyle(QStringLiteral("Fusion")) {}

void InstrumentStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                                    const QWidget* widget) const {
    painter->save();
    switch (element) {
    case PE_PanelButtonCommand:
        if (isDefault(option)) {
            const double shade = has(option, State_Sunken) ? 0.2 : (has(option, State_MouseOver) ? 0.1 : 0);
            drawBox(*painter, inner(option->rect), mixed(look().accent, look().text, shade), {});
        } else {
            const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
            const bool flat = button && button->features.testFlag(QStyleOptionButton::Flat);
            if (!flat || has(option, State_MouseOver) || has(option, State_Sunken) || has(option, State_HasFocus))
                drawBox(*painter, inner(option->rect), buttonFill(option), flat ? QColor() : edgeOf(option));
        }
        break;
    case PE_PanelButtonTool:
        if (has(option, State_Sunken) || has(option, State_On) || (has(option, State_MouseOver) && isEnabled(option)) ||
            !has(option, State_AutoRaise))
            drawBox(*painter, inner(option->rect), buttonFill(option),
                    has(option, State_AutoRaise) ? QColor() : edgeOf(option));
        break;
    case PE_FrameDefaultButton:
        break;
    case PE_FrameFocusRect:
        drawBox(*painter, inner(option->rect), {}, look().accent, 3);
        break;
    case PE_PanelLineEdit:
    case PE_FrameLineEdit:
        drawBox(*painter, inner(option->rect), isEnabled(option) ? look().surface : look().window, edgeOf(option));
        break;
    case PE_Frame:
    case PE_FrameDockWidget:
    case PE_FrameTabWidget:
    case PE_FrameMenu:
    case PE_FrameStatusBarItem: {
        const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
        if (element == PE_FrameTabWidget) {
            painter->setPen(look().border);
            painter->drawLine(option->rect.topLeft(), option->rect.topRight());
        } else if (element != PE_FrameStatusBarItem && (!frame || frame->lineWidth > 0)) {
            painter->setPen(look().border);
            painter->setBrush(Qt::NoBrush);
            painter->drawRect(inner(option->rect));
        }
        break;
    }
    case PE_FrameGroupBox:
        painter->setPen(look().border);
        painter->drawLine(option->rect.topLeft(), option->rect.topRight());
        break;
    case PE_FrameTabBarBase:
        break;
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
        drawIndicator(*painter, option, false);
        break;
    case PE_IndicatorRadioButton:
        drawIndicator(*painter, option, true);
        break;
    case PE_IndicatorArrowDown:
    case PE_IndicatorArrowUp:
        drawArrow(*painter, QRectF(option->rect).center(), 3.5, element == PE_IndicatorArrowDown, inkOf(option));
        break;
    case PE_IndicatorHeaderArrow:
        if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option))
            drawArrow(*painter, QRectF(option->rect).center(), 3.5,
                      header->sortIndicator == QStyleOptionHeader::SortDown, look().mutedText);
        break;
    case PE_PanelTipLabel:
        drawBox(*painter, inner(option->rect), look().dark ? look().header : look().surface, look().border, 0);
        break;
    case PE_PanelMenuBar:
    case PE_PanelToolBar:
        painter->fillRect(option->rect, look().window);
        break;
    case PE_IndicatorDockWidgetResizeHandle:
        break;
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
    painter->restore();
}

void InstrumentStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                                  const QWidget* widget) const {
    painter->save();
    switch (element) {
    case CE_PushButtonLabel:
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option); button && isDefault(option)) {
            QStyleOptionButton onAccent = *button;
            onAccent.palette.setColor(QPalette::ButtonText, look().accentText);
            if (!button->icon.isNull()) {
                QPixmap icon = button->icon.pixmap(button->iconSize, painter->device()->devicePixelRatioF());
                QPainter tint(&icon);
                tint.setCompositionMode(QPainter::CompositionMode_SourceIn);
                tint.fillRect(icon.rect(), look().accentText);
                tint.end();
                onAccent.icon = QIcon(icon);
            }
            QProxyStyle::drawControl(element, &onAccent, painter, widget);
        } else {
            QProxyStyle::drawControl(element, option, painter, widget);
        }
        break;
    case CE_HeaderSection:
    case CE_HeaderEmptyArea: {
        const QColor fill =
            has(option, State_MouseOver) && isEnabled(option) ? mixed(look().window, look().text, 0.05) : look().window;
        painter->fillRect(option->rect, fill);
        painter->setPen(look().border);
        painter->drawLine(option->rect.bottomLeft(), option->rect.bottomRight());
        break;
    }
    case CE_TabBarTabShape:
        if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option)) {
            const bool selected = has(option, State_Selected);
            if (!selected && has(option, State_MouseOver))
                drawBox(*painter, QRectF(tab->rect).adjusted(1, 3, -1, -3), mixed(look().window, look().text, 0.06),
                        {});
            if (selected) {
                const bool south = tab->shape == QTabBar::RoundedSouth || tab->shape == QTabBar::TriangularSouth;
                const QRect edge = tab->rect.adjusted(kUnit, 0, -kUnit, 0);
                painter->fillRect(QRect(edge.left(), south ? edge.top() : edge.bottom() - 1, edge.width(), 2),
                                  look().text);
            }
            if (has(option, State_HasFocus))
                drawBox(*painter, QRectF(tab->rect).adjusted(2.5, 3.5, -2.5, -4.5), {}, look().accent, 3);
        }
        break;
    case CE_TabBarTabLabel:
        if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option)) {
            QStyleOptionTab plain = *tab;
            plain.state &= ~State_HasFocus;
            if (!has(option, State_Selected) && isEnabled(option))
                plain.palette.setColor(QPalette::WindowText, look().mutedText);
            QProxyStyle::drawControl(element, &plain, painter, widget);
        }
        break;
    case CE_ProgressBarGroove:
        drawBox(*painter, QRectF(option->rect), mixed(look().header, look().text, 0.06), {}, 3);
        break;
    case CE_ProgressBarContents:
        if (const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(option)) {
            const double range = static_cast<double>(bar->maximum) - bar->minimum;
            if (range <= 0) { // busy: Fusion's moving stripes
                QProxyStyle::drawControl(element, option, painter, widget);
                break;
            }
            const double share = std::clamp((bar->progress - bar->minimum) / range, 0.0, 1.0);
            QRectF filled(option->rect);
            filled.setWidth(share * filled.width());
            if (bar->direction == Qt::RightToLeft)
                filled.moveRight(option->rect.right() + 1);
            drawBox(*painter, filled, mixed(look().surface, look().accent, look().dark ? 0.5 : 0.4), {}, 3);
        }
        break;
    case CE_Splitter:
        break;
    case CE_DockWidgetTitle:
        if (const auto* dock = qstyleoption_cast<const QStyleOptionDockWidget*>(option)) {
            painter->fillRect(dock->rect, look().header);
            painter->setFont(look().font(TextSize::Small, QFont::DemiBold));
            painter->setPen(look().text);
            const QRect words = dock->rect.adjusted(kUnit, 0, -2 * kRowHeight, 0);
            painter->drawText(words, Qt::AlignLeft | Qt::AlignVCenter,
                              painter->fontMetrics().elidedText(dock->title, Qt::ElideRight, words.width()));
        }
        break;
    case CE_MenuBarItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option)) {
            const bool open = has(option, State_Selected) && isEnabled(option);
            painter->fillRect(item->rect, open ? look().highlight : look().window);
            const int flags = Qt::AlignCenter | Qt::TextSingleLine | Qt::TextDontClip |
                              (proxy()->styleHint(SH_UnderlineShortcut, item, widget) != 0 ? Qt::TextShowMnemonic
                                                                                           : Qt::TextHideMnemonic);
            drawItemText(painter, item->rect, flags, item->palette, isEnabled(option), item->text,
                         QPalette::WindowText);
        }
        break;
    case CE_MenuBarEmptyArea:
        painter->fillRect(option->rect, look().window);
        break;
    case CE_ToolBar:
        painter->fillRect(option->rect, look().window);
        break;
    default:
        QProxyStyle::drawControl(element, option, painter, widget);
    }
    painter->restore();
}

void InstrumentStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                                         const QWidget* widget) const {
    painter->save();
    switch (control) {
    case CC_ScrollBar: {
        const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
        if (!bar)
            break;
        painter->fillRect(bar->rect, look().window);
        const bool active = bar->activeSubControls.testFlag(SC_ScrollBarSlider) && has(bar, State_MouseOver);
        const double margin = active ? 2.5 : 3.5;
        const QRectF handle = QRectF(subControlRect(CC_ScrollBar, bar, SC_ScrollBarSlider, widget))
                                  .adjusted(margin, margin, -margin, -margin);
        if (bar->maximum > bar->minimum)
            drawBox(*painter, handle, mixed(look().window, look().text, active ? 0.42 : 0.24), {}, 3);
        break;
    }
    case CC_ComboBox: {
        const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option);
        if (!combo)
            break;
        if (combo->frame)
            drawBox(*painter, inner(combo->rect), combo->editable ? look().surface : buttonFill(combo), edgeOf(combo));
        drawArrow(*painter, QPointF(combo->rect.right() - kArrowWidth / 2.0, QRectF(combo->rect).center().y()), 3.5,
                  true, inkOf(combo));
        break;
    }
    case CC_SpinBox: {
        const auto* spin = qstyleoption_cast<const QStyleOptionSpinBox*>(option);
        if (!spin)
            break;
        if (spin->frame)
            drawBox(*painter, inner(spin->rect), isEnabled(spin) ? look().surface : look().window, edgeOf(spin));
        for (const SubControl part : {SC_SpinBoxUp, SC_SpinBoxDown}) {
            const QRect place = subControlRect(CC_SpinBox, spin, part, widget);
            const bool up = part == SC_SpinBoxUp;
            const bool possible =
                spin->stepEnabled.testFlag(up ? QAbstractSpinBox::StepUpEnabled : QAbstractSpinBox::StepDownEnabled);
            if (place.isValid() && spin->buttonSymbols != QAbstractSpinBox::NoButtons)
                drawArrow(*painter, QRectF(place).center(), 2.6, !up,
                          possible && isEnabled(spin) ? look().text : mixed(look().surface, look().text, 0.35));
        }
        break;
    }
    case CC_Slider: {
        const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option);
        if (!slider || slider->orientation == Qt::Vertical) {
            QProxyStyle::drawComplexControl(control, option, painter, widget);
            break;
        }
        const QRectF groove(subControlRect(CC_Slider, slider, SC_SliderGroove, widget));
        const QRectF handle(subControlRect(CC_Slider, slider, SC_SliderHandle, widget));
        const double y = groove.center().y();
        drawBox(*painter, QRectF(groove.left(), y - 1.5, groove.width(), 3), mixed(look().window, look().text, 0.2), {},
                1.5);
        const QRectF before = slider->upsideDown
                                  ? QRectF(handle.center().x(), y - 1.5, groove.right() - handle.center().x(), 3)
                                  : QRectF(groove.left(), y - 1.5, handle.center().x() - groove.left(), 3);
        drawBox(*painter, before, mixed(look().window, look().text, isEnabled(slider) ? 0.65 : 0.35), {}, 1.5);
        const bool active = has(slider, State_MouseOver) || has(slider, State_Sunken);
        const double radius = active ? 7 : 6;
        painter->setPen(QPen(has(slider, State_HasFocus) ? look().accent : mixed(look().border, look().text, 0.3),
                             has(slider, State_HasFocus) ? 2 : 1));
        painter->setBrush(look().surface);
        painter->drawEllipse(QPointF(handle.center().x(), y), radius, radius);
        break;
    }
    default:
        QProxyStyle::drawComplexControl(control, option, painter, widget);
    }
    painter->restore();
}

QRect InstrumentStyle::subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl part,
                                      const QWidget* widget) const {
    if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option); control == CC_ScrollBar && bar) {
        // A bar without arrows: the groove is all of it.
        const bool flat = bar->orientation == Qt::Horizontal;
        const int length = flat ? bar->rect.width() : bar->rect.height();
        const double range = static_cast<double>(bar->maximum) - bar->minimum;
        const int handle = range <= 0 ? length
                                      : std::clamp(static_cast<int>(length * bar->pageStep / (range + bar->pageStep)),
                                                   std::min(kShortestHandle, length), length);
        const int start =
            sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition, length - handle, bar->upsideDown);
        const auto along = [&](int from, int extent) {
            return flat ? QRect(bar->rect.left() + from, bar->rect.top(), extent, bar->rect.height())
                        : QRect(bar->rect.left(), bar->rect.top() + from, bar->rect.width(), extent);
        };
        switch (part) {
        case SC_ScrollBarSlider:
            return visualRect(bar->direction, bar->rect, along(start, handle));
        case SC_ScrollBarSubPage:
            return visualRect(bar->direction, bar->rect, along(0, start));
        case SC_ScrollBarAddPage:
            return visualRect(bar->direction, bar->rect, along(start + handle, length - start - handle));
        case SC_ScrollBarGroove:
            return bar->rect;
        default:
            return {};
        }
    }
    return QProxyStyle::subControlRect(control, option, part, widget);
}

QSize InstrumentStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& contents,
                                        const QWidget* widget) const {
    QSize size = QProxyStyle::sizeFromContents(type, option, contents, widget);
    constexpr int kControlHeight = kRowHeight + kHalfUnit;
    switch (type) {
    case CT_PushButton:
        size.rwidth() += kUnit;
        [[fallthrough]];
    case CT_LineEdit:
    case CT_ComboBox:
    case CT_SpinBox:
        size.setHeight(std::max(size.height(), kControlHeight));
        break;
    case CT_TabBarTab:
        size.setHeight(std::max(size.height(), kHeaderHeight));
        break;
    case CT_HeaderSection:
        size.setHeight(std::max(size.height(), kRowHeight));
        break;
    default:
        break;
    }
    return size;
}

int InstrumentStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
    switch (metric) {
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
    case PM_ToolBarIconSize:
        return kIconSize;
    case PM_LayoutLeftMargin:
    case PM_LayoutRightMargin:
    case PM_LayoutTopMargin:
    case PM_LayoutBottomMargin:
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing:
        return kUnit;
    case PM_DockWidgetSeparatorExtent:
    case PM_SplitterWidth:
        return kHalfUnit;
    case PM_DockWidgetFrameWidth:
    case PM_ToolBarFrameWidth:
    case PM_DockWidgetTitleMargin:
        return metric == PM_DockWidgetTitleMargin ? kHalfUnit : 0;
    case PM_ScrollBarExtent:
        return kScrollBar;
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
        return 15;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
        return 0;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int InstrumentStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                               QStyleHintReturn* returned) const {
    switch (hint) {
    case SH_Widget_Animation_Duration:
        return 200;
    case SH_ToolTip_WakeUpDelay:
        return 400;
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
        return 0;
    case SH_Slider_AbsoluteSetButtons:
        return Qt::LeftButton;
    case SH_ScrollBar_LeftClickAbsolutePosition:
        return 0;
    default:
        return QProxyStyle::styleHint(hint, option, widget, returned);
    }
}

} // namespace tercet
