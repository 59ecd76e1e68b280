#include "widgets/plots/icons.h"

#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QSvgRenderer>

#include <functional>

// Outside of every namespace, as Q_INIT_RESOURCE demands; needed because the resources are in a static library.
static void initialiseResources() { Q_INIT_RESOURCE(tercet); }

namespace tercet {
namespace {

QByteArray resource(const QString& path) {
    static const bool ready = [] {
        initialiseResources();
        return true;
    }();
    Q_UNUSED(ready);
    QFile file(path);
    const bool opened = file.open(QIODevice::ReadOnly);
    Q_ASSERT_X(opened, "resource", qPrintable(path));
    return opened ? file.readAll() : QByteArray();
}

/// Draws by a function of rectangle, mode and state each time, so that it is sharp at any size and follows the theme.
class DrawnIcon : public QIconEngine {
public:
    using Draw = std::function<void(QPainter&, const QRect&, QIcon::Mode, QIcon::State)>;
    explicit DrawnIcon(Draw draw) : m_draw(std::move(draw)) {}

    void paint(QPainter* painter, const QRect& area, QIcon::Mode mode, QIcon::State state) override {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        m_draw(*painter, area, mode, state);
        painter->restore();
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }
    [[nodiscard]] QIconEngine* clone() const override { return new DrawnIcon(m_draw); }

private:
    Draw m_draw;
};

QRect squareIn(const QRect& area) {
    const int side = std::min(area.width(), area.height());
    QRect square(0, 0, side, side);
    square.moveCenter(area.center());
    return square;
}

} // namespace

QIcon themedIcon(const QString& name) {
    const QByteArray source = resource(QStringLiteral(":/icons/%1.svg").arg(name));
    return QIcon(new DrawnIcon([source](QPainter& painter, const QRect& area, QIcon::Mode mode, QIcon::State state) {
        const Look& look = Theme::instance().look();
        QColor color = state == QIcon::On ? look.accent : look.text;
        if (mode == QIcon::Disabled)
            color = mixed(look.window, look.text, 0.38);
        QByteArray colored = source;
        colored.replace("currentColor", color.name().toLatin1());
        QSvgRenderer(colored).render(&painter, squareIn(area));
    }));
}

QIcon applicationIcon() {
    const QByteArray source = resource(QStringLiteral(":/icons/tercet.svg"));
    return QIcon(new DrawnIcon([source](QPainter& painter, const QRect& area, QIcon::Mode, QIcon::State) {
        QSvgRenderer(source).render(&painter, squareIn(area));
    }));
}

QIcon swatchIcon(const QColor& color, SwatchShape shape, int size) {
    return QIcon(
        new DrawnIcon([color, shape, size](QPainter& painter, const QRect& area, QIcon::Mode mode, QIcon::State) {
            const Look& look = Theme::instance().look();
            QRectF patch(0, 0, std::min(size, area.width()), std::min(size, area.height()));
            patch.moveCenter(QRectF(area).center());
            const double margin = patch.width() / 8;
            patch.adjust(margin, margin, -margin, -margin);
            const QColor fill = mode == QIcon::Disabled ? mixed(look.surface, color, 0.4) : color;
            const bool faint = contrastRatio(fill, look.surface) < 1.6;
            painter.setBrush(fill);
            painter.setPen(faint ? QPen(mixed(fill, look.text, 0.35), 1) : QPen(Qt::NoPen));
            if (shape == SwatchShape::Disc)
                painter.drawEllipse(patch);
            else
                painter.drawRoundedRect(patch, 2, 2);
        }));
}

} // namespace tercet
