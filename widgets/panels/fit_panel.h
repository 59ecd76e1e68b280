#pragma once

#include "widgets/panels/panel.h"

#include <QStringList>

#include <array>

class QBoxLayout;
class QProgressBar;

namespace tercet {

class ElidedLabel;
class Legend;
class LinePlot;

/// The curves of the systems' fits over epochs (SPEC E2), live, and the buttons that start, pause, stop and resume the
/// fit of the system in front.
class FitPanel : public Panel {
    Q_OBJECT
public:
    enum Curve { Objective, Accuracy, Components, Sparsity };
    static constexpr int kCurves = 4;

    explicit FitPanel(StudySession& session, QWidget* parent = nullptr);

    [[nodiscard]] std::optional<Figure> figure() const override;

    [[nodiscard]] LinePlot* plot(Curve curve) const { return m_plots.at(curve); }
    [[nodiscard]] QStringList shownSystems() const; ///< whose curves are drawn
    [[nodiscard]] QString status() const;           ///< what the line above the curves says
    [[nodiscard]] Legend* legend() const { return m_legend; }
    [[nodiscard]] QToolButton* fitButton() const { return m_fit; }
    [[nodiscard]] QToolButton* pauseButton() const { return m_pause; }
    [[nodiscard]] QToolButton* stopButton() const { return m_stop; }
    [[nodiscard]] QToolButton* fitAllButton() const { return m_fitAll; }

protected:
    void refresh() override;
    void resizeEvent(QResizeEvent* event) override;

private:
    [[nodiscard]] Task task() const;
    [[nodiscard]] bool canBeFitted(const QString& system) const;
    [[nodiscard]] QStringList fittedSystems() const;
    void refreshLegend();
    void readHidden();
    void placeLegend();
    void refreshCurves();
    void refreshStatus();
    void refreshButtons();
    void play();
    void fitAll();

    std::array<LinePlot*, kCurves> m_plots{};
    ElidedLabel* m_status;
    QProgressBar* m_progress;
    Legend* m_legend;   ///< systems
    QBoxLayout* m_line; ///< status and legend side by side, or one above the other
    QToolButton* m_fit;
    QToolButton* m_pause;
    QToolButton* m_stop;
    QToolButton* m_fitAll;
    QStringList m_legendTitles;
    QStringList m_legendSystems;
    QStringList m_hidden; ///< systems whose curves a person took away
    QStringList m_curves; ///< systems in the plots now
    bool m_drawnDark = false;
};

} // namespace tercet
