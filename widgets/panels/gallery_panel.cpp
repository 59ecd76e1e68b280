#include "widgets/panels/gallery_panel.h"

#include "widgets/figures/gallery_values.h"
#include "widgets/panels/panel_header.h"
#include "widgets/panels/session_figure.h"
#include "widgets/plots/gallery_grid.h"
#include "widgets/plots/palettes.h"
#include "widgets/plots/theme.h"

#include <QBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QScrollArea>
#include <QStackedWidget>
#include <QToolButton>
#include <QWheelEvent>

#include <algorithm>

namespace tercet {
namespace {

constexpr int kWide = 72 * kUnit; ///< from here on cloud and stimuli stand side by side
constexpr int kWheelPage = 120;

} // namespace

GalleryPanel::GalleryPanel(StudySession& session, QWidget* parent)
    : Panel(session, QStringLiteral("gallery"), tr("Gallery"), parent), m_views(new QStackedWidget),
      m_title(new QLabel), m_cloud(new WordCloud), m_noRatings(new QLabel), m_stimuli(new StimulusCards),
      m_scroll(new QScrollArea), m_overview(new GalleryGrid) {
    useSystemChip();
    m_previous = addButton(QStringLiteral("chevron-left"), tr("Previous component (Page up)"), [this] { turn(-1); });
    m_next = addButton(QStringLiteral("chevron-right"), tr("Next component (Page down)"), [this] { turn(1); });
    m_overviewButton = addButton(QStringLiteral("grid"), tr("Show all components"),
                                 [this] { showOverview(m_overviewButton->isChecked()); });
    m_overviewButton->setCheckable(true);
    usePictureButton();
    showFailuresOf({"label-components"});

    for (QLabel* label : {m_title, m_noRatings}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setMinimumWidth(1);
    }
    m_title->setContentsMargins(kUnit, kHalfUnit, kUnit, 0);
    m_noRatings->setContentsMargins(kUnit, kUnit, kUnit, kUnit);
    m_noRatings->setAlignment(Qt::AlignCenter);
    m_noRatings->setText(tr("Import a rating table to see which words go with the component."));
    auto* page = new QWidget;
    page->setAutoFillBackground(true);
    page->setBackgroundRole(QPalette::Base);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_title);
    m_parts = new QBoxLayout(QBoxLayout::TopToBottom);
    m_parts->setSpacing(0);
    m_parts->addWidget(m_cloud, 1);
    m_parts->addWidget(m_noRatings, 1);
    m_parts->addWidget(m_stimuli, 1);
    layout->addLayout(m_parts, 1);
    m_scroll->setWidget(m_overview);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusProxy(m_overview);
    m_views->addWidget(page);
    m_views->addWidget(m_scroll);
    setBody(m_views);
    connect(&Theme::instance(), &Theme::changed, this, &GalleryPanel::applyLook);
    applyLook();

    Selection& selection = session.selection();
    connect(m_stimuli, &StimulusCards::cardHovered, &selection, &Selection::setHoveredStimulus);
    connect(m_stimuli, &StimulusCards::cardClicked, this, [this](int stimulus, Qt::KeyboardModifiers modifiers) {
        QVector<int> rows;
        if (modifiers & (Qt::ShiftModifier | Qt::ControlModifier)) {
            rows = this->session().selection().stimuli();
            if (rows.removeAll(stimulus) == 0)
                rows << stimulus;
        } else {
            rows << stimulus;
        }
        this->session().selection().setStimuli(rows);
    });
    connect(m_overview, &GalleryGrid::cardHovered, this, [this](int card) {
        this->session().selection().setHoveredComponent(
            card < 0 || !m_embedding ? -1 : m_embedding->trainingColumns.at(static_cast<std::size_t>(card)));
    });
    connect(m_overview, &GalleryGrid::cardClicked, this, [this](int card) {
        select(card);
        showOverview(false);
    });
    connect(&selection, &Selection::stimuliChanged, this,
            [this] { m_stimuli->setSelected(this->session().selection().stimuli()); });
    connect(&selection, &Selection::hoveredStimulusChanged, this, [this] {
        if (!m_stimuli->underMouse())
            m_stimuli->setHoveredStimulus(this->session().selection().hoveredStimulus());
    });
    connect(&selection, &Selection::componentChanged, this, &GalleryPanel::invalidate);
    connect(&session, &StudySession::embeddingChanged, this, [this](const QString& changed) {
        if (changed == system())
            invalidate();
    });
    connect(&session, &StudySession::studyChanged, this, &GalleryPanel::invalidate);
    connect(&session, &StudySession::namesChanged, this, &GalleryPanel::invalidate);
    connect(&session, &StudySession::statesChanged, this, &GalleryPanel::invalidate);
}

void GalleryPanel::applyLook() {
    const Look& look = Theme::instance().look();
    m_title->setFont(look.font(TextSize::Heading, QFont::DemiBold));
    QPalette palette = m_noRatings->palette();
    palette.setColor(QPalette::WindowText, look.mutedText);
    m_noRatings->setPalette(palette);
}

