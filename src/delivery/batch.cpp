#include "delivery/batch.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "delivery/advice.hpp"
#include "delivery/delivery_policy.hpp"
#include "edge/retry_policy.hpp"
#include "text/digest.hpp"
#include "text/uuid.hpp"

namespace aep::delivery {
namespace {

constexpr std::string_view kFront = R"({"events":[)";
constexpr std::string_view kEnd = "]}";

/// Whether a refusal is for credentials, for what the datastream is set to, or for where requests go: then any event
/// would be refused.
bool is_of_settings(const edge::Response& response) noexcept {
    constexpr std::array<int, 4> kStatuses{401, 403, 404, 405};
    constexpr std::array<std::string_view, 6> kCodes{"EXEG-0003-400", "EXEG-0004-422", "EXEG-0010-422",
                                                     "EXEG-0011-422", "EXEG-0012-422", "EXEG-0013-422"};
    return std::ranges::find(kStatuses, response.status) != kStatuses.end() ||
           std::ranges::find(kCodes, edge_code(response.body)) != kCodes.end();
}

}  // namespace

Batch::Batch(std::vector<queue::Claim>&& claims)
    : parts_(claims.empty() ? 0 : 1, claims.size()), claims_(std::move(claims)) {}

std::span<const queue::Claim> Batch::next() const noexcept {
    return rest().first(parts_.empty() ? 0 : parts_.back());
}

std::span<const queue::Claim> Batch::rest() const noexcept {
    return std::span(claims_).subspan(passed_);
}

void Batch::pass() noexcept {
    passed_ += parts_.back();
    parts_.pop_back();
}

void Batch::split(std::optional<std::size_t> named) {
    const std::size_t size = parts_.back();
    parts_.pop_back();
    const auto add = [this](std::size_t part) {
        if (part != 0) {
            parts_.push_back(part);
        }
    };
    // A name that was wrong once would cost a request for each event.
    if (named && !std::exchange(was_split_, true)) {
        add(size - *named - 1);
        add(1);
        add(*named);
    } else {
        add(size - size / 2);
        add(size / 2);
    }
}

std::string body_of(std::span<const queue::Claim> events) {
    std::size_t size = kFront.size() + kEnd.size() + events.size();
    for (const queue::Claim& event : events) {
        size += event.entry.body.size();
    }
    std::string body;
    body.reserve(size);
    body = kFront;
    for (const queue::Claim& event : events) {
        if (body.size() != kFront.size()) {
            body += ',';
        }
        body += event.entry.body;
    }
    return body += kEnd;
}

std::string target_of(std::string_view datastream_id, std::string_view body) {
    const text::Sha256 digest = text::sha256(body);
    std::string target = "/ee/v2/collect?datastreamId=";
    target += datastream_id;
    target += "&requestId=";
    return target += text::format_uuid(std::span<const unsigned char>(digest).first<16>(), 8);
}

std::optional<std::size_t> named_event(std::string_view answer, std::size_t count) noexcept {
    constexpr std::string_view kName = "vent #";  // in whichever case it begins
    const std::size_t at = answer.find(kName);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view digits = answer.substr(at + kName.size());
    std::size_t number = 0;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return result.ec == std::errc{} && number < count ? std::optional(number) : std::nullopt;
}

Ruling rule_on(const Sent& sent, const edge::Response& response, queue::Time now, std::uint32_t random) {
    using Result = Ruling::Result;
    const auto wait = [&](Result result) {
        const auto pause = pause_before_next(sent.attempts, sent.retry_after, response, random);
        return Ruling{.result = result, .attempts = sent.attempts + 1, .due = now + pause.count()};
    };
    switch (edge::classify(response)) {
        case edge::Disposition::delivered:
            return {};
        case edge::Disposition::retry:
            return wait(Result::later);
        case edge::Disposition::retry_once:
            return sent.attempts < kMostServerErrors ? wait(Result::later)
                                                     : Ruling{.result = Result::refused};
        case edge::Disposition::repair:
        case edge::Disposition::rejected:
            break;
    }
    return is_of_settings(response) ? wait(Result::repair) : Ruling{.result = Result::refused};
}

}  // namespace aep::delivery
