#include "panel_study.h"

#include "core/base/text.h"
#include "core/spaces/seriation.h"
#include "widgets/panels/similarity_view.h"
#include "widgets/panels/validation_panel.h"
#include "widgets/plots/color_bar.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/heat_map.h"
#include "widgets/plots/palettes.h"
#include "widgets/plots/scatter_plot.h"

#include <cmath>
#include <set>

using namespace tercet;

class ValidationPanelTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        setParameters(*m_study.study(), {"sample-validation", ""}, {{"per-pair", "20"}});
        m_study.run("rsm", kCategories);
        m_session = m_study.open();
        m_panel = std::make_unique<ValidationPanel>(*m_session);
        m_panel->setPage(ValidationPanel::Page::Similarity);
        showPanel(*m_panel, {1000, 480});
        QTRY_VERIFY(!m_panel->isEmpty());
        m_view = m_panel->similarity();
        QTRY_VERIFY(m_view->isVisible());
        m_result = m_session->arrays({"rsm", kCategories});
        QVERIFY(m_result);
    }
    void init() {
        m_panel->resize(1000, 480);
        QCoreApplication::processEvents();
        m_session->selection().setStimuli({});
    }

    void theMatricesAreTheResultsInOneOrderAndOnOneScale() {
        for (const auto& [map, array] :
             {std::pair{m_view->predicted(), "predicted"}, {m_view->measured(), "measured"}}) {
            const auto expected = m_result->matrix(array);
            QCOMPARE(map->values().rows(), expected.rows());
            QVERIFY(expected.rows() > 10);
            const auto& shown = map->values().values();
            QVERIFY(std::equal(shown.begin(), shown.end(), expected.values().begin(), expected.values().end(),
                               [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }));
            QCOMPARE(map->rowOrder(), map->columnOrder());
            const QImage image = map->grab().toImage();
            int compared = 0;
            for (std::size_t i = 0; i < expected.rows(); ++i)
                for (std::size_t j = 0; j < expected.cols(); ++j)
                    if (const double value = expected(i, j); std::isfinite(value)) {
                        const QRectF cell = map->areaOf(static_cast<int>(i), static_cast<int>(j));
                        QVERIFY(std::min(cell.width(), cell.height()) >= 2);
                        QVERIFY(colorDifference(image.pixelColor(cell.center().toPoint()),
                                                QColor::fromRgb(sequentialColor(value))) < 1);
                        ++compared;
                    }
            QVERIFY(compared > 200);
        }
        QCOMPARE(m_view->predicted()->rowOrder(), m_view->measured()->rowOrder());
    }

    void stimuliOfOneCategoryStandTogether() {
        const std::vector<int>& stimuli = m_view->similarity().stimuli;
        std::vector<int> categories;
        for (const int row : stimuli)
            categories.push_back(m_session->topCategories().at(static_cast<std::size_t>(row)));
        const auto& order = m_view->predicted()->rowOrder();
        QCOMPARE(order, seriatedOrder(m_result->matrix("predicted"), categories));
        QCOMPARE(std::set<std::size_t>(order.begin(), order.end()).size(), stimuli.size());
        int changes = 1;
        for (std::size_t i = 1; i < order.size(); ++i)
            changes += categories[order[i]] != categories[order[i - 1]] ? 1 : 0;
        const auto different = static_cast<int>(std::set<int>(categories.begin(), categories.end()).size());
        QVERIFY(different > 3 && different < static_cast<int>(stimuli.size()));
        QCOMPARE(changes, different);
    }

    void everyJudgedPairHasItsPoint() {
        const auto measured = m_result->matrix("measured");
        std::set<int> points;
        for (int i = 0; i < static_cast<int>(measured.rows()); ++i) {
            QCOMPARE(m_view->pointOf(i, i), -1);
            for (int j = 0; j < i; ++j) {
                const int point = m_view->pointOf(i, j);
                QCOMPARE(m_view->pointOf(j, i), point);
                QCOMPARE(point >= 0, std::isfinite(measured(static_cast<std::size_t>(i), static_cast<std::size_t>(j))));
                points.insert(point);
            }
        }
        points.erase(-1);
        QCOMPARE(points.size(), m_view->similarity().pairs.size());
    }

    void pointingMarksThePairInAllThree() {
        HeatMap* predicted = m_view->predicted();
        HeatMap* measured = m_view->measured();
        ScatterPlot* scatter = m_view->scatter();
        const auto [row, column] = m_view->similarity().pairs.at(40);
        QTest::mouseMove(predicted, predicted->areaOf(row, column).center().toPoint());
        QTRY_COMPARE(measured->hoveredRow(), row);
        QCOMPARE(measured->hoveredColumn(), column);
        QCOMPARE(scatter->hovered(), 40);
        // One card, beside where the pointer is.
        const auto data = std::make_shared<const FigureData>(figureDataOf(*m_study.study()));
        const QStringList card = similarityCard(*data, m_view->similarity(), row, column);
        const auto cardIsBeside = [&](const QWidget* plot, const QPointF& place) {
            (void)m_view->grab();
            const QPointF at = plot->mapTo(m_view, place);
            return !m_view->cardArea().isEmpty() && QRectF(m_view->rect()).contains(m_view->cardArea()) &&
                   m_view->cardArea().adjusted(-13, -13, 13, 13).contains(at);
        };
        QCOMPARE(m_view->card(), card);
        QVERIFY(cardIsBeside(predicted, predicted->areaOf(row, column).center()));
        QTest::mouseMove(measured, measured->areaOf(row, column).center().toPoint());
        QTRY_VERIFY(cardIsBeside(measured, measured->areaOf(row, column).center()));
        QCOMPARE(m_view->card(), card);
        QCOMPARE(predicted->hoveredRow(), row);

        QTest::mouseMove(measured, measured->areaOf(column, row).center().toPoint()); // the other triangle
        QTRY_COMPARE(predicted->hoveredRow(), column);
        QCOMPARE(scatter->hovered(), 40);
        QTest::mouseMove(measured, measured->areaOf(row, row).center().toPoint());
        QTRY_COMPARE(predicted->hoveredColumn(), row);
        QCOMPARE(scatter->hovered(), -1);

        QTest::mouseMove(scatter, scatter->placeOf(7).toPoint());
        QTRY_VERIFY(scatter->hovered() >= 0);
        const auto [i, j] = m_view->similarity().pairs.at(static_cast<std::size_t>(scatter->hovered()));
        for (const HeatMap* map : {predicted, measured}) {
            QCOMPARE(map->hoveredRow(), i);
            QCOMPARE(map->hoveredColumn(), j);
        }
        QCOMPARE(m_view->card(), similarityCard(*data, m_view->similarity(), i, j));
        QVERIFY(cardIsBeside(scatter, scatter->placeOf(scatter->hovered())));
        QTest::keyClick(scatter, Qt::Key_Escape);
        QCOMPARE(predicted->hoveredRow(), -1);
        QCOMPARE(measured->hoveredColumn(), -1);
        QVERIFY(m_view->card().isEmpty());
        (void)m_view->grab();
        QVERIFY(m_view->cardArea().isEmpty());
    }

    void theCardNamesBothAndTheirValues() {
        const auto [row, column] = m_view->similarity().pairs.at(40);
        const auto data = std::make_shared<const FigureData>(figureDataOf(*m_study.study()));
        const PrototypeSimilarity& similarity = m_view->similarity();
        const QStringList card = similarityCard(*data, similarity, row, column);
        const auto name = [&](int place) {
            return QString::fromStdString(
                m_session->stimuli()
                    .at(static_cast<std::size_t>(similarity.stimuli.at(static_cast<std::size_t>(place))))
                    .name);
        };
        const auto i = static_cast<std::size_t>(row);
        const auto j = static_cast<std::size_t>(column);
        QCOMPARE(card.size(), 4);
        QVERIFY2(card[0].startsWith(name(row) + " · "), qPrintable(card[0]));
        QVERIFY2(card[1].startsWith(name(column) + " · "), qPrintable(card[1]));
        QCOMPARE(card[2], QString("predicted %1").arg(m_result->matrix("predicted")(i, j), 0, 'f', 2));
        QCOMPARE(card[3], QString("measured %1").arg(m_result->matrix("measured")(i, j), 0, 'f', 2));
        PrototypeSimilarity unknown = similarity;
        unknown.measured(i, j) = std::nan("");
        QCOMPARE(similarityCard(*data, unknown, row, column)[3], QString("not measured"));
        QCOMPARE(similarityCard(*data, similarity, row, row).size(), 2);
    }

    void clicksAndKeysSelectThePair() {
        const std::vector<int>& stimuli = m_view->similarity().stimuli;
        const auto chosen = [&](int row, int column) {
            QVector<int> rows{stimuli[static_cast<std::size_t>(row)], stimuli[static_cast<std::size_t>(column)]};
            std::sort(rows.begin(), rows.end());
            rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
            return rows;
        };
        const auto selected = [&] {
            QVector<int> rows = m_session->selection().stimuli();
            std::sort(rows.begin(), rows.end());
            return rows;
        };
        HeatMap* measured = m_view->measured();
        QTest::mouseClick(measured, Qt::LeftButton, {}, measured->areaOf(2, 9).center().toPoint());
        QCOMPARE(selected(), chosen(2, 9));
        QTest::mouseClick(measured, Qt::LeftButton, {}, measured->areaOf(4, 4).center().toPoint());
        QCOMPARE(selected(), chosen(4, 4));
        QCOMPARE(selected().size(), 1);

        HeatMap* predicted = m_view->predicted();
        QTest::keyClick(predicted, Qt::Key_Escape);
        QTest::keyClick(predicted, Qt::Key_Right); // the first cell
        for (int i = 0; i < 3; ++i)
            QTest::keyClick(predicted, Qt::Key_Right);
        QTest::keyClick(predicted, Qt::Key_Down);
        const auto row = static_cast<int>(predicted->rowOrder()[1]);
        const auto column = static_cast<int>(predicted->columnOrder()[3]);
        QCOMPARE(measured->hoveredRow(), row);
        QCOMPARE(measured->hoveredColumn(), column);
        QTest::keyClick(predicted, Qt::Key_Return);
        QCOMPARE(selected(), chosen(row, column));

        ScatterPlot* scatter = m_view->scatter();
        QTest::keyClick(scatter, Qt::Key_Escape);
        QTest::keyClick(scatter, Qt::Key_Right);
        QTest::keyClick(scatter, Qt::Key_Space);
        QVERIFY(scatter->hovered() >= 0);
        const auto [i, j] = m_view->similarity().pairs.at(static_cast<std::size_t>(scatter->hovered()));
        QCOMPARE(selected(), chosen(i, j));
    }

    void whatIsPointedAtStaysWhenThePanelRefreshes() {
        HeatMap* predicted = m_view->predicted();
        QTest::keyClick(predicted, Qt::Key_Escape);
        QTest::keyClick(predicted, Qt::Key_Right);
        const int row = predicted->hoveredRow();
        QVERIFY(row >= 0);
        m_view->setSystem(std::make_shared<const FigureData>(figureDataOf(*m_study.study())), kCategories, true);
        QCOMPARE(predicted->hoveredRow(), row);
        QCOMPARE(m_view->measured()->hoveredRow(), row);
        m_view->setSystem(std::make_shared<const FigureData>(figureDataOf(*m_study.study())), kDimensions, true);
        QVERIFY(m_view->similarity().stimuli.empty()); // it has no result
        QCOMPARE(predicted->hoveredRow(), -1);
        m_view->setSystem(std::make_shared<const FigureData>(figureDataOf(*m_study.study())), kCategories, true);
    }

    void everythingHasRoomAtAnyWidth_data() {
        QTest::addColumn<QSize>("size");
        QTest::addColumn<bool>("inARow");
        QTest::addColumn<double>("leastSide");
        QTest::newRow("narrow") << QSize(360, 520) << false << 150.0;
        QTest::newRow("narrow and low") << QSize(400, 260) << true << 90.0;
        QTest::newRow("middle") << QSize(639, 800) << false << 280.0;
        QTest::newRow("wide") << QSize(1000, 480) << true << 280.0;
        QTest::newRow("widest") << QSize(1200, 900) << true << 340.0;
        QTest::newRow("wide and low") << QSize(1200, 220) << true << 120.0;
    }
    void everythingHasRoomAtAnyWidth() {
        QFETCH(QSize, size);
        QFETCH(bool, inARow);
        QFETCH(double, leastSide);
        SimilarityView view;
        view.setSystem(std::make_shared<const FigureData>(figureDataOf(*m_study.study())), kCategories, false);
        view.resize(size);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        const auto* key = view.findChild<ColorBar*>();
        const std::vector<const QWidget*> parts{view.predicted(), view.measured(), view.scatter(), key};
        for (std::size_t i = 0; i < parts.size(); ++i) {
            QVERIFY(view.rect().contains(parts[i]->geometry()));
            for (std::size_t j = 0; j < i; ++j)
                QVERIFY(!parts[i]->geometry().intersects(parts[j]->geometry()));
        }
        QCOMPARE(view.scatter()->y() == view.predicted()->y(), inARow);
        QCOMPARE(view.scatter()->y() > view.measured()->geometry().bottom(), !inARow);
        QCOMPARE(view.predicted()->size(), view.measured()->size());
        QCOMPARE(view.predicted()->y(), view.measured()->y());
        const HeatMap& map = *view.predicted();
        QVERIFY2(map.width() - 16 >= leastSide, qPrintable(QString::number(map.width())));
        QVERIFY(key->width() >= 150);
        const double scatterWidth = view.scatter()->width();
        QVERIFY(scatterWidth > 0.9 * map.width());
    }

private:
    PanelStudy m_study;
    std::unique_ptr<StudySession> m_session;
    std::unique_ptr<ValidationPanel> m_panel;
    SimilarityView* m_view = nullptr;
    std::shared_ptr<const ArrayBundle> m_result;
};

QTEST_MAIN(ValidationPanelTest)
#include "validation_panel.moc"
