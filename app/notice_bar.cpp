#include "app/notice_bar.h"

#include "widgets/plots/color_space.h"
#include "widgets/plots/icons.h"
#include "widgets/plots/look.h"
#include "widgets/plots/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

namespace tercet {

NoticeBar::NoticeBar(QWidget* parent) : QWidget(parent), m_label(new QLabel(this)), m_action(new QPushButton(this)) {
    setObjectName(QStringLiteral("notice-bar"));
    m_label->setWordWrap(true);
    m_label->setTextFormat(Qt::PlainText);
    auto* close = new QToolButton(this);
    close->setIcon(themedIcon(QStringLiteral("close")));
    close->setAutoRaise(true);
    close->setToolTip(tr("Dismiss"));
    close->setAccessibleName(close->toolTip());
    connect(close, &QToolButton::clicked, this, &NoticeBar::dismiss);
    connect(m_action, &QPushButton::clicked, this, [this] {
        const auto act = m_act;
        dismiss();
        act();
    });
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(2 * kUnit, kHalfUnit, kUnit, kHalfUnit);
    layout->setSpacing(kUnit);
    layout->addWidget(m_label, 1);
    layout->addWidget(m_action);
    layout->addWidget(close);
    hide();
}

void NoticeBar::say(const QString& text, const QString& action, std::function<void()> act) {
    m_label->setText(text);
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    m_act = std::move(act);
    show();
}

QString NoticeBar::text() const { return m_label->text(); }

void NoticeBar::dismiss() {
    m_label->clear();
    m_act = {};
    hide();
}

void NoticeBar::paintEvent(QPaintEvent* /*event*/) {
    const Look& look = Theme::instance().look();
    QPainter painter(this);
    painter.fillRect(rect(), mixed(look.surface, look.warning, 0.12));
    painter.fillRect(QRect(0, 0, 3, height()), look.warning);
    painter.fillRect(QRect(0, height() - 1, width(), 1), look.border);
}

} // namespace tercet
