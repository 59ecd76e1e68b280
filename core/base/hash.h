#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace tercet {

/// 128-bit content hash (XXH3) of a sequence of fields; each field is hashed with its length, so that
/// ("ab", "c") and ("a", "bc") differ. For identity, not for security.
class Hasher {
public:
    Hasher();
    ~Hasher();
    Hasher(const Hasher&) = delete;
    Hasher& operator=(const Hasher&) = delete;

    Hasher& add(std::string_view text);
    Hasher& add(std::span<const std::byte> bytes);
    template <class T>
    Hasher& addValues(std::span<const T> values) {
        return add(std::as_bytes(values));
    }
    /// 32 hexadecimal digits.
    [[nodiscard]] std::string hex() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace tercet
