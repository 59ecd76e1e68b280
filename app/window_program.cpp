#include "app/window_program.h"

#include "app/frame_log.h"
#include "app/main_window.h"
#include "core/base/outcome.h"
#include "core/base/parallel.h"
#include "widgets/plots/icons.h"
#include "widgets/plots/theme.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QFileInfo>
#include <QSettings>

#include <cstdio>
#include <cstdlib>

namespace tercet {
namespace {

constexpr const char* kNoDisplay =
    "tercet: there is no display to open a window on: expected DISPLAY or WAYLAND_DISPLAY to name a running one; run "
    "`tercet --help` for the commands that need none.\n";

/// Exceptions never cross Qt's event loop: what a handler throws is said in the window.
class Application : public QApplication {
public:
    using QApplication::QApplication;
    bool notify(QObject* receiver, QEvent* event) override {
        try {
            return QApplication::notify(receiver, event);
        } catch (...) {
            const Outcome outcome = currentExceptionOutcome();
            const auto* failed = std::get_if<Failed>(&outcome);
            MainWindow::reportEverywhere(failed ? QString::fromStdString(failed->message) : tr("Stopped."));
            return false;
        }
    }
};

QtMessageHandler previousHandler = nullptr;

void onMessage(QtMsgType type, const QMessageLogContext& context, const QString& message) {
    if (type == QtFatalMsg && message.contains(QLatin1String("platform plugin"))) {
        std::fputs(kNoDisplay, stderr);
        std::_Exit(1);
    }
    previousHandler(type, context, message);
}

bool hasDisplay() {
    const auto isSet = [](const char* name) { return !qEnvironmentVariableIsEmpty(name); };
    return isSet("DISPLAY") || isSet("WAYLAND_DISPLAY") || isSet("QT_QPA_PLATFORM");
}

} // namespace

int runWindow(int argc, char** argv) {
    QCoreApplication::setOrganizationName(QStringLiteral("Tercet"));
    QCoreApplication::setApplicationName(QStringLiteral("tercet"));
    QCoreApplication::setApplicationVersion(QStringLiteral(TERCET_VERSION));
    QGuiApplication::setApplicationDisplayName(QStringLiteral("Tercet"));
    QGuiApplication::setDesktopFileName(QStringLiteral("tercet"));
    QGuiApplication::setHighDpiScaleFactorRoundingPolicy(Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);

    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments << QString::fromLocal8Bit(argv[i]);
    QCommandLineParser parser;
    parser.addPositionalArgument(QStringLiteral("STUDY"), QStringLiteral("The study to open"));
    const QCommandLineOption demo(QStringLiteral("demo"),
                                  QStringLiteral("Open the demo study, made if it is not there"));
    const QCommandLineOption threads(QStringLiteral("threads"), QStringLiteral("Threads to compute with"),
                                     QStringLiteral("N"));
    parser.addOption(demo);
    parser.addOption(threads);
    bool threadsFine = true;
    int count = threadBudget();
    if (parser.parse(arguments) && parser.isSet(threads)) {
        count = parser.value(threads).toInt(&threadsFine);
        threadsFine = threadsFine && count >= 1 && count <= 4096;
    }
    if (!parser.errorText().isEmpty() || !threadsFine || parser.positionalArguments().size() > 1) {
        const QString wrong = !parser.errorText().isEmpty() ? parser.errorText()
                              : !threadsFine                ? QStringLiteral("--threads: expected 1 to 4096.")
                                                            : QStringLiteral("Expected one study at most.");
        std::fprintf(stderr,
                     "tercet: %s\nUsage: tercet [STUDY] [--demo [DIR]] [--threads N], or a command of `tercet "
                     "--help`.\n",
                     qPrintable(wrong));
        return 2;
    }
    setThreadBudget(count);
    if (!hasDisplay()) {
        std::fputs(kNoDisplay, stderr);
        return 1;
    }
    previousHandler = qInstallMessageHandler(onMessage);
    Application application(argc, argv);
    Theme::instance().install(application);
    QGuiApplication::setWindowIcon(applicationIcon());
    MainWindow::applyAppearance(QSettings());

    auto* window = new MainWindow;
    window->setAttribute(Qt::WA_DeleteOnClose);
    const QString place = parser.positionalArguments().value(0);
    const FrameLog frameLog(*window, qEnvironmentVariable("TERCET_FRAME_LOG"));
    window->show();
    if (parser.isSet(demo))
        window->openDemo(place.isEmpty() ? MainWindow::demoFolder() : QFileInfo(place).absoluteFilePath());
    else if (!place.isEmpty())
        window->openStudy(QFileInfo(place).absoluteFilePath());
    return QApplication::exec();
}

} // namespace tercet
