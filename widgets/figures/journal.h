#pragma once

#include "widgets/plots/look.h"

#include <QString>
#include <QStringList>

#include <array>
#include <vector>

namespace tercet {

/// What a journal asks of figures, at their printed size. Colours are the program's own, which hold for colour-blind
/// readers in every journal.
struct Journal {
    enum class Letters { Lower, Upper };

    QString name;                   ///< "nature"
    QString title;                  ///< "Nature"
    std::vector<double> columnsMm;  ///< widths of figures, ascending: one column first
    double heightMm = 0;            ///< of a page at most
    QStringList families;           ///< of fonts; the first that is installed is used
    std::array<double, 4> textPt{}; ///< of TextSize; multiples of 0.75, so that they are exact in every format
    double thinnestLinePt = 0;
    double letterPt = 0; ///< of the bold letter of a panel
    Letters letters = Letters::Lower;
};

/// "generic" (the looks of paperLook()) first.
[[nodiscard]] const std::vector<Journal>& journals();
/// Empty: generic. Throws ParameterError naming the journals there are.
[[nodiscard]] const Journal& journalNamed(const QString& name);
/// "generic, nature, …".
[[nodiscard]] QString journalNames();

/// White paper with the journal's fonts, sizes and lines.
[[nodiscard]] Look journalLook(const Journal& journal);

/// The letter of panel `index` ≥ 0: a … z, then aa, ab …
[[nodiscard]] QString panelLetter(const Journal& journal, int index);

} // namespace tercet
