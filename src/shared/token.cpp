#include "shared/token.hpp"

#include <algorithm>

#include "shared/jitter.hpp"

namespace aep::shared {
namespace {

/// Doubled with each one after the first, with jitter.
std::uint64_t pause_after(std::uint32_t times, std::uint64_t first, std::uint64_t longest,
                          std::uint32_t random) noexcept {
    constexpr std::uint32_t kMostDoublings = 10;
    const std::uint32_t doublings = std::min(times - 1, kMostDoublings);
    return std::min(with_jitter(first << doublings, random), longest);
}

}  // namespace

void Token::use(std::uint64_t of_credential) noexcept {
    if (credential != of_credential) {
        *this = Token{};
        credential = of_credential;
    }
}

std::uint64_t Token::begin_fetch(std::uint64_t now, std::uint64_t patience) noexcept {
    if (now < fetch_until || now < next_fetch || (is_valid(now) && now < renew_at)) {
        return 0;
    }
    fetch_until = now + patience;
    return ++last_fetch;
}

void Token::end_fetch(std::uint64_t fetch) noexcept {
    if (is_fetching(fetch)) {
        fetch_until = 0;
    }
}

bool Token::store(std::string_view text, std::uint64_t asked, std::uint64_t life,
                  std::uint32_t random) noexcept {
    if (text.size() > kLongest) {
        return false;
    }
    rejections = size != 0 ? 0 : rejections;  // the one before was good to its end
    std::ranges::copy(text, characters.begin());
    size = static_cast<std::uint32_t>(text.size());
    ++number;
    fetched_at = asked;
    expires_at = asked + life;
    // In the last fifth of its life, but for the last tenth, which is for whoever cannot get another one at once.
    constexpr std::uint64_t kTenths = 10;
    constexpr std::uint64_t kSteps = 1024;
    renew_at = expires_at - life / kTenths - life / kTenths * (random % (kSteps + 1)) / kSteps;
    fetch_until = 0;
    failures = 0;
    next_fetch = 0;
    return true;
}

std::uint64_t Token::failure(std::uint64_t now, std::uint64_t retry_after, std::uint64_t longest,
                             std::uint32_t random) noexcept {
    ++failures;
    const std::uint64_t pause = std::max(pause_after(failures, kFirstPause, longest, random),
                                         std::min(retry_after, kLongestRetryAfter));
    fetch_until = 0;
    next_fetch = now + pause;
    return pause;
}

Token::Rejection Token::reject(std::uint64_t of_number, std::uint64_t now, std::uint32_t random) noexcept {
    if (of_number != number || size == 0) {
        return Rejection::known;
    }
    size = 0;
    const bool is_new = now < fetched_at + kNew;
    rejections = is_new ? rejections + 1 : 0;
    if (is_new) {
        next_fetch = std::max(next_fetch, fetched_at + pause_after(rejections, kPauseWhenRejected,
                                                                   kLongestPauseRefused, random));
    }
    return is_new ? Rejection::fresh : Rejection::old;
}

std::uint64_t Token::next_change(std::uint64_t now) const noexcept {
    const std::uint64_t soonest = std::max(fetch_until, next_fetch);
    return is_valid(now) ? std::min(std::max(soonest, renew_at), expires_at) : soonest;
}

}  // namespace aep::shared
