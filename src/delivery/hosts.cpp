#include "ngx/ngx.hpp"

#include "delivery/hosts.hpp"

#include <algorithm>
#include <cstdint>

#include "edge/retry_policy.hpp"
#include "text/digest.hpp"

namespace aep::delivery {
namespace {

/// ms: "lately", for a datastream. As long as an entry waits between two attempts.
constexpr std::uint64_t kLately = 5 * 60 * 1000;
constexpr std::uint64_t kPauseForProbe = 100;  ///< ms

[[maybe_unused]] const char* words_for(shared::Breaker::Permit answer) noexcept {
    switch (answer) {
        case shared::Breaker::Permit::refuse:
            return "no";
        case shared::Breaker::Permit::probe:
            return "one probe";
        case shared::Breaker::Permit::pass:
            break;
    }
    return "yes";
}

}  // namespace

std::chrono::milliseconds wait_asked_for(const edge::Response& response) noexcept {
    for (const edge::Header& header : response.headers) {
        if (header.first == "retry-after") {
            return edge::retry_after(header.second, ngx_time());
        }
    }
    return std::chrono::milliseconds(0);
}

std::size_t Hosts::counted_at(const settings::Endpoint& endpoint) noexcept {
    return std::min(zone_.statistics().hosts.place_of(endpoint.base_url), shared::WorkerLines::kHosts - 1);
}

bool Hosts::has_room(const settings::Endpoint& endpoint) noexcept {
    return under_way(counted_at(endpoint)).load(std::memory_order_relaxed) < (endpoint.connections + 1) / 2;
}

Hosts::Permit Hosts::ask(const std::shared_ptr<const settings::Endpoint>& endpoint,
                         std::string_view datastream_id) noexcept {
    using Answer = shared::Breaker::Permit;
    const auto probe_timeout = static_cast<std::uint64_t>(endpoint->timeout.count());
    Permit permit;
    permit.datastream_ = text::fingerprint(endpoint->base_url, datastream_id);
    permit.is_configured_ = routes_.is_configured(datastream_id);
    Answer host = Answer::pass;
    Answer datastream = Answer::pass;
    zone_.locked([&](shared::SharedState& shared) {
        shared::Breaker& of_host = shared.hosts.of(endpoint->base_url);
        host = of_host.ask(ngx_current_msec, probe_timeout);
        if (host == Answer::refuse) {
            return;
        }
        if (shared::Breaker* const of_datastream = shared.datastreams.find(permit.datastream_)) {
            datastream = of_datastream->ask(ngx_current_msec, probe_timeout);
        }
        if (datastream == Answer::refuse && host == Answer::probe) {
            of_host.give_back_probe();
        }
    });
    ngx_log_debug6(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                   "aep delivery: the breaker of \"%*s\" says %s, that of datastream \"%*s\" says %s",
                   endpoint->base_url.size(), endpoint->base_url.data(), words_for(host),
                   datastream_id.size(), datastream_id.data(), words_for(datastream));
    if (host == Answer::refuse || datastream == Answer::refuse) {
        return {};
    }
    permit.hosts_ = this;
    permit.endpoint_ = endpoint;
    permit.probes_host_ = host == Answer::probe;
    permit.probes_datastream_ = datastream == Answer::probe;
    permit.counted_at_ = counted_at(*endpoint);
    under_way(permit.counted_at_).fetch_add(1, std::memory_order_relaxed);
    return permit;
}

bool Hosts::Permit::conclude(const edge::Response& response) noexcept {
    if (hosts_ == nullptr) {
        return false;
    }
    if (response.failure == edge::Failure::refused) {
        give_back();  // it says nothing of anybody
        return false;
    }
    const bool nothing_came = edge::is_host_failure(response);
    const bool is_failure = nothing_came || edge::is_datastream_failure(response);
    const auto wait = is_failure ? static_cast<std::uint64_t>(wait_asked_for(response).count()) : 0;
    const std::uint64_t now = ngx_current_msec;
    bool others_succeed = false;
    const auto jitter = static_cast<std::uint32_t>(ngx_random());
    hosts_->zone_.locked([&](shared::SharedState& shared) {
        shared::Breaker& host = shared.hosts.of(endpoint_->base_url);
        const bool is_of_host = nothing_came && !host.is_well(now);
        if (is_of_host) {
            host.failure(now, wait, jitter);
        } else if (!nothing_came) {
            host.success(now);
        }
        shared::Breaker* datastream = shared.datastreams.find(datastream_);
        if (datastream == nullptr && (is_configured_ || (is_failure && !is_of_host))) {
            datastream = &shared.datastreams.of(datastream_, is_configured_, now);
        }
        if (datastream == nullptr) {
            return;
        }
        others_succeed = datastream->has_succeeded_within(kLately, now);
        if (!is_failure) {
            datastream->success(now);
        } else if (edge::is_too_many(response)) {
            datastream->rest(now, wait, jitter);
        } else if (!is_of_host) {
            datastream->failure(now, wait, jitter, shared::Breaker::kShortOpening);
        } else if (probes_datastream_) {
            datastream->give_back_probe();
        }
    });
    end();
    return others_succeed;
}

void Hosts::Permit::end() noexcept {
    if (hosts_ != nullptr) {
        hosts_->under_way(counted_at_).fetch_sub(1, std::memory_order_relaxed);
    }
    hosts_ = nullptr;
    endpoint_.reset();
}

void Hosts::Permit::give_back() noexcept {
    if (hosts_ != nullptr && (probes_host_ || probes_datastream_)) {
        hosts_->zone_.locked([this](shared::SharedState& shared) {
            if (probes_host_) {
                shared.hosts.of(endpoint_->base_url).give_back_probe();
            }
            shared::Breaker* const datastream =
                probes_datastream_ ? shared.datastreams.find(datastream_) : nullptr;
            if (datastream != nullptr) {
                datastream->give_back_probe();
            }
        });
    }
    end();
}

std::uint64_t Hosts::rest_of(std::string_view base_url, std::string_view datastream_id) noexcept {
    const std::uint64_t key = text::fingerprint(base_url, datastream_id);
    return zone_.locked([&](shared::SharedState& shared) -> std::uint64_t {
        const shared::Breaker* const breaker = shared.datastreams.find(key);
        if (breaker == nullptr || breaker->open_until == 0) {
            return 0;
        }
        // A probe that is out may come back at any time.
        const std::uint64_t soon = breaker->probe_until > ngx_current_msec ? kPauseForProbe : 0;
        return breaker->is_open(ngx_current_msec) ? breaker->open_until - ngx_current_msec : soon;
    });
}

Courier::Host Hosts::look(const std::string& base_url) noexcept {
    return zone_.locked([&](shared::SharedState& shared) {
        const shared::Breaker& breaker = shared.hosts.of(base_url);
        Courier::Host host;
        host.needs_probe = breaker.open_until != 0;
        host.refuses_until = host.needs_probe ? std::max(breaker.open_until, breaker.probe_until) : 0;
        host.pace_wait = shared.paces.of(base_url).wait(ngx_current_msec);
        return host;
    });
}

void Hosts::charge(const std::string& base_url, std::size_t bytes, std::uint32_t times) noexcept {
    zone_.locked([&](shared::SharedState& shared) {
        shared.paces.of(base_url).charge(ngx_current_msec, bytes, times);
    });
}

}  // namespace aep::delivery
