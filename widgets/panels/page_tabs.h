#pragma once

#include <QString>
#include <QWidget>

#include <vector>

class QAbstractButton;
class QButtonGroup;

namespace tercet {

/// Tabs that go on in further lines where there is no room, so that all of them can be seen. A click or the arrow keys
/// choose; the tab in front has the keyboard's focus. GUI thread.
class PageTabs : public QWidget {
    Q_OBJECT
public:
    explicit PageTabs(QWidget* parent = nullptr);

    void addTab(const QString& title, const QString& toolTip);
    [[nodiscard]] int count() const { return static_cast<int>(m_tabs.size()); }
    [[nodiscard]] int currentIndex() const; ///< −1 without tabs
    void setCurrentIndex(int index);
    [[nodiscard]] QAbstractButton* tab(int index) const { return m_tabs.at(static_cast<std::size_t>(index)); }

signals:
    void currentChanged(int index);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void place();

    QButtonGroup* m_group;
    std::vector<QAbstractButton*> m_tabs;
};

} // namespace tercet
