#include "app/import_strip.h"

#include "widgets/bridge/study_session.h"
#include "widgets/panels/file_field.h"
#include "widgets/panels/run_mapping_view.h"
#include "widgets/plots/color_space.h"
#include "widgets/plots/icons.h"
#include "widgets/plots/look.h"
#include "widgets/plots/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPointer>
#include <QProgressBar>
#include <QPushButton>
#include <QRegularExpression>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace tercet {
namespace {

constexpr int kShowAfterMilliseconds = 150;
constexpr int kDoneMilliseconds = 8000;
constexpr int kShownRows = 6;   ///< more are scrolled
constexpr int kShownLines = 12; ///< of notes; more are in the tooltip

QString text(const std::string& utf8) { return QString::fromStdString(utf8); }

/// "things.final.csv.gz" → "things.final".
QString stemOf(const QString& path) {
    QString name = QFileInfo(path).fileName();
    for (const char* ending : {".gz", ".csv", ".tsv", ".txt", ".mat", ".npy", ".npz", ".nii", ".h5"})
        if (name.endsWith(QLatin1String(ending), Qt::CaseInsensitive))
            name.chop(static_cast<int>(std::string_view(ending).size()));
    return name;
}

bool isOfBrain(const ImportRequest& request) {
    return request.kind == "fmri" || request.kind == "surface" || request.kind == "parcellation";
}

/// Whether a parcellation's file has numbers, whose names may be given.
bool hasNumbers(const ImportRequest& request) {
    const QString name = tercet::text(request.files.front().filename().string()).toLower();
    for (const char* ending : {".gii", ".gii.gz", ".annot", ".dlabel.nii"})
        if (name.endsWith(QLatin1String(ending)))
            return false;
    return true;
}

/// The first lines, and how many more there are.
QString firstLines(const QStringList& lines) {
    if (lines.size() <= kShownLines)
        return lines.join('\n');
    return lines.mid(0, kShownLines - 1).join('\n') + '\n' +
           ImportStrip::tr("and %1 more.").arg(lines.size() - kShownLines + 1);
}

} // namespace

ImportStrip::ImportStrip(JobRunner& runner, QWidget* parent)
    : QWidget(parent), m_runner(runner), m_icon(new QLabel(this)), m_label(new QLabel(this)),
      m_progress(new QProgressBar(this)), m_options(new QWidget(this)), m_grid(new QGridLayout(m_options)),
      m_study(new QLineEdit(m_options)), m_system(new QLineEdit(m_options)), m_title(new QLineEdit(m_options)),
      m_names(new FileField(tr("Choose the file of names"), m_options)), m_stimuli(new QLineEdit(m_options)),
      m_base(new QComboBox(m_options)), m_idColumn(new QLineEdit(m_options)), m_exclude(new QLineEdit(m_options)),
      m_transposed(new QCheckBox(tr("Components are the rows of the file"), m_options)),
      m_rowArea(new QScrollArea(this)), m_missing(new QLabel(this)), m_sheet(new QWidget(this)),
      m_import(new QPushButton(tr("Import"), this)), m_cancel(new QPushButton(tr("Cancel"), this)) {
    setObjectName(QStringLiteral("import-strip"));
    m_label->setWordWrap(true);
    m_label->setTextFormat(Qt::PlainText);
    m_label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_label->setObjectName(QStringLiteral("import-text"));
    m_progress->setRange(0, 0);
    m_progress->setTextVisible(false);
    m_progress->setFixedSize(16 * kUnit, kHalfUnit);
    m_study->setToolTip(tr("The folder of the study that is made for the import"));
    m_system->setToolTip(tr("The system's name in the study: small letters, digits and hyphens"));
    m_title->setToolTip(tr("What people read; may be changed later"));
    m_title->setPlaceholderText(tr("as the name"));
    m_names->line()->setPlaceholderText(tr("numbers"));
    m_names->setToolTip(tr("A file with the name of each stimulus, one a line, in the order of their numbers"));
    m_stimuli->setToolTip(tr("How many stimuli there are, if the file does not name them all"));
    m_stimuli->setPlaceholderText(tr("as in the study or file"));
    m_stimuli->setValidator(new QIntValidator(3, 10'000'000, m_stimuli));
    m_base->addItem(tr("seen in the file"), QString());
    m_base->addItem(tr("0"), QStringLiteral("0"));
    m_base->addItem(tr("1"), QStringLiteral("1"));
    m_base->setToolTip(tr("The number of the first stimulus"));
    m_idColumn->setPlaceholderText(tr("found by itself"));
    m_idColumn->setToolTip(tr("The column that holds the stimulus ids"));
    m_exclude->setPlaceholderText(tr("none"));
    m_exclude->setToolTip(tr("Ids of stimuli to leave out, with commas between"));
    m_transposed->setToolTip(tr("For files that hold components × stimuli"));
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(kUnit);
    m_grid->setVerticalSpacing(kHalfUnit);
    m_import->setDefault(true);
    m_import->setToolTip(tr("Import (Return)"));
    m_import->setObjectName(QStringLiteral("import-accept"));
    m_cancel->setObjectName(QStringLiteral("import-cancel"));

    auto* row = new QHBoxLayout;
    row->setSpacing(kUnit);
    row->addWidget(m_icon, 0, Qt::AlignTop);
    row->addWidget(m_label, 1);
    row->addWidget(m_progress, 0, Qt::AlignVCenter);
    row->addWidget(m_import, 0, Qt::AlignTop);
    row->addWidget(m_cancel, 0, Qt::AlignTop);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * kUnit, kUnit, 2 * kUnit, kUnit);
    layout->setSpacing(kUnit);
    layout->addLayout(row);
    layout->addWidget(m_options);
    layout->addWidget(m_rowArea);
    layout->addWidget(m_sheet, 1);
    layout->addWidget(m_missing);
    m_rowArea->setWidgetResizable(true);
    m_rowArea->setFrameShape(QFrame::NoFrame);
    m_rowArea->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_rowArea->viewport()->setAutoFillBackground(false);
    m_missing->setWordWrap(true);
    m_missing->setTextFormat(Qt::PlainText);
    m_missing->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_missing->setObjectName(QStringLiteral("import-missing"));
    auto* sheet = new QVBoxLayout(m_sheet);
    sheet->setContentsMargins(0, 0, 0, 0);
    connect(m_import, &QPushButton::clicked, this, &ImportStrip::accept);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        if (m_state == State::Importing)
            emit stopWanted();
        else
            dismiss();
    });
    connect(&Theme::instance(), &Theme::changed, this, [this] { setState(m_state, m_label->text()); });
    setState(State::Hidden, {});
}

