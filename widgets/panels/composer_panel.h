#pragma once

#include "widgets/figures/composition.h"
#include "widgets/panels/panel.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QListWidget;
class QPushButton;
class QScrollArea;
class QSplitter;

namespace tercet {

class PageView;

/// Figures arranged on a page for a journal (SPEC F): presets to add, the page, and the options of the panel in front.
/// The composition is kept with the study; every change can be undone.
class ComposerPanel : public Panel {
    Q_OBJECT
public:
    explicit ComposerPanel(StudySession& session, QWidget* parent = nullptr);

    [[nodiscard]] std::optional<Figure> figure() const override; ///< throws as composedFigure()
    [[nodiscard]] const Composition& composition() const { return m_composition; }
    [[nodiscard]] PageView* page() const { return m_page; }
    [[nodiscard]] QListWidget* presetList() const { return m_presets; }
    [[nodiscard]] QComboBox* journalBox() const { return m_journal; }

public slots:
    void setComposition(const tercet::Composition& composition, const QString& what); ///< undoable; `what` for people
    /// Below what is there, with options as recipes keep them.
    void addFigure(const QString& preset, const QJsonObject& options = {});

protected:
    void refresh() override;
    void resizeEvent(QResizeEvent* event) override;

private:
    class Command;

    void apply(const Composition& composition); ///< stores and shows it
    void restore();
    void refreshForm();
    void drawThumbnails();
    /// Changes the composition by a function of it.
    void change(const QString& what, const std::function<void(Composition&)>& change);
    void changeCurrent(const QString& what, const std::function<void(CompositionPanel&)>& change);

    Composition m_composition;
    SharedFigureData m_data;
    QSplitter* m_split;
    QScrollArea* m_side;
    PageView* m_page;
    QListWidget* m_presets;
    QComboBox* m_journal;
    QComboBox* m_width;
    QDoubleSpinBox* m_gap;
    QCheckBox* m_letters;
    QWidget* m_panelForm;
    QLabel* m_panelName;
    QDoubleSpinBox* m_panelWidth;
    QListWidget* m_systems;
    QPushButton* m_stimuli;
    int m_thumbnails = 0; ///< drawn so far
};

} // namespace tercet
