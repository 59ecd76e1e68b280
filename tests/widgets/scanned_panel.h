#pragma once

#include "scanned_study.h"
#include "widgets/panels/empty_page.h"

#include <QPushButton>

namespace tercet {

/// A panel of a study without subjects is empty and offers nothing to run.
template <class ShownPanel>
void emptyWithoutSubjects(const PanelStudy& plain) {
    const auto session = plain.open();
    ShownPanel panel(*session);
    showPanel(panel);
    QVERIFY(panel.isEmpty());
    QVERIFY2(panel.emptyPage()->button()->isHidden(), "nothing can be run");
    QVERIFY(!panel.figure());
}

/// With a subject it offers what it needs first, and when that is done to encode.
template <class ShownPanel>
void offersStepByStep(const char* first) {
    const PanelStudy plain;
    emptyWithoutSubjects<ShownPanel>(plain);
    addSubject(plain, "anna", 1);
    const auto session = plain.open();
    ShownPanel panel(*session);
    showPanel(panel);
    auto* button = panel.emptyPage()->button();
    QTRY_COMPARE(button->text(), QString(first));
    button->click();
    QTRY_COMPARE_WITH_TIMEOUT(button->text(), QString("Run Encoding"), 20000);
}

} // namespace tercet
