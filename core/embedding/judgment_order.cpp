#include "core/embedding/judgment_order.h"

#include "core/base/rng.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tercet {
namespace {

constexpr std::uint64_t kSplitStream = 1;
constexpr std::uint64_t kFirstEpochStream = 1024;

std::vector<std::uint32_t> shuffled(std::size_t count, Rng rng) {
    std::vector<std::uint32_t> numbers(count);
    std::iota(numbers.begin(), numbers.end(), 0U);
    shuffle(numbers, rng);
    return numbers;
}

} // namespace

JudgmentOrder::JudgmentOrder(std::size_t judgments, double share, std::uint64_t seed) : m_seed(seed) {
    m_training = shuffled(judgments, Rng(seed, kSplitStream));
    const auto held = static_cast<std::ptrdiff_t>(std::llround(share * static_cast<double>(judgments)));
    m_heldOut.assign(m_training.end() - held, m_training.end());
    m_training.resize(m_training.size() - m_heldOut.size());
    std::sort(m_heldOut.begin(), m_heldOut.end());
    m_runBits = m_training.size() >= kLongRunsFrom ? kRunBits : 0;
}

JudgmentOrder::JudgmentOrder(std::span<const std::uint8_t> heldOutMask, std::uint64_t seed) : m_seed(seed) {
    m_training = shuffled(heldOutMask.size(), Rng(seed, kSplitStream));
    std::erase_if(m_training, [&](std::uint32_t judgment) { return heldOutMask[judgment] != 0; });
    for (std::size_t judgment = 0; judgment < heldOutMask.size(); ++judgment)
        if (heldOutMask[judgment] != 0)
            m_heldOut.push_back(static_cast<std::uint32_t>(judgment));
    m_runBits = m_training.size() >= kLongRunsFrom ? kRunBits : 0;
}

void JudgmentOrder::startEpoch(std::size_t epoch) {
    const std::size_t count = m_training.size();
    if (count == 0)
        return;
    Rng rng(m_seed, kFirstEpochStream + epoch);
    m_offset = rng.below(static_cast<std::uint32_t>(count));
    m_runs.resize(count >> m_runBits);
    std::iota(m_runs.begin(), m_runs.end(), 0U);
    shuffle(m_runs, rng);
    if (m_runs.size() << m_runBits != count)
        m_runs.push_back(static_cast<std::uint32_t>(m_runs.size()));
}

void JudgmentOrder::fill(std::size_t first, std::span<std::uint32_t> out) const {
    auto next = out.begin();
    visitParts(first, first + out.size(), [&](std::size_t source, std::size_t count) {
        next = std::copy_n(m_training.begin() + static_cast<std::ptrdiff_t>(source), count, next);
    });
}

} // namespace tercet
