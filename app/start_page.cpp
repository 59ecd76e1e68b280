#include "app/start_page.h"

#include "app/recent_studies.h"
#include "core/base/rng.h"
#include "core/io/terms.h"
#include "widgets/panels/message_strip.h"
#include "widgets/plots/icons.h"
#include "widgets/plots/palettes.h"
#include "widgets/plots/theme.h"

#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QStyle>
#include <QVBoxLayout>

#include <cmath>

namespace tercet {
namespace {

constexpr int kContentWidth = 108 * kUnit;

/// A button with an icon, a title and a line that explains it.
class CardButton : public QPushButton {
public:
    CardButton(const QIcon& icon, QString title, QString text, QString aside, QWidget* parent)
        : QPushButton(parent), m_icon(icon), m_title(std::move(title)), m_text(std::move(text)),
          m_aside(std::move(aside)) {
        setAccessibleName(m_title);
        setAccessibleDescription(m_text);
        setCursor(Qt::PointingHandCursor);
        setAttribute(Qt::WA_Hover);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        setMinimumHeight(7 * kUnit);
    }
    void setMuted(bool muted) {
        m_muted = muted;
        update();
    }

protected:
    void paintEvent(QPaintEvent* /*event*/) override {
        const Look& look = Theme::instance().look();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const bool active = underMouse() || hasFocus();
        QColor fill = isDown() ? look.header : look.surface;
        painter.setBrush(fill);
        painter.setPen(QPen(active ? look.accent : look.border, hasFocus() ? 2 : 1));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 6, 6);
        QRectF area = QRectF(rect()).adjusted(2 * kUnit, kUnit, -2 * kUnit, -kUnit);
        if (!m_icon.isNull()) {
            constexpr int kSize = 3 * kUnit;
            m_icon.paint(&painter, QRect(static_cast<int>(area.left()), (height() - kSize) / 2, kSize, kSize));
            area.setLeft(area.left() + kSize + 2 * kUnit);
        }
        painter.setFont(look.font(TextSize::Small));
        painter.setPen(look.mutedText);
        if (!m_aside.isEmpty())
            painter.drawText(area, Qt::AlignRight | Qt::AlignTop, m_aside);
        painter.drawText(QRectF(area.left(), area.center().y() + 1, area.width(), area.height() / 2),
                         Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(m_text, Qt::ElideMiddle, static_cast<int>(area.width())));
        const double asideWidth = m_aside.isEmpty() ? 0 : painter.fontMetrics().horizontalAdvance(m_aside) + kUnit;
        painter.setFont(look.font(TextSize::Body, QFont::DemiBold));
        painter.setPen(m_muted ? look.mutedText : look.text);
        painter.drawText(
            QRectF(area.left(), area.top(), area.width() - asideWidth, area.height() / 2 + 1),
            Qt::AlignLeft | Qt::AlignVCenter,
            painter.fontMetrics().elidedText(m_title, Qt::ElideRight, static_cast<int>(area.width() - asideWidth)));
    }

private:
    QIcon m_icon;
    QString m_title;
    QString m_text;
    QString m_aside;
    bool m_muted = false;
};

QString homely(const QString& folder) {
    const QString home = QDir::homePath();
    return folder.startsWith(home + '/') ? "~" + folder.mid(home.size()) : folder;
}

} // namespace