ImportStrip::~ImportStrip() = default;

QString ImportStrip::text() const {
    return m_missing->isHidden() || m_missing->text().isEmpty() ? m_label->text()
                                                                : m_label->text() + '\n' + m_missing->text();
}

void ImportStrip::setSession(StudySession* session) {
    m_session = session;
    m_pending = 0;
    m_summaries.clear();
    m_notes.clear();
    m_failures.clear();
}

void ImportStrip::setState(State state, const QString& text) {
    m_state = state;
    m_label->setText(text);
    m_label->setToolTip({});
    const char* icon = state == State::Failed ? "warning" : state == State::Done ? "check" : "import";
    m_icon->setPixmap(themedIcon(QLatin1String(icon)).pixmap(kIconSize));
    const bool asking = state == State::Asking;
    m_progress->setVisible(state == State::Looking || state == State::Importing);
    m_import->setVisible(asking);
    m_options->setVisible(asking && (single() || !m_session));
    m_rowArea->setVisible(asking && !single());
    showSheet(asking && std::ranges::any_of(
                            m_rows, [](const Row& row) { return row.unfold != nullptr && row.unfold->isChecked(); }));
    m_missing->setVisible(asking && !m_missing->text().isEmpty());
    const bool importing = state == State::Importing;
    m_cancel->setText(asking || state == State::Looking ? tr("Cancel") : importing ? tr("Stop") : tr("Dismiss"));
    m_cancel->setToolTip(importing ? tr("Stop what is still being imported; what was imported stays")
                                   : tr("Leave everything as it is (Escape)"));
    const bool shown = state != State::Hidden;
    if (shown == isHidden())
        emit takesRoom(shown);
    setVisible(shown);
    setAccessibleDescription(text);
    update();
}

void ImportStrip::dismiss() {
    forgetOffer();
    clearRows();
    showImports();
}

bool ImportStrip::hasOffer() const { return m_look != 0 || m_state == State::Asking; }

void ImportStrip::forgetOffer() {
    ++m_request;
    m_runner.stop(std::exchange(m_look, 0));
}

