#pragma once

#include "core/pipeline/scan_runs.h"
#include "core/study/study.h"
#include "widgets/bridge/selection.h"

#include <QObject>
#include <QThreadPool>

#include <memory>
#include <optional>
#include <vector>

namespace tercet {

/// What a voxel did: its mean response to each stimulus and, if that was asked for, one run through the stages of its
/// preprocessing.
struct VoxelReading {
    VoxelPlace place;
    std::vector<int> stimuli;      ///< rows of the study that the subject saw, ascending
    std::vector<double> responses; ///< per stimulus: mean over its showings; NaN for a voxel without values
    std::vector<int> showings;     ///< per stimulus
    /// In other subjects whose surface has the same vertices: the voxel at the vertex that was pointed at.
    std::vector<VoxelPlace> others;
    int run = 0;
    std::optional<VoxelSeries> series; ///< nothing before it is read, or where `noSeries` says why there is none
    QString noSeries;                  ///< one sentence
};

/// Reads what voxels did from results and scans, on a thread of its own; of several requests the last is answered. The
/// study has to outlive it. GUI thread.
class VoxelReader : public QObject {
    Q_OBJECT
public:
    explicit VoxelReader(const Study& study, QObject* parent = nullptr);
    ~VoxelReader() override; ///< stops what is being read and waits for it

    /// read() follows, or failed(); with `series` once more, as soon as the run (from 0) is read too.
    void request(const VoxelPlace& place, int run, bool series);

signals:
    void read(const std::shared_ptr<const tercet::VoxelReading>& reading);
    void failed(const QString& message); ///< one sentence

private:
    struct Worker;
    const Study& m_study;
    std::unique_ptr<Worker> m_worker; ///< for the thread alone
    std::shared_ptr<JobControl> m_control;
    int m_asked = 0; ///< counts requests
    QThreadPool m_thread;
};

} // namespace tercet
