#pragma once

#include "widgets/plots/look.h"

#include <QObject>
#include <QPalette>

class QApplication;
class QDBusVariant;

namespace tercet {

enum class ThemeChoice { System, Light, Dark };

/// The appearance of the whole program: a Look, and Qt's palette, font and style made from it. GUI thread only.
class Theme : public QObject {
    Q_OBJECT

public:
    /// The one theme; made light until install().
    static Theme& instance();

    /// Takes over style, palette and font of `application`; with ThemeChoice::System the lightness is that of the
    /// desktop, now and whenever it changes. Call once, before the first window.
    void install(QApplication& application);
    void setChoice(ThemeChoice choice);
    void setTextScale(double scale); ///< 0.8–2
    [[nodiscard]] ThemeChoice choice() const noexcept { return m_choice; }
    [[nodiscard]] double textScale() const noexcept { return m_textScale; }
    [[nodiscard]] const Look& look() const noexcept { return m_look; }

signals:
    void changed();

private slots:
    void onPortalSetting(const QString& area, const QString& key, const QDBusVariant& value);

private:
    Theme();
    void followDesktop();
    void setDesktopScheme(uint scheme);
    void refresh();

    ThemeChoice m_choice = ThemeChoice::System;
    bool m_desktopDark = false;
    bool m_installed = false;
    double m_textScale = 1;
    Look m_look;
};

[[nodiscard]] QPalette paletteOf(const Look& look);

} // namespace tercet