void GalleryPanel::resizeEvent(QResizeEvent* event) {
    Panel::resizeEvent(event);
    m_parts->setDirection(event->size().width() >= kWide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
}

void GalleryPanel::refresh() {
    const QString name = system();
    const auto embedding = session().embedding(name);
    if (!embedding || embedding->trainingColumns.empty()) {
        m_embedding = nullptr;
        m_component = -1;
        m_previous->setEnabled(false);
        m_next->setEnabled(false);
        m_overviewButton->setEnabled(false);
        header()->setNote({});
        const QString text = tr("Every component gets a page with the words that go with it and the stimuli that have "
                                "most of it, as soon as an embedding is being fitted.");
        if (name.isEmpty())
            showEmpty(tr("No components yet"), text);
        else
            showEmpty(Task{"fit-embedding", name.toStdString()}, tr("No components yet"), text,
                      tr("Fit %1").arg(systemTitle(name)));
        return;
    }
    // The page stays with its component where the order changes during a fit.
    const int shown = m_embedding && m_component >= 0 && m_system == name
                          ? m_embedding->trainingColumns.at(static_cast<std::size_t>(m_component))
                          : -1;
    m_embedding = embedding;
    m_system = name;
    const auto placeOf = [&](int column) {
        const auto& columns = embedding->trainingColumns;
        const auto found = std::find(columns.begin(), columns.end(), column);
        return found == columns.end() ? -1 : static_cast<int>(found - columns.begin());
    };
    int place = placeOf(session().selection().component());
    if (place < 0)
        place = std::max(0, placeOf(shown));
    m_overviewButton->setEnabled(true);
    showPage(place);
    showBody();
}

void GalleryPanel::showPage(int component) {
    m_component = component;
    const auto place = static_cast<std::size_t>(component);
    const auto count = static_cast<int>(m_embedding->trainingColumns.size());
    m_previous->setEnabled(component > 0);
    m_next->setEnabled(component + 1 < count);
    QStringList facts{tr("%1 of %2").arg(component + 1).arg(count)};
    if (m_embedding->live)
        facts << tr("epoch %1").arg(m_embedding->epoch);
    header()->setNote(facts.join(QStringLiteral(" · ")));
    const auto figureData = figureDataOf(session());
    const FigureSystem& shown = *figureData->system(m_system);
    m_title->setText(componentTitle(shown, place));
    const bool rated = figureData->ratings && !m_embedding->correlations.empty();
    m_cloud->setVisible(rated);
    m_noRatings->setVisible(!rated);
    if (!showsOverview()) {
        m_cloud->setSeed(place);
        m_cloud->setWords(cloudWords(*m_embedding, figureData->ratings.get(), place));
        m_stimuli->setCards(topStimuli(*figureData, *m_embedding, place),
                            componentColor(m_embedding->trainingColumns[place]));
        m_stimuli->setSelected(session().selection().stimuli());
    } else {
        std::vector<GalleryCard> cards;
        for (std::size_t i = 0; i < m_embedding->trainingColumns.size(); ++i)
            cards.push_back({.title = tr("%1 %2").arg(i + 1).arg(shown.componentNames.value(static_cast<int>(i))),
                             .color = componentColor(m_embedding->trainingColumns[i]),
                             .words = cloudWords(*m_embedding, figureData->ratings.get(), i)});
        m_overview->setCards(std::move(cards));
        m_overview->setCurrent(component);
    }
}

void GalleryPanel::select(int component) {
    session().selection().setSystem(m_system);
    session().selection().setComponent(m_embedding->trainingColumns.at(static_cast<std::size_t>(component)));
    showPage(component);
}

void GalleryPanel::turn(int pages) {
    if (!m_embedding)
        return;
    const int last = static_cast<int>(m_embedding->trainingColumns.size()) - 1;
    const int next = std::clamp(m_component + pages, 0, last);
    if (next != m_component)
        select(next);
}

void GalleryPanel::showOverview(bool shown) {
    m_overviewButton->setChecked(shown);
    m_views->setCurrentIndex(shown ? 1 : 0);
    if (m_embedding)
        showPage(m_component);
    if (shown)
        m_overview->setFocus();
    else
        (m_cloud->isVisible() ? static_cast<QWidget*>(m_cloud) : m_stimuli)->setFocus();
}

bool GalleryPanel::showsOverview() const { return m_views->currentIndex() == 1; }

void GalleryPanel::wheelEvent(QWheelEvent* event) {
    if (showsOverview()) {
        Panel::wheelEvent(event);
        return;
    }
    m_wheel -= event->angleDelta().y();
    const int pages = m_wheel / kWheelPage;
    m_wheel -= pages * kWheelPage;
    turn(pages);
    event->accept();
}

void GalleryPanel::keyPressEvent(QKeyEvent* event) {
    const bool page = !showsOverview();
    switch (event->key()) {
    case Qt::Key_PageUp:
        turn(-1);
        break;
    case Qt::Key_PageDown:
        turn(1);
        break;
    case Qt::Key_Left:
        turn(page ? -1 : 0);
        break;
    case Qt::Key_Right:
        turn(page ? 1 : 0);
        break;
    case Qt::Key_Home:
        turn(-m_component);
        break;
    case Qt::Key_End:
        turn(m_embedding ? static_cast<int>(m_embedding->trainingColumns.size()) : 0);
        break;
    default:
        Panel::keyPressEvent(event);
    }
}

std::optional<Figure> GalleryPanel::figure() const {
    if (isEmpty())
        return {};
    FigureOptions options;
    options.systems = {m_system};
    options.page = m_component / kGalleryPage;
    const auto figureData = figureDataOf(session());
    return showsOverview() && figureData->ratings ? wordCloudFigure(figureData, options)
                                                  : galleryFigure(figureData, options);
}

void GalleryPanel::showFigure(const QString& preset, const FigureOptions& options) {
    refresh(); // with what is selected now
    showOverview(preset == QLatin1String("word-clouds"));
    if (!m_embedding || showsOverview())
        return;
    const int lastPage = (static_cast<int>(m_embedding->trainingColumns.size()) - 1) / kGalleryPage;
    if (const int page = std::min(options.page, lastPage); page != m_component / kGalleryPage)
        turn(page * kGalleryPage - m_component);
}

} // namespace tercet
