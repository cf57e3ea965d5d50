#include "ngx/ngx.hpp"

#include "delivery/hosts.hpp"

#include <algorithm>
#include <cstdint>

#include "edge/retry_policy.hpp"

namespace aep::delivery {

std::chrono::milliseconds wait_asked_for(const edge::Response& response) noexcept {
    for (const edge::Header& header : response.headers) {
        if (header.first == "retry-after") {
            return edge::retry_after(header.second, ngx_time());
        }
    }
    return std::chrono::milliseconds(0);
}

Hosts::Permit Hosts::ask(const std::shared_ptr<const settings::Endpoint>& endpoint) noexcept {
    const auto probe_timeout = static_cast<std::uint64_t>(endpoint->timeout.count());
    const auto answer = zone_.locked([&](shared::SharedState& shared) {
        return shared.breakers.of(endpoint->base_url).ask(ngx_current_msec, probe_timeout);
    });
    ngx_log_debug3(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0, "aep delivery: the breaker of \"%*s\" says %s",
                   endpoint->base_url.size(), endpoint->base_url.data(),
                   answer == shared::Breaker::Permit::refuse  ? "no"
                   : answer == shared::Breaker::Permit::probe ? "one probe"
                                                              : "yes");
    if (answer == shared::Breaker::Permit::refuse) {
        return {};
    }
    return {*this, endpoint, answer == shared::Breaker::Permit::probe};
}

void Hosts::Permit::conclude(const edge::Response& response) noexcept {
    if (response.failure == edge::Failure::refused) {
        give_back();  // it says nothing of the host
    } else if (hosts_ != nullptr) {
        hosts_->inform_breaker(endpoint_->base_url, response);
    }
    hosts_ = nullptr;
    endpoint_.reset();
}

void Hosts::Permit::give_back() noexcept {
    if (hosts_ != nullptr && is_probe_) {
        hosts_->zone_.locked([this](shared::SharedState& shared) {
            shared.breakers.of(endpoint_->base_url).give_back_probe();
        });
    }
    is_probe_ = false;
}

void Hosts::inform_breaker(const std::string& base_url, const edge::Response& response) noexcept {
    const bool failure = edge::is_host_failure(response);
    const auto wait = failure ? static_cast<std::uint64_t>(wait_asked_for(response).count()) : 0;
    zone_.locked([&](shared::SharedState& shared) {
        shared::Breaker& breaker = shared.breakers.of(base_url);
        if (failure) {
            breaker.failure(ngx_current_msec, wait, static_cast<std::uint32_t>(ngx_random()));
        } else {
            breaker.success();
        }
    });
}

Courier::Host Hosts::look(const std::string& base_url) noexcept {
    return zone_.locked([&](shared::SharedState& shared) {
        const shared::Breaker& breaker = shared.breakers.of(base_url);
        Courier::Host host;
        host.needs_probe = breaker.open_until != 0;
        host.refuses_until = host.needs_probe ? std::max(breaker.open_until, breaker.probe_until) : 0;
        host.pace_wait = shared.paces.of(base_url).wait(ngx_current_msec);
        return host;
    });
}

void Hosts::charge(const std::string& base_url, std::size_t bytes) noexcept {
    zone_.locked(
        [&](shared::SharedState& shared) { shared.paces.of(base_url).charge(ngx_current_msec, bytes); });
}

}  // namespace aep::delivery
