#pragma once

#include "widgets/figures/map_coloring.h"
#include "widgets/panels/panel.h"

#include <QStringList>

class QBoxLayout;
class QCheckBox;
class QComboBox;
class QScrollArea;
class QStackedWidget;

namespace tercet {

class ColorBar;
class Legend;
class PointMap;

/// The map of the system in front (SPEC C7), live while its layout moves: coloured by category, rating or component,
/// with the window's selection in both directions and a legend that filters.
class MapPanel : public Panel {
    Q_OBJECT
public:
    explicit MapPanel(StudySession& session, QWidget* parent = nullptr);

    [[nodiscard]] std::optional<Figure> figure() const override;
    void showFigure(const QString& preset, const FigureOptions& options) override;
    [[nodiscard]] PointMap* plot() const { return m_plot; }
    [[nodiscard]] Legend* legend() const { return m_legend; }
    [[nodiscard]] QComboBox* coloringBox() const { return m_coloringBox; }
    [[nodiscard]] QCheckBox* followBox() const { return m_follow; }
    [[nodiscard]] const MapColoring& coloring() const { return m_coloring; }
    [[nodiscard]] const QStringList& hiddenGroups() const { return m_hidden; }

public slots:
    void setColoring(const tercet::MapColoring& coloring);
    void setHiddenGroups(const QStringList& categories); ///< by name

protected:
    void refresh() override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void restore();     ///< what was chosen when the study was last open
    void repaintSoon(); ///< colours, groups and the colouring box are no longer right
    void refreshColoringBox();
    void refreshKey();
    void refreshNote(const MapView& map);
    void followComponent();
    void showComponentWithoutCategories();
    void placeKey();
    void readHidden();

    PointMap* m_plot;
    Legend* m_legend;
    ColorBar* m_colorBar;
    QStackedWidget* m_key; ///< legend or colour bar
    QScrollArea* m_legendScroll;
    QBoxLayout* m_split; ///< plot and key side by side, or one above the other
    QComboBox* m_coloringBox;
    QCheckBox* m_follow;
    QToolButton* m_lasso;
    QToolButton* m_showKey;
    std::shared_ptr<const FigureData> m_data;
    std::shared_ptr<const MapView> m_drawn;
    QString m_drawnSystem;
    MapColoring m_coloring;
    MapPaint m_paint;
    QStringList m_hidden; ///< names of categories
    bool m_paintStale = true;
    bool m_dataStale = true; ///< what cards tell is older than the embedding
};

} // namespace tercet

Q_DECLARE_METATYPE(tercet::MapColoring)
