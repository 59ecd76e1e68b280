#include "widgets/plots/word_cloud.h"

#include "core/base/rng.h"
#include "widgets/plots/annotation.h"
#include "widgets/plots/axis.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/theme.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <span>

namespace tercet {
namespace {

constexpr double kContrast = 3;       ///< of a word with the background, at least
constexpr double kReference = 100;    ///< em at which words are measured and drawn, then scaled
constexpr double kAir = 0.08;         ///< around a word, of its em
constexpr double kShrink = 0.95;      ///< from one try to the next
constexpr double kLargestShare = 0.4; ///< of the height, for the largest em
constexpr int kTries = 60;
constexpr int kSpiralSteps = 700;

/// Sizes of words differ by factors that whole pixels do not have, so every word is drawn at one size and scaled.
QFont cloudFont(CloudWord::Kind kind, const QStringList& families) {
    QFont font = paperLook().font(TextSize::Body, kind == CloudWord::Kind::Category ? QFont::Bold : QFont::Normal);
    font.setFamilies(families);
    font.setPixelSize(static_cast<int>(kReference));
    font.setItalic(kind == CloudWord::Kind::Dimension);
    return font;
}

/// The ink of a word at an em of 1 from the left end of its baseline, with the air around.
QRectF inkOf(const CloudWord& word, const QStringList& families) {
    const QFont font = cloudFont(word.kind, families);
    QPainterPath path;
    path.addText(QPointF(), font, word.text);
    const double advance = QFontMetricsF(font).horizontalAdvance(word.text);
    const QRectF ink = path.boundingRect().united(QRectF(0, -1, std::max(advance, 1.0), 1));
    return QRectF(ink.topLeft() / kReference, ink.size() / kReference).adjusted(-kAir, -kAir, kAir, kAir);
}

QRectF boxAt(const QRectF& ink, double size, const QPointF& center) {
    return {center.x() - ink.width() * size / 2, center.y() - ink.height() * size / 2, ink.width() * size,
            ink.height() * size};
}

/// The words of `order` at em heights scale · |r|; nothing if one finds no room.
std::optional<std::vector<PlacedWord>> tryLayout(const std::vector<CloudWord>& words, const std::vector<QRectF>& inks,
                                                 std::span<const int> order, double scale, const QRectF& area,
                                                 std::uint64_t seed) {
    double used = 0;
    for (const int word : order) {
        const double size = scale * std::abs(words[static_cast<std::size_t>(word)].r);
        const QSizeF ink = inks[static_cast<std::size_t>(word)].size() * size;
        if (ink.width() > area.width() || ink.height() > area.height())
            return {};
        used += ink.width() * ink.height();
    }
    if (used > area.width() * area.height())
        return {};
    Rng rng(seed);
    std::vector<PlacedWord> placed;
    for (const int word : order) {
        const QRectF& ink = inks[static_cast<std::size_t>(word)];
        const double size = scale * std::abs(words[static_cast<std::size_t>(word)].r);
        const double turn = 2 * std::numbers::pi * rng.uniform();
        const double direction = rng.uniform() < 0.5 ? -1 : 1;
        bool found = false;
        for (int step = 0; step < kSpiralSteps && !found; ++step) {
            const double share = placed.empty() ? 0 : static_cast<double>(step) / kSpiralSteps;
            const double angle = turn + direction * 44 * std::numbers::pi * std::sqrt(share);
            // The spiral ends beyond the corners; what would stick out is moved inside.
            QPointF center = area.center() + QPointF(0.72 * share * area.width() * std::cos(angle),
                                                     0.72 * share * area.height() * std::sin(angle));
            const QSizeF half = ink.size() * size / 2;
            center.setX(std::clamp(center.x(), area.left() + half.width(),
                                   std::max(area.left() + half.width(), area.right() - half.width())));
            center.setY(std::clamp(center.y(), area.top() + half.height(),
                                   std::max(area.top() + half.height(), area.bottom() - half.height())));
            const QRectF box = boxAt(ink, size, center);
            if (std::any_of(placed.begin(), placed.end(),
                            [&](const PlacedWord& other) { return other.box.intersects(box); }))
                continue;
            placed.push_back({word, size, box.topLeft() - ink.topLeft() * size, box});
            found = true;
        }
        if (!found)
            return {};
    }
    return placed;
}

} // namespace

std::vector<PlacedWord> layoutCloud(const std::vector<CloudWord>& words, const QSizeF& area,
                                    const CloudOptions& options) {
    std::vector<int> order;
    for (int i = 0; i < static_cast<int>(words.size()); ++i)
        if (words[static_cast<std::size_t>(i)].r != 0 && !words[static_cast<std::size_t>(i)].text.isEmpty())
            order.push_back(i);
    const auto strength = [&](int word) { return std::abs(words[static_cast<std::size_t>(word)].r); };
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return strength(a) > strength(b); });
    if (static_cast<int>(order.size()) > options.mostWords)
        order.resize(static_cast<std::size_t>(std::max(1, options.mostWords)));
    if (order.empty() || area.width() < 2 || area.height() < 2)
        return {};
    std::vector<QRectF> inks(words.size());
    for (const int word : order)
        inks[static_cast<std::size_t>(word)] = inkOf(words[static_cast<std::size_t>(word)], options.families);
    const double largest = std::min(options.largest, kLargestShare * area.height());
    while (true) {
        double scale = largest / strength(order.front());
        for (int attempt = 0; attempt < kTries; ++attempt, scale *= kShrink) {
            if (order.size() > 1 && scale * strength(order.back()) < options.smallest)
                break;
            if (auto placed = tryLayout(words, inks, order, scale, QRectF(QPointF(), area), options.seed))
                return *std::move(placed);
        }
        if (order.size() == 1)
            return {};
        order.pop_back();
    }
}

