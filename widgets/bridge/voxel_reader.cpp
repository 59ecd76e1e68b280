#include "widgets/bridge/voxel_reader.h"

#include "core/base/error.h"
#include "core/base/outcome.h"
#include "core/pipeline/pipeline.h"
#include "core/pipeline/projected_surface.h"
#include "core/pipeline/result_origin.h"

#include <limits>
#include <map>
#include <utility>

namespace tercet {
namespace {

QString text(const std::string& utf8) { return QString::fromStdString(utf8); }

/// Adds the mean response to each stimulus.
void addResponses(const Study& study, VoxelReading& reading) {
    const std::string subject = reading.place.subject.toStdString();
    const auto record = shownResult(study, {"preprocess-fmri", "", subject});
    if (!record || reading.place.voxel < 0)
        return;
    const auto arrays = study.arrays(record->key);
    const LargeArray& large = arrays->largeArray("responses");
    const auto voxel = static_cast<std::size_t>(reading.place.voxel);
    if (voxel >= large.columns())
        return;
    Matrix<double> column(large.rows(), 1);
    large.read(0, voxel, column.view());
    const auto& stimulus = arrays->get<std::int32_t>("stimulus").values;
    std::map<int, std::pair<double, int>> sums;
    for (std::size_t row = 0; row < column.rows(); ++row) {
        auto& [sum, count] = sums[stimulus[row]];
        sum += column(row, 0);
        ++count;
    }
    for (const auto& [row, sum] : sums) {
        reading.stimuli.push_back(row);
        reading.responses.push_back(sum.first / sum.second);
        reading.showings.push_back(sum.second);
    }
}

/// Whether a subject's cortex may be of the voxels of its responses.
bool isOfResponses(const Study& study, const std::string& subject, const ProjectedSurface& cortex) {
    const auto record = shownResult(study, {"preprocess-fmri", "", subject});
    if (!record)
        return true;
    const auto attributes = study.attributes(record->key); // of results made before there was one, none
    const auto voxels = attributes.find(kVoxelsAttribute);
    return voxels == attributes.end() || !areOtherVoxels(voxels->second, cortex.voxels);
}

} // namespace

struct VoxelReader::Worker {
    struct Cortex {
        std::string key;
        ProjectedSurface surface;
    };
    std::map<std::string, Cortex> cortices; ///< by subject

    const ProjectedSurface* cortexOf(const Study& study, const std::string& subject) {
        const auto record = shownResult(study, {"project-surface", "", subject});
        if (!record)
            return nullptr;
        Cortex& cortex = cortices[subject];
        if (cortex.key != record->key)
            cortex = {record->key, projectedSurface(*study.arrays(record->key))};
        return &cortex.surface;
    }

    void addOthers(const Study& study, VoxelReading& reading) {
        const VoxelPlace& place = reading.place;
        if (place.hemisphere < 0 || place.vertex < 0)
            return;
        const auto side = static_cast<std::size_t>(place.hemisphere);
        const auto vertices = [&](const ProjectedSurface* cortex) {
            return cortex && cortex->hemispheres[side].sampling ? cortex->hemispheres[side].sampling->vertices() : 0;
        };
        const std::size_t mine = vertices(cortexOf(study, place.subject.toStdString()));
        if (static_cast<std::size_t>(place.vertex) >= mine) // it is of an earlier surface
            return;
        for (const Subject& other : study.subjects()) {
            if (text(other.name) == place.subject)
                continue;
            const ProjectedSurface* cortex = cortexOf(study, other.name);
            if (vertices(cortex) != mine || !isOfResponses(study, other.name, *cortex))
                continue;
            VoxelPlace there = place;
            there.subject = text(other.name);
            there.voxel = cortex->hemispheres[side].sampling->voxelAt(static_cast<std::size_t>(place.vertex));
            if (there.voxel >= 0)
                reading.others.push_back(there);
        }
    }
};

VoxelReader::VoxelReader(const Study& study, QObject* parent)
    : QObject(parent), m_study(study), m_worker(std::make_unique<Worker>()) {
    m_thread.setMaxThreadCount(1);
}

VoxelReader::~VoxelReader() {
    if (m_control)
        m_control->requestStop();
    m_thread.waitForDone();
}

void VoxelReader::request(const VoxelPlace& place, int run, bool series) {
    if (m_control)
        m_control->requestStop();
    m_control = std::make_shared<JobControl>();
    const int asked = ++m_asked;
    const auto answer = [this, asked](auto&& tell) {
        QMetaObject::invokeMethod(
            this,
            [this, asked, tell = std::forward<decltype(tell)>(tell)] {
                if (asked == m_asked)
                    tell();
            },
            Qt::QueuedConnection);
    };
    m_thread.start([this, answer, place, run, series, control = m_control] {
        auto reading = std::make_shared<VoxelReading>(VoxelReading{.place = place, .run = run});
        const Outcome outcome = outcomeOf([&] {
            control->check();
            addResponses(m_study, *reading);
            control->check();
            m_worker->addOthers(m_study, *reading);
            answer([this, first = std::make_shared<const VoxelReading>(*reading)] { emit read(first); });
            if (!series || place.voxel < 0)
                return;
            try {
                reading->series =
                    voxelSeries(m_study, place.subject.toStdString(), static_cast<std::size_t>(place.voxel),
                                static_cast<std::size_t>(run), *control);
            } catch (const Error& error) {
                reading->noSeries = text(error.what());
            }
            answer([this, all = std::shared_ptr<const VoxelReading>(reading)] { emit read(all); });
        });
        if (const auto* failure = std::get_if<Failed>(&outcome))
            answer([this, message = text(failure->message)] { emit failed(message); });
    });
}

} // namespace tercet
