#include "retry_policy.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include <curl/curl.h>

#include "text/http_field.hpp"

namespace aep::edge {
namespace {

constexpr int kProxyAuthenticationRequired = 407;
constexpr int kRequestTimeout = 408;
constexpr int kUnprocessableContent = 422;
constexpr int kTooManyRequests = 429;
constexpr int kInternalServerError = 500;

constexpr bool is_client_error(int status) noexcept {
    return status >= 400 && status < 500;
}

/// What is too large is an answer all the same. Edge has the event, or has refused it, whether we take the rest or not.
constexpr bool has_spoken(const Response& response) noexcept {
    return response.failure == Failure::none ||
           (response.failure == Failure::too_large && response.status != 0);
}

std::chrono::seconds delay(std::string_view digits) noexcept {
    std::uint32_t seconds = 0;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
    // All digits, so the only error there can be is a number that is too large.
    return std::chrono::seconds(result.ec == std::errc{} ? seconds
                                                         : std::numeric_limits<std::uint32_t>::max());
}

std::chrono::seconds until(std::string_view date, std::time_t now) noexcept {
    constexpr std::size_t kLongest = sizeof "Wednesday, 06-Nov-94 08:49:37 GMT";
    std::array<char, kLongest + 1> text{};
    if (date.size() > kLongest) {
        return std::chrono::seconds(0);
    }
    std::ranges::copy(date, text.begin());
    const std::time_t then = curl_getdate(text.data(), nullptr);
    return std::chrono::seconds(then > now ? then - now : 0);
}

}  // namespace

Disposition classify(const Response& response) noexcept {
    if (!has_spoken(response)) {
        return Disposition::retry;
    }
    const int status = response.status;
    if (is_success(status)) {
        return Disposition::delivered;
    }
    if (status == kInternalServerError) {
        return Disposition::retry_once;
    }
    if (status == kUnprocessableContent) {
        return Disposition::repair;
    }
    // 407 is the word of a proxy between us and Edge, so it says nothing about the event.
    if (is_client_error(status) && status != kProxyAuthenticationRequired && status != kRequestTimeout &&
        status != kTooManyRequests) {
        return Disposition::rejected;
    }
    return Disposition::retry;
}

bool is_host_failure(const Response& response) noexcept {
    if (!has_spoken(response)) {
        return response.failure != Failure::refused && response.failure != Failure::too_large;
    }
    return response.status == kProxyAuthenticationRequired;
}

bool is_datastream_failure(const Response& response) noexcept {
    if (!has_spoken(response)) {
        return false;
    }
    const int status = response.status;
    if (is_client_error(status)) {
        return status == kTooManyRequests;
    }
    return !is_success(status) && status != kInternalServerError;
}

bool is_too_many(const Response& response) noexcept {
    return has_spoken(response) && response.status == kTooManyRequests;
}

std::chrono::seconds retry_after(std::string_view value, std::time_t now) noexcept {
    const std::string_view trimmed = text::trimmed(value);
    if (trimmed.empty()) {
        return std::chrono::seconds(0);
    }
    return std::ranges::all_of(trimmed, text::is_digit) ? delay(trimmed) : until(trimmed, now);
}

}  // namespace aep::edge
