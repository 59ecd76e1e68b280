#pragma once

#include "widgets/figures/validation_plots.h"
#include "widgets/panels/panel.h"

#include <QStringList>

#include <vector>

class QBoxLayout;
class QLabel;
class QScrollArea;
class QStackedWidget;

namespace tercet {

class BarPlot;
class LinePlot;
class PageTabs;
class SimilarityView;
class SizePlot;

/// Whether the embeddings can be trusted: a page per analysis, with all systems that have a result (SPEC E4–E9, T8,
/// T10), and of models with people (E10). Pages fill while their steps run.
class ValidationPanel : public Panel {
    Q_OBJECT
public:
    enum class Page {
        Accuracy,
        Components,
        Reproducibility,
        Similarity,
        Compression,
        Saturation,
        Alignment,
        Agreement,
        ModelZoo
    };

    explicit ValidationPanel(StudySession& session, QWidget* parent = nullptr);

    [[nodiscard]] std::optional<Figure> figure() const override;
    /// Of the page that is shown.
    [[nodiscard]] std::vector<Table> tables() const override;
    void showStep(const QString& step) override;
    void showFigure(const QString& preset, const FigureOptions& options) override;

    [[nodiscard]] Page page() const;
    void setPage(Page page);
    [[nodiscard]] PageTabs* pageBar() const { return m_bar; }
    [[nodiscard]] QToolButton* runButton() const { return m_run; }
    [[nodiscard]] QToolButton* runAllButton() const { return m_runAll; }
    [[nodiscard]] BarPlot* bars() const { return m_bars; } ///< of Accuracy, Alignment, Agreement
    [[nodiscard]] LinePlot* lines() const {
        return m_lines;
    } ///< of Components, Reproducibility, Compression, Saturation
    [[nodiscard]] BarPlot* zooBars() const { return m_zooBars; }              ///< of ModelZoo
    [[nodiscard]] SizePlot* zooSizes() const { return m_zooSizes; }           ///< of ModelZoo
    [[nodiscard]] QLabel* zooNote() const { return m_zooNote; }               ///< what is missing in it
    [[nodiscard]] SimilarityView* similarity() const { return m_similarity; } ///< of Similarity

protected:
    void refresh() override;
    void resizeEvent(QResizeEvent* event) override;

private:
    [[nodiscard]] Task task() const;               ///< of the page, for the system in front or the study
    [[nodiscard]] std::vector<Task> tasks() const; ///< of the page, for every system it can run for
    [[nodiscard]] bool canRun(const Task& task) const;
    void refreshButtons();
    void refreshNote();
    void runPage(const std::vector<Task>& tasks);
    void showModelOf(int alignment); ///< of the zoo, everywhere

    PageTabs* m_bar;
    QToolButton* m_run;
    QToolButton* m_runAll;
    QStackedWidget* m_plots;
    BarPlot* m_bars;
    LinePlot* m_lines;
    SimilarityView* m_similarity;
    QScrollArea* m_zoo;
    QBoxLayout* m_zooParts;
    BarPlot* m_zooBars;
    SizePlot* m_zooSizes;
    QLabel* m_zooNote;
};

} // namespace tercet
