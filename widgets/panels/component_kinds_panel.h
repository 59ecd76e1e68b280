#pragma once

#include "core/spaces/component_kinds.h"
#include "widgets/panels/panel.h"

class QBoxLayout;
class QCheckBox;
class QLabel;
class QSlider;

namespace tercet {

class LinePlot;
class StackedBars;

/// How many components of each system are interpretable, and whether they are about categories, dimensions or both
/// (SPEC C3, C4), with the threshold as a slider that both plots follow at once.
class ComponentKindsPanel : public Panel {
    Q_OBJECT
public:
    explicit ComponentKindsPanel(StudySession& session, QWidget* parent = nullptr);

    [[nodiscard]] std::optional<Figure> figure() const override;
    void showFigure(const QString& preset, const FigureOptions& options) override;
    [[nodiscard]] KindOptions options() const; ///< as set
    [[nodiscard]] LinePlot* shares() const { return m_shares; }
    [[nodiscard]] StackedBars* kinds() const { return m_kinds; }
    [[nodiscard]] QSlider* thresholdSlider() const { return m_threshold; } ///< hundredths of r
    [[nodiscard]] QSlider* dropSlider() const { return m_drop; }           ///< hundredths of |r|
    [[nodiscard]] QCheckBox* signedBox() const { return m_signed; }
    [[nodiscard]] QCheckBox* allBox() const { return m_all; }

protected:
    void refresh() override;
    void resizeEvent(QResizeEvent* event) override;

private:
    LinePlot* m_shares;
    StackedBars* m_kinds;
    QSlider* m_threshold;
    QLabel* m_thresholdValue;
    QSlider* m_drop;
    QLabel* m_dropValue;
    QCheckBox* m_signed;
    QCheckBox* m_all;
    QBoxLayout* m_plots;
    QBoxLayout* m_controls;
};

} // namespace tercet
