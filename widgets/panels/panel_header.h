#pragma once

#include <QColor>
#include <QLabel>
#include <QToolButton>
#include <QWidget>

#include <vector>

class QActionGroup;
class QHBoxLayout;
class QMenu;

namespace tercet {

/// Lines of text that give up their end, with an ellipsis, where there is no room. The whole is their tooltip then.
class ElidedLabel : public QWidget {
    Q_OBJECT
public:
    explicit ElidedLabel(QWidget* parent = nullptr, int lines = 1);
    void setText(const QString& text);
    [[nodiscard]] const QString& text() const { return m_text; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    [[nodiscard]] QStringList shownLines() const;
    void updateToolTip();
    QString m_text;
    int m_lines;
};

/// A flat button with a menu: swatch, text, and a chevron that keeps clear of them.
class MenuChip : public QToolButton {
    Q_OBJECT
public:
    explicit MenuChip(QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
};

/// The thin header of a panel: name, chip of the system in front, a note, and buttons at the right. A dock may take it
/// as its title bar: it lets mouse events through.
class PanelHeader : public QWidget {
    Q_OBJECT
public:
    /// A system as the chip shows it.
    struct Choice {
        QString name;
        QString title;
        QColor color;
    };

    explicit PanelHeader(const QString& name, QWidget* parent = nullptr);

    /// The chip is shown once there are choices; `current` is a name among them.
    void setSystems(const std::vector<Choice>& choices, const QString& current);
    void setNote(const QString& text); ///< a few facts, muted; elided where there is no room
    [[nodiscard]] QString note() const { return m_note->text(); }
    /// Adds a control before the note.
    void addControl(QWidget* control);
    /// Adds a button at the right end.
    void addButton(QToolButton* button);
    [[nodiscard]] QToolButton* chip() const { return m_chip; }

signals:
    void systemChosen(const QString& name);
    void systemEditRequested(); ///< of the one in front

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void applyLook();

    QLabel* m_name;
    QToolButton* m_chip;
    QMenu* m_menu;
    QActionGroup* m_systems;
    ElidedLabel* m_note;
    QHBoxLayout* m_controls;
    QHBoxLayout* m_buttons;
};

} // namespace tercet
