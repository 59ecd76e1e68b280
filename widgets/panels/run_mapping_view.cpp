#include "widgets/panels/run_mapping_view.h"

#include "core/base/text.h"
#include "widgets/plots/icons.h"
#include "widgets/plots/run_timeline.h"
#include "widgets/plots/theme.h"

#include <QComboBox>
#include <QDir>
#include <QDoubleValidator>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileDialog>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMimeData>
#include <QPointer>
#include <QPushButton>
#include <QRegularExpression>
#include <QShortcut>
#include <QSignalBlocker>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tercet {
namespace {

namespace fs = std::filesystem;

constexpr int kCheckAfterMilliseconds = 120; ///< of the last change
constexpr int kNamed = 12;                   ///< events that are listed by name

QString text(const std::string& utf8) { return QString::fromStdString(utf8); }

QString nameOf(const fs::path& path) { return text(path.filename().string()); }

/// The names of events that are left out, each once.
QString namesOf(const std::vector<OtherEvent>& events, int most) {
    QStringList names;
    for (const OtherEvent& event : events)
        if (const QString name = text(event.name); !names.contains(name))
            names << name;
    const qsizetype more = names.size() - most;
    QString list = names.mid(0, most).join(QStringLiteral(", "));
    if (more > 0)
        list += RunMappingView::tr(" and %1 more").arg(more);
    return list;
}

/// A problem with this view's fields in place of the command line's options.
QString inFields(const std::string& problem) {
    const std::pair<const char*, QString> names[] = {
        {"--events", RunMappingView::tr("Events…")},
        {"--motion", RunMappingView::tr("Motion…")},
        {"--stimulus-column", RunMappingView::tr("Stimulus column")},
        {"--keep", RunMappingView::tr("Events that count")},
        {"--tr", RunMappingView::tr("Seconds per volume")},
        {"--base", RunMappingView::tr("First stimulus is")},
        {"--mask", RunMappingView::tr("Mask")},
        {"--labels", RunMappingView::tr("Labels of volumes")},
    };
    QString said = text(problem);
    for (const auto& [option, name] : names)
        said.replace(QRegularExpression(QRegularExpression::escape(QLatin1String(option)) + QStringLiteral("\\b")),
                     u'“' + name + u'”');
    return said;
}

/// Seconds from one volume to the next, with a point on every desktop: a comma becomes one as it is typed.
class SecondsValidator : public QDoubleValidator {
public:
    explicit SecondsValidator(QObject* parent)
        : QDoubleValidator(kShortestRepetitionTime, kLongestRepetitionTime, 4, parent) {
        setLocale(QLocale::c());
    }
    State validate(QString& input, int& place) const override {
        input.replace(',', '.');
        return QDoubleValidator::validate(input, place);
    }
};

} // namespace

// --- the table ---

void RunMappingModel::show(const ImportRequest& request, std::shared_ptr<const RunMapping> mapping) {
    const bool same = m_mapping && mapping && m_mapping->runs.size() == mapping->runs.size();
    if (!same)
        beginResetModel();
    m_files = request.files;
    m_mapping = std::move(mapping);
    m_allFail = m_mapping && m_mapping->failure &&
                std::ranges::all_of(m_mapping->runs, [](const MappedRun& run) { return run.problem.empty(); });
    m_blocks.assign(m_mapping ? m_mapping->runs.size() : 0, 0);
    if (m_mapping) {
        for (const ShownBlock& block : m_mapping->blocks)
            ++m_blocks[static_cast<std::size_t>(block.run)];
        for (const std::int32_t run : m_mapping->samples.run)
            ++m_blocks[static_cast<std::size_t>(run)];
    }
    if (!same)
        endResetModel();
    else if (rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, kColumns - 1));
    emit headerDataChanged(Qt::Horizontal, 0, kColumns - 1);
}

int RunMappingModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !m_mapping ? 0 : static_cast<int>(m_mapping->runs.size());
}

int RunMappingModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumns; }

