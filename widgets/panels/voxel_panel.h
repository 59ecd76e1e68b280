#pragma once

#include "widgets/bridge/voxel_reader.h"
#include "widgets/figures/voxel_profile.h"
#include "widgets/panels/panel.h"

#include <array>
#include <memory>

class QComboBox;
class QGridLayout;
class QLabel;
class QStackedWidget;

namespace tercet {

class BarPlot;
class GroupedBars;
class PageTabs;

/// The voxel that was clicked on the cortex or in a slice: how well each model predicts it, which components it
/// follows, the stimuli it likes best; and on a second page a run of it through the stages of preprocessing (SPEC D5).
class VoxelPanel : public Panel {
    Q_OBJECT
public:
    explicit VoxelPanel(StudySession& session, QWidget* parent = nullptr);

    [[nodiscard]] std::optional<Figure> figure() const override;
    [[nodiscard]] PageTabs* pages() const { return m_tabs; } ///< profile, preprocessing
    [[nodiscard]] QComboBox* modelBox() const { return m_model; }
    [[nodiscard]] QComboBox* runBox() const { return m_run; }
    [[nodiscard]] BarPlot* scores() const { return m_scores; }
    [[nodiscard]] GroupedBars* weights() const { return m_weights; }
    [[nodiscard]] StimulusCards* stimuli() const { return m_stimuli; }
    [[nodiscard]] LinePlot* stage(std::size_t stage) const { return m_stages.at(stage); }
    /// Why there are no stages; empty when they are shown.
    [[nodiscard]] QString noStages() const;

protected:
    void refresh() override;
    void resizeEvent(QResizeEvent* event) override;

private:
    enum Page { Profile, Preprocessing };
    struct Wanted {
        VoxelPlace place;
        int run = 0;
        bool series = false;
        friend bool operator==(const Wanted&, const Wanted&) = default;
    };

    void ask();
    void fillBoxes();
    void showProfile();
    void showPreprocessing();

    VoxelReader m_reader;
    Wanted m_wanted;                               ///< of the reader
    std::shared_ptr<const VoxelReading> m_reading; ///< of the voxel that is selected; null until it is read
    std::vector<int> m_columns;                    ///< training column of each bar of weights
    PageTabs* m_tabs;
    QComboBox* m_model;
    QComboBox* m_run;
    QStackedWidget* m_pages;
    BarPlot* m_scores;
    GroupedBars* m_weights;
    StimulusCards* m_stimuli;
    std::array<LinePlot*, kVoxelStages> m_stages{};
    QGridLayout* m_profileGrid;
    QGridLayout* m_stageGrid;
    QLabel* m_noStages;
    QStackedWidget* m_stagePages;
};

} // namespace tercet