StartPage::StartPage(QWidget* parent)
    : QWidget(parent), m_strip(new MessageStrip(this)), m_title(new QLabel(QStringLiteral("Tercet"), this)),
      m_tagline(new QLabel(tr("The geometry of emotion, from odd-one-out judgments"), this)),
      m_recentTitle(new QLabel(tr("Recent"), this)),
      m_hint(
          new QLabel(tr("or drop a study, ratings, judgments, an embedding, scans or surfaces on this window"), this)),
      m_content(new QWidget(this)), m_actions(new QWidget(m_content)), m_recent(new QWidget(m_content)),
      m_recentLayout(new QVBoxLayout(m_recent)), m_progressRow(new QWidget(m_content)),
      m_progressText(new QLabel(m_progressRow)), m_progressBar(new QProgressBar(m_progressRow)),
      m_stop(new QPushButton(tr("Stop"), m_progressRow)) {
    setObjectName(QStringLiteral("start-page"));
    auto* actions = new QVBoxLayout(m_actions);
    actions->setContentsMargins(0, 0, 0, 0);
    actions->setSpacing(kUnit);
    auto* demo = makeAction(QStringLiteral("start-demo"), QStringLiteral("demo"), tr("Demo study"),
                            tr("Planted components, four systems, everything to try"), {});
    auto* fresh = makeAction(QStringLiteral("start-new"), QStringLiteral("new-study"), tr("New study"),
                             tr("An empty study to import into"), tr("Ctrl+N"));
    auto* open = makeAction(QStringLiteral("start-open"), QStringLiteral("open"), tr("Open study"),
                            tr("A folder whose name ends in .tercet"), tr("Ctrl+O"));
    connect(demo, &QPushButton::clicked, this, &StartPage::demoWanted);
    connect(fresh, &QPushButton::clicked, this, &StartPage::newWanted);
    connect(open, &QPushButton::clicked, this, &StartPage::openWanted);
    for (auto* button : {demo, fresh, open})
        actions->addWidget(button);
    actions->addStretch();

    m_recentLayout->setContentsMargins(0, 0, 0, 0);
    m_recentLayout->setSpacing(kUnit);

    m_progressBar->setTextVisible(false);
    m_progressBar->setFixedHeight(kHalfUnit);
    m_stop->setToolTip(tr("Stop; nothing half-made is kept"));
    connect(m_stop, &QPushButton::clicked, this, &StartPage::stopWanted);
    auto* progress = new QHBoxLayout(m_progressRow);
    progress->setContentsMargins(0, 0, 0, 0);
    progress->setSpacing(2 * kUnit);
    progress->addWidget(m_progressText);
    progress->addWidget(m_progressBar, 1);
    progress->addWidget(m_stop);
    m_progressRow->setFixedHeight(4 * kUnit);
    m_progressRow->setObjectName(QStringLiteral("start-progress"));
    auto policy = m_progressRow->sizePolicy();
    policy.setRetainSizeWhenHidden(true);
    m_progressRow->setSizePolicy(policy);
    m_progressRow->hide();

    auto* columns = new QHBoxLayout;
    columns->setSpacing(4 * kUnit);
    columns->addWidget(m_actions, 1);
    columns->addWidget(m_recent, 1);
    auto* content = new QVBoxLayout(m_content);
    content->setContentsMargins(2 * kUnit, 0, 2 * kUnit, 2 * kUnit);
    content->setSpacing(kUnit);
    content->addWidget(m_title);
    content->addWidget(m_tagline);
    content->addSpacing(4 * kUnit);
    content->addLayout(columns);
    content->addSpacing(2 * kUnit);
    content->addWidget(m_hint);
    content->addWidget(m_progressRow);
    m_content->setMaximumWidth(kContentWidth);

    auto* middle = new QHBoxLayout;
    middle->addStretch(1);
    middle->addWidget(m_content, 20);
    middle->addStretch(1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_strip);
    layout->addStretch(5);
    layout->addLayout(middle);
    layout->addStretch(2);
    connect(&Theme::instance(), &Theme::changed, this, &StartPage::applyLook);
    applyLook();
    showRecent();
}

QPushButton* StartPage::makeAction(const QString& name, const QString& icon, const QString& title, const QString& text,
                                   const QString& shortcut) {
    auto* button = new CardButton(themedIcon(icon), title, text, shortcut, m_actions);
    button->setObjectName(name);
    button->setToolTip(text);
    return button;
}

void StartPage::applyLook() {
    const Look& look = Theme::instance().look();
    QFont title = look.font(TextSize::Title, QFont::DemiBold);
    title.setPixelSize(static_cast<int>(2.2 * title.pixelSize()));
    m_title->setFont(title);
    m_tagline->setFont(look.font(TextSize::Heading));
    m_recentTitle->setFont(look.font(TextSize::Small));
    m_hint->setFont(look.font(TextSize::Body));
    for (auto* label : {m_tagline, m_hint, m_recentTitle, m_progressText}) {
        QPalette palette = label->palette();
        palette.setColor(QPalette::WindowText, look.mutedText);
        label->setPalette(palette);
    }
    update();
}

