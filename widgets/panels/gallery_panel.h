#pragma once

#include "widgets/panels/panel.h"

class QBoxLayout;
class QLabel;
class QScrollArea;
class QStackedWidget;

namespace tercet {

class GalleryGrid;
class StimulusCards;
class WordCloud;

/// A page per component of the system in front (SPEC C5): word cloud and top stimuli; or all components as small cards.
/// Turning the page selects the component everywhere, and selecting one anywhere turns to its page. Page up and
/// Page down, Home and End, the wheel, and outside the stimuli left and right turn pages.
class GalleryPanel : public Panel {
    Q_OBJECT
public:
    explicit GalleryPanel(StudySession& session, QWidget* parent = nullptr);

    [[nodiscard]] std::optional<Figure> figure() const override;
    void showFigure(const QString& preset, const FigureOptions& options) override;

    [[nodiscard]] int component() const { return m_component; } ///< its place in the embedding; −1 while empty
    /// Turns by pages, not beyond the ends.
    void turn(int pages);
    void showOverview(bool shown);
    [[nodiscard]] bool showsOverview() const;
    [[nodiscard]] QLabel* titleLabel() const { return m_title; }
    [[nodiscard]] WordCloud* cloud() const { return m_cloud; }
    [[nodiscard]] StimulusCards* stimuli() const { return m_stimuli; }
    [[nodiscard]] GalleryGrid* overview() const { return m_overview; }
    [[nodiscard]] QToolButton* previousButton() const { return m_previous; }
    [[nodiscard]] QToolButton* nextButton() const { return m_next; }
    [[nodiscard]] QToolButton* overviewButton() const { return m_overviewButton; }

protected:
    void refresh() override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void applyLook();
    void showPage(int component);
    void select(int component); ///< everywhere

    QToolButton* m_previous;
    QToolButton* m_next;
    QToolButton* m_overviewButton;
    QStackedWidget* m_views;
    QBoxLayout* m_parts;
    QLabel* m_title;
    WordCloud* m_cloud;
    QLabel* m_noRatings;
    StimulusCards* m_stimuli;
    QScrollArea* m_scroll;
    GalleryGrid* m_overview;
    std::shared_ptr<const EmbeddingView> m_embedding;
    QString m_system;
    int m_component = -1;
    int m_wheel = 0; ///< eighths of a degree not yet turned
};

} // namespace tercet
