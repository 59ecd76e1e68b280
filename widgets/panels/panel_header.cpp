#include "widgets/panels/panel_header.h"

#include "widgets/plots/annotation.h"
#include "widgets/plots/icons.h"
#include "widgets/plots/theme.h"

#include <QActionGroup>
#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>
#include <QStyleOptionToolButton>
#include <QStylePainter>

namespace tercet {
namespace {

constexpr int kMaxChipWidth = 20 * kUnit;
constexpr int kChevron = 12;

} // namespace

ElidedLabel::ElidedLabel(QWidget* parent, int lines) : QWidget(parent), m_lines(lines) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
}

void ElidedLabel::setText(const QString& text) {
    if (text == m_text)
        return;
    m_text = text;
    setAccessibleName(text);
    updateToolTip();
    updateGeometry();
    update();
}

QSize ElidedLabel::sizeHint() const {
    return {fontMetrics().horizontalAdvance(m_text) + 1, m_lines * fontMetrics().height()};
}

QSize ElidedLabel::minimumSizeHint() const { return {0, m_lines * fontMetrics().height()}; }

QStringList ElidedLabel::shownLines() const { return wrapped(m_text, fontMetrics(), width(), m_lines); }

void ElidedLabel::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter, shownLines().join(u'\n'));
}

void ElidedLabel::resizeEvent(QResizeEvent* /*event*/) { updateToolTip(); }

void ElidedLabel::updateToolTip() { setToolTip(shownLines().join(u' ') == m_text ? QString() : m_text); }

MenuChip::MenuChip(QWidget* parent) : QToolButton(parent) {
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setPopupMode(QToolButton::InstantPopup);
    setAutoRaise(true);
    setFocusPolicy(Qt::TabFocus);
}

QSize MenuChip::sizeHint() const { return QToolButton::sizeHint() + QSize(kChevron, 0); }

void MenuChip::paintEvent(QPaintEvent* /*event*/) {
    QStylePainter painter(this);
    QStyleOptionToolButton option;
    initStyleOption(&option);
    option.features &= ~QStyleOptionToolButton::HasMenu;
    // The frame is drawn for the whole, the content beside the chevron.
    QStyleOptionToolButton frame = option;
    frame.text.clear();
    frame.icon = {};
    painter.drawComplexControl(QStyle::CC_ToolButton, frame);
    option.rect.setRight(option.rect.right() - kChevron);
    painter.drawControl(QStyle::CE_ToolButtonLabel, option);
    const QRect chevron(width() - kChevron - 2, (height() - kChevron) / 2, kChevron, kChevron);
    themedIcon(QStringLiteral("chevron-down")).paint(&painter, chevron);
}

PanelHeader::PanelHeader(const QString& name, QWidget* parent)
    : QWidget(parent), m_name(new QLabel(name, this)), m_chip(new MenuChip(this)), m_menu(new QMenu(m_chip)),
      m_systems(new QActionGroup(m_menu)), m_note(new ElidedLabel(this)), m_controls(new QHBoxLayout),
      m_buttons(new QHBoxLayout) {
    m_chip->setMaximumWidth(kMaxChipWidth);
    m_chip->setIconSize({10, 10});
    m_chip->setMenu(m_menu);
    m_chip->setToolTip(tr("The system in front: all panels show it"));
    m_chip->hide();

    m_controls->setSpacing(kHalfUnit);
    m_buttons->setSpacing(0);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(kUnit, 0, kHalfUnit, 0);
    layout->setSpacing(kUnit);
    layout->addWidget(m_name);
    layout->addWidget(m_chip);
    layout->addLayout(m_controls);
    layout->addWidget(m_note, 1);
    layout->addLayout(m_buttons);
    setFixedHeight(kHeaderHeight);
    connect(&Theme::instance(), &Theme::changed, this, &PanelHeader::applyLook);
    applyLook();
}

void PanelHeader::setSystems(const std::vector<Choice>& choices, const QString& current) {
    m_menu->clear();
    for (const Choice& choice : choices) {
        QAction* action = m_menu->addAction(swatchIcon(choice.color), choice.title);
        action->setCheckable(true);
        action->setChecked(choice.name == current);
        m_systems->addAction(action);
        connect(action, &QAction::triggered, this, [this, name = choice.name] { emit systemChosen(name); });
        if (choice.name == current) {
            m_chip->setIcon(swatchIcon(choice.color));
            m_chip->setText(fontMetrics().elidedText(choice.title, Qt::ElideRight, kMaxChipWidth - 5 * kUnit));
            m_chip->setAccessibleName(tr("System: %1").arg(choice.title));
        }
    }
    m_menu->addSeparator();
    connect(m_menu->addAction(tr("Edit %1…").arg(m_chip->text())), &QAction::triggered, this,
            &PanelHeader::systemEditRequested);
    m_chip->setVisible(!choices.empty());
}

void PanelHeader::setNote(const QString& text) { m_note->setText(text); }

void PanelHeader::addControl(QWidget* control) { m_controls->addWidget(control); }

void PanelHeader::addButton(QToolButton* button) { m_buttons->addWidget(button); }

void PanelHeader::paintEvent(QPaintEvent* /*event*/) {
    const Look& look = Theme::instance().look();
    QPainter painter(this);
    painter.fillRect(rect(), look.header);
    painter.fillRect(QRect(0, height() - 1, width(), 1), look.border);
}

void PanelHeader::applyLook() {
    const Look& look = Theme::instance().look();
    m_name->setFont(look.font(TextSize::Body, QFont::DemiBold));
    QPalette muted = m_note->palette();
    muted.setColor(QPalette::WindowText, look.mutedText);
    m_note->setPalette(muted);
    update();
}

} // namespace tercet
