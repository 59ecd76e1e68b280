#include "widgets/panels/small_multiples.h"

#include "widgets/panels/panel_header.h"
#include "widgets/plots/look.h"

#include <QEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace tercet {
namespace {

constexpr int kMostOfHeading = 14 * kUnit; ///< width of the headings of rows

} // namespace

SmallMultiples::SmallMultiples(std::function<QWidget*(std::size_t)> make, QWidget* parent)
    : QScrollArea(parent),
      m_make(std::move(make)), m_rowHeadings{new QWidget(this), {}}, m_columnHeadings{new QWidget(this), {}} {
    auto* body = new QWidget;
    m_grid = new QGridLayout(body);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setSpacing(1);
    setWidget(body);
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::NoFocus);
    body->setAutoFillBackground(false);
    body->installEventFilter(this);
    viewport()->setAutoFillBackground(false);
}

void SmallMultiples::Headings::setTexts(const QStringList& texts) {
    while (labels.size() > static_cast<std::size_t>(texts.size())) {
        delete labels.back();
        labels.pop_back();
    }
    while (labels.size() < static_cast<std::size_t>(texts.size()))
        labels.push_back(new ElidedLabel(strip));
    for (std::size_t i = 0; i < labels.size(); ++i) {
        labels[i]->setText(texts[static_cast<qsizetype>(i)]);
        labels[i]->show();
    }
    strip->setVisible(!labels.empty());
}

void SmallMultiples::arrange(const QStringList& rows, const QStringList& columns) {
    const auto wanted = static_cast<std::size_t>(rows.size()) * static_cast<std::size_t>(columns.size());
    if (m_parts.size() != wanted)
        m_laidOut = 0;
    while (m_parts.size() > wanted) {
        delete m_parts.back().frame;
        m_parts.pop_back();
    }
    while (m_parts.size() < wanted) {
        auto* frame = new QWidget;
        auto* layout = new QVBoxLayout(frame);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setSpacing(0);
        auto* title = new ElidedLabel;
        auto* top = new QHBoxLayout;
        top->setContentsMargins(kUnit, kHalfUnit, kUnit, 0);
        top->addWidget(title);
        layout->addLayout(top);
        QWidget* view = m_make(m_parts.size());
        layout->addWidget(view, 1);
        m_parts.push_back({frame, title, view});
    }
    m_rows = rows;
    m_columns = columns;
    for (std::size_t i = 0; i < m_parts.size(); ++i) {
        const auto place = static_cast<qsizetype>(i);
        const QString title = isMatrix() || wanted == 1 ? QString() : rows.size() > 1 ? rows[place] : columns[place];
        m_parts[i].title->setText(title);
        m_parts[i].title->setVisible(!title.isEmpty());
    }
    m_rowHeadings.setTexts(isMatrix() ? rows : QStringList());
    m_columnHeadings.setTexts(isMatrix() ? columns : QStringList());
    int beside = 0;
    for (const ElidedLabel* label : m_rowHeadings.labels)
        beside = std::max(beside, std::min(label->sizeHint().width() + 2 * kUnit, kMostOfHeading));
    setViewportMargins(beside, isMatrix() ? fontMetrics().height() + kUnit : 0, 0, 0);
    layOut();
    placeHeadings();
}

void SmallMultiples::resizeEvent(QResizeEvent* event) {
    QScrollArea::resizeEvent(event);
    layOut();
    placeHeadings();
}

bool SmallMultiples::eventFilter(QObject* watched, QEvent* event) {
    if (watched == widget() && (event->type() == QEvent::LayoutRequest || event->type() == QEvent::Resize))
        placeHeadings(); // the layout has dealt with it before
    return QScrollArea::eventFilter(watched, event);
}

void SmallMultiples::scrollContentsBy(int dx, int dy) {
    QScrollArea::scrollContentsBy(dx, dy);
    placeHeadings();
}

int SmallMultiples::columnsToUse() const {
    if (isMatrix())
        return static_cast<int>(m_columns.size());
    const auto count = static_cast<int>(m_parts.size());
    if (count == 0)
        return 0;
    const QSizeF room = maximumViewportSize();
    const QWidget& view = *m_parts.front().view;
    const QSizeF shape = view.sizeHint();
    int columns = 1;
    double largest = 0;
    for (int tried = 1; tried <= count && (tried == 1 || tried * view.minimumSizeHint().width() <= room.width());
         ++tried) {
        const int rows = (count + tried - 1) / tried;
        const double scale = std::min(room.width() / tried / shape.width(), room.height() / rows / shape.height());
        if (scale > largest) {
            largest = scale;
            columns = tried;
        }
    }
    return columns;
}

void SmallMultiples::layOut() {
    const int columns = columnsToUse();
    if (columns == m_laidOut)
        return;
    m_laidOut = columns;
    for (std::size_t i = 0; i < m_parts.size(); ++i)
        m_grid->addWidget(m_parts[i].frame, static_cast<int>(i) / columns, static_cast<int>(i) % columns);
}

void SmallMultiples::placeHeadings() {
    const QRect view = viewport()->geometry();
    m_columnHeadings.strip->setGeometry(view.left(), 0, view.width(), view.top());
    m_rowHeadings.strip->setGeometry(0, view.top(), view.left(), view.height());
    for (std::size_t c = 0; c < m_columnHeadings.labels.size(); ++c) {
        const QRect frame = m_parts[c].frame->geometry().translated(widget()->pos());
        m_columnHeadings.labels[c]->setGeometry(frame.left() + kUnit, 0, frame.width() - 2 * kUnit, view.top());
    }
    for (std::size_t r = 0; r < m_rowHeadings.labels.size(); ++r) {
        const QRect frame = m_parts[r * m_columnHeadings.labels.size()].frame->geometry().translated(widget()->pos());
        m_rowHeadings.labels[r]->setGeometry(kUnit, frame.top(), view.left() - 2 * kUnit, frame.height());
    }
}

} // namespace tercet
