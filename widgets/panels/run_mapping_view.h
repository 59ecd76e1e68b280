#pragma once

#include "core/io/file_kind.h"
#include "core/pipeline/run_mapping.h"
#include "widgets/bridge/job_runner.h"
#include "widgets/panels/file_field.h"

#include <QAbstractTableModel>
#include <QTimer>
#include <QWidget>

#include <memory>

class QComboBox;
class QGridLayout;
class QLabel;
class QPushButton;
class QTableView;

namespace tercet {

class RunTimeline;

/// The runs of an import as rows: file, volumes, events, how many of them are stimuli of the study, motion, and whether
/// all fits.
class RunMappingModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { File, Volumes, Events, Stimuli, Others, Motion, Problem };
    static constexpr int kColumns = 7;
    using QAbstractTableModel::QAbstractTableModel;

    /// `mapping` is of this request.
    void show(const ImportRequest& request, std::shared_ptr<const RunMapping> mapping);
    [[nodiscard]] const MappedRun& run(int row) const { return m_mapping->runs.at(static_cast<std::size_t>(row)); }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::shared_ptr<const RunMapping> m_mapping;
    std::vector<std::filesystem::path> m_files;
    std::vector<std::size_t> m_blocks; ///< of each run
    bool m_allFail = false;            ///< for something that is no run's own
};

/// Which volumes belong to which stimulus, before scans are imported: a table of runs with the files that go with them,
/// a picture of the chosen run, and everything that may be said about it. Every change is checked at once, off the GUI
/// thread.
class RunMappingView : public QWidget {
    Q_OBJECT
public:
    /// `runner` must outlive the view.
    explicit RunMappingView(JobRunner& runner, QWidget* parent = nullptr);
    ~RunMappingView() override;

    /// Of kind "fmri"; what it says is shown and may be changed.
    void setRequest(const ImportRequest& request);
    void setSubject(const QString& subject);
    /// Of the study; null or empty while it has none.
    void setStimuli(std::shared_ptr<const std::vector<Stimulus>> stimuli);

    [[nodiscard]] const ImportRequest& request() const { return m_request; }
    [[nodiscard]] bool checking() const { return m_checking; }
    [[nodiscard]] bool fits() const { return !m_checking && m_mapping && m_mapping->problems.empty(); }
    [[nodiscard]] QString
    sentence() const; ///< that all fits, or the first thing that does not; empty while it is checked
    /// The newest that was found; null before.
    [[nodiscard]] const std::shared_ptr<const RunMapping>& mapping() const { return m_mapping; }

    [[nodiscard]] RunMappingModel* model() const { return m_model; }
    [[nodiscard]] QTableView* table() const { return m_table; }
    [[nodiscard]] RunTimeline* timeline() const { return m_timeline; }
    [[nodiscard]] QComboBox* columnBox() const { return m_column; }
    [[nodiscard]] QLineEdit* keepBox() const { return m_keep; }
    [[nodiscard]] QLineEdit* timeBox() const { return m_time; }
    [[nodiscard]] QLineEdit* maskBox() const { return m_mask->line(); }
    [[nodiscard]] QLineEdit* labelsBox() const { return m_labels->line(); }
    [[nodiscard]] QPushButton* leaveOutButton() const { return m_leaveOut; }

public slots:
    /// Takes events, motion parameters, a mask or labels for what they are: as many events as there are runs for them
    /// in order, else one for each selected run. Says which could not be taken.
    void takeFiles(const QStringList& paths);
    void leaveOutSelected();
    void takeAllRuns();

signals:
    void checked(); ///< sentence() and fits() are of what is shown now, or a check has begun

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void buildOptions(QGridLayout* grid);
    void buildTable();
    void edited(); ///< takes over what was typed
    void deriveRequest();
    void check();
    void stopCheck(); ///< what is on its way is of something else
    void show(const std::shared_ptr<const RunMapping>& mapping, std::vector<std::size_t> files);
    void showRun();
    void say(const QString& more); ///< beside the sentence, until something is changed
    /// Gives files to the selected runs, of the kind `wanted`; returns what to say of those for which there is no run.
    [[nodiscard]] QString assign(FileKind wanted, std::vector<std::filesystem::path> files);
    void chooseFiles(FileKind wanted);
    [[nodiscard]] int currentRow() const;
    [[nodiscard]] const std::vector<Stimulus>& stimuli() const;

    JobRunner& m_runner;
    ImportRequest m_whole;           ///< with the runs that are left out
    std::vector<std::size_t> m_kept; ///< files of m_whole that are not left out, ascending
    ImportRequest m_request;         ///< of those
    std::shared_ptr<const std::vector<Stimulus>> m_stimuli;
    std::shared_ptr<const RunMapping> m_mapping;
    std::vector<std::size_t> m_mapped; ///< m_kept when m_mapping was made
    /// Of each file of m_whole, as it was found last.
    std::vector<std::filesystem::path> m_foundEvents;
    std::vector<std::filesystem::path> m_foundMotion;
    QString m_more;
    QTimer m_soon;
    int m_check = 0; ///< counts checks; an answer to an older one is dropped
    int m_job = 0;   ///< of the newest check
    bool m_checking = false;
    bool m_filling = false;

    RunMappingModel* m_model;
    QTableView* m_table;
    RunTimeline* m_timeline;
    QComboBox* m_column;
    QLineEdit* m_keep;
    QLineEdit* m_time;
    QComboBox* m_base;
    FileField* m_mask;
    FileField* m_labels;
    QPushButton* m_events;
    QPushButton* m_motion;
    QPushButton* m_leaveOut;
    QPushButton* m_all;
    QLabel* m_others;
    QLabel* m_said;
};

} // namespace tercet
