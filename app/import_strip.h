#pragma once

#include "core/pipeline/offered_files.h"
#include "widgets/bridge/job_runner.h"

#include <QStringList>
#include <QWidget>

#include <memory>
#include <string>
#include <vector>

class QCheckBox;
class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QScrollArea;
class QToolButton;

namespace tercet {

class FileField;
class RunMappingView;
class StudySession;

/// The strip at the top of the window that says what dropped or chosen files are and what importing them will do, asks
/// for the little that the files do not say, and keeps what went wrong in sight until it is dismissed. Files of several
/// kinds or subjects are rows that are imported one after the other; scans unfold to a table of their runs.
class ImportStrip : public QWidget {
    Q_OBJECT
public:
    enum class State { Hidden, Looking, Asking, Importing, Done, Failed };

    /// `runner` looks at files off the GUI thread; it must outlive the strip.
    explicit ImportStrip(JobRunner& runner, QWidget* parent = nullptr);
    ~ImportStrip() override;

    /// Without an open study (null) an import also makes one, and the strip asks where. The session must outlive the
    /// strip or be taken away.
    void setSession(StudySession* session);
    /// Looks at the files and then asks what to do with them. What imports that end meanwhile came to is shown once the
    /// offer is accepted or dismissed.
    void offer(const QStringList& paths);
    [[nodiscard]] bool hasOffer() const; ///< files are looked at or asked about
    void showImporting(int imports);     ///< that many more end by the next two
    void addImported(const QString& summary, const QStringList& notes);
    void addFailure(const QString& message); ///< one sentence
    void showDone(const QString& summary, const QStringList& notes);
    void showFailure(const QString& message); ///< one sentence

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] QString text() const;
    [[nodiscard]] QPushButton* importButton() const { return m_import; }
    [[nodiscard]] QLineEdit* systemField() const { return m_system; }
    /// Of rows, in the order in which they are imported.
    [[nodiscard]] int rows() const { return static_cast<int>(m_rows.size()); }
    [[nodiscard]] QCheckBox* wantedBox(int row) const;
    [[nodiscard]] QComboBox* subjectBox(int row) const;   ///< null for what has no subject
    [[nodiscard]] QToolButton* runsButton(int row) const; ///< unfolds the runs of scans; null for other kinds
    [[nodiscard]] RunMappingView* runsView(int row) const;

public slots:
    void dismiss();

signals:
    /// `newStudy`: the folder of the study to make first; empty to import into the open one.
    void importWanted(const std::vector<tercet::ImportRequest>& requests, const QString& newStudy);
    void studyWanted(const QString& folder); ///< a study was dropped
    void stopWanted();                       ///< of the imports that are pending
    void takesRoom(bool taken);              ///< it is about to be shown, or hidden
    /// Runs are about to be shown that need at least that height, or none are shown any more.
    void unfolded(int height);

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    /// One group of files, and the fields that ask about it; those that it does not need are null.
    struct Row {
        OfferedGroup group;
        std::string proposed; ///< subject, before it was edited
        QCheckBox* wanted = nullptr;
        QComboBox* subject = nullptr;
        FileField* names = nullptr;
        QComboBox* transform = nullptr;
        QToolButton* unfold = nullptr;
        RunMappingView* runs = nullptr;
    };

    void setState(State state, const QString& text);
    void recognised(const QStringList& paths, OfferedFiles offered);
    void arrangeOptions();
    void arrangeRows();
    void clearRows();
    QComboBox* subjectFieldFor(std::size_t row);
    void subjectEdited(std::size_t row);
    void unfold(std::size_t row);
    void showSheet(bool shown);
    void checkRows();                  ///< whether all can be imported, and what is missing else
    [[nodiscard]] bool single() const; ///< one group that asks for no subject
    [[nodiscard]] ImportRequest requestOf(const Row& row) const;
    [[nodiscard]] ImportRequest singleRequest() const;
    void accept();
    void forgetOffer(); ///< stops looking at it
    void ended();
    void showImports(); ///< how far they are, or what came of them; hides the strip if there were none

    JobRunner& m_runner;
    StudySession* m_session = nullptr;
    State m_state = State::Hidden;
    std::vector<Row> m_rows;
    QString m_said;          ///< of what was offered
    QStringList m_summaries; ///< of imports that ended and were not shown yet
    QStringList m_notes;
    QStringList m_failures;
    int m_pending = 0;
    int m_imports = 0; ///< with those that ended since none was pending
    int m_request = 0; ///< counts what is shown; an answer to something older is dropped
    int m_look = 0;    ///< the job that looks at what was offered; 0 for none

    QLabel* m_icon;
    QLabel* m_label;
    QProgressBar* m_progress;
    QWidget* m_options;
    QGridLayout* m_grid;
    QLineEdit* m_study;
    QLineEdit* m_system;
    QLineEdit* m_title;
    FileField* m_names;
    QLineEdit* m_stimuli;
    QComboBox* m_base;
    QLineEdit* m_idColumn;
    QLineEdit* m_exclude;
    QCheckBox* m_transposed;
    QScrollArea* m_rowArea;
    QLabel* m_missing;
    QWidget* m_sheet; ///< holds the runs that are unfolded
    QPushButton* m_import;
    QPushButton* m_cancel;
};

} // namespace tercet
