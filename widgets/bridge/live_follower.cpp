#include "widgets/bridge/live_follower.h"

#include "core/base/error.h"
#include "core/base/outcome.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <sys/resource.h>

namespace tercet {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kNiceness = 15; ///< the fit comes first
constexpr auto kBetweenViews = std::chrono::milliseconds(200);
constexpr auto kBetweenPoints = std::chrono::milliseconds(400);
constexpr auto kTurn = std::chrono::milliseconds(20); ///< how long a layout is stepped before it is shown
/// Between turns while a fit runs, whose threads work in step and all wait when one of them has to.
constexpr auto kPause = std::chrono::milliseconds(130);
constexpr int kForming = 300;  ///< iterations of a new layout, which are not slowed down
constexpr int kLongest = 1500; ///< iterations for one state of the weights
constexpr int kShortest = 150;
constexpr double kRest = 2e-4; ///< mean way of a point in one iteration, of the map's extent, that counts as rest

} // namespace

struct LiveFollower::Layout {
    std::unique_ptr<Map> map;
    std::size_t points = 0;
    int iterations = 0; ///< since the points were set
    Clock::time_point pointsSet;
    Clock::time_point viewMade;
    std::shared_ptr<const EmbeddingView> waiting; ///< weights that the layout has not been given yet
    bool ended = false;                           ///< the fit has
    Matrix<float> shown;
};

struct LiveFollower::Channel {
    std::shared_ptr<const FitSnapshot> snapshot;
    std::shared_ptr<const EmbeddingView> end;
    std::shared_ptr<const MapView> start;
    News news;
    bool active = false;
    bool dropped = false;
    Layout layout; ///< of the thread alone
};

LiveFollower::LiveFollower() : m_thread([this](const std::stop_token& stop) { serve(stop); }) {}

LiveFollower::~LiveFollower() {
    m_thread.request_stop();
    m_control.requestStop();
    m_thread.join();
}

void LiveFollower::setRatings(std::shared_ptr<const Ratings> ratings) {
    const std::lock_guard guard(m_mutex);
    m_ratings = std::move(ratings);
}

namespace {

template <class Channels>
auto& channelOf(Channels& channels, const std::string& system) {
    auto& channel = channels[system];
    if (!channel)
        channel = std::make_unique<typename Channels::mapped_type::element_type>();
    return *channel;
}

} // namespace

void LiveFollower::setStart(const std::string& system, std::shared_ptr<const MapView> map) {
    const std::lock_guard guard(m_mutex);
    channelOf(m_channels, system).start = std::move(map);
}

void LiveFollower::follow(const std::string& system, std::shared_ptr<const FitSnapshot> snapshot) {
    {
        const std::lock_guard guard(m_mutex);
        Channel& channel = channelOf(m_channels, system);
        channel.snapshot = std::move(snapshot);
        channel.end = nullptr;
        channel.active = true;
        channel.dropped = false;
    }
    m_changed.notify_one();
}

void LiveFollower::settle(const std::string& system, std::shared_ptr<const EmbeddingView> embedding) {
    {
        const std::lock_guard guard(m_mutex);
        Channel& channel = channelOf(m_channels, system);
        channel.snapshot = nullptr;
        channel.end = std::move(embedding);
        channel.news.embedding = nullptr;
        channel.active = true;
        channel.dropped = false;
    }
    m_changed.notify_one();
}

void LiveFollower::rest(const std::string& system) {
    const std::lock_guard guard(m_mutex);
    Channel& channel = channelOf(m_channels, system);
    channel.snapshot = nullptr;
    channel.end = nullptr;
    channel.news = {};
    channel.active = false;
    channel.dropped = true;
}

LiveFollower::News LiveFollower::take(const std::string& system) {
    const std::lock_guard guard(m_mutex);
    const auto found = m_channels.find(system);
    return found == m_channels.end() ? News() : std::exchange(found->second->news, News());
}

bool LiveFollower::busy() {
    const std::lock_guard guard(m_mutex);
    return std::any_of(m_channels.begin(), m_channels.end(), [](const auto& entry) {
        const Channel& channel = *entry.second;
        return channel.active || channel.news.embedding || channel.news.map || !channel.news.failure.empty();
    });
}

