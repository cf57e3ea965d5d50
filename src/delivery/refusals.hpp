#pragma once

#include "ngx/ngx.hpp"

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "delivery/log_limits.hpp"
#include "edge/message.hpp"
#include "queue/entry.hpp"
#include "shared/zone.hpp"

namespace aep::delivery {

/// Edge says no, and will say so again: the operator has to know, once for each datastream and status, not once in
/// every worker. All datastreams that are not configured count as one: a visitor may have made them up.
void report_refusal(shared::Zone& zone, std::string_view action, std::string_view datastream_id,
                    bool is_configured, const edge::Response& response);

/// Nothing that an operator has to repair, but it waits.
void report_trouble(LogLimits& limits, std::string_view action, std::string_view datastream_id,
                    const edge::Response& response);

/// What waits for a datastream of a website that the configuration has no more.
void report_missing_website(shared::Zone& zone, std::string_view lane, std::string_view edge,
                            std::string_view datastream_id);
/// How soon it is looked for again.
constexpr std::chrono::milliseconds kLookForWebsiteAgain{600'000};

/// An entry is not sent again: counts it as a dead letter, or as refused for what a visitor sent. Any other settlement is
/// left uncounted.
void count_refusal(shared::Zone& zone, std::string_view datastream_id,
                   const queue::Settlement& settlement) noexcept;

/// Counts events that the queue had, and that Edge has taken. `types`: of each of them.
void count_delivery(shared::Zone& zone, std::string_view datastream_id, std::span<const std::string> types,
                    const edge::Response& response) noexcept;

}  // namespace aep::delivery
