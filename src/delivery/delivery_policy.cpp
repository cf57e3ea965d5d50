#include "delivery_policy.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "delivery/advice.hpp"
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

/// Of a character in UTF-8: not its first byte.
constexpr bool is_continuation(char c) noexcept {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// Whether Edge refuses what a visitor has sent. An operator cannot repair that; anybody can make any number of them.
bool is_of_visitor(const Delivery& delivery, const edge::Response& response) noexcept {
    constexpr std::array<int, 5> kOfContent{400, 413, 414, 415, 431};
    constexpr std::string_view kCountry = "EXEG-0400-403";
    constexpr std::array<std::string_view, 2> kOfSettings{"EXEG-0003-400", "EXEG-0113-400"};
    if (edge::classify(response) != edge::Disposition::rejected) {
        return false;
    }
    const std::string_view code = edge_code(response.body);
    if (!delivery.is_configured || code == kCountry) {
        return true;
    }
    return std::ranges::find(kOfContent, response.status) != kOfContent.end() &&
           std::ranges::find(kOfSettings, code) == kOfSettings.end();
}

}  // namespace

milliseconds pause_before_next(std::uint32_t attempts, milliseconds retry_after,
                               const edge::Response& response, std::uint32_t random) noexcept {
    const bool is_server_error = edge::classify(response) == edge::Disposition::retry_once;
    return std::max({backoff(attempts, random), std::min(retry_after, kLongestRetryAfter),
                     is_server_error ? kPauseAfterServerError : milliseconds(0)});
}

std::string reason_in(const edge::Response& response) {
    const std::string_view body = response.body;
    if (response.failure == edge::Failure::too_large) {
        return "Edge answered " + std::to_string(response.status) + " and more than can be taken";
    }
    if (response.status == 0) {
        return "it failed " + std::to_string(kMostAttempts) +
               " times while others were taken: " + response.failure_text;
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

queue::Settlement settlement_of(const Delivery& delivery, const edge::Response& response, queue::Time now,
                                std::uint32_t random) {
    using Result = queue::Settlement::Result;
    queue::Settlement settlement;
    settlement.id = delivery.id;
    if (edge::classify(response) == edge::Disposition::delivered) {
        return settlement;
    }
    // What failed while Edge was away for all counts as one attempt, however long that took.
    const Retry retry = retry_for(delivery, response);
    const bool counts = retry != Retry::always || delivery.attempts == 0 || delivery.others_succeed;
    settlement.attempts = delivery.attempts + (counts ? 1 : 0);
    const bool is_hopeless = counts && settlement.attempts >= kMostAttempts && delivery.received != 0 &&
                             now - delivery.received >= kPatience.count();
    if ((retry == Retry::always && !is_hopeless) || (retry == Retry::once && delivery.attempts == 0)) {
        settlement.result = Result::retry;
        settlement.due =
            now + pause_before_next(delivery.attempts, delivery.retry_after, response, random).count();
        return settlement;
    }
    settlement.result = is_of_visitor(delivery, response) ? Result::sampled : Result::dead;
    settlement.status = response.status;
    settlement.reason = reason_in(response);
    return settlement;
}

}  // namespace aep::delivery
