#include "ngx/ngx.hpp"

#include "delivery/worker.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <new>
#include <string_view>
#include <utility>

#include "delivery/queue_directory.hpp"
#include "ngx/guard.hpp"
#include "ngx/log.hpp"

namespace aep::delivery {
namespace {

constexpr ngx_msec_t kGrace = 1000;  ///< an exiting worker waits so long for what is in flight
constexpr std::chrono::milliseconds kPatience(1000);

void nothing() noexcept {}

/// Adobe's token service is reached as Edge is for the first website that sends back office events.
std::optional<Tokens::Settings> token_settings(const settings::MainConf& main) {
    const auto website = std::ranges::find_if(
        *main.websites, [](const settings::Website* each) { return each->back_office.events; });
    if (main.credentials == nullptr || website == main.websites->end()) {
        return std::nullopt;
    }
    const settings::Endpoint& edge = *(*website)->endpoint;
    return Tokens::Settings{*main.credentials, std::make_shared<const settings::Endpoint>(
                                                   token_service_endpoint(*main.credentials, edge))};
}

}  // namespace

Worker::Worker(const shared::Zone& zone, std::vector<Route>&& routes,
               std::optional<Tokens::Settings>&& tokens)
    : zone_(zone),
      engine_([this](edge::Response&& response) { post(std::move(response)); },
              [this](std::string&& line) { mailbox_.post(std::move(line)); }),
      routes_(std::move(routes)),
      hosts_(zone, routes_),
      tokens_(tokens ? std::optional<Tokens>(std::in_place, zone, engine_, std::move(*tokens))
                     : std::optional<Tokens>()),
      deliveries_(zone, engine_, hosts_, routes_, tokens_ ? &*tokens_ : nullptr) {}

/// From the engine's thread. Without memory the response is unchanged.
void Worker::post(edge::Response&& response) {
    Message message(std::move(response));
    try {
        mailbox_.post(std::move(message));
    } catch (const std::bad_alloc&) {
        response = std::get<edge::Response>(std::move(message));
        throw;
    }
}

Worker::Settings Worker::settings_of(const settings::MainConf& main) {
    Settings settings;
    for (const settings::Website* website : *main.websites) {
        settings.routes.push_back(route_of(*website, main.credentials != nullptr));
    }
    settings.queue = queue_settings(main, settings.routes);
    settings.tokens = token_settings(main);
    return settings;
}

std::unique_ptr<Worker> Worker::start(ngx_log_t* log, const shared::Zone& zone,
                                      Settings&& settings) noexcept {
    const auto failed = []() -> std::unique_ptr<Worker> { return nullptr; };
    return ngx::guarded(log, "the start of the gateway", failed, [&]() -> std::unique_ptr<Worker> {
        std::unique_ptr<Worker> worker(
            new (std::nothrow) Worker(zone, std::move(settings.routes), std::move(settings.tokens)));
        std::string error;
        if (!worker || !worker->mailbox_.open(log, *worker)) {
            return nullptr;
        }
        worker->wake_.prepare(worker->mailbox_.connection());
        worker->engine_.wake_when_asked([&wake = worker->wake_] { wake.post(); });
        if (!worker->engine_.start(error)) {
            ngx::log(NGX_LOG_ALERT, log,
                     "the gateway cannot send to Edge: " + error +
                         "; events are refused with 503 until nginx is restarted");
            worker->mailbox_.close();
            return nullptr;
        }
        worker->grace_.prepare(worker->mailbox_.connection(), true);
        if (settings.queue) {
            worker->queue_ = QueueClient::start(log, zone, std::move(*settings.queue), worker->deliveries_);
        }
        if (worker->queue_ != nullptr) {
            worker->deliveries_.start(worker->queue_->engine(), worker->mailbox_.connection());
        }
        if (worker->tokens_) {
            worker->tokens_->start(worker->mailbox_.connection(),
                                   [&deliveries = worker->deliveries_] { deliveries.go_on(); });
        }
        return worker;
    });
}

std::uint32_t Worker::add(Sender& sender) {
    senders_.push_back(&sender);
    return Deliveries::kSender + static_cast<std::uint32_t>(senders_.size());
}

bool Worker::stop() noexcept {
    // A thread that is left behind posts nothing any more, so the mailbox may go.
    bool joined = engine_.stop(kPatience);
    if (!joined) {
        ngx::log(NGX_LOG_NOTICE, ngx_cycle->log, "a transfer to Edge was still stuck when the worker ended");
    }
    std::ranges::for_each(senders_, [](Sender* sender) { sender->let_waiters_go(); });
    on_ring();  // what Edge has said until now
    // The queue takes what it is told before it stops.
    std::ranges::for_each(senders_, [](Sender* sender) { sender->hand_over_to_queue(); });
    wake_.cancel();
    deliveries_.stop();
    if (tokens_) {
        tokens_->stop();
    }
    if (queue_ != nullptr && !queue_->stop(kPatience)) {
        joined = false;
    }
    grace_.cancel();
    mailbox_.close();
    return joined;
}

void Worker::on_ring() noexcept {
    for (Message& message : mailbox_.take()) {
        if (auto* response = std::get_if<edge::Response>(&message)) {
            dispatch(std::move(*response));
        } else {
            ngx::log(NGX_LOG_WARN, ngx_cycle->log, std::get<std::string>(message));
        }
    }
    end_grace_when_idle();
}

void Worker::dispatch(edge::Response&& response) noexcept {
    if (response.request != nullptr) {
        std::array<char, 4> digits{};
        const auto end = std::to_chars(digits.begin(), digits.end(), response.status).ptr;
        const std::string_view status(digits.data(), static_cast<std::size_t>(end - digits.begin()));
        zone_.statistics().count_response(response.request->endpoint->base_url,
                                          response.status != 0 ? status : to_string(response.failure),
                                          response.elapsed);
    }
    const std::size_t position = response.sender - Deliveries::kSender;
    if (tokens_ && response.sender == Tokens::kSender) {
        tokens_->on_response(std::move(response));
    } else if (position == 0) {
        deliveries_.on_response(std::move(response));
    } else if (position <= senders_.size()) {
        senders_[position - 1]->on_response(std::move(response));
    }
}

bool Worker::is_idle() const noexcept {
    return deliveries_.is_idle() &&
           std::ranges::all_of(senders_, [](const Sender* sender) { return sender->is_idle(); });
}

void Worker::on_quit() noexcept {
    deliveries_.quit();
    if (tokens_) {
        tokens_->quit();
    }
    if (is_idle()) {
        deliveries_.leave();
        return;
    }
    if (!grace_.is_set()) {
        grace_.set(kGrace);
    }
    ngx::guarded(ngx_cycle->log, "the end of the gateway", nothing,
                 [this] { std::ranges::for_each(senders_, [](Sender* sender) { sender->on_quit(); }); });
}

void Worker::end_grace_when_idle() noexcept {
    if (grace_.is_set() && is_idle()) {
        grace_.cancel();
        deliveries_.leave();
    }
}

}  // namespace aep::delivery
