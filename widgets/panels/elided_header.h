#pragma once

#include <QHeaderView>

namespace tercet {

/// A header above a table whose texts stand over their columns' cells and give up their ends where there is no room; a
/// colour that the model has as decoration of a section is shown as a disc before the text.
class ElidedHeader : public QHeaderView {
    Q_OBJECT
public:
    explicit ElidedHeader(QWidget* parent = nullptr);

protected:
    void paintSection(QPainter* painter, const QRect& rect, int section) const override;
    [[nodiscard]] QSize sectionSizeFromContents(int section) const override;
};

} // namespace tercet
