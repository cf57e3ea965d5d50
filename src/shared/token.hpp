#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace aep::shared {

/// The token that Edge's authenticated host is shown, and who fetches the next one. Trivial, so that it can
/// live in shared memory (all zero: there is none, and one may be fetched); the caller holds the lock. Times are
/// milliseconds of one monotonic clock.
struct Token {
    static constexpr std::size_t kLongest = 8192;              ///< bytes of a token
    static constexpr std::uint64_t kFirstPause = 1000;         ///< ms after a failure, before jitter
    static constexpr std::uint64_t kLongestPause = 60 * 1000;  ///< ms, jitter included
    static constexpr std::uint64_t kLongestPauseRefused =
        300 * 1000;  ///< the same, where it takes an operator
    static constexpr std::uint64_t kLongestRetryAfter = 300 * 1000;
    static constexpr std::uint64_t kPauseWhenRejected =
        5000;  ///< ms between two tokens, where Edge takes neither
    /// ms. A token that Edge does not take although it is so new is not one that has run out.
    static constexpr std::uint64_t kNew = 60 * 1000;

    std::uint64_t credential = 0;  ///< whose all this is; see use()
    std::uint64_t number = 0;      ///< of the token; 0: there has been none yet
    std::uint64_t fetched_at = 0;
    std::uint64_t renew_at = 0;
    std::uint64_t expires_at = 0;
    std::uint64_t last_fetch = 0;   ///< its number
    std::uint64_t fetch_until = 0;  ///< the last one may be given up then; 0: it has ended
    std::uint64_t next_fetch = 0;   ///< not before
    std::uint32_t failures = 0;     ///< in a row
    std::uint32_t rejections = 0;   ///< of new tokens, in a row
    std::uint32_t secret = 0;       ///< which of the credential's secrets has worked
    std::uint32_t size = 0;
    std::array<char, kLongest> characters{};

    /// From now on this is about a credential, by its fingerprint. What there was of another one is forgotten.
    void use(std::uint64_t of_credential) noexcept;

    [[nodiscard]] bool is_valid(std::uint64_t now) const noexcept { return size != 0 && now < expires_at; }
    [[nodiscard]] std::string_view text() const noexcept { return {characters.data(), size}; }

    /// A number other than 0 where it is time for a new token and nobody fetches one: whoever gets it fetches it, within
    /// `patience` ms.
    std::uint64_t begin_fetch(std::uint64_t now, std::uint64_t patience) noexcept;
    /// Whether the fetch of that number is still the one that counts.
    [[nodiscard]] bool is_fetching(std::uint64_t fetch) const noexcept {
        return fetch_until != 0 && fetch == last_fetch;
    }
    /// It came to nothing: another may begin at once.
    void end_fetch(std::uint64_t fetch) noexcept;

    /// A new token, asked for at `asked`, good for `life` ms from then on. False: it is too long.
    bool store(std::string_view text, std::uint64_t asked, std::uint64_t life, std::uint32_t random) noexcept;
    /// There is none. Returns for how many ms nobody asks again. `retry_after`: what was asked for in ms, 0 when nothing.
    /// `longest`: pause. `random`: any number, for the jitter.
    std::uint64_t failure(std::uint64_t now, std::uint64_t retry_after, std::uint64_t longest,
                          std::uint32_t random) noexcept;

    enum class Rejection : std::uint8_t {
        known,  ///< it is not shown any more anyway
        old,    ///< as if it had run out
        fresh,  ///< it was new: the next one will hardly fare better
    };
    /// Edge does not take the token of this number.
    Rejection reject(std::uint64_t of_number, std::uint64_t now, std::uint32_t random) noexcept;

    /// When there may be something to do, without anything else happening.
    [[nodiscard]] std::uint64_t next_change(std::uint64_t now) const noexcept;
};

static_assert(std::is_trivially_copyable_v<Token> && std::is_standard_layout_v<Token>);

}  // namespace aep::shared
