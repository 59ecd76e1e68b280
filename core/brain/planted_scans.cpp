#include "core/brain/planted_scans.h"

#include "core/base/error.h"
#include "core/base/linear_algebra.h"
#include "core/base/parallel.h"
#include "core/base/rng.h"
#include "core/base/text.h"
#include "core/brain/waves.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <map>
#include <numbers>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

namespace tercet {
namespace {

constexpr std::size_t kPreferred = 3;          ///< components of a region
constexpr std::size_t kShowingsPerRepeat = 15; ///< one stimulus of so many is shown twice
constexpr double kGap = 2;                     ///< s between blocks
constexpr double kLeadIn = 6;                  ///< s before the first block
constexpr double kLeadOut = 12;                ///< s after the last
constexpr double kThermal = 8;                 ///< standard deviation of a volume's noise, in measured units
constexpr double kScale = 1;

/// What random numbers are for: each use of them has its own stream.
enum class Use : std::uint64_t { Plan = 32, Grid, Maps, Runs, Series };

Rng rngFor(std::uint64_t seed, Use use, std::size_t subject = 0, std::size_t part = 0, std::size_t voxel = 0) {
    const auto number = static_cast<std::uint64_t>(use) * 1000003 + subject * 1009 + part;
    return Rng(seed, number << 32U | voxel);
}

/// Of a block of unit height that lasts since `age` s: a gamma-shaped response that peaks at 4.8 s, integrated.
double responseAfter(double age) {
    constexpr int kShape = 9;
    constexpr double kScaleOfTime = 0.6; // s
    if (age <= 0)
        return 0;
    const double x = age / kScaleOfTime;
    double term = 1;
    double sum = 1;
    for (int i = 1; i < kShape; ++i) {
        term *= x / i;
        sum += term;
    }
    return 1 - std::exp(-x) * sum;
}

/// Columns with mean 0 and standard deviation 1; constant ones 0.
Matrix<double> standardized(const Matrix<double>& features) {
    Matrix<double> result = features;
    const auto rows = static_cast<double>(features.rows());
    for (std::size_t c = 0; c < features.cols(); ++c) {
        double mean = 0;
        for (std::size_t i = 0; i < features.rows(); ++i)
            mean += features(i, c) / rows;
        double squares = 0;
        for (std::size_t i = 0; i < features.rows(); ++i)
            squares += (features(i, c) - mean) * (features(i, c) - mean) / rows;
        for (std::size_t i = 0; i < features.rows(); ++i)
            result(i, c) = squares > 0 ? (features(i, c) - mean) / std::sqrt(squares) : 0;
    }
    return result;
}

[[noreturn]] void refuse(const std::string& where, std::string expected, std::string found) {
    throw ParameterError(
        {.where = "planted scans, " + where, .expected = std::move(expected), .found = std::move(found)});
}

void check(const PlantedScansPlan& plan, const RegionTable& table) {
    if (plan.systems.empty() || plan.systems.front().empty())
        refuse("systems", "at least one", "none");
    const std::size_t stimuli = plan.systems.front().rows();
    for (const Matrix<double>& features : plan.systems) {
        if (features.rows() != stimuli || features.empty())
            throw DataError({.where = "planted scans, systems",
                             .expected = counted(stimuli, "stimulus", "stimuli") + " in each",
                             .found = withThousands(features.rows())});
        if (!std::ranges::all_of(features.values(), [](double value) { return std::isfinite(value); }))
            throw DataError(
                {.where = "planted scans, systems", .expected = "finite features", .found = "one that is not"});
    }
    if (plan.subjects.empty())
        refuse("subjects", "at least one", "none");
    if (plan.runs < kFewestPlantedRuns || plan.runs > stimuli / 3)
        refuse("runs", fmt::format("{} to a third of the stimuli", kFewestPlantedRuns), std::to_string(plan.runs));
    if (!(plan.voxelSize >= 2 && plan.voxelSize <= 10))
        refuse("voxel size", "2 to 10 mm", fmt::format("{}", plan.voxelSize));
    const auto isSignal = [](double signal) { return signal >= 0 && signal <= 100; };
    for (const double signal : plan.subjects)
        if (!isSignal(signal))
            refuse("signal of a subject", "0 to 100", fmt::format("{}", signal));
    std::set<std::size_t> regions;
    for (const PlantedDrive& drive : plan.drives) {
        const auto region = std::ranges::find(table.regions, drive.region, &RegionTable::Region::name);
        if (region == table.regions.end())
            refuse("drives", "a region of the table", tercet::quoted(drive.region));
        if (!regions.insert(static_cast<std::size_t>(region - table.regions.begin())).second)
            refuse("drives", "every region once", tercet::quoted(drive.region) + " twice");
        if (drive.system >= plan.systems.size())
            refuse("drives", fmt::format("a system below {}", plan.systems.size()), std::to_string(drive.system));
        if (!isSignal(drive.signal))
            refuse("signal of " + drive.region, "0 to 100", fmt::format("{}", drive.signal));
    }
}

/// Orders the showings of a subject: every stimulus once, the repeated ones in both of the last two runs, so that runs
/// that share a stimulus are few and can be held out together.
std::vector<std::vector<std::size_t>> dealShowings(std::size_t stimuli, std::size_t runs, Rng& rng) {
    std::vector<std::size_t> order(stimuli);
    std::iota(order.begin(), order.end(), std::size_t{0});
    shuffle(order, rng);
    const std::size_t repeated = std::max<std::size_t>(1, stimuli / kShowingsPerRepeat);
    std::vector<std::vector<std::size_t>> showings(runs);
    showings[runs - 2].assign(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(repeated));
    showings[runs - 1] = showings[runs - 2];
    for (std::size_t at = repeated; at < stimuli; ++at)
        std::ranges::min_element(showings, {}, &std::vector<std::size_t>::size)->push_back(order[at]);
    for (auto& run : showings)
        shuffle(run, rng);
    return showings;
}

PlantedRun planRun(std::span<const std::size_t> showings, std::span<const double> durations, Rng& rng) {
    PlantedRun run;
    double time = kLeadIn;
    for (const std::size_t stimulus : showings) {
        run.events.push_back({stimulus, time, durations[stimulus]});
        time += durations[stimulus] + kGap;
    }
    run.volumes = static_cast<std::size_t>(std::ceil((time + kLeadOut) / kPlantedRepetitionTime));
    run.motion = Matrix<double>(run.volumes, 6);
    for (std::size_t parameter = 0; parameter < 6; ++parameter) {
        const double step = parameter < 3 ? 0.02 : 0.0003; // mm, radians
        double value = 0;
        for (std::size_t t = 0; t < run.volumes; ++t)
            run.motion(t, parameter) = value += step * rng.normal();
    }
    return run;
}

/// The grid around a head: its linear part by the subject's number, then as many voxels as it takes.
void layGrid(PlantedSubject& subject, double voxelSize) {
    Affine& toMm = subject.toMm;
    for (std::size_t axis = 0; axis < 3; ++axis)
        toMm.rows[axis][axis] = voxelSize;
    if (subject.number % 5 == 1)
        toMm.rows[0][0] = -voxelSize;
    if (subject.number % 5 == 2) { // about x, then about z
        constexpr double kNod = 7 * std::numbers::pi / 180;
        constexpr double kTurn = 3 * std::numbers::pi / 180;
        const double c = std::cos(kNod), s = std::sin(kNod), d = std::cos(kTurn), e = std::sin(kTurn);
        toMm.rows = {{{voxelSize * d, -voxelSize * e * c, voxelSize * e * s, 0},
                      {voxelSize * e, voxelSize * d * c, -voxelSize * d * s, 0},
                      {0, voxelSize * s, voxelSize * c, 0}}};
    }
    const Affine toVoxel = toMm.inverse().value();
    Point3 low{1e9, 1e9, 1e9}, high{-1e9, -1e9, -1e9};
    const auto include = [&](const Point3& place) {
        const Point3 voxel = toVoxel(place);
        for (std::size_t axis = 0; axis < 3; ++axis) {
            low[axis] = std::min(low[axis], voxel[axis]);
            high[axis] = std::max(high[axis], voxel[axis]);
        }
    };
    for (const PlantedHemisphere& hemisphere : subject.cortex.hemispheres)
        for (const auto& vertex : hemisphere.pial.vertices)
            include({vertex[0], vertex[1], vertex[2]});
    for (const PlantedStructure& structure : subject.cortex.structures)
        for (int corner = 0; corner < 8; ++corner) {
            Point3 place = structure.centre;
            for (std::size_t axis = 0; axis < 3; ++axis)
                place[axis] += ((corner >> axis & 1) != 0 ? 1 : -1) * structure.radii[axis];
            include(place);
        }
    constexpr double kRim = 2; // voxels of nothing around the head
    for (std::size_t axis = 0; axis < 3; ++axis) {
        low[axis] = std::floor(low[axis]) - kRim;
        subject.size[axis] = static_cast<std::size_t>(std::ceil(high[axis]) + kRim - low[axis]) + 1;
    }
    const Point3 origin = toMm(low);
    for (std::size_t axis = 0; axis < 3; ++axis)
        toMm.rows[axis][3] = origin[axis];
}

std::uint32_t placeOf(const std::array<std::size_t, 3>& size, const Point3& voxel) {
    std::size_t place = 0;
    for (std::size_t axis = 3; axis-- > 0;)
        place = place * size[axis] + static_cast<std::size_t>(std::floor(voxel[axis] + 0.5));
    return static_cast<std::uint32_t>(place);
}

Point3 indexOf(const std::array<std::size_t, 3>& size, std::size_t place) {
    const std::size_t row = place / size[0];
    const std::size_t slice = row / size[1];
    return {static_cast<double>(place % size[0]), static_cast<double>(row % size[1]), static_cast<double>(slice)};
}

/// Every voxel between white and pial, with the parcel that has most of it; at `depths` and close enough across the
/// triangles that none is missed by much.
std::map<std::uint32_t, int> ribbonOf(const PlantedSubject& subject, double voxelSize) {
    constexpr std::array<double, 4> kDepths{0, 1.0 / 3, 2.0 / 3, 1};
    const Affine toVoxel = subject.toMm.inverse().value();
    std::vector<std::pair<std::uint32_t, int>> votes;
    for (const PlantedHemisphere& hemisphere : subject.cortex.hemispheres)
        for (const auto& triangle : hemisphere.white.triangles) {
            std::array<std::array<Point3, 3>, kDepths.size()> corners{};
            double longest = 0;
            for (std::size_t corner = 0; corner < 3; ++corner)
                for (std::size_t axis = 0; axis < 3; ++axis) {
                    const double in = hemisphere.white.vertices[triangle[corner]][axis];
                    const double out = hemisphere.pial.vertices[triangle[corner]][axis];
                    for (std::size_t depth = 0; depth < kDepths.size(); ++depth)
                        corners[depth][corner][axis] = in + kDepths[depth] * (out - in);
                    longest = std::max(longest,
                                       std::abs(out - static_cast<double>(
                                                          hemisphere.pial.vertices[triangle[(corner + 1) % 3]][axis])));
                }
            const int parts = 1 + static_cast<int>(longest / (voxelSize / 3));
            for (int a = 0; a <= parts; ++a)
                for (int b = 0; a + b <= parts; ++b) {
                    const std::array<int, 3> shares{a, b, parts - a - b};
                    const auto nearest = static_cast<std::size_t>(std::ranges::max_element(shares) - shares.begin());
                    const int key = hemisphere.parcels.keys[triangle[nearest]];
                    if (key == 0)
                        continue; // the medial wall
                    for (const auto& corner : corners) {
                        Point3 place{};
                        for (std::size_t axis = 0; axis < 3; ++axis)
                            place[axis] = (shares[0] * corner[0][axis] + shares[1] * corner[1][axis] +
                                           shares[2] * corner[2][axis]) /
                                          parts;
                        votes.emplace_back(placeOf(subject.size, toVoxel(place)), key);
                    }
                }
        }
    std::ranges::sort(votes);
    std::map<std::uint32_t, int> parcels;
    for (std::size_t at = 0; at < votes.size();) {
        const std::uint32_t place = votes[at].first;
        std::size_t most = 0;
        while (at < votes.size() && votes[at].first == place) {
            const auto next = std::upper_bound(votes.begin() + static_cast<std::ptrdiff_t>(at), votes.end(), votes[at]);
            const auto end = static_cast<std::size_t>(next - votes.begin());
            if (end - at > most) {
                most = end - at;
                parcels[place] = votes[at].second;
            }
            at = end;
        }
    }
    return parcels;
}

} // namespace

void PlantedSeries::fill(const PlantedSubject& subject, std::size_t index, std::span<double> grid) const {
    const std::size_t places = subject.size[0] * subject.size[1] * subject.size[2];
    if (grid.size() != places || index >= values.rows() || values.cols() != subject.voxels.size())
        throw DataError({.where = "planted scans, volume " + withThousands(index + 1),
                         .expected = fmt::format("{} places and at most {}", withThousands(places),
                                                 counted(values.rows(), "volume", "volumes")),
                         .found = counted(grid.size(), "place", "places")});
    std::ranges::fill(grid, 0.0);
    const auto volume = values.row(index);
    for (std::size_t v = 0; v < volume.size(); ++v)
        grid[subject.voxels[v].place] = scale * volume[v];
}

PlantedScans::PlantedScans(PlantedScansPlan plan, PlantedCortex cortex, RegionTable table)
    : m_plan(std::move(plan)), m_cortex(std::move(cortex)), m_table(std::move(table)) {
    check(m_plan, m_table);
    for (const Matrix<double>& features : m_plan.systems)
        m_features.push_back(standardized(features));
    Rng rng = rngFor(m_plan.seed, Use::Plan);
    for (const PlantedDrive& drive : m_plan.drives) {
        std::vector<std::size_t> components(m_features[drive.system].cols());
        std::iota(components.begin(), components.end(), std::size_t{0});
        shuffle(components, rng);
        components.resize(std::min(components.size(), kPreferred));
        std::ranges::sort(components);
        m_preferred.push_back(std::move(components));
    }
    // From clean to noisy, dealt out at random.
    const std::size_t stimuli = m_plan.systems.front().rows();
    for (std::size_t i = 0; i < stimuli; ++i) {
        const double share = static_cast<double>(i) / static_cast<double>(stimuli - 1);
        m_noisiness.push_back(0.1 + 2.4 * share * share);
    }
    shuffle(m_noisiness, rng);
    for (std::size_t i = 0; i < stimuli; ++i)
        m_durations.push_back(rng.below(2) == 0 ? 4 : 6);
}

std::vector<std::size_t> PlantedScans::ranking(std::size_t drive) const {
    const Matrix<double>& driving = m_features[m_plan.drives.at(drive).system];
    const auto rows = static_cast<double>(driving.rows());
    std::vector<double> explained;
    for (const Matrix<double>& features : m_features) {
        const Matrix<double> basis = orthonormalBasis(features);
        double sum = 0;
        for (const std::size_t component : m_preferred[drive])
            for (std::size_t b = 0; b < basis.cols(); ++b) {
                double along = 0;
                for (std::size_t i = 0; i < driving.rows(); ++i)
                    along += basis(i, b) * driving(i, component);
                sum += along * along / rows;
            }
        const double share = sum / static_cast<double>(m_preferred[drive].size());
        const double spare = rows - 1 - static_cast<double>(basis.cols()); // what chance explains does not count
        explained.push_back(spare > 0 ? 1 - (1 - share) * (rows - 1) / spare
                                      : -std::numeric_limits<double>::infinity());
    }
    explained[m_plan.drives[drive].system] = std::numeric_limits<double>::infinity();
    std::vector<std::size_t> order(explained.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t system) { return explained[system]; });
    return order;
}

