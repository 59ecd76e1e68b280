#include "app/import_strip.h"

#include "core/study/study_import.h"
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
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

namespace tercet {
namespace {

constexpr int kShowAfterMilliseconds = 150;
constexpr int kDoneMilliseconds = 8000;

QString text(const std::string& utf8) { return QString::fromStdString(utf8); }

/// "things.final.csv.gz" → "things.final".
QString stemOf(const QString& path) {
    QString name = QFileInfo(path).fileName();
    for (const char* ending : {".gz", ".csv", ".tsv", ".txt", ".mat", ".npy", ".npz"})
        if (name.endsWith(QLatin1String(ending), Qt::CaseInsensitive))
            name.chop(static_cast<int>(std::string_view(ending).size()));
    return name;
}

const char* kindWord(FileKind kind) {
    switch (kind) {
    case FileKind::Ratings:
        return "ratings";
    case FileKind::Judgments:
        return "judgments";
    case FileKind::Embedding:
        return "embedding";
    default:
        break;
    }
    return "";
}

} // namespace

ImportStrip::ImportStrip(JobRunner& runner, QWidget* parent)
    : QWidget(parent), m_runner(runner), m_icon(new QLabel(this)), m_label(new QLabel(this)),
      m_progress(new QProgressBar(this)), m_options(new QWidget(this)), m_grid(new QGridLayout(m_options)),
      m_study(new QLineEdit(m_options)), m_system(new QLineEdit(m_options)), m_title(new QLineEdit(m_options)),
      m_names(new QLineEdit), m_chooseNames(new QToolButton), m_namesRow(new QWidget(m_options)),
      m_stimuli(new QLineEdit(m_options)), m_base(new QComboBox(m_options)), m_idColumn(new QLineEdit(m_options)),
      m_exclude(new QLineEdit(m_options)),
      m_transposed(new QCheckBox(tr("Components are the rows of the file"), m_options)),
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
    m_names->setPlaceholderText(tr("numbers"));
    m_names->setToolTip(tr("A file with the name of each stimulus, one a line, in the order of their numbers"));
    m_chooseNames->setIcon(themedIcon(QStringLiteral("open")));
    m_chooseNames->setToolTip(tr("Choose the file of names"));
    m_chooseNames->setAccessibleName(m_chooseNames->toolTip());
    auto* namesRow = new QHBoxLayout(m_namesRow);
    namesRow->setContentsMargins(0, 0, 0, 0);
    namesRow->setSpacing(kHalfUnit);
    namesRow->addWidget(m_names, 1);
    namesRow->addWidget(m_chooseNames);
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
    m_cancel->setToolTip(tr("Leave everything as it is (Escape)"));
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
    connect(m_import, &QPushButton::clicked, this, &ImportStrip::accept);
    connect(m_cancel, &QPushButton::clicked, this, &ImportStrip::dismiss);
    connect(m_chooseNames, &QToolButton::clicked, this, [this] {
        auto* dialog = new QFileDialog(this, tr("File of stimulus names"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::ExistingFile);
        connect(dialog, &QFileDialog::fileSelected, m_names, &QLineEdit::setText);
        dialog->open();
    });
    connect(&Theme::instance(), &Theme::changed, this, [this] { setState(m_state, m_label->text()); });
    setState(State::Hidden, {});
}

QString ImportStrip::text() const { return m_label->text(); }

void ImportStrip::setStudyOpen(bool open) { m_studyOpen = open; }

void ImportStrip::setState(State state, const QString& text) {
    m_state = state;
    m_label->setText(text);
    const char* icon = state == State::Failed ? "warning" : state == State::Done ? "check" : "import";
    m_icon->setPixmap(themedIcon(QLatin1String(icon)).pixmap(kIconSize));
    m_progress->setVisible(state == State::Looking || state == State::Importing);
    m_import->setVisible(state == State::Asking);
    m_options->setVisible(state == State::Asking);
    m_cancel->setVisible(state == State::Asking || state == State::Failed || state == State::Done);
    m_cancel->setText(state == State::Asking ? tr("Cancel") : tr("Dismiss"));
    setVisible(state != State::Hidden);
    setAccessibleDescription(text);
    update();
}

void ImportStrip::dismiss() {
    ++m_request;
    setState(State::Hidden, {});
}

void ImportStrip::offer(const QStringList& paths) {
    if (paths.isEmpty())
        return;
    const int request = ++m_request;
    setState(State::Hidden, {});
    QTimer::singleShot(kShowAfterMilliseconds, this, [this, request, paths] {
        if (request == m_request && m_state == State::Hidden)
            setState(State::Looking, tr("Looking at %1 …").arg(QFileInfo(paths.front()).fileName()));
    });
    const auto files = std::make_shared<std::vector<RecognisedFile>>();
    const auto study = std::make_shared<bool>(false);
    m_runner.start(
        JobRunner::Lane::Files, tr("Look at %1").arg(QFileInfo(paths.front()).fileName()),
        [paths, files, study](JobControl& control, const Progress&) {
            for (const QString& path : paths) {
                control.check();
                if (paths.size() == 1 && QFileInfo::exists(path + QStringLiteral("/study.sqlite"))) {
                    *study = true;
                    return;
                }
                files->push_back(recogniseFile(path.toStdString()));
            }
        },
        [strip = QPointer(this), request, paths, files, study](const Outcome& outcome) {
            if (!strip || strip->m_request != request)
                return;
            if (const auto* failed = std::get_if<Failed>(&outcome)) {
                strip->showFailure(tercet::text(failed->message));
            } else if (*study) {
                strip->dismiss();
                emit strip->studyWanted(paths.front());
            } else if (std::holds_alternative<Done>(outcome)) {
                strip->recognised(paths, *files);
            }
        });
}

void ImportStrip::recognised(const QStringList& paths, const std::vector<RecognisedFile>& files) {
    QString said;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const QString one = paths[static_cast<qsizetype>(i)].section('/', -1) + QStringLiteral(": ") +
                            tercet::text(files[i].description);
        if (*kindWord(files[i].kind) == '\0') {
            showFailure(one);
            return;
        }
        if (files[i].kind != files.front().kind) {
            showFailure(tr("%1 and %2 are of different kinds; import them one after the other.")
                            .arg(paths.front().section('/', -1), paths[static_cast<qsizetype>(i)].section('/', -1)));
            return;
        }
        said += (said.isEmpty() ? "" : "\n") + one;
    }
    if (files.size() > 1 && files.front().kind != FileKind::Judgments) {
        showFailure(tr("%1 files were dropped; only judgments may come in several files.").arg(files.size()));
        return;
    }
    m_paths = paths;
    m_kind = files.front().kind;
    const QString stem = stemOf(paths.front());
    m_system->setText(tercet::text(plainNameFrom(stem.toStdString())));
    m_title->clear();
    m_names->clear();
    m_stimuli->clear();
    m_idColumn->clear();
    m_exclude->clear();
    m_base->setCurrentIndex(0);
    m_transposed->setChecked(false);
    QDir place(QFileInfo(paths.front()).absolutePath());
    if (!QFileInfo(place.path()).isWritable())
        place = QDir::home();
    m_study->setText(place.filePath(stem + QStringLiteral(".tercet")));
    arrangeOptions();
    setState(State::Asking, said);
    m_import->setFocus();
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
    if (!m_studyOpen)
        add(tr("New study"), m_study);
    if (m_kind == FileKind::Ratings) {
        add(tr("Id column"), m_idColumn);
        add(tr("Leave out"), m_exclude);
    } else {
        add(tr("System"), m_system);
        add(tr("Title"), m_title);
        m_chooseNames->show();
        m_names->show();
        add(tr("Stimulus names"), m_namesRow);
        if (m_kind == FileKind::Judgments) {
            add(tr("First stimulus is"), m_base);
            add(tr("Stimuli"), m_stimuli);
        } else {
            add(tr("Form"), m_transposed);
        }
    }
    for (const int column : {1, 3, 5})
        m_grid->setColumnStretch(column, 1);
}

