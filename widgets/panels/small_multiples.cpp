#include "widgets/panels/small_multiples.h"

#include "widgets/plots/look.h"

#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <cmath>

namespace tercet {

SmallMultiples::SmallMultiples(std::function<QWidget*(std::size_t)> make, QWidget* parent)
    : QWidget(parent), m_make(std::move(make)), m_grid(new QGridLayout(this)) {
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setSpacing(1);
}

void SmallMultiples::arrange(int rows, int columns) {
    const auto wanted = static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
    while (m_parts.size() > wanted) {
        delete m_parts.back().frame;
        m_parts.pop_back();
    }
    while (m_parts.size() < wanted) {
        auto* frame = new QWidget;
        auto* layout = new QVBoxLayout(frame);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setSpacing(0);
        auto* title = new QLabel;
        title->setContentsMargins(kUnit, kHalfUnit, kUnit, 0);
        layout->addWidget(title);
        layout->addWidget(m_make(m_parts.size()), 1);
        m_parts.push_back({frame, title});
    }
    if (rows == 1 || columns == 1)
        columns =
            static_cast<int>(std::ceil(std::sqrt(static_cast<double>(wanted) / (width() > 2 * height() ? 0.5 : 1))));
    for (std::size_t i = 0; i < m_parts.size(); ++i) {
        m_grid->addWidget(m_parts[i].frame, static_cast<int>(i) / columns, static_cast<int>(i) % columns);
        m_parts[i].title->setVisible(m_parts.size() > 1);
    }
}

void SmallMultiples::setTitle(std::size_t place, const QString& title) { m_parts.at(place).title->setText(title); }

} // namespace tercet