void StartPage::showRecent() {
    while (QLayoutItem* item = m_recentLayout->takeAt(0)) {
        if (item->widget() != m_recentTitle)
            delete item->widget();
        delete item;
    }
    m_recentLayout->addWidget(m_recentTitle);
    const auto entries = RecentStudies::list();
    constexpr int kShown = 5;
    for (int i = 0; i < std::min<int>(kShown, static_cast<int>(entries.size())); ++i) {
        const auto& entry = entries[i];
        auto* card = new CardButton({}, entry.title, homely(entry.folder), {}, m_recent);
        card->setObjectName(QStringLiteral("recent-%1").arg(i));
        card->setToolTip(entry.folder);
        card->setContextMenuPolicy(Qt::ActionsContextMenu);
        auto* forget = new QAction(tr("Take out of this list"), card);
        card->addAction(forget);
        connect(forget, &QAction::triggered, this, [this, folder = entry.folder] {
            RecentStudies::remove(folder);
            QMetaObject::invokeMethod(this, &StartPage::showRecent, Qt::QueuedConnection);
        });
        connect(card, &QPushButton::clicked, this, [this, folder = entry.folder] { emit recentWanted(folder); });
        m_recentLayout->addWidget(card);
    }
    m_recentLayout->addStretch();
    m_recent->setVisible(!entries.isEmpty());
}

void StartPage::showFailure(const QString& message) { m_strip->say(message); }
QString StartPage::failure() const { return m_strip->message(); }

void StartPage::showProgress(const QString& text, double fraction, bool canStop) {
    m_progressRow->setVisible(!text.isEmpty());
    m_progressText->setText(text);
    m_progressBar->setRange(0, fraction < 0 ? 0 : 1000);
    m_progressBar->setValue(static_cast<int>(1000 * fraction));
    m_stop->setVisible(canStop);
    m_actions->setEnabled(text.isEmpty());
    m_recent->setEnabled(text.isEmpty());
}

void StartPage::setDropTarget(bool active) {
    m_dropTarget = active;
    update();
}

void StartPage::paintEvent(QPaintEvent* /*event*/) {
    const Look& look = Theme::instance().look();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), look.window);

    // A map like the one the program draws: a cluster for every category, fading towards the text.
    constexpr int kPointsPerCluster = 46;
    constexpr std::uint64_t kSeed = 11;
    Rng rng(kSeed);
    const double unit = std::min(width(), 2 * height());
    const QPointF centre(width() * 0.66, height() * 0.36);
    painter.setPen(Qt::NoPen);
    const auto terms = knownTerms();
    for (std::size_t cluster = 0; cluster < kCategoryCount; ++cluster) {
        const double angle = 2.399963 * static_cast<double>(cluster); // the golden angle spreads them evenly
        const double distance = std::sqrt((static_cast<double>(cluster) + 0.5) / kCategoryCount);
        const QPointF place =
            centre + unit * QPointF(0.46 * distance * std::cos(angle), 0.27 * distance * std::sin(angle));
        const double spread = unit * (0.012 + 0.012 * rng.uniform());
        QColor color = categoryColor(QString::fromStdString(terms[cluster].name), static_cast<int>(cluster));
        for (int i = 0; i < kPointsPerCluster; ++i) {
            const QPointF point = place + spread * QPointF(rng.normal() * 1.3, rng.normal());
            const double fade = std::clamp((point.x() / width() - 0.18) / 0.6, 0.0, 1.0) *
                                std::clamp(1.35 - 1.7 * point.y() / height(), 0.0, 1.0);
            color.setAlphaF(static_cast<float>((look.dark ? 0.6 : 0.65) * fade));
            painter.setBrush(color);
            painter.drawEllipse(point, 2.6, 2.6);
        }
    }
    if (m_dropTarget) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(look.accent, 3, Qt::DashLine));
        painter.drawRoundedRect(QRectF(rect()).adjusted(kUnit, kUnit, -kUnit, -kUnit), 10, 10);
    }
}

} // namespace tercet
