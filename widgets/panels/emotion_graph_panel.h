#pragma once

#include "core/io/graph_file.h"
#include "core/spaces/emotion_graph.h"
#include "core/spaces/graph_layout.h"
#include "widgets/panels/panel.h"

#include <QBasicTimer>

class QComboBox;
class QLabel;
class QSlider;
class QTableWidget;

namespace tercet {

class ChordPlot;
class GraphPlot;
class SeedHistogram;

/// The graph of the components of the system in front (SPEC G1, G2): chords, communities with a live layout, and the
/// clusters with names and descriptions to edit. Threshold and rule start as they were computed and are then moved
/// here: communities follow at once, the step's parameters stay.
class EmotionGraphPanel : public Panel {
    Q_OBJECT
public:
    explicit EmotionGraphPanel(StudySession& session, QWidget* parent = nullptr);

    [[nodiscard]] std::optional<Figure> figure() const override;
    void showFigure(const QString& preset, const FigureOptions& options) override;
    [[nodiscard]] GraphPlot* plot() const { return m_plot; }
    [[nodiscard]] ChordPlot* chords() const { return m_chords; }
    [[nodiscard]] QSlider* thresholdSlider() const { return m_slider; }
    [[nodiscard]] QComboBox* ruleBox() const { return m_rule; }
    [[nodiscard]] QComboBox* partitionBox() const { return m_partition; }
    [[nodiscard]] QToolButton* keepButton() const { return m_keep; }
    [[nodiscard]] QTableWidget* clusterTable() const { return m_table; }
    [[nodiscard]] const EmotionGraph& graph() const { return m_graph; }

public slots:
    void exportGraph();
    /// Writes the graph as it is shown, as a job: .graphml, .gexf or .csv; a failure appears in the panel.
    void exportGraphTo(const QString& path);

protected:
    void refresh() override;
    void timerEvent(QTimerEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    [[nodiscard]] bool asStored() const; ///< rule and threshold are the result's
    void keep();                         ///< makes them the step's and runs it
    void recompute();
    void showGraph();
    void showPlaces();
    void showTable();
    void showSelected();
    void selectTopStimuli(int cluster);
    [[nodiscard]] const std::vector<int>& communities() const;
    [[nodiscard]] int nodeOf(int trainingColumn) const;
    [[nodiscard]] std::vector<int> membersOf(int cluster) const; ///< training columns
    [[nodiscard]] GraphFile graphFile() const;

    ChordPlot* m_chords;
    GraphPlot* m_plot;
    QComboBox* m_rule;
    QSlider* m_slider;
    QLabel* m_value;
    QComboBox* m_partition;
    SeedHistogram* m_histogram;
    QToolButton* m_keep;
    QLabel* m_modularity;
    QTableWidget* m_table;

    std::shared_ptr<const ArrayBundle> m_result;
    QString m_drawnSystem;
    EmotionGraph m_graph;
    EmotionGraphOptions m_options;
    std::vector<int> m_columns; ///< training column per node
    GraphLayout m_layout;
    QBasicTimer m_ticker;
    EmotionGraphOptions m_stored;          ///< of the result
    std::optional<FigureOptions> m_wanted; ///< to show once there is a result
};

} // namespace tercet
