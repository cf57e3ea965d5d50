#include "ngx/ngx.hpp"

#include "delivery/queue_client.hpp"

#include <algorithm>
#include <new>
#include <utility>
#include <variant>

#include "ngx/guard.hpp"

namespace aep::delivery {
namespace {

void nothing() noexcept {}

}  // namespace

QueueClient::QueueClient(const shared::Zone& zone, Settings&& settings, Deliverer& deliverer)
    : zone_(zone),
      deliverer_(deliverer),
      engine_(std::move(settings.backend), settings.limits, zone_.ledger(),
              [this](std::vector<queue::Event>&& events) { mailbox_.post(std::move(events)); }) {}

std::unique_ptr<QueueClient> QueueClient::start(ngx_log_t* log, const shared::Zone& zone, Settings&& settings,
                                                Deliverer& deliverer) noexcept {
    const auto failed = []() -> std::unique_ptr<QueueClient> { return nullptr; };
    return ngx::guarded(log, "the start of the queue", failed, [&]() -> std::unique_ptr<QueueClient> {
        std::unique_ptr<QueueClient> client(new (std::nothrow)
                                                QueueClient(zone, std::move(settings), deliverer));
        std::string error;
        if (!client || !client->mailbox_.open(log, *client)) {
            return nullptr;
        }
        client->wake_.prepare(client->mailbox_.connection());
        client->engine_.wake_when_asked([&wake = client->wake_] { wake.post(); });
        if (!client->engine_.start(error)) {
            ngx::log(NGX_LOG_ALERT, log,
                     "the queue does not work: " + error +
                         "; what Edge does not take is refused with 503 until nginx is restarted");
            client->mailbox_.close();
            return nullptr;
        }
        return client;
    });
}

bool QueueClient::stop(std::chrono::milliseconds patience) noexcept {
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

/// The ticket is there before the queue can answer.
template <typename Who, typename Ask>
void QueueClient::ask(Who& asker, std::uint64_t id, Ask&& ask) {
    const std::uint64_t ticket = ++last_ticket_;
    questions_.emplace(ticket, Question{&asker, id});
    try {
        ask(ticket);
    } catch (...) {
        questions_.erase(ticket);
        throw;
    }
}

QueueClient::Question QueueClient::take(std::uint64_t ticket) noexcept {
    const auto found = questions_.find(ticket);
    if (found == questions_.end()) {
        return {};
    }
    const Question question = found->second;
    questions_.erase(found);
    return question;
}

/// Tells whoever has asked.
template <typename Who, typename Answer>
void QueueClient::answer(std::uint64_t ticket, Answer&& answer) noexcept {
    const Question asked = take(ticket);
    if (const auto* const who = std::get_if<Who*>(&asked.asker)) {
        answer(**who, asked.id);
    }
}

void QueueClient::append(Asker& asker, std::uint64_t id, std::shared_ptr<queue::Entry> entry, bool claimed) {
    ask(asker, id, [&](std::uint64_t ticket) { engine_.append(ticket, std::move(entry), claimed); });
}

void QueueClient::append_consent(Asker& asker, std::uint64_t id, std::string identity,
                                 queue::ConsentOrder::Turn turn, std::shared_ptr<queue::Entry> entry,
                                 bool claimed) {
    ask(asker, id, [&](std::uint64_t ticket) {
        engine_.append_consent(ticket, std::move(identity), turn, std::move(entry), claimed);
    });
}

void QueueClient::append_order(Asker& asker, std::uint64_t id, std::shared_ptr<queue::Entry> entry) {
    ask(asker, id, [&](std::uint64_t ticket) { engine_.append_order(ticket, std::move(entry)); });
}

void QueueClient::withdraw_consent(Asker& asker, std::uint64_t id, std::string identity) {
    ask(asker, id, [&](std::uint64_t ticket) { engine_.withdraw_consent(ticket, std::move(identity)); });
}

void QueueClient::list_dead_letters(Inspector& inspector, std::uint64_t id, queue::DeadLetterFilter filter,
                                    queue::EntryId after, std::size_t most) {
    ask(inspector, id,
        [&](std::uint64_t ticket) { engine_.list_dead_letters(ticket, std::move(filter), after, most); });
}

void QueueClient::read_dead_letter(Inspector& inspector, std::uint64_t id, queue::EntryId dead_letter) {
    ask(inspector, id, [&](std::uint64_t ticket) { engine_.read_dead_letter(ticket, dead_letter); });
}

void QueueClient::requeue_dead_letters(Inspector& inspector, std::uint64_t id,
                                       queue::DeadLetterFilter filter) {
    ask(inspector, id,
        [&](std::uint64_t ticket) { engine_.requeue_dead_letters(ticket, std::move(filter)); });
}

void QueueClient::discard_dead_letters(Inspector& inspector, std::uint64_t id,
                                       queue::DeadLetterFilter filter) {
    ask(inspector, id,
        [&](std::uint64_t ticket) { engine_.discard_dead_letters(ticket, std::move(filter)); });
}

void QueueClient::on_ring() noexcept {
    for (std::vector<queue::Event>& events : mailbox_.take()) {
        for (queue::Event& event : events) {
            ngx::guarded(ngx_cycle->log, "what the queue says", nothing, [&] { handle(event); });
        }
    }
}

void QueueClient::handle(queue::Event& event) {
    std::visit(queue::Overloaded{
                   [this](queue::Appended& appended) {
                       answer<Asker>(appended.ticket, [&](Asker& asker, std::uint64_t id) {
                           asker.on_appended(id, appended.id);
                       });
                   },
                   [this](queue::ConsentTurn& turn) {
                       answer<Asker>(turn.ticket, [&](Asker& asker, std::uint64_t id) {
                           asker.on_consent_turn(id, turn.result);
                       });
                   },
                   [this](queue::Work& work) { deliverer_.on_work(std::move(work)); },
                   [this](queue::Batch& batch) { deliverer_.on_batch(std::move(batch)); },
                   [this](queue::NewEdge& found) { deliverer_.on_edge(found.edge); },
                   [this](queue::Died& died) {
                       zone_.counters().add(shared::Counter::dead_letters, died.count);
                       shared::Statistics& statistics = zone_.statistics();
                       statistics.count_dead_letter(statistics.website_of(died.website), 0, died.count);
                       ngx::log(NGX_LOG_ERR, ngx_cycle->log,
                                std::to_string(died.count) + " requests for datastream \"" + died.website +
                                    "\" waited longer than max_age of aep_queue and are dead letters now");
                   },
                   [this](queue::Discarded& discarded) {
                       zone_.counters().add(shared::Counter::discarded_dead_letters, discarded.dead_letters);
                   },
                   [this](queue::DeadLetters& found) {
                       answer<Inspector>(found.ticket, [&](Inspector& inspector, std::uint64_t id) {
                           inspector.on_dead_letters(id, std::move(found));
                       });
                   },
                   [this](queue::FoundDeadLetter& found) {
                       answer<Inspector>(found.ticket, [&](Inspector& inspector, std::uint64_t id) {
                           inspector.on_dead_letter(id, std::move(found));
                       });
                   },
                   [this](queue::ChangedDeadLetters& changed) {
                       answer<Inspector>(changed.ticket, [&](Inspector& inspector, std::uint64_t id) {
                           inspector.on_dead_letters_changed(id, changed);
                       });
                   },
                   [](queue::LogLine& line) {
                       ngx::log(line.alert ? NGX_LOG_ALERT : NGX_LOG_WARN, ngx_cycle->log, line.text);
                   },
               },
               event);
}

}  // namespace aep::delivery
