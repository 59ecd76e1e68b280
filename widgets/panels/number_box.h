#pragma once

#include "core/pipeline/parameter.h"

#include <QAbstractSpinBox>

namespace tercet {

/// A field for a number parameter, whole or real, over any range: it shows the shortest text that reads back the same,
/// and its arrows change the second significant digit (whole numbers below 100: by one).
class NumberBox : public QAbstractSpinBox {
    Q_OBJECT
public:
    explicit NumberBox(const Parameter& parameter, QWidget* parent = nullptr);

    [[nodiscard]] std::string text() const; ///< as typed
    void setText(const std::string& text);

    [[nodiscard]] QValidator::State validate(QString& input, int& position) const override;
    void stepBy(int steps) override;
    [[nodiscard]] QSize sizeHint() const override;

signals:
    void edited();

protected:
    [[nodiscard]] StepEnabled stepEnabled() const override;

private:
    [[nodiscard]] std::optional<double> value() const;

    const Parameter& m_parameter;
};

} // namespace tercet
