#include "widgets/panels/message_strip.h"

#include "widgets/plots/color_space.h"
#include "widgets/plots/icons.h"
#include "widgets/plots/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>

namespace tercet {
namespace {

constexpr int kMarkWidth = 3;

} // namespace

MessageStrip::MessageStrip(QWidget* parent) : QWidget(parent), m_label(new QLabel(this)) {
    m_label->setWordWrap(true);
    m_label->setTextFormat(Qt::PlainText);
    m_label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* close = new QToolButton(this);
    close->setIcon(themedIcon(QStringLiteral("close")));
    close->setAutoRaise(true);
    close->setFocusPolicy(Qt::TabFocus);
    close->setToolTip(tr("Dismiss this message"));
    close->setAccessibleName(close->toolTip());
    connect(close, &QToolButton::clicked, this, &MessageStrip::dismiss);

    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(kMarkWidth + kUnit, kHalfUnit, kHalfUnit, kHalfUnit);
    layout->setSpacing(kUnit);
    layout->addWidget(m_label, 1);
    layout->addWidget(close, 0, Qt::AlignTop);
    setAccessibleName(tr("Failure"));
    hide();
}

void MessageStrip::say(const QString& message) {
    m_count = message == m_message ? m_count + 1 : 1;
    m_message = message;
    showText();
    show();
}

QString MessageStrip::message() const { return m_message; }

void MessageStrip::dismiss() {
    m_message.clear();
    m_count = 0;
    hide();
}

void MessageStrip::showText() {
    m_label->setText(m_count > 1 ? tr("%1 (%2 times)").arg(m_message).arg(m_count) : m_message);
    setAccessibleDescription(m_label->text());
}

void MessageStrip::paintEvent(QPaintEvent* /*event*/) {
    const Look& look = Theme::instance().look();
    QPainter painter(this);
    painter.fillRect(rect(), mixed(look.surface, look.error, 0.1));
    painter.fillRect(QRect(0, 0, kMarkWidth, height()), look.error);
}

} // namespace tercet
