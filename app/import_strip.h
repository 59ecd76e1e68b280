#pragma once

#include "core/io/file_kind.h"
#include "widgets/bridge/job_runner.h"

#include <QStringList>
#include <QWidget>

#include <map>
#include <string>

class QCheckBox;
class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace tercet {

/// The strip at the top of the window that says what dropped or chosen files are and what importing them will do, asks
/// for the little that the files do not say, and keeps what went wrong in sight until it is dismissed.
class ImportStrip : public QWidget {
    Q_OBJECT
public:
    enum class State { Hidden, Looking, Asking, Importing, Done, Failed };

    /// `runner` looks at files off the GUI thread; it must outlive the strip.
    explicit ImportStrip(JobRunner& runner, QWidget* parent = nullptr);

    /// Without an open study an import also makes one, and the strip asks where.
    void setStudyOpen(bool open);
    /// Looks at the files and then asks what to do with them.
    void offer(const QStringList& paths);
    void showImporting();
    void showDone(const QString& summary, const QStringList& notes);
    void showFailure(const QString& message); ///< one sentence

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] QString text() const;
    [[nodiscard]] QPushButton* importButton() const { return m_import; }
    [[nodiscard]] QLineEdit* systemField() const { return m_system; }

public slots:
    void dismiss();

signals:
    /// `newStudy`: the folder of the study to make first; empty to import into the open one.
    void importWanted(const QStringList& paths, const QString& kind, const std::map<std::string, std::string>& options,
                      const QString& newStudy);
    void studyWanted(const QString& folder); ///< a study was dropped

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void setState(State state, const QString& text);
    void recognised(const QStringList& paths, const std::vector<RecognisedFile>& files);
    void arrangeOptions();
    void accept();

    JobRunner& m_runner;
    State m_state = State::Hidden;
    QStringList m_paths;
    FileKind m_kind = FileKind::Unknown;
    bool m_studyOpen = false;
    int m_request = 0; ///< counts offers; an answer to an older one is dropped

    QLabel* m_icon;
    QLabel* m_label;
    QProgressBar* m_progress;
    QWidget* m_options;
    QGridLayout* m_grid;
    QLineEdit* m_study;
    QLineEdit* m_system;
    QLineEdit* m_title;
    QLineEdit* m_names;
    QToolButton* m_chooseNames;
    QWidget* m_namesRow;
    QLineEdit* m_stimuli;
    QComboBox* m_base;
    QLineEdit* m_idColumn;
    QLineEdit* m_exclude;
    QCheckBox* m_transposed;
    QPushButton* m_import;
    QPushButton* m_cancel;
};

} // namespace tercet