void ImportStrip::offer(const QStringList& paths) {
    if (paths.isEmpty())
        return;
    forgetOffer();
    const int request = m_request;
    setState(State::Hidden, {});
    QTimer::singleShot(kShowAfterMilliseconds, this, [this, request, paths] {
        if (request == m_request && m_state == State::Hidden)
            setState(State::Looking, tr("Looking at %1 …").arg(QFileInfo(paths.front()).fileName()));
    });
    const auto offered = std::make_shared<OfferedFiles>();
    const auto study = std::make_shared<bool>(false);
    m_look = m_runner.start(
        JobRunner::Lane::Files, tr("Look at %1").arg(QFileInfo(paths.front()).fileName()),
        [paths, offered, study](JobControl& control, const Progress&) {
            if (paths.size() == 1 && QFileInfo::exists(paths.front() + QStringLiteral("/study.sqlite"))) {
                *study = true;
                return;
            }
            std::vector<std::filesystem::path> files;
            for (const QString& path : paths)
                files.emplace_back(path.toStdString());
            *offered = sortOffered(files, control);
        },
        [strip = QPointer(this), request, paths, offered, study](const Outcome& outcome) {
            if (!strip || strip->m_request != request)
                return;
            strip->m_look = 0;
            if (const auto* failed = std::get_if<Failed>(&outcome)) {
                strip->showFailure(tercet::text(failed->message));
            } else if (*study) {
                strip->dismiss();
                emit strip->studyWanted(paths.front());
            } else if (std::holds_alternative<Done>(outcome)) {
                strip->recognised(paths, std::move(*offered));
            } else {
                strip->dismiss();
            }
        });
}

void ImportStrip::recognised(const QStringList& paths, OfferedFiles offered) {
    QStringList leftOut;
    for (const std::string& one : offered.leftOut)
        leftOut << tercet::text(one);
    if (offered.groups.empty()) {
        showFailure(firstLines(leftOut));
        return;
    }
    clearRows();
    for (OfferedGroup& group : offered.groups) {
        Row& row = m_rows.emplace_back();
        row.group = std::move(group);
        row.proposed = row.group.request.subject;
    }
    const ImportRequest& first = m_rows.front().group.request;
    const QString stem = stemOf(tercet::text(first.files.front().string()));
    m_system->setText(tercet::text(plainNameFrom(stem.toStdString())));
    m_title->clear();
    m_names->line()->clear();
    m_stimuli->clear();
    m_idColumn->clear();
    m_exclude->clear();
    m_base->setCurrentIndex(0);
    m_transposed->setChecked(false);
    QDir place(QFileInfo(paths.front()).absolutePath());
    if (!QFileInfo(place.path()).isWritable())
        place = QDir::home();
    m_study->setText(place.filePath(stem + QStringLiteral(".tercet")));
    if (single())
        leftOut.prepend((first.files.size() == 1
                             ? tercet::text(first.files.front().filename().string()) + QStringLiteral(": ")
                             : QString()) +
                        tercet::text(m_rows.front().group.description));
    else
        leftOut.prepend(m_rows.size() == 1 ? tr("This can be imported:")
                                           : tr("These %1 can be imported, one after the other:").arg(m_rows.size()));
    m_said = firstLines(leftOut);
    arrangeOptions();
    arrangeRows();
    setState(State::Asking, m_said);
    m_import->setFocus();
    checkRows();
}

void ImportStrip::arrangeOptions() {
    while (QLayoutItem* item = m_grid->takeAt(0)) {
        if (auto* label = qobject_cast<QLabel*>(item->widget()))
            delete label;
        else if (item->widget())
            item->widget()->hide();
        delete item;
    }
    int place = 0;
    const auto add = [&](const QString& words, QWidget* field) {
        auto* label = new QLabel(words, m_options);
        label->setBuddy(field);
        label->setToolTip(field->toolTip());
        m_grid->addWidget(label, place / 3, 2 * (place % 3), Qt::AlignRight);
        m_grid->addWidget(field, place / 3, 2 * (place % 3) + 1);
        field->show();
        ++place;
    };
    if (!m_session)
        add(tr("New study"), m_study);
    const std::string kind = single() ? m_rows.front().group.request.kind : std::string();
    if (kind == "ratings") {
        add(tr("Id column"), m_idColumn);
        add(tr("Leave out"), m_exclude);
    } else if (kind == "judgments" || kind == "embedding") {
        add(tr("System"), m_system);
        add(tr("Title"), m_title);
        add(tr("Stimulus names"), m_names);
        if (kind == "judgments") {
            add(tr("First stimulus is"), m_base);
            add(tr("Stimuli"), m_stimuli);
        } else {
            add(tr("Form"), m_transposed);
        }
    }
    for (const int column : {1, 3, 5})
        m_grid->setColumnStretch(column, 1);
}