void LiveFollower::serve(const std::stop_token& stop) {
    setpriority(PRIO_PROCESS, 0, kNiceness);
    while (!stop.stop_requested()) {
        std::vector<std::pair<std::string, Channel*>> active;
        {
            std::unique_lock lock(m_mutex);
            const auto collect = [&] {
                active.clear();
                for (const auto& [system, channel] : m_channels)
                    if (channel->active)
                        active.emplace_back(system, channel.get());
                return !active.empty();
            };
            if (!m_changed.wait(lock, stop, collect))
                return;
        }
        bool worked = false;
        for (const auto& [system, channel] : active) {
            const Outcome outcome = outcomeOf([&, &follower = *channel] { worked = work(system, follower) || worked; });
            if (std::holds_alternative<Stopped>(outcome))
                return;
            if (const auto* failed = std::get_if<Failed>(&outcome)) {
                const std::lock_guard guard(m_mutex);
                channel->active = false;
                channel->news.failure = failed->message;
                channel->layout = {};
            }
        }
        const bool fitting = std::any_of(active.begin(), active.end(), [](const auto& entry) {
            const Layout& layout = entry.second->layout;
            return !layout.ended && layout.map && layout.map->iteration() >= kForming;
        });
        if (fitting)
            std::this_thread::sleep_for(kPause);
        else if (!worked) // every layout rests
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

bool LiveFollower::work(const std::string&, Channel& channel) {
    Layout& layout = channel.layout;
    std::shared_ptr<const FitSnapshot> snapshot;
    std::shared_ptr<const Ratings> ratings;
    std::shared_ptr<const MapView> start;
    const auto now = Clock::now();
    {
        const std::lock_guard guard(m_mutex);
        ratings = m_ratings;
        start = channel.start;
        if (channel.end) {
            layout.waiting = std::exchange(channel.end, nullptr);
            layout.ended = true;
        } else if (channel.snapshot && now - layout.viewMade >= kBetweenViews) {
            snapshot = std::exchange(channel.snapshot, nullptr);
            layout.ended = false;
        }
    }
    if (snapshot) {
        layout.viewMade = now;
        layout.waiting = std::make_shared<const EmbeddingView>(embeddingView(*snapshot, ratings.get()));
        const std::lock_guard guard(m_mutex);
        if (!channel.dropped && !channel.end)
            channel.news.embedding = layout.waiting;
    }
    if (layout.waiting && (!layout.map || layout.ended || now - layout.pointsSet >= kBetweenPoints)) {
        const auto embedding = std::exchange(layout.waiting, nullptr);
        if (!layout.map || layout.points != embedding->weights.rows()) {
            layout.map = std::make_unique<Map>(embedding->weights, MapOptions(), 1, m_control);
            layout.points = embedding->weights.rows();
            if (start && start->positions.size() == layout.points) {
                Matrix<float> places(layout.points, 2);
                for (std::size_t i = 0; i < layout.points; ++i) {
                    places(i, 0) = static_cast<float>(start->positions[i].x());
                    places(i, 1) = static_cast<float>(start->positions[i].y());
                }
                layout.map->setPositions(places);
            }
        } else {
            layout.map->setPoints(embedding->weights, m_control);
        }
        layout.iterations = 0;
        layout.pointsSet = Clock::now();
    }
    if (!layout.map || layout.iterations >= kLongest)
        return false;

    const int before = layout.iterations;
    const auto turnEnds = Clock::now() + kTurn;
    do {
        layout.map->step(1, m_control);
        ++layout.iterations;
    } while (Clock::now() < turnEnds);
    Matrix<float> positions = layout.map->positions();
    double way = 0;
    double extent = 0;
    if (layout.shown.rows() == positions.rows())
        for (std::size_t i = 0; i < positions.rows(); ++i) {
            way += std::hypot(positions(i, 0) - layout.shown(i, 0), positions(i, 1) - layout.shown(i, 1));
            extent = std::max<double>({extent, std::abs(positions(i, 0)), std::abs(positions(i, 1))});
        }
    way /= static_cast<double>(std::max<std::size_t>(1, positions.rows())) * (layout.iterations - before);
    if (layout.iterations >= kShortest && extent > 0 && way < kRest * extent)
        layout.iterations = kLongest;
    layout.shown = std::move(positions);

    auto map = std::make_shared<MapView>();
    map->positions = pointsOf(layout.shown);
    map->iteration = layout.map->iteration();
    map->live = !layout.ended || layout.iterations < kLongest;
    if (!map->live)
        map->divergence = layout.map->divergence();
    const std::lock_guard guard(m_mutex);
    if (!channel.dropped)
        channel.news.map = std::move(map);
    // A fit that is paused or slow leaves the layout at rest until its next epoch comes.
    if (layout.iterations >= kLongest && layout.ended && !channel.snapshot && !channel.end)
        channel.active = false;
    return true;
}

} // namespace tercet
