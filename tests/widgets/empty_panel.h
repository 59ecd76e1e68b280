#pragma once

#include "panel_study.h"
#include "widgets/panels/empty_page.h"
#include "widgets/panels/panel.h"

#include <QPushButton>

namespace tercet {

/// A panel of a study in which nothing was run is empty and has a button to `offer` what it needs.
template <class SomePanel>
void checkOfferOfEmpty(const QString& offer) {
    const PanelStudy bare;
    const auto session = bare.open();
    SomePanel panel(*session);
    showPanel(panel);
    QVERIFY(panel.isEmpty());
    QCOMPARE(panel.emptyPage()->button()->text(), offer);
    QVERIFY(!panel.figure());
}

} // namespace tercet