void drawCloud(QPainter& painter, const QPointF& origin, const std::vector<CloudWord>& words,
               const std::vector<PlacedWord>& layout, const Look& look, int hovered) {
    for (const PlacedWord& placed : layout) {
        const CloudWord& word = words[static_cast<std::size_t>(placed.word)];
        if (placed.word == hovered)
            painter.fillRect(placed.box.translated(origin), look.highlight);
        painter.save();
        painter.translate(origin + placed.baseline);
        painter.scale(placed.size / kReference, placed.size / kReference);
        painter.setFont(cloudFont(word.kind, look.families));
        painter.setPen(word.color.isValid() ? legibleOn(look.surface, word.color, kContrast) : look.text);
        painter.drawText(QPointF(), word.text);
        painter.restore();
    }
}

double drawCloudKey(QPainter& painter, const QPointF& baseline, double width, const std::vector<CloudWord>& words,
                    const Look& look) {
    const auto has = [&](CloudWord::Kind kind) {
        return std::any_of(words.begin(), words.end(), [kind](const CloudWord& word) { return word.kind == kind; });
    };
    QFont bold = look.font(TextSize::Small, QFont::Bold);
    QFont italic = look.font(TextSize::Small);
    italic.setItalic(true);
    const QFont plain = look.font(TextSize::Small);
    double x = baseline.x();
    const auto write = [&](const QFont& font, const QString& text) {
        const double advance = QFontMetricsF(font).horizontalAdvance(text);
        if (x + advance > baseline.x() + width)
            return;
        painter.setFont(font);
        painter.setPen(look.mutedText);
        painter.drawText(QPointF(x, baseline.y()), text);
        x += advance + kUnit;
    };
    if (has(CloudWord::Kind::Category))
        write(bold, QObject::tr("category"));
    if (has(CloudWord::Kind::Dimension))
        write(italic, QObject::tr("dimension"));
    if (has(CloudWord::Kind::Other))
        write(plain, QObject::tr("other rating"));
    if (x > baseline.x())
        write(plain, QObject::tr("size: |r|"));
    if (std::any_of(words.begin(), words.end(),
                    [](const CloudWord& word) { return word.r < 0 && word.kind != CloudWord::Kind::Dimension; }))
        write(plain, QObject::tr("\u2212: r below 0"));
    return std::max(0.0, x - kUnit - baseline.x());
}

WordCloud::WordCloud(QWidget* parent) : PlotWidget(parent) { setAccessibleName(tr("Word cloud")); }

