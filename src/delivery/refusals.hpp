#pragma once

#include "ngx/ngx.hpp"

#include <string_view>

#include "edge/message.hpp"
#include "queue/entry.hpp"
#include "shared/zone.hpp"

namespace aep::delivery {

/// Edge says no, and will say so again: the operator has to know, once for each datastream and status, not once in
/// every worker. All datastreams that are not configured count as one: a visitor may have made them up.
void report_refusal(shared::Zone& zone, std::string_view action, std::string_view datastream_id,
                    bool is_configured, const edge::Response& response);

/// An entry is not sent again: counts it as a dead letter, or as refused for what a visitor sent. Any other settlement is
/// left uncounted.
void count_refusal(shared::Counters& counters, const queue::Settlement& settlement) noexcept;

}  // namespace aep::delivery