// --- rows ---

bool ImportStrip::single() const { return m_rows.size() == 1 && !isOfBrain(m_rows.front().group.request); }

QCheckBox* ImportStrip::wantedBox(int row) const { return m_rows.at(static_cast<std::size_t>(row)).wanted; }
QComboBox* ImportStrip::subjectBox(int row) const { return m_rows.at(static_cast<std::size_t>(row)).subject; }
QToolButton* ImportStrip::runsButton(int row) const { return m_rows.at(static_cast<std::size_t>(row)).unfold; }
RunMappingView* ImportStrip::runsView(int row) const { return m_rows.at(static_cast<std::size_t>(row)).runs; }

void ImportStrip::clearRows() {
    for (const Row& row : m_rows)
        delete row.runs;
    m_rows.clear();
    delete m_rowArea->takeWidget();
    m_missing->clear();
}

QComboBox* ImportStrip::subjectFieldFor(std::size_t row) {
    const ImportRequest& request = m_rows[row].group.request;
    auto* box = new QComboBox;
    box->setEditable(true);
    box->setInsertPolicy(QComboBox::NoInsert);
    box->setMinimumContentsLength(12);
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    const bool required = request.kind == "fmri";
    box->setToolTip(required ? tr("Whose it is: letters, digits and hyphens")
                             : tr("Whose it is; empty for all subjects"));
    box->setAccessibleName(tr("Subject"));
    box->lineEdit()->setPlaceholderText(required ? tr("subject") : tr("all subjects"));
    if (!required)
        box->addItem(QString());
    if (m_session)
        for (const Subject& subject : m_session->subjects())
            box->addItem(tercet::text(subject.name));
    box->setCurrentText(tercet::text(request.subject));
    connect(box, &QComboBox::currentTextChanged, this, [this, row] { subjectEdited(row); });
    return box;
}

/// What else was proposed for the same subject follows.
void ImportStrip::subjectEdited(std::size_t row) {
    const Row& edited = m_rows[row];
    const QString typed = edited.subject->currentText();
    for (Row& one : m_rows) {
        const bool follows = !edited.proposed.empty() && one.proposed == edited.proposed;
        if (one.subject == nullptr || (&one != &edited && !follows))
            continue;
        one.group.request.subject = typed.trimmed().toStdString();
        const QSignalBlocker blocker(one.subject);
        if (one.subject->currentText() != typed)
            one.subject->setCurrentText(typed);
        if (one.runs)
            one.runs->setSubject(typed);
    }
    checkRows();
}