void WordCloud::setWords(std::vector<CloudWord> words) {
    m_words = std::move(words);
    m_hovered = -1;
    m_laidOut = {};
    QStringList texts;
    for (const CloudWord& word : m_words)
        texts << QStringLiteral("%1 %2").arg(word.text, numberText(word.r, 2));
    setAccessibleDescription(texts.join(QStringLiteral(", ")));
    update();
}

void WordCloud::setSeed(std::uint64_t seed) {
    m_seed = seed;
    m_laidOut = {};
    update();
}

QRectF WordCloud::cloudArea(const QRectF& area, const Look& look) const {
    return area.adjusted(kHalfUnit, kHalfUnit, -kHalfUnit,
                         -kHalfUnit - QFontMetricsF(look.font(TextSize::Small)).height());
}

const std::vector<PlacedWord>& WordCloud::layoutFor(const QSizeF& size, const Look& look) const {
    const double smallest = look.pixelSizes[0];
    if (size != m_laidOut || smallest != m_smallest || look.families != m_families) {
        m_layout = layoutCloud(
            m_words, size,
            {.seed = m_seed, .smallest = smallest, .largest = 3.4 * look.pixelSizes[1], .families = look.families});
        m_laidOut = size;
        m_smallest = smallest;
        m_families = look.families;
    }
    return m_layout;
}

std::vector<PlacedWord> WordCloud::layout() const {
    const Look& look = Theme::instance().look();
    const QRectF area = cloudArea(rect(), look);
    std::vector<PlacedWord> placed = layoutFor(area.size(), look);
    for (PlacedWord& word : placed) {
        word.baseline += area.topLeft();
        word.box.translate(area.topLeft());
    }
    return placed;
}

void WordCloud::draw(QPainter& painter, const QRectF& area, const Look& look, int hovered) const {
    painter.fillRect(area, look.surface);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    const QRectF cloud = cloudArea(area, look);
    drawCloud(painter, cloud.topLeft(), m_words, layoutFor(cloud.size(), look), look, hovered);
    drawCloudKey(painter, QPointF(cloud.left() + kHalfUnit, area.bottom() - kHalfUnit), cloud.width() - kUnit, m_words,
                 look);
}

void WordCloud::paint(QPainter& painter, const QRectF& area, const Look& look) const { draw(painter, area, look, -1); }

void WordCloud::paintEvent(QPaintEvent*) {
    const Look& look = Theme::instance().look();
    QPainter painter(this);
    draw(painter, rect(), look, m_hovered);
    if (m_hovered >= 0) {
        const QRectF cloud = cloudArea(rect(), look);
        for (const PlacedWord& placed : layoutFor(cloud.size(), look))
            if (placed.word == m_hovered) {
                const CloudWord& word = m_words[static_cast<std::size_t>(m_hovered)];
                drawCard(painter, rect(), placed.box.translated(cloud.topLeft()).center(),
                         {word.text, tr("r = %1").arg(numberText(word.r, 2))}, look, word.color);
            }
    }
    if (showsFocus())
        drawFocusFrame(painter, rect(), look);
}

void WordCloud::setHovered(int word) {
    if (word == m_hovered)
        return;
    m_hovered = word;
    update();
}

void WordCloud::mouseMoveEvent(QMouseEvent* event) {
    int found = -1;
    for (const PlacedWord& placed : layout())
        if (placed.box.contains(event->position()))
            found = placed.word;
    setHovered(found);
}

void WordCloud::keyPressEvent(QKeyEvent* event) {
    const std::vector<PlacedWord> placed = layout();
    const auto found =
        std::find_if(placed.begin(), placed.end(), [this](const PlacedWord& word) { return word.word == m_hovered; });
    const auto place = found == placed.end() ? -1 : static_cast<int>(found - placed.begin());
    const int last = static_cast<int>(placed.size()) - 1;
    if (event->key() == Qt::Key_Down && last >= 0)
        setHovered(placed[static_cast<std::size_t>(std::min(place + 1, last))].word);
    else if (event->key() == Qt::Key_Up && last >= 0)
        setHovered(placed[static_cast<std::size_t>(std::max(place - 1, 0))].word);
    else if (event->key() == Qt::Key_Escape && m_hovered >= 0)
        setHovered(-1);
    else
        PlotWidget::keyPressEvent(event);
}

void WordCloud::leaveEvent(QEvent*) { setHovered(-1); }

} // namespace tercet
