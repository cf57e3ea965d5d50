#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "edge/message.hpp"
#include "queue/entry.hpp"

namespace aep::delivery {

/// A delivery of an entry that has ended.
struct Delivery {
    queue::EntryId id;
    queue::Time received = 0;       ///< 0: just now
    std::uint32_t attempts = 0;     ///< Entry::attempts, before this one
    bool is_configured = true;      ///< the datastream; else a visitor may have made it up
    bool others_succeed = false;    ///< lately, of the same datastream: this one's failure is its own
    bool is_authenticated = false;  ///< by a token, which may have expired
    std::chrono::milliseconds retry_after{0};  ///< what Edge asked for
};

constexpr std::chrono::milliseconds kFirstBackoff{1000};       ///< before jitter
constexpr std::chrono::milliseconds kLongestBackoff{300'000};  ///< jitter included
constexpr std::chrono::milliseconds kLongestRetryAfter{3'600'000};
/// After a 500, whose one retry shall not end in the same fault of Edge.
constexpr std::chrono::milliseconds kPauseAfterServerError{60'000};
/// An entry that fails so often, and for so long, while others succeed never will.
constexpr std::uint32_t kMostAttempts = 10;
constexpr std::chrono::milliseconds kPatience{3'600'000};
constexpr std::size_t kLongestReason = 2048;  ///< bytes of Edge's answer that a dead letter keeps

/// For how long what was sent waits now. It doubles with each attempt.
std::chrono::milliseconds pause_before_next(std::uint32_t attempts, std::chrono::milliseconds retry_after,
                                            const edge::Response& response, std::uint32_t random) noexcept;

/// What a dead letter says: Edge's answer, not so long that dead letters fill the disk, and in whole characters.
std::string reason_in(const edge::Response& response);

/// What becomes of the entry. Stored entries are never given up in silence: what
/// Edge does not want becomes a dead letter. `now` is by the queue's clock, `random` any number.
queue::Settlement settlement_of(const Delivery& delivery, const edge::Response& response, queue::Time now,
                                std::uint32_t random);

}  // namespace aep::delivery