PlantedSubject PlantedScans::subject(std::size_t number) const {
    if (number >= m_plan.subjects.size())
        refuse("subject", fmt::format("a number below {}", m_plan.subjects.size()), std::to_string(number));
    PlantedSubject subject;
    subject.number = number;
    subject.cortex = reshaped(m_cortex, rngFor(m_plan.seed, Use::Grid, number).next());
    layGrid(subject, m_plan.voxelSize);

    std::map<std::uint32_t, PlantedVoxel> voxels;
    for (const auto& [place, parcel] : ribbonOf(subject, m_plan.voxelSize))
        voxels[place] = {.place = place, .parcel = parcel};
    const std::size_t places = subject.size[0] * subject.size[1] * subject.size[2];
    for (std::uint32_t place = 0; place < places; ++place) {
        const Point3 centre = subject.toMm(indexOf(subject.size, place));
        const auto structure = std::ranges::find_if(subject.cortex.structures,
                                                    [&](const PlantedStructure& known) { return known.holds(centre); });
        if (structure != subject.cortex.structures.end() && !voxels.contains(place))
            voxels[place] = {.place = place, .structure = structure->number};
    }
    std::map<std::pair<int, int>, int> regions; // of parcel and structure
    std::map<int, std::size_t> drives;          // of a region
    for (std::size_t d = 0; d < m_plan.drives.size(); ++d)
        drives[static_cast<int>(
            std::ranges::find(m_table.regions, m_plan.drives[d].region, &RegionTable::Region::name) -
            m_table.regions.begin())] = d;
    for (auto& [place, voxel] : voxels) {
        const auto [known, isNew] = regions.emplace(std::pair{voxel.parcel, voxel.structure}, PlantedVoxel::kNone);
        if (isNew) {
            std::optional<std::size_t> region;
            if (voxel.structure != 0)
                region = regionOfVolume(m_table, voxel.structure);
            else
                for (const PlantedHemisphere& hemisphere : subject.cortex.hemispheres)
                    if (const auto parcel = hemisphere.parcels.parcels.find(voxel.parcel);
                        parcel != hemisphere.parcels.parcels.end())
                        region = regionOf(m_table, parcel->second.name);
            if (region)
                known->second = static_cast<int>(*region);
        }
        voxel.region = known->second;
        if (const auto drive = drives.find(voxel.region); drive != drives.end())
            voxel.system = static_cast<int>(m_plan.drives[drive->second].system);
        subject.voxels.push_back(voxel);
    }

    Rng rng = rngFor(m_plan.seed, Use::Maps, number);
    for (int i = 0; i < 2; ++i)
        subject.voxels[rng.below(static_cast<std::uint32_t>(subject.voxels.size()))].constant = true;
    // Maps of this person: one per component of a system, and one of how well a place answers.
    std::vector<std::vector<Waves>> maps(m_features.size());
    for (std::size_t s = 0; s < m_features.size(); ++s)
        for (std::size_t c = 0; c < m_features[s].cols(); ++c)
            maps[s].emplace_back(30, 60, rng);
    const Waves gain(30, 60, rng);
    subject.responses = Matrix<float>(stimuli(), subject.voxels.size());
    for (std::size_t v = 0; v < subject.voxels.size(); ++v) {
        const PlantedVoxel& voxel = subject.voxels[v];
        if (voxel.system == PlantedVoxel::kNone || voxel.constant)
            continue;
        const std::size_t drive = drives.at(voxel.region);
        const auto system = static_cast<std::size_t>(voxel.system);
        const Matrix<double>& features = m_features[system];
        const Point3 place = subject.toMm(indexOf(subject.size, voxel.place));
        std::vector<double> weights(features.cols());
        for (std::size_t c = 0; c < weights.size(); ++c) {
            const bool likes = std::ranges::binary_search(m_preferred[drive], c);
            weights[c] = (likes ? 1 : 0) + (likes ? 0.4 : 0.2) * maps[system][c](place);
        }
        std::vector<double> response(stimuli());
        double squares = 0;
        for (std::size_t i = 0; i < response.size(); ++i) {
            for (std::size_t c = 0; c < weights.size(); ++c)
                response[i] += weights[c] * features(i, c);
            squares += response[i] * response[i] / static_cast<double>(response.size());
        }
        const double signal =
            m_plan.drives[drive].signal * m_plan.subjects[number] * std::clamp(1 + 0.25 * gain(place), 0.4, 1.6);
        for (std::size_t i = 0; i < response.size(); ++i)
            subject.responses(i, v) = static_cast<float>(squares > 0 ? signal * response[i] / std::sqrt(squares) : 0);
    }

    Rng order = rngFor(m_plan.seed, Use::Runs, number);
    for (const auto& showings : dealShowings(stimuli(), m_plan.runs, order))
        subject.runs.push_back(planRun(showings, m_durations, order));
    return subject;
}

