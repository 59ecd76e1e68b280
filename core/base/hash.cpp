#include "core/base/hash.h"

#include <fmt/format.h>
#include <new>
#include <xxhash.h>

namespace tercet {

struct Hasher::State {
    XXH3_state_t* xxh = XXH3_createState();
    ~State() { XXH3_freeState(xxh); }
};

Hasher::Hasher() : m_state(std::make_unique<State>()) {
    if (m_state->xxh == nullptr)
        throw std::bad_alloc();
    XXH3_128bits_reset(m_state->xxh);
}
Hasher::~Hasher() = default;

Hasher& Hasher::add(std::string_view text) { return add(std::as_bytes(std::span(text))); }

Hasher& Hasher::add(std::span<const std::byte> bytes) {
    const std::uint64_t length = bytes.size();
    XXH3_128bits_update(m_state->xxh, &length, sizeof length);
    XXH3_128bits_update(m_state->xxh, bytes.data(), bytes.size());
    return *this;
}

std::string Hasher::hex() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(m_state->xxh);
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

} // namespace tercet
