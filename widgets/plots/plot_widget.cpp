#include "widgets/plots/plot_widget.h"

#include "widgets/plots/theme.h"

#include <QFocusEvent>
#include <QStyle>

namespace tercet {

PlotWidget::PlotWidget(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_OpaquePaintEvent);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

bool PlotWidget::mayGlide() const {
    return isVisible() && style()->styleHint(QStyle::SH_Widget_Animation_Duration, nullptr, this) > 0;
}

void PlotWidget::focusInEvent(QFocusEvent* event) {
    m_showsFocus = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason ||
                   event->reason() == Qt::ShortcutFocusReason;
    update();
}

void PlotWidget::focusOutEvent(QFocusEvent*) {
    m_showsFocus = false;
    update();
}

} // namespace tercet
