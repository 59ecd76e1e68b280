#pragma once

#include "widgets/panels/panel.h"

#include <QVector>

class QScrollArea;

namespace tercet {

class RosePlot;

/// Rose diagrams of the selected stimuli in every system side by side (SPEC C9); of the stimulus under the pointer
/// while nothing is selected.
class RosePanel : public Panel {
    Q_OBJECT
public:
    static constexpr int kMostStimuli = 8; ///< the others are counted

    explicit RosePanel(StudySession& session, QWidget* parent = nullptr);

    [[nodiscard]] std::optional<Figure> figure() const override;
    [[nodiscard]] RosePlot* plot() const { return m_plot; }
    [[nodiscard]] const QVector<int>& shownStimuli() const { return m_stimuli; }

protected:
    void refresh() override;

private:
    void highlight();
    [[nodiscard]] int componentOf(int systemPlace, int trainingColumn) const;
    [[nodiscard]] int trainingColumnOf(int systemPlace, int component) const;

    RosePlot* m_plot;
    QScrollArea* m_scroll;
    QVector<int> m_stimuli;                                         ///< rows as drawn
    QStringList m_systems;                                          ///< names, columns as drawn
    std::vector<std::shared_ptr<const EmbeddingView>> m_embeddings; ///< as drawn
};

} // namespace tercet