PlantedSeries PlantedScans::series(const PlantedSubject& subject, std::size_t run, int threads) const {
    if (run >= subject.runs.size())
        refuse("run", fmt::format("a number below {}", subject.runs.size()), std::to_string(run));
    if (subject.responses.rows() != stimuli() || subject.responses.cols() != subject.voxels.size())
        throw DataError({.where = "planted scans, subject",
                         .expected = fmt::format("responses of {} in {}", counted(stimuli(), "stimulus", "stimuli"),
                                                 counted(subject.voxels.size(), "voxel", "voxels")),
                         .found = fmt::format("{} × {}", subject.responses.rows(), subject.responses.cols()),
                         .remedy = "take a subject of these scans"});
    const PlantedRun& plan = subject.runs[run];
    const std::size_t volumes = plan.volumes;
    // What a block of unit height does in each volume, where it does anything.
    struct Effect {
        std::size_t first;
        std::vector<double> sizes;
    };
    std::vector<Effect> effects;
    for (const PlantedEvent& event : plan.events) {
        constexpr double kOver = 20; // s after which a response is over
        Effect effect{.first = static_cast<std::size_t>(event.onset / kPlantedRepetitionTime), .sizes = {}};
        for (std::size_t t = effect.first; t < volumes; ++t) {
            const double age = kPlantedRepetitionTime * static_cast<double>(t) - event.onset;
            if (age > event.duration + kOver)
                break;
            effect.sizes.push_back(responseAfter(age) - responseAfter(age - event.duration));
        }
        effects.push_back(std::move(effect));
    }
    PlantedSeries result{.values = Matrix<std::int16_t>(volumes, subject.voxels.size()), .scale = kScale};
    constexpr std::size_t kBlock = 256; // voxels that a thread takes at a time
    parallelFor((subject.voxels.size() + kBlock - 1) / kBlock, threads, [&](std::size_t block) {
        std::vector<double> series(volumes);
        for (std::size_t v = block * kBlock; v < std::min(subject.voxels.size(), (block + 1) * kBlock); ++v) {
            // What belongs to the voxel in all runs, then what this run adds.
            Rng own = rngFor(m_plan.seed, Use::Series, subject.number, 0, v);
            const double baseline = 640 + 25 * own.normal();
            std::array<double, 6> leaks{};
            for (std::size_t parameter = 0; parameter < 6; ++parameter)
                leaks[parameter] = (parameter < 3 ? 5 : 300) * own.normal();
            Rng rng = rngFor(m_plan.seed, Use::Series, subject.number, run + 1, v);
            const double slope = 1.5 * rng.normal();
            const double wave = 0.5 * rng.normal();
            const double phase = 2 * std::numbers::pi * rng.uniform();
            for (std::size_t t = 0; t < volumes; ++t) {
                const double share = static_cast<double>(t) / static_cast<double>(volumes - 1);
                series[t] =
                    slope * (share - 0.5) + wave * std::cos(2 * std::numbers::pi * share + phase) + rng.normal();
                for (std::size_t parameter = 0; parameter < 6; ++parameter)
                    series[t] += leaks[parameter] * plan.motion(t, parameter);
                if (constexpr double kSpikes = 0.002; rng.uniform() < kSpikes)
                    series[t] += rng.below(2) == 0 ? 8 : -8;
            }
            for (std::size_t e = 0; e < effects.size(); ++e) {
                const std::size_t stimulus = plan.events[e].stimulus;
                const double height =
                    static_cast<double>(subject.responses(stimulus, v)) + m_noisiness[stimulus] * rng.normal();
                for (std::size_t i = 0; i < effects[e].sizes.size(); ++i)
                    series[effects[e].first + i] += height * effects[e].sizes[i];
            }
            for (std::size_t t = 0; t < volumes; ++t) {
                const double value = subject.voxels[v].constant ? baseline : baseline + kThermal * series[t];
                result.values(t, v) =
                    static_cast<std::int16_t>(std::clamp(std::nearbyint(value / kScale), 0.0, 32767.0));
            }
        }
    });
    return result;
}

} // namespace tercet