void ImportStrip::accept() {
    std::map<std::string, std::string> options;
    const auto put = [&](const char* name, const QString& value) {
        if (!value.trimmed().isEmpty())
            options[name] = value.trimmed().toStdString();
    };
    if (m_kind == FileKind::Ratings) {
        put("id-column", m_idColumn->text());
        put("exclude", m_exclude->text());
    } else {
        put("system", m_system->text());
        put("system-title", m_title->text());
        put("names", m_names->text());
        if (m_kind == FileKind::Judgments) {
            put("base", m_base->currentData().toString());
            put("stimuli", m_stimuli->text());
        } else if (m_transposed->isChecked()) {
            options["transposed"] = "true";
        }
    }
    emit importWanted(m_paths, QString::fromLatin1(kindWord(m_kind)), options,
                      m_studyOpen ? QString() : m_study->text().trimmed());
}

void ImportStrip::showImporting() {
    ++m_request;
    setState(State::Importing, tr("Importing %1 …").arg(QFileInfo(m_paths.value(0)).fileName()));
}

void ImportStrip::showDone(const QString& summary, const QStringList& notes) {
    const int request = ++m_request;
    setState(State::Done, (QStringList(summary) + notes).join('\n'));
    // Notes are there to be read; a plain success makes room again.
    if (notes.isEmpty())
        QTimer::singleShot(kDoneMilliseconds, this, [this, request] {
            if (request == m_request)
                dismiss();
        });
}

void ImportStrip::showFailure(const QString& message) {
    ++m_request;
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
