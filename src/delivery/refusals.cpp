#include "ngx/ngx.hpp"

#include "delivery/refusals.hpp"

#include <chrono>
#include <cstdint>
#include <string>

#include "delivery/advice.hpp"
#include "ngx/log.hpp"
#include "shared/tally.hpp"
#include "text/digest.hpp"

namespace aep::delivery {

void report_refusal(shared::Zone& zone, std::string_view action, std::string_view datastream_id,
                    bool is_configured, const edge::Response& response) {
    const std::uint64_t key = text::fingerprint(is_configured ? datastream_id : std::string_view{},
                                                std::to_string(response.status));
    if (!zone.locked([&](shared::SharedState& shared) { return shared.refusals.note(key); })) {
        return;
    }
    const std::string_view code = edge_code(response.body);
    ngx::log(NGX_LOG_ERR, ngx_cycle->log,
             "Edge refused a request (" + std::string(action) + ") for datastream \"" +
                 std::string(datastream_id) + "\" with " + std::to_string(response.status) +
                 (code.empty() ? "" : " " + std::string(code)) + ": " +
                 std::string(advice(response.status, response.body)) +
                 "; further refusals with this status " +
                 (is_configured ? "" : "for datastreams that the configuration does not name ") +
                 "are counted, not logged");
}

void report_trouble(LogLimits& limits, std::string_view action, std::string_view datastream_id,
                    const edge::Response& response) {
    ngx_uint_t suppressed = 0;
    if (!limits.of(datastream_id).due(suppressed)) {
        return;
    }
    ngx::log(NGX_LOG_WARN, ngx_cycle->log,
             "a request (" + std::string(action) + ") for datastream \"" + std::string(datastream_id) +
                 "\" was not delivered and stays in the queue: " + edge::description(response) + " (" +
                 std::to_string(suppressed) + " more not logged)");
}

void report_missing_website(shared::Zone& zone, std::string_view lane, std::string_view edge,
                            std::string_view datastream_id) {
    if (!zone.is_news(lane, "no website")) {
        return;
    }
    ngx::log(NGX_LOG_WARN, ngx_cycle->log,
             "events for datastream \"" + std::string(datastream_id) + "\" wait in the queue for " +
                 std::string(edge) +
                 ", but no website of this configuration has that datastream: they stay, and become dead "
                 "letters at the max_age of aep_queue; put the website back to have them delivered");
}

void count_refusal(shared::Zone& zone, std::string_view datastream_id,
                   const queue::Settlement& settlement) noexcept {
    if (settlement.result == queue::Settlement::Result::dead) {
        zone.counters().add(shared::Counter::dead_letters);
        shared::Statistics& statistics = zone.statistics();
        statistics.count_dead_letter(statistics.website_of(datastream_id), settlement.status);
    } else if (settlement.result == queue::Settlement::Result::sampled) {
        zone.counters().add(shared::Counter::refused_later);
    }
}

void count_delivery(shared::Zone& zone, std::string_view datastream_id, std::span<const std::string> types,
                    const edge::Response& response) noexcept {
    shared::Statistics& statistics = zone.statistics();
    shared::LastEvents::Event event;
    const std::size_t website = statistics.website_of(datastream_id);
    event.time = shared::time_of_day();
    event.website = static_cast<std::uint32_t>(website);
    event.status = static_cast<std::uint16_t>(response.status);
    event.duration =
        static_cast<std::uint32_t>(std::chrono::round<std::chrono::milliseconds>(response.elapsed).count());
    for (const std::string& type : types) {
        event.type = static_cast<std::uint32_t>(statistics.type(type));
        statistics.note_event(event);
    }
    statistics.count_delivered_later(website, types.size());
}

}  // namespace aep::delivery