void ImportStrip::arrangeRows() {
    if (single())
        return;
    const bool withStimuli = std::ranges::any_of(m_rows, [](const Row& row) {
        return row.group.wanted && !isOfBrain(row.group.request) && row.group.request.kind != "regions";
    });
    auto* list = new QWidget;
    auto* grid = new QGridLayout(list);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(kUnit);
    grid->setVerticalSpacing(kHalfUnit);
    grid->setColumnStretch(0, 1);
    for (std::size_t r = 0; r < m_rows.size(); ++r) {
        Row& row = m_rows[r];
        const ImportRequest& request = row.group.request;
        const int line = static_cast<int>(r);
        QString words = tercet::text(row.group.description);
        if (request.files.size() == 1)
            words.prepend(tercet::text(request.files.front().filename().string()) + QStringLiteral(": "));
        row.wanted = new QCheckBox;
        row.wanted->setChecked(row.group.wanted);
        row.wanted->setAccessibleName(words);
        row.wanted->setToolTip(row.group.wanted ? tr("Import this")
                                                : tr("Import this too; of two parcellations the later one counts"));
        connect(row.wanted, &QCheckBox::toggled, this, &ImportStrip::checkRows);
        auto* label = new QLabel(words);
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        QStringList files;
        for (const auto& file : request.files)
            files << tercet::text(file.string());
        label->setToolTip(firstLines(files));
        auto* said = new QHBoxLayout;
        said->setSpacing(kUnit);
        said->addWidget(row.wanted);
        said->addWidget(label, 1);
        grid->addLayout(said, line, 0);
        int column = 1;
        if (isOfBrain(request)) {
            row.subject = subjectFieldFor(r);
            grid->addWidget(row.subject, line, column++);
        }
        if (request.kind == "parcellation" && hasNumbers(request)) {
            row.names = new FileField(tr("Choose the names of parcels"));
            row.names->line()->setPlaceholderText(tr("names of parcels"));
            row.names->setToolTip(tr("A list or table of the parcels’ names; without one, the numbers of a volume are "
                                     "FreeSurfer’s"));
            row.names->line()->setAccessibleName(tr("Names of parcels"));
            row.names->setMinimumWidth(20 * kUnit);
            connect(row.names->line(), &QLineEdit::textChanged, this, &ImportStrip::checkRows);
            grid->addWidget(row.names, line, column++);
        }
        if (row.group.transforms.size() > 1) {
            row.transform = new QComboBox;
            row.transform->addItem(tr("by the scans’ own matrix"), QString());
            for (const std::string& name : row.group.transforms)
                row.transform->addItem(tercet::text(name), tercet::text(name));
            row.transform->setToolTip(tr("The transform by which scans are laid on the surface"));
            row.transform->setAccessibleName(tr("Transform"));
            grid->addWidget(row.transform, line, column++);
        }
        if (request.kind == "fmri") {
            row.unfold = new QToolButton;
            row.unfold->setText(tr("Runs"));
            row.unfold->setIcon(themedIcon(QStringLiteral("table")));
            row.unfold->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
            row.unfold->setCheckable(true);
            row.unfold->setToolTip(tr("Show which volumes belong to which stimulus, and change it"));
            connect(row.unfold, &QToolButton::clicked, this, [this, r] { unfold(r); });
            grid->addWidget(row.unfold, line, column++);
            row.runs = new RunMappingView(m_runner);
            row.runs->hide();
            m_sheet->layout()->addWidget(row.runs);
            connect(row.runs, &RunMappingView::checked, this, &ImportStrip::checkRows);
            // Stimuli that come with the same files cannot be known yet; then the import itself looks.
            if (!withStimuli) {
                row.runs->setStimuli(m_session ? m_session->sharedStimuli() : nullptr);
                row.runs->setRequest(request);
            } else {
                row.unfold->setEnabled(false);
                row.unfold->setToolTip(tr("Import the stimuli first to see which volumes belong to which"));
            }
        }
    }
    m_rowArea->setWidget(list);
    list->setAutoFillBackground(false);
    const int count = static_cast<int>(m_rows.size());
    grid->setRowStretch(count, 1);
    m_rowArea->setFixedHeight(list->sizeHint().height() * std::min(kShownRows, count) / count);
}

void ImportStrip::unfold(std::size_t row) {
    for (std::size_t r = 0; r < m_rows.size(); ++r)
        if (m_rows[r].unfold != nullptr) {
            if (r != row)
                m_rows[r].unfold->setChecked(false);
            m_rows[r].runs->setVisible(m_rows[r].unfold->isChecked());
        }
    showSheet(m_rows[row].unfold->isChecked());
}

void ImportStrip::showSheet(bool shown) {
    if (shown == !m_sheet->isHidden())
        return;
    if (shown)
        emit unfolded(m_sheet->minimumSizeHint().height());
    m_sheet->setVisible(shown);
    if (!shown)
        emit unfolded(0);
}

void ImportStrip::checkRows() {
    if (m_state != State::Asking)
        return;
    QStringList missing;
    bool checking = false;
    bool any = single();
    for (const Row& row : m_rows) {
        if (row.wanted == nullptr || !row.wanted->isChecked())
            continue;
        any = true;
        const ImportRequest& request = row.group.request;
        const QString file = tercet::text(request.files.front().filename().string());
        if (row.runs && row.unfold->isEnabled()) {
            checking = checking || row.runs->checking();
            if (!row.runs->checking() && !row.runs->fits())
                missing << (row.runs->sentence());
        } else if (request.kind == "fmri" && request.subject.empty()) {
            missing << tr("%1: say whose it is.").arg(file);
        }
        if (row.names && file.contains(QRegularExpression(QStringLiteral("\\.(csv|txt|tsv)$"))) &&
            row.names->path().empty())
            missing << tr("%1: give the names of its parcels.").arg(file);
    }
    if (!any)
        missing << tr("Nothing is chosen.");
    m_missing->setText(firstLines(missing));
    m_missing->setVisible(!missing.isEmpty());
    m_import->setEnabled(missing.isEmpty() && !checking);
    m_import->setToolTip(checking            ? tr("The runs are being looked at")
                         : missing.isEmpty() ? tr("Import (Return)")
                                             : tr("Import what fits: leave out what does not, or change it"));
}

