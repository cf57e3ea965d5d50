#include "ngx/ngx.hpp"

#include "delivery/keeper.hpp"

#include <algorithm>
#include <new>
#include <utility>
#include <variant>

#include "ngx/guard.hpp"
#include "queue/sqlite/backend.hpp"

namespace aep::delivery {
namespace {

template <typename... Handlers>
struct Overloaded : Handlers... {
    using Handlers::operator()...;
};
template <typename... Handlers>  // clang 14 does not deduce it (P1816)
Overloaded(Handlers...)->Overloaded<Handlers...>;

void nothing() noexcept {}

/// How long a set-consent counts as being sent: until its answer must have come to the queue.
queue::Time claim_time(const Keeper::Settings& settings) noexcept {
    constexpr queue::Time kWay = 10'000;  // through both threads, and what libcurl may be late
    return std::max(queue::ConsentStore::kClaimTime, settings.longest_transfer.count() + kWay);
}

}  // namespace

Keeper::Keeper(const shared::Zone& zone, const Settings& settings, Client& client)
    : zone_(zone),
      client_(client),
      engine_(queue::sqlite::make_backend(settings.directory, zone_.ledger(), settings.limits,
                                          claim_time(settings)),
              settings.limits, zone_.ledger(),
              [this](std::vector<queue::Event>&& events) { mailbox_.post(std::move(events)); }) {}

std::unique_ptr<Keeper> Keeper::start(ngx_log_t* log, const shared::Zone& zone, const Settings& settings,
                                      Client& client) noexcept {
    const auto failed = []() -> std::unique_ptr<Keeper> { return nullptr; };
    return ngx::guarded(log, "the start of the queue", failed, [&]() -> std::unique_ptr<Keeper> {
        std::unique_ptr<Keeper> keeper(new (std::nothrow) Keeper(zone, settings, client));
        std::string error;
        if (!keeper || !keeper->mailbox_.open(log, *keeper)) {
            return nullptr;
        }
        keeper->wake_.prepare(keeper->mailbox_.connection());
        keeper->engine_.wake_when_asked([&wake = keeper->wake_] { wake.post(); });
        if (!keeper->engine_.start(error)) {
            ngx::log(NGX_LOG_ALERT, log,
                     "the queue does not work: " + error +
                         "; what Edge does not take is refused with 503 until nginx is restarted");
            keeper->mailbox_.close();
            return nullptr;
        }
        return keeper;
    });
}

bool Keeper::stop(std::chrono::milliseconds patience) noexcept {
    const bool joined = engine_.stop(patience);
    if (!joined) {
        ngx::log(
            NGX_LOG_NOTICE, ngx_cycle->log,
            "the queue's disk was still busy when the worker ended; what was not safe was not acknowledged");
    }
    wake_.cancel();
    mailbox_.close();
    return joined;
}

std::uint64_t Keeper::keep(std::shared_ptr<queue::Entry> entry, bool claimed) {
    const std::uint64_t ticket = ++last_ticket_;
    engine_.append(ticket, std::move(entry), claimed);
    return ticket;
}

std::uint64_t Keeper::keep_consent(std::string identity, queue::ConsentOrder::Turn turn,
                                   std::shared_ptr<queue::Entry> entry, bool claimed) {
    const std::uint64_t ticket = ++last_ticket_;
    engine_.append_consent(ticket, std::move(identity), turn, std::move(entry), claimed);
    return ticket;
}

std::uint64_t Keeper::withdraw_consent(std::string identity) {
    const std::uint64_t ticket = ++last_ticket_;
    engine_.withdraw_consent(ticket, std::move(identity));
    return ticket;
}

void Keeper::on_ring() noexcept {
    for (std::vector<queue::Event>& events : mailbox_.take()) {
        for (queue::Event& event : events) {
            ngx::guarded(ngx_cycle->log, "what the queue says", nothing, [&] { handle(event); });
        }
    }
}

void Keeper::handle(queue::Event& event) {
    std::visit(Overloaded{
                   [this](queue::Appended& kept) { client_.on_kept(kept.ticket, kept.id); },
                   [this](queue::Work& work) { client_.on_work(std::move(work)); },
                   [this](queue::ConsentTurn& turn) { client_.on_consent_turn(turn.ticket, turn.result); },
                   [this](queue::NewLane& lane) { client_.on_lane(lane.lane); },
                   [this](queue::Died& died) {
                       zone_.counters().add(shared::Counter::dead_letters, died.count);
                       ngx::log(NGX_LOG_ERR, ngx_cycle->log,
                                std::to_string(died.count) + " requests for datastream \"" + died.website +
                                    "\" waited longer than max_age of aep_queue and are dead letters now");
                   },
                   [this](queue::Discarded& discarded) {
                       zone_.counters().add(shared::Counter::discarded_dead_letters, discarded.dead_letters);
                   },
                   [](queue::LogLine& message) {
                       ngx::log(message.alert ? NGX_LOG_ALERT : NGX_LOG_WARN, ngx_cycle->log, message.text);
                   },
               },
               event);
}

}  // namespace aep::delivery
