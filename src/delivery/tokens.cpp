#include "ngx/ngx.hpp"

#include "delivery/tokens.hpp"

#include <algorithm>
#include <utility>

#include "delivery/hosts.hpp"
#include "ngx/guard.hpp"
#include "ngx/log.hpp"

namespace aep::delivery {
namespace {

using shared::SharedState;
using shared::Token;

/// How soon a worker looks again whether another one has fetched the token that it waits for.
constexpr std::uint64_t kPoll = 100;  // ms
/// Nothing tells this worker that another one has lost the token.
constexpr std::uint64_t kLongestSleep = 60 * 1000;  // ms

void nothing() noexcept {}

std::uint32_t random_number() noexcept {
    return static_cast<std::uint32_t>(ngx_random());
}

Authorization::Header header_with(std::string_view token, const settings::Credentials& credentials) {
    constexpr std::string_view kScheme = "Bearer ";
    return {{"Authorization", std::string(kScheme).append(token)},
            {"x-api-key", credentials.client_id},
            {"x-gw-ims-org-id", credentials.organization_id}};
}

}  // namespace

Tokens::Tokens(const shared::Zone& zone, edge::Engine& edge, Settings&& settings)
    : zone_(zone),
      edge_(edge),
      credentials_(std::move(settings.credentials)),
      service_(std::move(settings.service)),
      fingerprint_(fingerprint_of(credentials_)) {}

void Tokens::start(ngx_connection_t* connection, std::function<void()> on_token) {
    on_token_ = std::move(on_token);
    timer_.prepare(connection, false);
    look();
}

/// How long one try may take, until another worker may take it that this one has died.
ngx_msec_t Tokens::patience() const noexcept {
    constexpr std::chrono::milliseconds kSlack{2000};
    return static_cast<ngx_msec_t>((service_->timeout + service_->answer_timeout + kSlack).count());
}

std::optional<Authorization::Header> Tokens::header() {
    refresh();
    if (!header_) {
        is_waited_for_ = true;
    } else if (is_waited_for_ && !quitting_) {
        timer_.set(1);  // whoever else waits is told soon, but not from in here
    }
    return header_;
}

void Tokens::look() noexcept {
    refresh();
    if (header_ && std::exchange(is_waited_for_, false)) {
        ngx::guarded(ngx_cycle->log, "the deliveries that waited for a token", nothing, on_token_);
    }
}

/// Takes over what other workers have done, and does what is to be done.
void Tokens::refresh() noexcept {
    const std::uint64_t now = ngx_current_msec;
    std::uint64_t wake = now + kPoll;
    ngx::guarded(ngx_cycle->log, "a token for Edge", nothing, [&] {
        wake = zone_.locked([&](SharedState& shared) {
            Token& token = shared.token;
            if (!quitting_) {
                token.use(fingerprint_);
            }
            take_over(token, now);
            if (fetch_.number != 0 && (!token.is_fetching(fetch_.number) || now >= token.fetch_until)) {
                fetch_ = Fetch{};
            }
            if (!quitting_ && fetch_.number == 0) {
                fetch_ = {.number = token.begin_fetch(now, patience()), .secret = token.secret};
            }
            return header_ ? token.next_change(now) : std::min(token.next_change(now), now + kPoll);
        });
    });
    if (fetch_.number != 0 && fetch_.asked == 0) {
        ask();
    }
    if (!quitting_) {
        const std::uint64_t sleep = wake > now ? wake - now : 1;
        timer_.set(static_cast<ngx_msec_t>(std::min(sleep, kLongestSleep)));
    }
}

/// The fields for the token that all share, if it is ours.
void Tokens::take_over(const shared::Token& token, std::uint64_t now) {
    if (token.credential != fingerprint_ || !token.is_valid(now)) {
        header_.reset();
    } else if (!header_ || token.number != number_) {
        header_ = header_with(token.text(), credentials_);
        number_ = token.number;
    }
}

void Tokens::ask() noexcept {
    fetch_.asked = ngx_current_msec;
    const bool is_sent = ngx::guarded(
        ngx_cycle->log, "a request for a token", [] { return false; },
        [&] {
            auto request = std::make_shared<edge::Request>(
                token_request(credentials_, fetch_.secret % credentials_.client_secrets.size(), service_));
            request->sender = kSender;
            request->id = fetch_.number;
            ngx_log_debug1(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0, "aep token: asked for, fetch %uL",
                           fetch_.number);
            edge_.submit(std::move(request));
            return true;
        });
    if (!is_sent) {
        fetch_ = Fetch{};  // another may have it when the patience ends
    }
}

void Tokens::on_response(edge::Response&& response) noexcept {
    if (fetch_.number == 0 || response.id != fetch_.number) {
        return;
    }
    ngx::guarded(ngx_cycle->log, "the answer of Adobe's token service", nothing, [&] {
        const TokenAnswer answer = token_answer(response);
        if (answer.kind == TokenAnswer::Kind::token) {
            keep(answer);
        } else if (answer.kind == TokenAnswer::Kind::wrong_client &&
                   fetch_.tried + 1 < credentials_.client_secrets.size()) {
            try_next_secret();
        } else {
            fail(answer, response);
        }
    });
    look();
}

void Tokens::try_next_secret() {
    const std::uint64_t now = ngx_current_msec;
    ++fetch_.tried;
    ++fetch_.secret;
    fetch_.asked = 0;
    const bool is_ours = zone_.locked([&](SharedState& shared) {
        Token& token = shared.token;
        const bool still = token.credential == fingerprint_ && token.is_fetching(fetch_.number);
        token.fetch_until = still ? now + patience() : token.fetch_until;
        return still;
    });
    if (!is_ours) {
        fetch_ = Fetch{};
    }
}

void Tokens::keep(const TokenAnswer& answer) {
    const Fetch fetch = std::exchange(fetch_, Fetch{});
    bool fits = true;
    std::uint32_t failures = 0;
    zone_.locked([&](SharedState& shared) {
        Token& token = shared.token;
        if (token.credential == fingerprint_) {
            failures = token.failures;
            token.secret = fetch.secret % static_cast<std::uint32_t>(credentials_.client_secrets.size());
            fits = token.store(answer.token, fetch.asked, static_cast<std::uint64_t>(answer.life.count()),
                               random_number());
            if (!fits) {
                token.failure(ngx_current_msec, 0, Token::kLongestPauseRefused, random_number());
            }
        }
    });
    if (!fits) {
        ngx::log(NGX_LOG_ERR, ngx_cycle->log,
                 "Adobe's token service (" + service_->base_url + ") gave a token of " +
                     std::to_string(answer.token.size()) + " bytes: expected " +
                     std::to_string(Token::kLongest) +
                     " at most; back office events stay in the queue. Take scopes away from SCOPES");
    } else if (failures != 0) {
        ngx::log(NGX_LOG_NOTICE, ngx_cycle->log,
                 "Adobe's token service (" + service_->base_url + ") gives tokens again, after " +
                     std::to_string(failures) + " failures");
    }
}

void Tokens::fail(const TokenAnswer& answer, const edge::Response& response) {
    const Fetch fetch = std::exchange(fetch_, Fetch{});
    const bool is_outage = answer.kind == TokenAnswer::Kind::outage;
    const auto retry_after = static_cast<std::uint64_t>(wait_asked_for(response).count());
    std::uint64_t pause = 0;
    zone_.locked([&](SharedState& shared) {
        Token& token = shared.token;
        if (token.credential == fingerprint_ && token.is_fetching(fetch.number)) {
            pause = token.failure(ngx_current_msec, retry_after,
                                  is_outage ? Token::kLongestPause : Token::kLongestPauseRefused,
                                  random_number());
        }
    });
    if (pause != 0) {
        report(answer, pause);
    }
}

/// The pauses are those of all workers together, so that these lines are few.
void Tokens::report(const TokenAnswer& answer, std::uint64_t pause) noexcept {
    constexpr std::uint64_t kMilliseconds = 1000;
    ngx::guarded(ngx_cycle->log, "the trouble with a token", nothing, [&] {
        const std::string service = "Adobe's token service (" + service_->base_url + ")";
        const std::string consequence = header_ ? "the token that is there is used until it expires"
                                                : "back office events stay in the queue";
        const std::string again =
            "; it is asked again in " + std::to_string((pause + kMilliseconds - 1) / kMilliseconds) + " s";
        if (answer.kind == TokenAnswer::Kind::outage) {
            ngx::log(NGX_LOG_WARN, ngx_cycle->log,
                     service + " gives no token: " + answer.problem + "; " + consequence + again);
        } else {
            ngx::log(NGX_LOG_ERR, ngx_cycle->log,
                     service + " refuses the credential of \"aep_edge_credentials\": " + answer.problem +
                         "; " + consequence + again + "; " + token_advice(answer));
        }
    });
}

void Tokens::on_unauthorized(const Header& shown) noexcept {
    if (!header_ || shown.empty() || shown.front() != header_->front()) {
        return;
    }
    const auto rejection = zone_.locked([&](SharedState& shared) {
        return shared.token.credential == fingerprint_
                   ? shared.token.reject(number_, ngx_current_msec, random_number())
                   : Token::Rejection::known;
    });
    if (rejection == Token::Rejection::fresh) {
        report_rejection();
    }
    refresh();
}

void Tokens::report_rejection() noexcept {
    ngx::log(
        NGX_LOG_ERR, ngx_cycle->log,
        "Edge's authenticated host does not take a new token of \"aep_edge_credentials\": back office events "
        "stay in the queue; look in Adobe Developer Console (https://developer.adobe.com/console) whether "
        "the "
        "project has the Experience Platform API with the right product profiles, and whether the credential "
        "is still active");
}

void Tokens::quit() noexcept {
    quitting_ = true;
    timer_.cancel();
    zone_.locked([&](SharedState& shared) {
        if (shared.token.credential == fingerprint_) {
            shared.token.end_fetch(std::exchange(fetch_, Fetch{}).number);
        }
    });
}

}  // namespace aep::delivery
