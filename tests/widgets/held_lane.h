#pragma once

#include "widgets/bridge/job_runner.h"

#include <algorithm>
#include <semaphore>

namespace tercet {

/// Keeps the lane of files busy, so that what is started there waits, until release() or its end.
class HeldLane {
public:
    explicit HeldLane(JobRunner& runner)
        : m_runner(runner), m_first(runner.start(JobRunner::Lane::Files, "Wait",
                                                 [this](JobControl&, const Progress&) { m_gate.acquire(); })) {}
    HeldLane(const HeldLane&) = delete;
    HeldLane& operator=(const HeldLane&) = delete;
    ~HeldLane() { release(); }
    void release() { m_gate.release(); }
    /// Jobs behind it that have not ended.
    [[nodiscard]] auto waiting() const {
        return std::ranges::count_if(m_runner.jobs(),
                                     [this](const auto& job) { return job->id != m_first && !job->ended(); });
    }

private:
    std::counting_semaphore<> m_gate{0};
    JobRunner& m_runner;
    int m_first;
};

} // namespace tercet