QVariant RunMappingModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const MappedRun& one = run(index.row());
    const int column = index.column();
    const bool isNumber = column == Volumes || column == Stimuli || column == Others;
    if (role == Qt::TextAlignmentRole)
        return isNumber ? QVariant(Qt::AlignCenter) : QVariant();
    if (role == Qt::ForegroundRole && column == Problem && !one.problem.empty())
        return Theme::instance().look().error;
    if (role == Qt::ToolTipRole) {
        const QString tips[] = {text(m_files.at(one.file).string()),
                                {},
                                text(one.events.string()),
                                {},
                                namesOf(one.others, 4 * kNamed),
                                text(one.motionFile.string()),
                                text(one.problem)};
        return tips[column];
    }
    if (role != Qt::DisplayRole)
        return {};
    const QString none = QStringLiteral("–");
    switch (column) {
    case File:
        return one.first == 0 ? nameOf(m_files.at(one.file))
                              : tr("%1, from %2 on").arg(nameOf(m_files.at(one.file))).arg(one.first + 1);
    case Volumes:
        return text(withThousands(one.volumes));
    case Events:
        return one.events.empty() ? none : nameOf(one.events);
    case Stimuli:
        return text(withThousands(m_blocks[static_cast<std::size_t>(index.row())]));
    case Others:
        return text(withThousands(one.others.size()));
    case Motion:
        return one.motionFile.empty() ? none : nameOf(one.motionFile);
    default:
        return !one.problem.empty() ? inFields(one.problem) : m_allFail ? none : tr("fits");
    }
}

QVariant RunMappingModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= kColumns)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant(
            (section == Volumes || section == Stimuli || section == Others ? Qt::AlignHCenter : Qt::AlignLeft) |
            Qt::AlignVCenter);
    const bool responses = m_mapping && m_mapping->responses;
    if (role == Qt::ToolTipRole) {
        const QString tips[] = {tr("The file of the run"),
                                responses ? tr("Samples of the run in the file") : tr("Volumes of the run"),
                                tr("The table of what was shown when"),
                                tr("Events whose stimulus is in the study"),
                                tr("Events that name something else and are left out"),
                                tr("Motion parameters, which are regressed out"),
                                tr("Whether the run can be imported")};
        return tips[section];
    }
    if (role != Qt::DisplayRole)
        return {};
    const QString names[] = {
        tr("Run"),  responses ? tr("Samples") : tr("Volumes"), tr("Events"), tr("Stimuli"), tr("Others"), tr("Motion"),
        tr("State")};
    return names[section];
}

// --- the view ---

