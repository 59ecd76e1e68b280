#include "widgets/panels/number_box.h"

#include "core/base/text.h"

#include <QLineEdit>

#include <algorithm>
#include <cmath>
#include <optional>

namespace tercet {

NumberBox::NumberBox(const Parameter& parameter, QWidget* parent) : QAbstractSpinBox(parent), m_parameter(parameter) {
    setAccelerated(true);
    connect(lineEdit(), &QLineEdit::textChanged, this, &NumberBox::edited);
}

std::string NumberBox::text() const { return lineEdit()->text().trimmed().toStdString(); }
void NumberBox::setText(const std::string& text) { lineEdit()->setText(QString::fromStdString(text)); }

std::optional<double> NumberBox::value() const { return toNumber(text()); }

// Anything may be typed; the form says what is wrong with it.
QValidator::State NumberBox::validate(QString&, int&) const { return QValidator::Acceptable; }

void NumberBox::stepBy(int steps) {
    const auto from = value();
    if (!from)
        return;
    const bool whole = std::holds_alternative<std::int64_t>(m_parameter.defaultValue);
    double step = *from == 0 ? (whole ? 1 : std::max(m_parameter.minimum, 1e-4))
                             : std::pow(10.0, std::floor(std::log10(std::abs(*from))) - 1);
    if (whole)
        step = std::max(1.0, step);
    double to = std::round((*from + steps * step) / step) * step;
    to = std::clamp(to, m_parameter.minimum, m_parameter.maximum);
    // Twelve digits hide what binary fractions add to decimal steps.
    setText(whole ? toText(static_cast<std::int64_t>(std::llround(to)))
                  : toText(QString::number(to, 'g', 12).toDouble()));
    selectAll();
}

QAbstractSpinBox::StepEnabled NumberBox::stepEnabled() const {
    const auto now = value();
    StepEnabled enabled = StepNone;
    if (now && *now > m_parameter.minimum)
        enabled |= StepDownEnabled;
    if (now && *now < m_parameter.maximum)
        enabled |= StepUpEnabled;
    return enabled;
}

QSize NumberBox::sizeHint() const {
    QSize size = QAbstractSpinBox::sizeHint();
    size.setWidth(fontMetrics().horizontalAdvance(QLatin1Char('0')) * 12 + size.height());
    return size;
}

} // namespace tercet