ImportRequest ImportStrip::requestOf(const Row& row) const {
    ImportRequest request = row.runs && row.unfold->isEnabled() ? row.runs->request() : row.group.request;
    if (row.names)
        request.parcelNames = row.names->path();
    if (row.transform)
        request.transform = row.transform->currentData().toString().toStdString();
    return request;
}

ImportRequest ImportStrip::singleRequest() const {
    ImportRequest request = m_rows.front().group.request;
    const auto typed = [](const QLineEdit* field) { return field->text().trimmed().toStdString(); };
    if (request.kind == "ratings") {
        request.idColumn = typed(m_idColumn);
        for (const QString& id : m_exclude->text().split(','))
            if (!id.trimmed().isEmpty())
                request.excludedIds.push_back(id.trimmed().toStdString());
    } else if (request.kind != "regions") {
        request.system = typed(m_system);
        request.systemTitle = typed(m_title);
        request.names = m_names->path();
        request.transposed = request.kind == "embedding" && m_transposed->isChecked();
        if (request.kind == "judgments") {
            if (const QString base = m_base->currentData().toString(); !base.isEmpty())
                request.indexBase = base.toInt();
            if (const int stimuli = m_stimuli->text().toInt(); stimuli > 0)
                request.stimuli = static_cast<std::size_t>(stimuli);
        }
    }
    return request;
}

void ImportStrip::accept() {
    if (!m_import->isEnabled())
        return;
    std::vector<ImportRequest> requests;
    if (single())
        requests.push_back(singleRequest());
    else
        for (const Row& row : m_rows)
            if (row.wanted->isChecked())
                requests.push_back(requestOf(row));
    emit importWanted(requests, m_session ? QString() : m_study->text().trimmed());
}

// --- importing ---

void ImportStrip::showImporting(int imports) {
    forgetOffer();
    m_imports = imports + (m_pending > 0 ? m_imports : 0);
    m_pending += imports;
    clearRows();
    showImports();
}

void ImportStrip::addImported(const QString& summary, const QStringList& notes) {
    m_summaries << summary;
    m_notes << notes;
    ended();
}

void ImportStrip::addFailure(const QString& message) {
    m_failures << message;
    ended();
}

void ImportStrip::ended() {
    m_pending = std::max(0, m_pending - 1);
    if (!hasOffer() && m_state != State::Failed)
        showImports();
}

void ImportStrip::showImports() {
    if (m_pending > 0) {
        setState(State::Importing, m_imports == 1
                                       ? tr("Importing …")
                                       : tr("Importing %1 of %2 …").arg(m_imports - m_pending + 1).arg(m_imports));
        return;
    }
    if (m_summaries.isEmpty() && m_failures.isEmpty()) {
        setState(State::Hidden, {});
        return;
    }
    const QStringList notes = std::exchange(m_notes, {});
    const QStringList summaries = std::exchange(m_summaries, {});
    const QStringList failures = std::exchange(m_failures, {});
    if (failures.isEmpty()) {
        showDone(summaries.join('\n'), notes);
        return;
    }
    showFailure(firstLines(failures + summaries));
    m_label->setToolTip((failures + summaries + notes).join('\n'));
}

void ImportStrip::showDone(const QString& summary, const QStringList& notes) {
    forgetOffer();
    const int request = m_request;
    const QStringList lines = QStringList(summary) + notes;
    clearRows();
    setState(State::Done, firstLines(lines));
    m_label->setToolTip(lines.size() > kShownLines ? lines.join('\n') : QString());
    // Notes are there to be read; a plain success makes room again.
    if (notes.isEmpty())
        QTimer::singleShot(kDoneMilliseconds, this, [this, request] {
            if (request == m_request)
                dismiss();
        });
}

void ImportStrip::showFailure(const QString& message) {
    forgetOffer();
    clearRows();
    setState(State::Failed, message);
}

void ImportStrip::paintEvent(QPaintEvent* /*event*/) {
    const Look& look = Theme::instance().look();
    constexpr int kMarkWidth = 3;
    const QColor mark = m_state == State::Failed ? look.error : look.accent;
    QPainter painter(this);
    painter.fillRect(rect(), mixed(look.surface, mark, 0.08));
    painter.fillRect(QRect(0, 0, kMarkWidth, height()), mark);
    painter.fillRect(QRect(0, height() - 1, width(), 1), look.border);
}

void ImportStrip::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && m_state != State::Importing)
        dismiss();
    else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && m_state == State::Asking)
        accept();
    else
        QWidget::keyPressEvent(event);
}

} // namespace tercet
