#pragma once

#include <QWidget>

namespace tercet {

/// What all plots share: they paint every pixel, follow the theme and the pointer, and show keyboard focus.
class PlotWidget : public QWidget {
    Q_OBJECT

public:
    explicit PlotWidget(QWidget* parent = nullptr);

protected:
    /// Whether the focus came by the keyboard, so that it must be seen.
    [[nodiscard]] bool showsFocus() const noexcept { return m_showsFocus; }
    /// Whether changes may glide: the plot can be seen and the style animates.
    [[nodiscard]] bool mayGlide() const;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    bool m_showsFocus = false;
};

} // namespace tercet
