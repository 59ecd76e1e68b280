#include "plots_data.h"
#include "widgets/plots/bar_delegate.h"
#include "widgets/plots/bar_plot.h"
#include "widgets/plots/chord_plot.h"
#include "widgets/plots/color_bar.h"
#include "widgets/plots/icons.h"
#include "widgets/plots/overlap_plot.h"
#include "widgets/plots/picture.h"
#include "widgets/plots/scatter_plot.h"
#include "widgets/plots/theme.h"

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QGridLayout>
#include <QGroupBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QRadioButton>
#include <QSlider>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include <cstdio>

using namespace tercet;
namespace ex = tercet::examples;

/// gallery FOLDER: draws every plot with example data, small and large, light and dark, to look at.
namespace {

QString folder;

void keep(QWidget& widget, const QString& name, const QSize& size) {
    widget.resize(size);
    widget.show();
    QTest::qWait(30);
    const QString file = QStringLiteral("%1/%2_%3_%4.png")
                             .arg(folder, name, size.width() < 500 ? "small" : "large",
                                  Theme::instance().look().dark ? "dark" : "light");
    widget.grab().save(file);
    widget.hide();
}

void keepBoth(QWidget& widget, const QString& name) {
    keep(widget, name, {360, 300});
    keep(widget, name, {1200, 900});
}

void maps() {
    const ex::Cloud cloud = ex::cloud(2180, 1);
    PointMap map;
    ex::fill(map, cloud);
    keepBoth(map, "map");
    QVector<int> prototypes;
    for (int i = 0; i < 70; ++i)
        prototypes << i * 31;
    map.setPrototypes(prototypes);
    QPolygonF lasso{{300, 200}, {620, 180}, {660, 420}, {420, 520}};
    map.resize(1200, 900);
    map.show();
    map.setSelection(map.rowsInside(lasso));
    QTest::mouseMove(&map, map.placeOf(map.selection().first()).toPoint());
    QTest::qWait(20);
    keep(map, "map_selection", {1200, 900});
    auto shown = std::make_shared<std::vector<std::uint8_t>>();
    for (const int group : *cloud.groups)
        shown->push_back(group % 3 == 0);
    map.setSelection({});
    map.setShown(shown);
    keep(map, "map_filtered", {1200, 900});

    PointMap large;
    const ex::Cloud many = ex::cloud(100000, 2);
    ex::fill(large, many);
    keep(large, "map_100k", {1200, 900});
    auto byRating = std::make_shared<std::vector<QRgb>>();
    for (int i = 0; i < 2180; ++i)
        byRating->push_back(sequentialColor(
            0.5 + 0.5 * std::sin(static_cast<double>((*cloud.positions)(static_cast<std::size_t>(i), 0)) / 16)));
    PointMap rating;
    rating.setPositions(cloud.positions);
    rating.setColors(byRating);
    keep(rating, "map_rating", {1200, 900});
}

void roses() {
    const bool dark = Theme::instance().look().dark;
    RosePlot one;
    one.setRoses(ex::systems(1, 30, dark), ex::stimuli(1, 1, 30, 3));
    keepBoth(one, "rose");
    RosePlot grid;
    grid.setRoses(ex::systems(4, 30, dark), ex::stimuli(3, 4, 30, 4));
    keepBoth(grid, "roses");
    grid.setHighlighted(1, 4);
    RosePlot several;
    several.setRoses(ex::systems(1, 30, dark), ex::stimuli(6, 1, 30, 5));
    several.resize(1200, 900);
    several.show();
    QTest::mouseMove(&several, (several.centerOf(1, 0) + QPointF(20, -10)).toPoint());
    keep(several, "roses_one_system", {1200, 900});
}

void fill(LinePlot& accuracy, const ex::FitCurves& c) {
    accuracy.setTitle("Accuracy");
    accuracy.setXLabel("epoch");
    accuracy.setValueFormat('f', 3);
    accuracy.setSeries({{"train", QColor(0x7983E0), Qt::SolidLine}, {"held out", QColor(0xC07B00), Qt::SolidLine}});
    accuracy.setValues(0, c.epoch, c.train);
    accuracy.setValues(1, c.epoch, c.heldOut);
    accuracy.setBand(1, c.low, c.high);
    accuracy.setReference(1.0 / 3, "chance 1/3");
}

void lines() {
    const ex::FitCurves c = ex::fitCurves(320, 6);
    LinePlot accuracy;
    fill(accuracy, c);
    keepBoth(accuracy, "accuracy");
    accuracy.setReading(120);
    keep(accuracy, "accuracy_read", {480, 240});

    QWidget panel;
    panel.setAutoFillBackground(true);
    auto* grid = new QGridLayout(&panel);
    grid->setSpacing(1);
    grid->setContentsMargins(0, 0, 0, 0);
    auto* objective = new LinePlot;
    objective->setTitle("Objective", "nats per judgment");
    objective->setSeries({{"", QColor(0x6FA8DC), Qt::SolidLine}});
    objective->setValues(0, c.epoch, c.objective);
    auto* both = new LinePlot;
    fill(*both, c);
    auto* active = new LinePlot;
    active->setTitle("Active components");
    active->setSeries({{"", QColor(0x00A9A1), Qt::SolidLine}});
    active->setValues(0, c.epoch, c.active);
    active->setXLabel("epoch");
    auto* sparsity = new LinePlot;
    sparsity->setTitle("Sparsity", "% of weights at 0");
    sparsity->setValueFormat('f', 1);
    sparsity->setSeries({{"", QColor(0xC985CA), Qt::SolidLine}});
    sparsity->setValues(0, c.epoch, c.sparsity);
    sparsity->setXLabel("epoch");
    grid->addWidget(objective, 0, 0);
    grid->addWidget(both, 0, 1);
    grid->addWidget(active, 1, 0);
    grid->addWidget(sparsity, 1, 1);
    keepBoth(panel, "fit");
}

void validation() {
    LinePlot sweep;
    sweep.setTitle("Held-out accuracy", "%");
    sweep.setXLabel("components");
    sweep.setSeries({{"Categories", systemColor(SystemKind::HumanCategories, false), Qt::SolidLine},
                     {"Language model", systemColor(SystemKind::LanguageModel, false), Qt::SolidLine}});
    std::vector<double> x, a, b, dotsX, dotsY;
    std::vector<LinePlot::Box> first, second;
    Rng rng(3);
    for (int k = 2; k <= 30; k += 4) {
        x.push_back(k);
        a.push_back(95 - 60.0 / k);
        b.push_back(80 - 40.0 / k);
        for (int run = 0; run < 5; ++run) {
            dotsX.push_back(k);
            dotsY.push_back(a.back() + 4 * rng.uniform() - 2);
        }
        first.push_back({double(k), a.back() - 9, a.back() - 4, a.back(), a.back() + 3, a.back() + 5});
        second.push_back({double(k), b.back() - 9, b.back() - 4, b.back(), b.back() + 3, b.back() + 5});
    }
    sweep.setValues(0, x, a);
    sweep.setValues(1, x, b);
    sweep.setDots(0, dotsX, dotsY);
    sweep.setZone(std::pair{88.0, 92.0}, "95–99 % of all");
    sweep.setSpan(0, std::pair{10.0, 18.0});
    keepBoth(sweep, "sweep");
    sweep.setZone({});
    sweep.setSpan(0, {});
    sweep.setDots(0, {}, {});
    sweep.setBoxes(0, first);
    sweep.setBoxes(1, second);
    keepBoth(sweep, "boxes");

    BarPlot bars;
    bars.setTitle("Held-out accuracy", "%, 95 % interval, ceiling grey");
    bars.setDecimals(1);
    bars.setReference(33.3, "chance 1/3");
    bars.setBars({{"Multimodal model", systemColor(SystemKind::MultimodalModel, false), 71.2, 70.1, 72.3, 76, 78},
                  {"Language model", systemColor(SystemKind::LanguageModel, false), 62.4, 61.3, 63.5, 70, 73},
                  {"Human categories", systemColor(SystemKind::HumanCategories, false), 98.2, 98.0, 98.4},
                  {"Human dimensions", systemColor(SystemKind::HumanDimensions, false)}});
    keepBoth(bars, "bars");

    ScatterPlot scatter;
    scatter.setTitle("Predicted against measured", "r = 0.91 [0.88, 0.93], 2,145 pairs");
    scatter.setLabels("predicted similarity", "measured similarity");
    std::vector<QPointF> points;
    for (int i = 0; i < 2145; ++i) {
        const double value = rng.uniform();
        points.emplace_back(value, std::clamp(value + 0.2 * (rng.uniform() - 0.5), 0.0, 1.0));
    }
    scatter.setPoints(points, systemColor(SystemKind::MultimodalModel, false));
    scatter.setDescribe([](int) { return QStringList{"Paper lanterns – Wet dog", "predicted 0.71, measured 0.75"}; });
    scatter.setHovered(17);
    keepBoth(scatter, "scatter");
}

void tables() {
    QStandardItemModel model(14, 4);
    model.setHorizontalHeaderLabels({"Component", "Label", "r", "Sum"});
    Rng rng(9);
    for (int row = 0; row < 14; ++row) {
        model.setItem(row, 0, new QStandardItem(swatchIcon(componentColor(row)), QString::number(row + 1)));
        model.setItem(row, 1, new QStandardItem(ex::categoryNames()[(row * 5) % 34]));
        auto* r = new QStandardItem;
        r->setData(row == 4 ? std::numeric_limits<double>::quiet_NaN() : 2 * rng.uniform() - 1, Qt::DisplayRole);
        model.setItem(row, 2, r);
        auto* sum = new QStandardItem;
        sum->setData(900.0 / (row + 1.5), Qt::DisplayRole);
        model.setItem(row, 3, sum);
    }
    QTableView table;
    table.setModel(&model);
    auto* r = new BarDelegate(BarDelegate::Kind::Signed, &table);
    auto* sums = new BarDelegate(BarDelegate::Kind::Positive, &table);
    sums->setMaximum(600);
    sums->setDecimals(0);
    table.setItemDelegateForColumn(2, r);
    table.setItemDelegateForColumn(3, sums);
    table.verticalHeader()->hide();
    table.setShowGrid(false);
    table.setAlternatingRowColors(true);
    table.setSelectionBehavior(QAbstractItemView::SelectRows);
    table.selectRow(2);
    table.verticalHeader()->setDefaultSectionSize(kRowHeight);
    table.setColumnWidth(1, 170);
    table.setColumnWidth(2, 190);
    table.horizontalHeader()->setStretchLastSection(true);
    keep(table, "table", {700, 400});
    keep(table, "table", {360, 300});
}

void graphs() {
    const ex::Graph example = ex::graph(30, 5, 1);
    GraphPlot graph;
    graph.setGraph(example.data);
    graph.setPlaces(example.places);
    graph.setSelected(4);
    keepBoth(graph, "graph");
    ChordPlot chords;
    chords.setGraph(example.data);
    chords.setHighlighted(3);
    keepBoth(chords, "chords");
    FlowPlot flow;
    flow.setFlow(ex::flow(4, 20, 1));
    flow.setHighlighted(1, 4);
    keep(flow, "flow", {900, 520});
    OverlapPlotData data;
    for (int s = 0; s < 4; ++s)
        data.systems.push_back({QString("System %1").arg(s + 1), componentColor(3 * s)});
    for (unsigned set = 1; set < 16; ++set)
        for (unsigned k = 0; k < set % 3; ++k)
            data.clusters.push_back({"fear, horror", "fear", set});
    OverlapPlot overlap;
    overlap.setOverlap(data);
    keep(overlap, "overlap", {360, 520});
    keep(overlap, "overlap", {900, 420});
}

void keys() {
    Legend legend;
    legend.setEntries(ex::legendOf(ex::cloud(2180, 1)));
    legend.setEntryShown(3, false);
    legend.setHighlighted(6);
    keep(legend, "legend", {360, legend.heightForWidth(360)});
    keep(legend, "legend", {900, legend.heightForWidth(900)});
    ColorBar bar;
    bar.setMap([](double share, bool) { return sequentialColor(share); }, 0, 1, "joy, share of raters");
    keep(bar, "color_bar", {360, bar.sizeHint().height()});
    bar.setMap([](double share, bool dark) { return divergingColor(2 * share - 1, dark); }, -0.8, 0.8, "r");
    keep(bar, "color_bar_r", {360, bar.sizeHint().height()});
}

void palettes() {
    class Sheet : public QWidget {
        void paintEvent(QPaintEvent*) override {
            const Look& look = Theme::instance().look();
            QPainter painter(this);
            painter.fillRect(rect(), look.surface);
            painter.setFont(look.font(TextSize::Small));
            for (int i = 0; i < 72; ++i)
                painter.fillRect(8 + i % 36 * 24, 8 + i / 36 * 28, 22, 24, componentColor(i));
            for (int i = 0; i < 34; ++i) {
                const QRect place(8 + i % 6 * 145, 80 + i / 6 * 28, 24, 24);
                painter.fillRect(place, categoryColor(ex::categoryNames()[i]));
                painter.setPen(look.text);
                painter.drawText(place.translated(30, 0).adjusted(0, 0, 90, 0), Qt::AlignVCenter,
                                 ex::categoryNames()[i]);
            }
            for (int i = 0; i < kSystemKinds; ++i)
                painter.fillRect(8 + i * 60, 260, 56, 40, systemColor(static_cast<SystemKind>(i), look.dark));
            for (int x = 0; x < 400; ++x) {
                painter.fillRect(8 + x, 310, 1, 30, QColor::fromRgb(divergingColor(x / 199.5 - 1, look.dark)));
                painter.fillRect(440 + x, 310, 1, 30, QColor::fromRgb(sequentialColor(x / 399.0)));
            }
        }
    } drawn;
    keep(drawn, "palettes", {900, 352});
}

void controls() {
    QWidget window;
    auto* column = new QGridLayout(&window);
    auto* icons = new QWidget;
    auto* grid = new QGridLayout(icons);
    int n = 0;
    for (const QFileInfo& file : QDir(":/icons").entryInfoList()) {
        if (file.baseName() == "tercet")
            continue;
        auto* button = new QToolButton;
        button->setIcon(themedIcon(file.baseName()));
        button->setIconSize({n < 14 ? 24 : 16, n < 14 ? 24 : 16});
        button->setAutoRaise(true);
        button->setCheckable(n == 3);
        button->setChecked(n == 3);
        button->setEnabled(n != 5);
        grid->addWidget(button, n / 14, n % 14);
        ++n;
    }
    column->addWidget(icons, 0, 0, 1, 3);
    auto* logo = new QLabel;
    logo->setPixmap(applicationIcon().pixmap(96, 96));
    auto* smallLogo = new QLabel;
    smallLogo->setPixmap(applicationIcon().pixmap(24, 24));
    column->addWidget(logo, 1, 0);
    column->addWidget(smallLogo, 1, 1);
    auto* title = new QLabel("Title text");
    title->setFont(Theme::instance().look().font(TextSize::Title));
    column->addWidget(title, 1, 2);
    auto* primary = new QPushButton(themedIcon("play"), "Fit embedding");
    primary->setDefault(true);
    column->addWidget(primary, 2, 0);
    column->addWidget(new QPushButton(themedIcon("import"), "Import…"), 2, 1);
    auto* disabled = new QPushButton("Disabled");
    disabled->setEnabled(false);
    column->addWidget(disabled, 2, 2);
    auto* line = new QLineEdit;
    line->setPlaceholderText("Search stimuli");
    line->addAction(themedIcon("search"), QLineEdit::LeadingPosition);
    column->addWidget(line, 3, 0);
    auto* combo = new QComboBox;
    combo->addItem(swatchIcon(categoryColor(u"joy")), "joy");
    column->addWidget(combo, 3, 1);
    column->addWidget(new QSpinBox, 3, 2);
    auto* progress = new QProgressBar;
    progress->setValue(43);
    column->addWidget(progress, 4, 0);
    auto* slider = new QSlider(Qt::Horizontal);
    slider->setValue(40);
    column->addWidget(slider, 4, 1);
    auto* check = new QCheckBox("Show names");
    check->setChecked(true);
    column->addWidget(check, 4, 2);
    auto* tabs = new QTabWidget;
    tabs->addTab(new QLabel("Content"), "Map");
    tabs->addTab(new QLabel("Content"), "Rose");
    tabs->addTab(new QLabel("Content"), "Components");
    column->addWidget(tabs, 5, 0, 1, 2);
    auto* box = new QGroupBox("Options");
    auto* inBox = new QGridLayout(box);
    auto* radio = new QRadioButton("by category");
    radio->setChecked(true);
    inBox->addWidget(radio, 0, 0);
    inBox->addWidget(new QRadioButton("by rating"), 1, 0);
    column->addWidget(box, 5, 2);
    keep(window, "controls", {640, 480});
}

void page() {
    const ex::Cloud cloud = ex::cloud(2180, 1);
    PointMap map;
    ex::fill(map, cloud);
    map.resize(700, 560);
    Legend legend;
    legend.setEntries(ex::legendOf(cloud));
    RosePlot rose;
    rose.setRoses(ex::systems(4, 30, false), ex::stimuli(1, 4, 30, 4));
    LinePlot accuracy;
    fill(accuracy, ex::fitCurves(320, 6));
    const Painting paint = [&](QPainter& painter, const QRectF& area, const Look& look) {
        painter.fillRect(area, look.surface);
        const double legendHeight = legend.heightFor(area.width(), look);
        const double top = 0.5 * area.height();
        map.paint(painter, QRectF(0, 0, area.width(), top), look);
        legend.paint(painter, QRectF(0, top, area.width(), legendHeight), look);
        const double roseTop = top + legendHeight;
        const double roseHeight = 0.22 * area.height();
        rose.paint(painter, QRectF(0, roseTop, area.width(), roseHeight), look);
        accuracy.paint(painter, QRectF(0, roseTop + roseHeight, area.width(), area.height() - roseTop - roseHeight),
                       look);
    };
    for (const char* ending : {"pdf", "svg", "png"})
        savePicture({paint, {183, 220}, "Gallery", "tests/widgets/gallery"}, folder + "/page." + ending, 200);
}

} // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    if (argc != 2) {
        std::fputs("usage: gallery FOLDER\n", stderr);
        return 2;
    }
    folder = QString::fromLocal8Bit(argv[1]);
    QDir().mkpath(folder);
    Theme::instance().install(application);
    for (const ThemeChoice choice : {ThemeChoice::Light, ThemeChoice::Dark}) {
        Theme::instance().setChoice(choice);
        maps();
        roses();
        lines();
        validation();
        tables();
        graphs();
        keys();
        palettes();
        controls();
    }
    page();
    return 0;
}
