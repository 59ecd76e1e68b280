#pragma once

#include <QApplication>

#include <array>
#include <cstdio>
#include <memory>
#include <string>

namespace tercet {

/// An application that needs no display, unless there is one already.
class Headless {
public:
    Headless() {
        if (QCoreApplication::instance())
            return;
        qputenv("QT_QPA_PLATFORM", "offscreen");
        qInstallMessageHandler([](QtMsgType, const QMessageLogContext&, const QString& message) {
            if (!message.startsWith(QLatin1String("QStandardPaths:"))) // wants a session, which servers have not
                std::fprintf(stderr, "%s\n", qPrintable(message));
        });
        m_application = std::make_unique<QApplication>(m_count, m_arguments.data());
    }

private:
    int m_count = 1;
    std::string m_name = "tercet";
    std::array<char*, 2> m_arguments{m_name.data(), nullptr};
    std::unique_ptr<QApplication> m_application;
};

} // namespace tercet
