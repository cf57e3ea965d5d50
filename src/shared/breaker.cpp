#include "breaker.hpp"

#include <algorithm>

#include "shared/jitter.hpp"

namespace aep::shared {
namespace {

/// The backoff before jitter. It ends where another quarter reaches the longest opening, so that the longest ones are
/// spread as well.
std::uint64_t backoff(std::uint32_t openings, std::uint64_t longest) noexcept {
    constexpr std::uint32_t kExponentLimit = 5;
    return std::min(Breaker::kFirstOpening << std::min(openings, kExponentLimit), longest * 4 / 5);
}

}  // namespace

Breaker::Permit Breaker::ask(std::uint64_t now, std::uint64_t probe_timeout) noexcept {
    if (open_until == 0) {
        return Permit::pass;
    }
    if (now < open_until || now < probe_until) {
        return Permit::refuse;
    }
    probe_until = now + probe_timeout;
    return Permit::probe;
}

void Breaker::success(std::uint64_t now) noexcept {
    *this = Breaker{};
    last_success = now;
}

void Breaker::failure(std::uint64_t now, std::uint64_t retry_after, std::uint32_t random,
                      std::uint64_t longest) noexcept {
    const bool is_closed = open_until == 0;
    if (!is_closed || (!is_well(now) && ++failures >= kFailures)) {
        rest(now, retry_after, random, longest);
    }
}

void Breaker::rest(std::uint64_t now, std::uint64_t retry_after, std::uint32_t random,
                   std::uint64_t longest) noexcept {
    if (open_until == 0 || probe_until != 0) {
        open(now, retry_after, random, longest);
    } else if (retry_after != 0) {
        // Of a transfer that began before the opening. It says nothing new, so it must not make the backoff longer; what
        // Edge asked for still counts.
        open_until = std::max(open_until, now + std::min(retry_after, kLongestRetryAfter));
    }
}

bool Breaker::is_open(std::uint64_t now) const noexcept {
    return now < open_until;
}

void Breaker::open(std::uint64_t now, std::uint64_t retry_after, std::uint32_t random,
                   std::uint64_t longest) noexcept {
    const std::uint64_t asked = std::min(retry_after, kLongestRetryAfter);
    open_until = now + std::max(with_jitter(backoff(openings, longest), random), asked);
    probe_until = 0;
    failures = 0;
    ++openings;
}

}  // namespace aep::shared
