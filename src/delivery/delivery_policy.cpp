#include "delivery_policy.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "edge/retry_policy.hpp"
#include "shared/jitter.hpp"

namespace aep::delivery {
namespace {

using std::chrono::milliseconds;

constexpr int kUnauthorized = 401;
constexpr int kRequestTimeout = 408;

/// Which answers are worth a second try, and which are worth any number.
enum class Retry : std::uint8_t { never, once, always };

Retry retry_for(const Delivery& delivery, const edge::Response& response) noexcept {
    if (response.status == kRequestTimeout ||
        (response.status == kUnauthorized && delivery.is_authenticated)) {
        return Retry::once;
    }
    switch (edge::classify(response)) {
        case edge::Disposition::retry:
            return Retry::always;
        case edge::Disposition::retry_once:
            return Retry::once;
        case edge::Disposition::delivered:
        case edge::Disposition::repair:
        case edge::Disposition::rejected:
            break;
    }
    return Retry::never;
}

/// Doubles with each attempt.
milliseconds backoff(std::uint32_t attempts, std::uint32_t random) noexcept {
    constexpr std::uint32_t kExponentLimit = 16;
    constexpr milliseconds kLongest = kLongestBackoff * 4 / 5;
    return shared::with_jitter(std::min(kFirstBackoff * (1 << std::min(attempts, kExponentLimit)), kLongest),
                               random);
}

milliseconds pause(const Delivery& delivery, const edge::Response& response, std::uint32_t random) noexcept {
    const bool is_server_error = edge::classify(response) == edge::Disposition::retry_once;
    return std::max({backoff(delivery.attempts, random), std::min(delivery.retry_after, kLongestRetryAfter),
                     is_server_error ? kPauseAfterServerError : milliseconds(0)});
}

/// Of a character in UTF-8: not its first byte.
constexpr bool is_continuation(char c) noexcept {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// Not so long that dead letters fill the disk, and whole characters only.
std::string reason_in(const edge::Response& response) {
    const std::string_view body = response.body;
    if (response.failure == edge::Failure::too_large) {
        return "Edge answered " + std::to_string(response.status) + " and more than can be taken";
    }
    if (body.empty()) {
        return "Edge answered " + std::to_string(response.status) + " and said nothing more";
    }
    std::size_t size = std::min(body.size(), kLongestReason);
    while (size < body.size() && size > 0 && is_continuation(body[size])) {
        --size;
    }
    return std::string(body.substr(0, size));
}

}  // namespace

queue::Settlement settlement_of(const Delivery& delivery, const edge::Response& response, queue::Time now,
                                std::uint32_t random) {
    using Result = queue::Settlement::Result;
    queue::Settlement settlement;
    settlement.id = delivery.id;
    if (edge::classify(response) == edge::Disposition::delivered) {
        return settlement;
    }
    settlement.attempts = delivery.attempts + 1;
    const Retry retry = retry_for(delivery, response);
    if (retry == Retry::always || (retry == Retry::once && delivery.attempts == 0)) {
        settlement.result = Result::retry;
        settlement.due = now + pause(delivery, response, random).count();
        return settlement;
    }
    settlement.result = Result::dead;
    settlement.status = response.status;
    settlement.reason = reason_in(response);
    return settlement;
}

}  // namespace aep::delivery
