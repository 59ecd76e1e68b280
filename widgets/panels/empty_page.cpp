#include "widgets/panels/empty_page.h"

#include "widgets/plots/theme.h"

#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace tercet {
namespace {

constexpr int kTextWidth = 44 * kUnit; // about 60 letters a line

} // namespace

EmptyPage::EmptyPage(QWidget* parent)
    : QWidget(parent), m_title(new QLabel(this)), m_text(new QLabel(this)), m_button(new QPushButton(this)) {
    auto* column = new QVBoxLayout;
    column->setSpacing(kUnit);
    for (QLabel* label : {m_title, m_text}) {
        label->setWordWrap(true);
        label->setAlignment(Qt::AlignCenter);
        label->setTextFormat(Qt::PlainText);
        label->setMinimumWidth(1);
        column->addWidget(label);
    }
    column->addSpacing(kHalfUnit);
    column->addWidget(m_button, 0, Qt::AlignHCenter);
    connect(m_button, &QPushButton::clicked, this, [this] {
        if (m_act)
            m_act();
    });

    auto* content = new QWidget(this);
    content->setLayout(column);
    content->setMaximumWidth(kTextWidth);
    auto* layout = new QGridLayout(this);
    layout->setContentsMargins(2 * kUnit, kUnit, 2 * kUnit, kUnit);
    layout->addWidget(content, 1, 1);
    layout->setColumnStretch(0, 1);
    layout->setColumnStretch(1, 100); // takes the width up to its maximum
    layout->setColumnStretch(2, 1);
    layout->setRowStretch(0, 2);
    layout->setRowStretch(2, 3);
    connect(&Theme::instance(), &Theme::changed, this, &EmptyPage::applyLook);
    applyLook();
}

void EmptyPage::setContent(const QString& title, const QString& text, const QString& action,
                           std::function<void()> act) {
    m_title->setText(title);
    m_text->setText(text);
    m_button->setText(action);
    m_button->setVisible(!action.isEmpty());
    m_act = std::move(act);
}

QString EmptyPage::title() const { return m_title->text(); }
QString EmptyPage::text() const { return m_text->text(); }

void EmptyPage::applyLook() {
    const Look& look = Theme::instance().look();
    m_title->setFont(look.font(TextSize::Heading, QFont::DemiBold));
    QPalette palette = m_text->palette();
    palette.setColor(QPalette::WindowText, look.mutedText);
    m_text->setPalette(palette);
}

} // namespace tercet
