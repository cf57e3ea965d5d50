#include "ngx/ngx.hpp"

#include "delivery/refusals.hpp"

#include <string>

#include "delivery/advice.hpp"
#include "ngx/log.hpp"
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

void count_refusal(shared::Counters& counters, const queue::Settlement& settlement) noexcept {
    if (settlement.result == queue::Settlement::Result::dead) {
        counters.add(shared::Counter::dead_letters);
    } else if (settlement.result == queue::Settlement::Result::sampled) {
        counters.add(shared::Counter::refused_later);
    }
}

}  // namespace aep::delivery
