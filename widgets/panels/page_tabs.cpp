#include "widgets/panels/page_tabs.h"

#include "widgets/plots/annotation.h"
#include "widgets/plots/theme.h"

#include <QAbstractButton>
#include <QButtonGroup>
#include <QEvent>
#include <QKeyEvent>
#include <QPainter>

#include <algorithm>

namespace tercet {
namespace {

constexpr int kLineWidth = 2;

/// Text with a line below it while it is in front.
class TabButton : public QAbstractButton {
public:
    TabButton(const QString& text, QWidget* parent) : QAbstractButton(parent) {
        setText(text);
        setCheckable(true);
        setAttribute(Qt::WA_Hover);
        setFocusPolicy(Qt::StrongFocus);
    }
    [[nodiscard]] QSize sizeHint() const override {
        return {fontMetrics().horizontalAdvance(text()) + 2 * kUnit, fontMetrics().height() + 2 * kHalfUnit};
    }

protected:
    void paintEvent(QPaintEvent*) override {
        const Look& look = Theme::instance().look();
        QPainter painter(this);
        painter.setPen(isChecked() || underMouse() ? look.text : look.mutedText);
        painter.drawText(rect(), Qt::AlignCenter, text());
        if (isChecked())
            painter.fillRect(QRect(kHalfUnit, height() - kLineWidth, width() - kUnit, kLineWidth), look.text);
        if (hasFocus() && m_byKey)
            drawFocusFrame(painter, rect(), look);
    }
    void focusInEvent(QFocusEvent* event) override {
        m_byKey = event->reason() != Qt::MouseFocusReason;
        QAbstractButton::focusInEvent(event);
    }
    void keyPressEvent(QKeyEvent* event) override {
        m_byKey = true;
        if (event->key() == Qt::Key_Space || event->key() == Qt::Key_Select)
            QAbstractButton::keyPressEvent(event);
        else
            event->ignore(); // a group of buttons would stop at the end of a line
    }

private:
    bool m_byKey = false;
};

} // namespace

PageTabs::PageTabs(QWidget* parent) : QWidget(parent), m_group(new QButtonGroup(this)) {
    m_group->setExclusive(true);
    connect(m_group, &QButtonGroup::idToggled, this, [this](int index, bool checked) {
        if (checked)
            emit currentChanged(index);
    });
    connect(&Theme::instance(), &Theme::changed, this, &PageTabs::place);
}

void PageTabs::addTab(const QString& title, const QString& toolTip) {
    auto* button = new TabButton(title, this);
    button->setToolTip(toolTip);
    m_group->addButton(button, count());
    m_tabs.push_back(button);
    if (count() == 1)
        button->setChecked(true);
    button->show();
    place();
}

int PageTabs::currentIndex() const { return m_group->checkedId(); }

void PageTabs::setCurrentIndex(int index) { tab(index)->setChecked(true); }

void PageTabs::keyPressEvent(QKeyEvent* event) {
    const int last = count() - 1;
    int index = currentIndex();
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Up:
        index = std::max(0, index - 1);
        break;
    case Qt::Key_Right:
    case Qt::Key_Down:
        index = std::min(last, index + 1);
        break;
    case Qt::Key_Home:
        index = 0;
        break;
    case Qt::Key_End:
        index = last;
        break;
    default:
        QWidget::keyPressEvent(event);
        return;
    }
    setCurrentIndex(index);
    tab(index)->setFocus(Qt::TabFocusReason);
}

void PageTabs::place() {
    int x = kHalfUnit;
    int y = kHalfUnit / 2;
    int line = 0;
    for (QAbstractButton* button : m_tabs) {
        const QSize size = button->sizeHint();
        if (x > kHalfUnit && x + size.width() > width()) {
            x = kHalfUnit;
            y += line;
        }
        button->setGeometry(QRect(QPoint(x, y), size));
        x += size.width();
        line = size.height();
    }
    setFixedHeight(y + line);
}

void PageTabs::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    place();
}

void PageTabs::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        place();
}

} // namespace tercet
