#include "widgets/plots/theme.h"

#include "widgets/plots/color_space.h"
#include "widgets/plots/style.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <QFile>

#include <algorithm>

namespace tercet {
namespace {

// The desktop portal's setting of light or dark, the same on every Linux desktop.
constexpr auto kPortalService = "org.freedesktop.portal.Desktop";
constexpr auto kPortalPath = "/org/freedesktop/portal/desktop";
constexpr auto kPortalInterface = "org.freedesktop.portal.Settings";
constexpr auto kAppearance = "org.freedesktop.appearance";
constexpr auto kColorScheme = "color-scheme";
constexpr uint kPreferDark = 1;
constexpr uint kPreferLight = 2;

bool hasSessionBus() {
    return qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS") ||
           QFile::exists(qEnvironmentVariable("XDG_RUNTIME_DIR") + QStringLiteral("/bus"));
}

} // namespace

QPalette paletteOf(const Look& look) {
    QPalette palette;
    const auto set = [&](QPalette::ColorRole role, const QColor& color) { palette.setColor(role, color); };
    set(QPalette::Window, look.window);
    set(QPalette::WindowText, look.text);
    set(QPalette::Base, look.surface);
    set(QPalette::AlternateBase, mixed(look.surface, look.window, 0.55));
    set(QPalette::Text, look.text);
    set(QPalette::PlaceholderText, look.mutedText);
    set(QPalette::Button, look.header);
    set(QPalette::ButtonText, look.text);
    set(QPalette::BrightText, look.error);
    set(QPalette::ToolTipBase, look.header);
    set(QPalette::ToolTipText, look.text);
    set(QPalette::Highlight, look.highlight);
    set(QPalette::HighlightedText, look.text);
    set(QPalette::Link, look.accent);
    set(QPalette::LinkVisited, look.accent);
    set(QPalette::Light, mixed(look.header, look.surface, look.dark ? 0 : 0.8));
    set(QPalette::Midlight, mixed(look.header, look.border, 0.3));
    set(QPalette::Mid, look.border);
    set(QPalette::Dark, mixed(look.border, look.text, 0.15));
    set(QPalette::Shadow, look.dark ? QColor(Qt::black) : mixed(look.border, look.text, 0.3));
    const QColor disabled = mixed(look.window, look.text, 0.42);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
        palette.setColor(QPalette::Disabled, role, disabled);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, look.header);
    return palette;
}

Theme& Theme::instance() {
    static Theme theme;
    return theme;
}

Theme::Theme() : m_look(lightLook()) {}

void Theme::install(QApplication& application) {
    m_desktopDark = QApplication::palette().color(QPalette::Window).lightness() < 128;
    m_installed = true;
    application.setStyle(new InstrumentStyle);
    m_look = {};
    refresh();
    followDesktop();
}

void Theme::setChoice(ThemeChoice choice) {
    m_choice = choice;
    refresh();
}

void Theme::setTextScale(double scale) {
    m_textScale = std::clamp(scale, 0.8, 2.0);
    refresh();
}

void Theme::refresh() {
    const bool dark = m_choice == ThemeChoice::Dark || (m_choice == ThemeChoice::System && m_desktopDark);
    Look look = dark ? darkLook(m_textScale) : lightLook(m_textScale);
    if (look == m_look)
        return;
    m_look = std::move(look);
    if (m_installed) {
        QApplication::setPalette(paletteOf(m_look));
        QApplication::setFont(m_look.font(TextSize::Body));
    }
    emit changed();
}

void Theme::followDesktop() {
    if (!hasSessionBus())
        return;
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    bus.connect(kPortalService, kPortalPath, kPortalInterface, QStringLiteral("SettingChanged"), this,
                SLOT(onPortalSetting(QString, QString, QDBusVariant)));
    QDBusMessage question =
        QDBusMessage::createMethodCall(kPortalService, kPortalPath, kPortalInterface, QStringLiteral("Read"));
    question << QString(kAppearance) << QString(kColorScheme);
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(question), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        const QDBusPendingReply<QDBusVariant> reply = *watcher;
        if (reply.isValid())
            onPortalSetting(kAppearance, kColorScheme, reply.value());
        watcher->deleteLater();
    });
}

void Theme::onPortalSetting(const QString& area, const QString& key, const QDBusVariant& value) {
    if (area != QLatin1String(kAppearance) || key != QLatin1String(kColorScheme))
        return;
    QVariant inner = value.variant();
    while (inner.canConvert<QDBusVariant>())
        inner = inner.value<QDBusVariant>().variant();
    setDesktopScheme(inner.toUInt());
}

void Theme::setDesktopScheme(uint scheme) {
    if (scheme != kPreferDark && scheme != kPreferLight)
        return; // no preference: what the platform's palette said stays
    m_desktopDark = scheme == kPreferDark;
    refresh();
}

} // namespace tercet
