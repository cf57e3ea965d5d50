#include "breaker.hpp"

#include <algorithm>

#include "shared/jitter.hpp"

namespace aep::shared {
namespace {

/// The backoff before jitter. It ends where another quarter reaches kLongestOpening, so that the longest
/// openings are spread as well.
std::uint64_t backoff(std::uint32_t openings) noexcept {
    constexpr std::uint64_t kLongest = Breaker::kLongestOpening * 4 / 5;
    constexpr std::uint32_t kExponentLimit = 5;
    return std::min(Breaker::kFirstOpening << std::min(openings, kExponentLimit), kLongest);
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

void Breaker::success() noexcept {
    *this = Breaker{};
}

void Breaker::failure(std::uint64_t now, std::uint64_t retry_after, std::uint32_t random) noexcept {
    if (open_until == 0) {
        if (++failures >= kFailures) {
            open(now, retry_after, random);
        }
        return;
    }
    if (probe_until != 0) {
        open(now, retry_after, random);
        return;
    }
    // A transfer that began before the opening. It says nothing new, so it must not make the backoff
    // longer; what Edge asked for still counts.
    if (retry_after != 0) {
        open_until = std::max(open_until, now + std::min(retry_after, kLongestRetryAfter));
    }
}

bool Breaker::is_open(std::uint64_t now) const noexcept {
    return now < open_until;
}

void Breaker::open(std::uint64_t now, std::uint64_t retry_after, std::uint32_t random) noexcept {
    const std::uint64_t asked = std::min(retry_after, kLongestRetryAfter);
    open_until = now + std::max(with_jitter(backoff(openings), random), asked);
    probe_until = 0;
    failures = 0;
    ++openings;
}

}  // namespace aep::shared
