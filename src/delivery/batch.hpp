#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edge/message.hpp"
#include "queue/entry.hpp"

namespace aep::delivery {

/// Back office events of one datastream on their way to Edge, in their order: first all of them in one request; where
/// Edge refuses some of them, in parts, one after the other, until the culprit is alone. Pure.
class Batch {
  public:
    Batch() = default;
    /// Where it throws, the claims are unchanged.
    explicit Batch(std::vector<queue::Claim>&& claims);

    /// What goes next, in one request; empty when nothing is left.
    [[nodiscard]] std::span<const queue::Claim> next() const noexcept;
    /// All that is not settled, from next() on.
    [[nodiscard]] std::span<const queue::Claim> rest() const noexcept;

    /// What went is settled.
    void pass() noexcept;
    /// What went goes again, in halves; or, where Edge has named one of them (see named_event()) for the first time, that
    /// one by itself. There have to be two at least.
    void split(std::optional<std::size_t> named);

  private:
    std::vector<std::size_t> parts_;  ///< how many events each part has; the last one goes next
    std::vector<queue::Claim> claims_;
    std::size_t passed_ = 0;
    bool was_split_ = false;
};

/// The body of a request with these events.
std::string body_of(std::span<const queue::Claim> events);

/// Path and query of a request with these events. The same events have the same request ID, so that a repeat is known
/// as one. Throws std::runtime_error where OpenSSL has no SHA-256.
std::string target_of(std::string_view datastream_id, std::string_view body);

/// Which of `count` events Edge's refusal names, as "event #3" and counted from 0. What comes of it is only in which
/// parts they go again, so a wrong guess costs no more than some requests.
std::optional<std::size_t> named_event(std::string_view answer, std::size_t count) noexcept;

/// What Edge's answer means for the events of a request.
struct Ruling {
    enum class Result : std::uint8_t {
        taken,    ///< Edge has them
        later,    ///< they wait for their turn, unchanged
        repair,   ///< the same: no event's fault, but an operator's to repair
        refused,  ///< for what is in one of them
    };
    Result result = Result::taken;
    std::uint32_t attempts = 0;  ///< of those that wait: what the first of them has failed
    queue::Time due = 0;         ///< of the same
};

/// So often Edge may answer 500 to a batch before that counts as a refusal. It may be an outage, which shall cost no
/// event, or one event that Edge fails with, behind which all others wait meanwhile.
constexpr std::uint32_t kMostServerErrors = 5;

/// What was sent, for rule_on().
struct Sent {
    std::uint32_t attempts = 0;                ///< of the first event, before
    std::chrono::milliseconds retry_after{0};  ///< what Edge asked for
};

/// No outage and no wrong setting, however long it lasts, makes a dead letter: it is nobody's fault, and what comes
/// behind would be refused like it.
Ruling rule_on(const Sent& sent, const edge::Response& response, queue::Time now, std::uint32_t random);

}  // namespace aep::delivery
