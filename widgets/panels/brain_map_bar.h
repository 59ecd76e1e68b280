#pragma once

#include "widgets/bridge/study_session.h"
#include "widgets/figures/brain_map.h"
#include "widgets/figures/figure_presets.h"

#include <QWidget>

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

class QBoxLayout;
class QComboBox;
class QLabel;

namespace tercet {

class LevelSlider;
class SmallMultiples;

/// The controls of the panels that draw maps of voxels: what is drawn, of which models and subjects, and below which
/// false discovery rate; and the maps that they choose. Weights are of one component, and so of one model: those that
/// are pointed at anywhere, else those of the boxes. GUI thread.
class BrainMapBar : public QWidget {
    Q_OBJECT
public:
    /// The maps that are there, with one scale.
    struct Maps {
        QStringList subjects;                               ///< that have one
        QStringList models;                                 ///< likewise
        std::map<std::pair<QString, QString>, BrainMap> of; ///< by subject and model
        double most = 1;
        bool leftOut = false; ///< there are others, which are of other voxels than what they would be drawn on
        [[nodiscard]] const BrainMap* find(const QString& subject, const QString& model) const; ///< null: none
    };

    explicit BrainMapBar(StudySession& session, QWidget* parent = nullptr);

    /// Shows a box with a second model, which is drawn in one map with the first; without it there is none.
    void setComparing(bool comparing);
    [[nodiscard]] QComboBox* otherBox() const { return m_other; }
    /// The second model; empty for none, or where the kind or several models leave no room for it.
    [[nodiscard]] QString other() const;
    /// The second model's map of a subject, if there is one of the same voxels as the first.
    [[nodiscard]] std::optional<BrainMap> otherMap(const QString& subject, const BrainMap& first) const;

    [[nodiscard]] QComboBox* subjectBox() const { return m_subject; }
    [[nodiscard]] QComboBox* modelBox() const { return m_model; }
    /// Components or rated terms of the model in its box; hidden unless weights are drawn.
    [[nodiscard]] QComboBox* componentBox() const { return m_component; }
    [[nodiscard]] QComboBox* kindBox() const { return m_kind; }
    [[nodiscard]] LevelSlider* levelSlider() const { return m_level; }
    [[nodiscard]] QString levelText() const; ///< what stands beside it

    [[nodiscard]] BrainMapKind kind() const;
    /// The false discovery rate below which maps are coloured; 1: everywhere.
    [[nodiscard]] double level() const;
    [[nodiscard]] QStringList subjects() const; ///< names of those chosen
    [[nodiscard]] QStringList models() const;   ///< likewise; one empty name where the map has no model
    [[nodiscard]] int component() const;        ///< training column whose weights are shown
    [[nodiscard]] QString note() const;         ///< what the header says of what is drawn
    [[nodiscard]] QString subjectTitle(const QString& name) const;
    [[nodiscard]] QString modelTitle(const QString& name) const;

    /// Shows the study's subjects and models again; before maps().
    void refresh();
    /// The chosen maps. `drawnOn`: the voxels of what maps of a subject are drawn on, as voxelsOf() says; nothing if
    /// they cannot be drawn. The slider shows whether they were tested.
    [[nodiscard]] Maps maps(const std::function<std::optional<std::string>(const QString& subject)>& drawnOn);
    /// What makes the first chosen map.
    [[nodiscard]] Task task() const;
    [[nodiscard]] QString taskText() const;   ///< what it would show
    [[nodiscard]] QString taskAction() const; ///< of the button that runs it
    /// "Model 0.123" for each model, that of the map that is read first, of the values that `at` takes from a subject's
    /// map; not those that are not finite, nor of maps of other voxels than `voxels`.
    [[nodiscard]] QStringList readings(const QString& subject, const QString& model, const std::string& voxels,
                                       const std::function<double(std::span<const double> values)>& at) const;
    /// What a reading begins with: the subject's title where several are shown.
    [[nodiscard]] QStringList readingOf(const QString& subject) const;
    /// A view for each map, subjects one below the other and models side by side, with their titles.
    void arrange(SmallMultiples& multiples, const Maps& maps) const;
    /// Subjects, systems, kind, level and component in the options of a figure.
    [[nodiscard]] FigureOptions figureOptions() const;

signals:
    void changed();      ///< other maps, or newer values of them
    void levelChanged(); ///< the same maps behind another level

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    [[nodiscard]] std::optional<BrainMap> mapOf(const QString& subject, const QString& model) const;
    [[nodiscard]] bool isEncoded(const QString& model) const; ///< for a subject that is chosen
    [[nodiscard]] QString usualModel() const; ///< the system in front if it is encoded, else the first that is
    [[nodiscard]] int hoveredComponent(const QString& model) const; ///< training column or −1
    [[nodiscard]] int chosenComponent(const QString& model) const;  ///< likewise; 0 where there is none
    /// Null: of none of the subjects that are chosen.
    [[nodiscard]] std::shared_ptr<const ArrayBundle> encodingOf(const QString& model) const;
    [[nodiscard]] bool hasComponent(const QString& model, int trainingColumn) const;
    /// Components of an embedding or rated terms, in the order and with the names of other panels, by training column.
    [[nodiscard]] std::vector<std::pair<QString, QString>> components(const QString& model) const;
    void choose(int trainingColumn);
    void showLevel();
    void placeLevel(); ///< the level beside the boxes or below them

    StudySession& m_session;
    QBoxLayout* m_rows;
    QComboBox* m_subject;
    QComboBox* m_model;
    QComboBox* m_other;
    QComboBox* m_component;
    QString m_chosenOther; ///< model, in the box for the second
    bool m_comparing = false;
    std::optional<QString> m_chosen;     ///< model, since another system came to the front; empty for all
    std::map<QString, int> m_components; ///< training columns that were chosen of models that are not in front
    QComboBox* m_kind;
    LevelSlider* m_level;
    QLabel* m_levelText;
    int m_tested = 0; ///< of the maps that are shown, how many have false discovery rates
    int m_shown = 0;  ///< second models' maps among them
};

} // namespace tercet