RunMappingView::RunMappingView(JobRunner& runner, QWidget* parent)
    : QWidget(parent), m_runner(runner), m_model(new RunMappingModel(this)), m_table(new QTableView),
      m_timeline(new RunTimeline), m_column(new QComboBox), m_keep(new QLineEdit), m_time(new QLineEdit),
      m_base(new QComboBox), m_mask(new FileField(tr("Choose the mask"))),
      m_labels(new FileField(tr("Choose the labels of volumes"))), m_events(new QPushButton(tr("Events…"))),
      m_motion(new QPushButton(tr("Motion…"))), m_leaveOut(new QPushButton(tr("Leave out"))),
      m_all(new QPushButton(tr("All runs"))), m_others(new QLabel), m_said(new QLabel) {
    setObjectName(QStringLiteral("run-mapping"));
    setAcceptDrops(true);
    m_soon.setSingleShot(true);
    m_soon.setInterval(kCheckAfterMilliseconds);
    connect(&m_soon, &QTimer::timeout, this, &RunMappingView::check);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(kUnit);
    grid->setVerticalSpacing(kHalfUnit);
    buildOptions(grid);
    buildTable();
    for (QLabel* label : {m_others, m_said}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    auto* delay = new QLabel(tr("Which volumes answer to a stimulus is decided by the step Responses, whose delay (4 s "
                                "unless it is changed there) follows the slow response of the blood."));
    delay->setWordWrap(true);
    delay->setEnabled(false);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(kHalfUnit);
    for (QPushButton* button : {m_events, m_motion, m_leaveOut, m_all})
        buttons->addWidget(button);
    buttons->addStretch(1);
    m_timeline->setTitle(tr("Run"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kHalfUnit);
    layout->addLayout(grid);
    layout->addWidget(m_table, 1);
    layout->addLayout(buttons);
    layout->addWidget(m_timeline);
    layout->addWidget(m_others);
    layout->addWidget(m_said);
    layout->addWidget(delay);
}

RunMappingView::~RunMappingView() { stopCheck(); }

void RunMappingView::buildOptions(QGridLayout* grid) {
    int place = 0;
    const auto add = [&](const QString& words, QWidget* field, const QString& tip) {
        field->setToolTip(tip);
        field->setAccessibleName(words);
        auto* label = new QLabel(words);
        label->setBuddy(field);
        label->setToolTip(tip);
        grid->addWidget(label, place / 3, 2 * (place % 3), Qt::AlignRight);
        grid->addWidget(field, place / 3, 2 * (place % 3) + 1);
        grid->setColumnStretch(2 * (place % 3) + 1, 1);
        ++place;
    };
    m_column->setEditable(true);
    m_column->setInsertPolicy(QComboBox::NoInsert);
    m_column->lineEdit()->setPlaceholderText(tr("found by itself"));
    m_keep->setPlaceholderText(tr("all that name a stimulus"));
    m_time->setPlaceholderText(tr("as the files say"));
    m_time->setValidator(new SecondsValidator(m_time));
    m_base->addItem(tr("found by itself"), -1);
    m_base->addItem(tr("0"), 0);
    m_base->addItem(tr("1"), 1);
    m_mask->line()->setPlaceholderText(tr("voxels with signal"));
    m_labels->line()->setPlaceholderText(tr("none: events say it"));
    add(tr("Stimulus column"), m_column, tr("The column of events, or key of a BData file, that names the stimulus"));
    add(tr("Events that count"), m_keep, tr("COLUMN=VALUE,VALUE, for example trial_type=2; all others are left out"));
    add(tr("Seconds per volume"), m_time, tr("From one volume to the next, in seconds"));
    add(tr("First stimulus is"), m_base,
        tr("The number of the first stimulus, where events have numbers: found by itself, they are ids, or begin at 1 "
           "where ids are no numbers"));
    add(tr("Mask"), m_mask, tr("The volume whose voxels that are not 0 count"));
    add(tr("Labels of volumes"), m_labels, tr("A file with a label and a run for every volume, instead of events"));
    connect(m_column, &QComboBox::currentTextChanged, this, &RunMappingView::edited);
    connect(m_base, &QComboBox::currentIndexChanged, this, &RunMappingView::edited);
    for (QLineEdit* field : {m_keep, m_time, m_mask->line(), m_labels->line()})
        connect(field, &QLineEdit::textChanged, this, &RunMappingView::edited);
}

void RunMappingView::buildTable() {
    m_table->setModel(m_model);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setAccessibleName(tr("Runs"));
    m_table->setTabKeyNavigation(false);
    m_table->setMinimumHeight(5 * kRowHeight);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(kRowHeight);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setStretchLastSection(true);
    const int widths[] = {30, 9, 26, 9, 9, 26};
    for (int column = 0; column < RunMappingModel::Problem; ++column)
        m_table->setColumnWidth(column, widths[column] * kUnit);
    m_events->setToolTip(tr("Choose the events of the selected runs, or drop them here"));
    m_motion->setToolTip(tr("Choose the motion parameters of the selected runs, or drop them here"));
    m_leaveOut->setToolTip(tr("Leave the selected runs out of the import (Delete)"));
    m_all->setToolTip(tr("Take all runs in again"));
    connect(m_events, &QPushButton::clicked, this, [this] { chooseFiles(FileKind::Events); });
    connect(m_motion, &QPushButton::clicked, this, [this] { chooseFiles(FileKind::Motion); });
    connect(m_leaveOut, &QPushButton::clicked, this, &RunMappingView::leaveOutSelected);
    connect(m_all, &QPushButton::clicked, this, &RunMappingView::takeAllRuns);
    auto* removal = new QShortcut(QKeySequence::Delete, m_table, nullptr, nullptr, Qt::WidgetShortcut);
    connect(removal, &QShortcut::activated, this, &RunMappingView::leaveOutSelected);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &RunMappingView::showRun);
}

void RunMappingView::setRequest(const ImportRequest& request) {
    m_whole = request;
    m_kept.resize(request.files.size());
    std::iota(m_kept.begin(), m_kept.end(), 0);
    m_foundEvents.assign(request.files.size(), {});
    m_foundMotion.assign(request.files.size(), {});
    m_mapping = nullptr;
    m_more.clear();
    deriveRequest();
    m_filling = true;
    m_column->clear();
    m_column->setCurrentText(text(request.stimulusColumn));
    m_keep->setText(text(request.keptEvents));
    m_time->setText(request.repetitionTime > 0 ? QString::number(request.repetitionTime) : QString());
    m_base->setCurrentIndex(request.indexBase ? *request.indexBase + 1 : 0);
    m_mask->line()->setText(text(request.mask.string()));
    m_labels->line()->setText(text(request.volumeLabels.string()));
    m_filling = false;
    check();
}

void RunMappingView::setSubject(const QString& subject) {
    const std::string name = subject.trimmed().toStdString();
    if (name == m_whole.subject)
        return;
    m_whole.subject = name;
    edited();
}

void RunMappingView::setStimuli(std::shared_ptr<const std::vector<Stimulus>> stimuli) {
    m_stimuli = std::move(stimuli);
    if (!m_request.files.empty())
        check();
}

const std::vector<Stimulus>& RunMappingView::stimuli() const {
    static const std::vector<Stimulus> none;
    if (m_mapping && !m_mapping->newStimuli.empty())
        return m_mapping->newStimuli;
    return m_stimuli ? *m_stimuli : none;
}

void RunMappingView::edited() {
    if (m_filling)
        return;
    m_more.clear();
    m_whole.stimulusColumn = m_column->currentText().trimmed().toStdString();
    m_whole.keptEvents = m_keep->text().trimmed().toStdString();
    m_whole.repetitionTime = m_time->hasAcceptableInput() ? toNumber(m_time->text().toStdString()).value_or(0) : 0;
    const int base = m_base->currentData().toInt();
    m_whole.indexBase = base < 0 ? std::nullopt : std::optional(base);
    m_whole.mask = m_mask->path();
    m_whole.volumeLabels = m_labels->path();
    deriveRequest();
    stopCheck();
    m_checking = true;
    m_soon.start();
    emit checked();
}

void RunMappingView::deriveRequest() {
    m_request = m_whole;
    const std::size_t all = m_whole.files.size();
    if (m_kept.size() == all)
        return;
    for (std::vector<fs::path>* files : {&m_request.events, &m_request.motion, &m_request.files}) {
        std::vector<fs::path> kept;
        if (files->size() == all)
            for (const std::size_t file : m_kept)
                kept.push_back((*files)[file]);
        *files = std::move(kept);
    }
}

void RunMappingView::check() {
    m_soon.stop();
    stopCheck();
    const int number = m_check;
    m_checking = true;
    const auto found = std::make_shared<RunMapping>();
    const auto stimuli = m_stimuli ? m_stimuli : std::make_shared<const std::vector<Stimulus>>();
    m_job = m_runner.start(
        JobRunner::Lane::Files, tr("Check the runs of %1").arg(text(m_request.subject)),
        [request = m_request, stimuli, found](const JobControl& control, const Progress&) {
            *found = mapRuns(*stimuli, request, control);
        },
        [view = QPointer(this), number, found, files = m_kept](const Outcome& outcome) {
            if (!view || view->m_check != number)
                return;
            if (const auto* failed = std::get_if<Failed>(&outcome))
                found->problems.push_back(failed->message);
            view->m_checking = false;
            view->show(found, files);
            emit view->checked();
        });
    emit checked();
}

void RunMappingView::stopCheck() {
    ++m_check;
    m_runner.stop(m_job);
}

QString RunMappingView::sentence() const {
    if (m_checking || !m_mapping)
        return {};
    const auto& problems = m_mapping->problems;
    if (!problems.empty())
        return inFields(problems.front()) +
               (problems.size() > 1 ? tr(" (And %1 more.)").arg(problems.size() - 1) : QString());
    std::size_t volumes = 0;
    std::size_t others = 0;
    for (const MappedRun& run : m_mapping->runs) {
        volumes += run.volumes;
        others += run.others.size();
    }
    const std::size_t blocks = m_mapping->responses ? m_mapping->samples.row.size() : m_mapping->blocks.size();
    return tr("All fits: %1, %2, stimuli in %3%4.")
        .arg(text(counted(m_mapping->runs.size(), "run", "runs")),
             text(counted(volumes, m_mapping->responses ? "sample" : "volume",
                          m_mapping->responses ? "samples" : "volumes")),
             text(counted(blocks, m_mapping->responses ? "of them" : "block",
                          m_mapping->responses ? "of them" : "blocks")),
             others == 0 ? QString()
                         : tr(", and %1 left out").arg(text(counted(others, "other event", "other events"))));
}

void RunMappingView::say(const QString& more) {
    m_more = more;
    if (!m_checking || !m_more.isEmpty()) // what stands there goes when the check has ended
        m_said->setText((sentence() + QLatin1Char(' ') + m_more).trimmed());
}

void RunMappingView::show(const std::shared_ptr<const RunMapping>& mapping, std::vector<std::size_t> files) {
    const int row = std::max(0, currentRow());
    m_mapping = mapping;
    m_mapped = std::move(files);
    for (const MappedRun& run : mapping->runs) {
        if (!run.events.empty())
            m_foundEvents[m_mapped[run.file]] = run.events;
        if (!run.motionFile.empty())
            m_foundMotion[m_mapped[run.file]] = run.motionFile;
    }
    m_model->show(m_request, mapping);
    QStringList columns;
    for (const std::string& column : mapping->columns)
        columns << text(column);
    QStringList known;
    for (int i = 0; i < m_column->count(); ++i)
        known << m_column->itemText(i);
    if (known != columns) {
        const QSignalBlocker blocker(m_column);
        m_column->clear();
        m_column->addItems(columns);
        m_column->setCurrentText(text(m_request.stimulusColumn));
    }
    m_column->lineEdit()->setPlaceholderText(
        mapping->stimulusColumn.empty() ? tr("found by itself") : tr("found: %1").arg(text(mapping->stimulusColumn)));
    m_time->setPlaceholderText(mapping->repetitionTime > 0 ? tr("%1, as the files say").arg(mapping->repetitionTime)
                                                           : tr("as the files say"));
    const bool scans = !mapping->responses;
    const bool byEvents = scans && m_request.volumeLabels.empty();
    for (QWidget* one : {static_cast<QWidget*>(m_keep), static_cast<QWidget*>(m_events)})
        one->setEnabled(byEvents);
    for (QWidget* one : {static_cast<QWidget*>(m_time), static_cast<QWidget*>(m_mask), static_cast<QWidget*>(m_labels),
                         static_cast<QWidget*>(m_motion)})
        one->setEnabled(scans);
    m_timeline->setVisible(scans);
    m_leaveOut->setEnabled(m_request.files.size() > 1);
    m_all->setEnabled(m_request.files.size() < m_whole.files.size());
    say(m_more);
    QPalette colors = palette();
    if (!mapping->problems.empty())
        colors.setColor(QPalette::WindowText, Theme::instance().look().error);
    m_said->setPalette(colors);
    if (m_model->rowCount() > 0)
        m_table->setCurrentIndex(m_model->index(std::min(row, m_model->rowCount() - 1), 0));
    showRun();
}

int RunMappingView::currentRow() const { return m_table->currentIndex().row(); }

void RunMappingView::showRun() {
    const int row = currentRow();
    if (!m_mapping || row < 0 || row >= m_model->rowCount()) {
        m_timeline->setRun(0, 0, {});
        m_others->clear();
        return;
    }
    const MappedRun& run = m_model->run(row);
    std::vector<TimelineSpan> spans;
    for (const ShownBlock& block : m_mapping->blocks)
        if (block.run == row) {
            const Stimulus& stimulus = stimuli()[static_cast<std::size_t>(block.stimulus)];
            spans.push_back({block.onset, block.duration, text(stimulus.name.empty() ? stimulus.id : stimulus.name),
                             block.fits ? TimelineSpan::Kind::Known : TimelineSpan::Kind::Misfit});
        }
    for (const OtherEvent& event : run.others)
        spans.push_back({event.onset, std::isfinite(event.duration) ? event.duration : 0, text(event.name),
                         TimelineSpan::Kind::Other});
    const double step = m_mapping->repetitionTime;
    m_timeline->setTitle(tr("Run %1").arg(row + 1),
                         step > 0
                             ? tr("%1, one every %2 s").arg(text(counted(run.volumes, "volume", "volumes"))).arg(step)
                             : tr("how long a volume took is not known"));
    m_timeline->setRun(static_cast<int>(run.volumes), step, std::move(spans));
    m_others->setText(
        run.others.empty()
            ? QString()
            : tr("Left out of this run, because they are not in the study: %1.").arg(namesOf(run.others, kNamed)));
    m_others->setVisible(!run.others.empty());
}

// --- files ---

QString RunMappingView::assign(FileKind wanted, std::vector<fs::path> files) {
    if (files.empty())
        return {};
    std::ranges::sort(files,
                      [](const fs::path& a, const fs::path& b) { return naturallyLess(a.string(), b.string()); });
    const auto notTaken = [&](std::size_t taken, const QString& why) {
        return taken == files.size() ? QString()
                                     : tr("Not taken: %1 of %2, %3.")
                                           .arg(files.size() - taken)
                                           .arg(text(counted(files.size(), "file", "files")), why);
    };
    if (wanted == FileKind::Mask || wanted == FileKind::VolumeLabels) {
        const bool mask = wanted == FileKind::Mask;
        (mask ? m_mask : m_labels)->line()->setText(text(files.front().string()));
        return notTaken(1, mask ? tr("as one mask is for all runs") : tr("as one file has the labels of all runs"));
    }
    if (!m_mapping)
        return notTaken(0, tr("as the runs are still being looked at"));
    const bool events = wanted == FileKind::Events;
    std::vector<fs::path>& given = events ? m_whole.events : m_whole.motion;
    const std::vector<MappedRun>& runs = m_mapping->runs;
    // Labels make several runs of a file, each with its own motion.
    const bool byFile = events || runs.size() == m_mapped.size();
    const auto placeOf = [&](std::size_t row) { return byFile ? m_mapped[runs[row].file] : row; };
    const std::size_t places = byFile ? m_whole.files.size() : runs.size();
    if (given.size() != places) {
        given = events ? m_foundEvents : m_foundMotion;
        if (!byFile)
            given.assign(places, {});
    }
    std::vector<std::size_t> rows;
    if (files.size() == runs.size()) {
        rows.resize(runs.size());
        std::iota(rows.begin(), rows.end(), 0);
    } else {
        for (const QModelIndex& index : m_table->selectionModel()->selectedRows())
            rows.push_back(static_cast<std::size_t>(index.row()));
        std::sort(rows.begin(), rows.end());
    }
    const std::size_t taken = std::min(rows.size(), files.size());
    for (std::size_t i = 0; i < taken; ++i)
        given[placeOf(rows[i])] = files[i];
    edited();
    return notTaken(taken, tr("as %1 selected; give one for every run, or select as many")
                               .arg(text(counted(rows.size(), "run is", "runs are"))));
}

void RunMappingView::chooseFiles(FileKind wanted) {
    auto* dialog = new QFileDialog(this, wanted == FileKind::Events ? tr("Events of runs") : tr("Motion parameters"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    if (!m_request.files.empty())
        dialog->setDirectory(text(m_request.files.front().parent_path().string()));
    connect(dialog, &QFileDialog::filesSelected, this, [this, wanted](const QStringList& paths) {
        std::vector<fs::path> files;
        for (const QString& path : paths)
            files.emplace_back(path.toStdString());
        say(assign(wanted, files));
    });
    dialog->open();
}

void RunMappingView::takeFiles(const QStringList& paths) {
    const auto found = std::make_shared<std::vector<std::pair<FileKind, fs::path>>>();
    m_runner.start(
        JobRunner::Lane::Files, tr("Look at %1").arg(paths.value(0).section('/', -1)),
        [paths, found](JobControl& control, const Progress&) {
            for (const QString& path : paths) {
                control.check();
                found->emplace_back(recogniseFile(path.toStdString()).kind, path.toStdString());
            }
        },
        [view = QPointer(this), found](const Outcome& outcome) {
            if (!view)
                return;
            if (const auto* failed = std::get_if<Failed>(&outcome)) {
                view->say(text(failed->message));
                return;
            }
            QStringList more;
            bool any = false;
            for (const FileKind kind : {FileKind::Events, FileKind::Motion, FileKind::Mask, FileKind::VolumeLabels}) {
                std::vector<fs::path> files;
                for (const auto& [one, path] : *found)
                    if (one == kind)
                        files.push_back(path);
                any = any || !files.empty();
                if (const QString left = view->assign(kind, files); !left.isEmpty())
                    more << left;
            }
            if (!any)
                more << tr("What was dropped is neither events, motion parameters, a mask nor labels of volumes.");
            view->say(more.join(QLatin1Char(' ')));
        });
}

void RunMappingView::leaveOutSelected() {
    if (!m_mapping)
        return;
    std::vector<std::size_t> kept = m_kept; // what is selected may have been left out since
    for (const QModelIndex& index : m_table->selectionModel()->selectedRows())
        std::erase(kept, m_mapped[m_model->run(index.row()).file]);
    if (kept.empty() || kept == m_kept)
        return;
    m_kept = std::move(kept);
    m_more.clear();
    deriveRequest();
    check();
}

void RunMappingView::takeAllRuns() {
    m_kept.resize(m_whole.files.size());
    std::iota(m_kept.begin(), m_kept.end(), 0);
    m_more.clear();
    deriveRequest();
    check();
}

void RunMappingView::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void RunMappingView::dropEvent(QDropEvent* event) {
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile())
            paths << url.toLocalFile();
    event->acceptProposedAction();
    takeFiles(paths);
}

} // namespace tercet
