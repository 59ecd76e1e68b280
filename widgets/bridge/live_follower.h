#pragma once

#include "core/base/control.h"
#include "core/embedding/spose_fit.h"
#include "core/study/study.h"
#include "widgets/bridge/mailbox.h"
#include "widgets/bridge/study_views.h"

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace tercet {

/// A thread of low priority that makes running fits visible: from the newest weights it makes labelled embeddings and
/// keeps a t-SNE layout per system going, which takes each new state of the weights from where it is. When a fit has
/// ended the layout goes on until it rests. Members may be called from any thread.
class LiveFollower {
public:
    /// What it has made for one system since it was last asked; null where nothing is new.
    struct News {
        std::shared_ptr<const EmbeddingView> embedding;
        std::shared_ptr<const MapView> map;
        std::string failure; ///< one sentence: the layout cannot be made
    };

    LiveFollower();
    ~LiveFollower(); ///< stops within 200 ms
    LiveFollower(const LiveFollower&) = delete;
    LiveFollower& operator=(const LiveFollower&) = delete;

    void setRatings(std::shared_ptr<const Ratings> ratings);
    /// Where the layout of a system begins if it has none going, (n × 2).
    void setStart(const std::string& system, std::shared_ptr<const MapView> map);
    /// The newest state of a running fit.
    void follow(const std::string& system, std::shared_ptr<const FitSnapshot> snapshot);
    /// The fit has ended with `embedding`, whose layout is brought to rest.
    void settle(const std::string& system, std::shared_ptr<const EmbeddingView> embedding);
    /// Lets the layout of a system be; what was made and not taken is dropped.
    void rest(const std::string& system);
    [[nodiscard]] News take(const std::string& system);
    [[nodiscard]] bool busy(); ///< a layout moves, or something was not taken

private:
    struct Layout;
    struct Channel;

    void serve(const std::stop_token& stop);
    [[nodiscard]] bool work(const std::string& system, Channel& channel);

    JobControl m_control;
    std::mutex m_mutex; ///< guards the map of channels and what is in them, except their layouts
    std::condition_variable_any m_changed;
    std::map<std::string, std::unique_ptr<Channel>> m_channels;
    std::shared_ptr<const Ratings> m_ratings;
    std::jthread m_thread;
};

} // namespace tercet
