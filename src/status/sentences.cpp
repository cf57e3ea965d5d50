#include "status/sentences.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "status/website_sentence.hpp"
#include "status/words.hpp"

namespace aep::status {
namespace {

constexpr double kMinute = 60;
constexpr double kHour = 60 * kMinute;
constexpr double kDay = 24 * kHour;

/// What a failure of transfers is called in the numbers, and what to look at.
std::string_view remedy_of_failure(std::string_view failure) noexcept {
    if (failure == "resolve") {
        return "Its name is not found: look at the resolvers in /etc/resolv.conf.";
    }
    if (failure == "connect") {
        return "Connections fail: look at the firewall, at the proxy of \"aep_edge\", and at the "
               "certificates.";
    }
    if (failure == "timeout") {
        return "Answers take too long: look at the way there, and at \"timeout=\" of \"aep_edge\".";
    }
    return "Check the connection, and look at nginx's error log.";
}

/// The most frequent of the transfers that failed, and of the answers that say that the server is in trouble.
std::string_view most_frequent_failure(const Host& host) noexcept {
    const Count* most = nullptr;
    for (const Count& response : host.responses) {
        const bool is_success = response.name.starts_with('2') || response.name.starts_with('4');
        if (!is_success && (most == nullptr || response.count > most->count)) {
            most = &response;
        }
    }
    return most == nullptr ? std::string_view{} : std::string_view{most->name};
}

void add_hosts(const Model& model, std::vector<Sentence>& sentences) {
    for (const Host& host : model.hosts) {
        if (!host.up) {
            sentences.push_back(
                {State::error, "",
                 host.host + " is away: after several failures events go " +
                     (model.queue.on ? "to the queue without a try, until it answers again."
                                     : "nowhere until it answers again, and there is no queue to keep them."),
                 std::string(remedy_of_failure(most_frequent_failure(host)))});
        }
    }
}

void add_queue_room(const Queue& queue, std::vector<Sentence>& sentences) {
    constexpr std::uint64_t kNearlyFull = 80;
    constexpr std::uint64_t kDiskLow = 10;
    constexpr std::uint64_t kDiskUsedUp = 5;  // what the queue leaves free by default
    const std::uint64_t used = percent(queue.bytes, queue.limit_bytes);
    if (used >= kNearlyFull) {
        sentences.push_back(
            {State::error, "",
             "The queue has filled " + std::to_string(used) + " % of its " + byte_size(queue.limit_bytes) +
                 ": when it is full, events are refused with 503.",
             "Find out why Edge does not take events, or give the queue more room (\"max_size=\" of "
             "\"aep_queue\")."});
    }
    if (!queue.disk_free_bytes || !queue.disk_size_bytes) {
        return;
    }
    const std::uint64_t left = percent(*queue.disk_free_bytes, *queue.disk_size_bytes);
    if (*queue.disk_size_bytes > 0 && left < kDiskLow) {
        sentences.push_back({left < kDiskUsedUp ? State::error : State::warning, "",
                             "The queue's disk is nearly full: " + byte_size(*queue.disk_free_bytes) + ", " +
                                 std::to_string(left) +
                                 " %, are free. The queue takes nothing when less than " +
                                 "\"min_free=\" is left.",
                             "Make room on the disk, or put the queue on another (\"aep_queue\")."});
    }
}

/// By how many entries the queue has grown in the last minutes.
std::uint64_t growth(const History& history) noexcept {
    constexpr std::size_t kMinutes = 10;
    const std::vector<Minute>& minutes = history.minutes;
    if (minutes.size() < 2) {
        return 0;
    }
    const Minute& before = minutes[minutes.size() - std::min(minutes.size(), kMinutes)];
    const std::uint64_t now = minutes.back().queue_entries;
    return now > before.queue_entries ? now - before.queue_entries : 0;
}

void add_broker(const Broker& broker, const Model& model, std::vector<Sentence>& sentences) {
    const auto workers = static_cast<std::uint64_t>(std::ranges::count_if(
        model.workers, [](const Worker& worker) { return worker.state != WorkerState::gone; }));
    if (broker.workers_connected < workers) {
        const bool has_spool = !model.queue.directory.empty();
        sentences.push_back(
            {has_spool ? State::warning : State::error, "",
             counted(workers - broker.workers_connected, "worker", "workers") + " of " + number(workers) +
                 " cannot use the broker of the fleet: what Edge does not take is " +
                 (has_spool ? "kept on this node until the broker is back." : "refused with 503."),
             "nginx's error log says what is wrong with which of its nodes (" + broker.nodes + ")."});
    }
    std::uint64_t waiting = 0;
    for (const BrokerQueue& queue : broker.queues) {
        if (queue.queue == "dead letters") {
            if (queue.entries != 0) {
                sentences.push_back(
                    {State::warning, "",
                     counted(queue.entries, "dead letter waits", "dead letters wait") +
                         " in the broker: Edge refused them for good, or they became too old.",
                     "Look at their reasons with the broker's own tools, which can move them "
                     "back when the cause is gone."});
            }
        } else {
            waiting += queue.entries;
        }
    }
    if (waiting != 0) {
        sentences.push_back(
            {State::ok, "", counted(waiting, "entry waits", "entries wait") + " in the broker.", ""});
    }
}

void add_queue(const Model& model, std::vector<Sentence>& sentences) {
    constexpr double kOld = 10 * kMinute;
    constexpr std::uint64_t kNoticeable = 10;
    const Queue& queue = model.queue;
    if (!queue.on) {
        sentences.push_back({State::warning, "",
                             "The queue is off: events that Edge cannot take at once are refused with 503.",
                             "Turn it on (\"aep_queue\"), unless that is what you want."});
        return;
    }
    if (model.broker) {
        add_broker(*model.broker, model, sentences);
    }
    add_queue_room(queue, sentences);
    if (queue.entries == 0) {
        return;
    }
    const std::string waiting = counted(queue.entries, "entry waits", "entries wait") +
                                " in the queue, the oldest for " + duration(queue.oldest_age);
    const std::uint64_t grown = growth(model.history);
    if (queue.oldest_age >= kDay) {
        sentences.push_back(
            {State::error, "", waiting + ": expected were minutes.",
             "What is older than \"max_age=\" of \"aep_queue\" becomes a dead letter. Check the "
             "connection, and look at nginx's error log."});
    } else if (queue.oldest_age >= kOld || grown >= kNoticeable) {
        sentences.push_back(
            {State::warning, "",
             waiting + (grown > 0 ? ". It has grown by " + number(grown) + " in the last 10 minutes." : "."),
             "Nothing is lost. If Edge answers, the queue becomes shorter by itself; if not, check the "
             "connection."});
    } else {
        sentences.push_back({State::ok, "", waiting + ".", ""});
    }
}

/// The status of most dead letters.
std::string_view most_frequent_status(const Model& model) {
    std::vector<std::pair<std::string_view, std::uint64_t>> sums;
    for (const Website& website : model.websites) {
        for (const Count& letters : website.dead_letters) {
            const auto known = std::ranges::find(sums, std::string_view{letters.name},
                                                 [](const auto& each) { return each.first; });
            if (known == sums.end()) {
                sums.emplace_back(letters.name, letters.count);
            } else {
                known->second += letters.count;
            }
        }
    }
    const auto most = std::ranges::max_element(sums, {}, [](const auto& each) { return each.second; });
    return most == sums.end() ? std::string_view{} : most->first;
}

void add_dead_letters(const Model& model, std::vector<Sentence>& sentences) {
    const std::uint64_t count = model.queue.dead_letters;
    if (count == 0) {
        return;
    }
    const std::string_view status = most_frequent_status(model);
    std::string text = counted(count, "dead letter waits", "dead letters wait") +
                       " for you: Edge refused them for good, or they became too old";
    if (!status.empty()) {
        text.append(". Most have the status ").append(status);
    }
    std::string remedy = status == "422"
                             ? "Repair the datastream (Data Collection, Datastreams: it is disabled, or "
                               "has no service with an event dataset). Then requeue them"
                             : "Look at their reasons. Requeue them when the cause is gone, or discard them";
    remedy += model.token ? ", at the end of this page."
                          : ": this page can do that when \"aep_status_token\" is set.";
    sentences.push_back({State::warning, "", text + '.', remedy});
}

std::string described(const Worker& worker) {
    return "Worker " + std::to_string(worker.pid);
}

void add_stopped_engines(const Worker& worker, const Model& model, std::vector<Sentence>& sentences) {
    constexpr std::string_view kRemedy =
        "Look at nginx's error log, and reload nginx: new workers take over what waits.";
    if (!worker.edge.alive) {
        sentences.push_back({State::error, "",
                             described(worker) + " cannot send: its thread for transfers to Edge has ended.",
                             std::string(kRemedy)});
    }
    if (model.queue.on && !worker.queue.alive) {
        sentences.push_back({State::error, "",
                             described(worker) + " cannot keep events: its thread for the queue has ended.",
                             std::string(kRemedy)});
    }
}

void add_workers(const Model& model, std::vector<Sentence>& sentences) {
    for (const Worker& worker : model.workers) {
        switch (worker.state) {
            case WorkerState::stuck:
                sentences.push_back(
                    {State::error, "",
                     described(worker) + " is stuck: it has not moved for " + duration(worker.last_seen) +
                         ", expected was a second at most.",
                     "See what it does (top, gdb -p). Its visitors wait: if it does not go on, kill "
                     "it, and nginx starts another."});
                break;
            case WorkerState::gone:
                sentences.push_back({State::warning, "",
                                     described(worker) + " was killed or crashed; " +
                                         counted(worker.events_under_way, "event", "events") +
                                         " on the way had not been acknowledged.",
                                     "Look for its end in nginx's error log and in the kernel's (dmesg)."});
                break;
            case WorkerState::running:
                add_stopped_engines(worker, model, sentences);
                break;
            case WorkerState::exiting:
                break;
        }
    }
}

/// Whether a website's events go to another of its datastreams, which has a sentence of its own.
bool has_events_elsewhere(const Website& website, const Model& model) {
    return !website.last_event && std::ranges::any_of(model.websites, [&](const Website& other) {
        return other.website == website.website && other.configured && other.last_event;
    });
}

}  // namespace

void add_sentences(Model& model) {
    std::vector<Sentence> sentences;
    for (const Website& website : model.websites) {
        if (website.configured && !has_events_elsewhere(website, model)) {
            sentences.push_back(website_sentence(website, model));
        }
    }
    if (sentences.empty()) {
        sentences.push_back(
            {State::idle, "", "No website has a datastream.",
             "Give a server block \"aep_datastream_id\", and include aep/website.inc in it."});
    }
    add_hosts(model, sentences);
    add_queue(model, sentences);
    add_dead_letters(model, sentences);
    add_workers(model, sentences);
    model.state = State::ok;
    for (const Sentence& sentence : sentences) {
        model.state = std::max(model.state, sentence.state);
    }
    model.sentences = std::move(sentences);
}

std::string_view headline(const Model& model) noexcept {
    const bool flows = std::ranges::any_of(model.websites, [](const Website& website) {
        return website.last_5_minutes.delivered + website.last_5_minutes.delivered_later > 0;
    });
    switch (model.state) {
        case State::ok:
            return "Data flows.";
        case State::idle:
            return flows ? "Data flows. Not every website had events in the last 5 minutes."
                         : "Nothing is wrong, but no events came in the last 5 minutes.";
        case State::warning:
            return flows ? "Data flows, but something needs your attention."
                         : "No data flows to Edge at present, and something needs your attention.";
        case State::error:
            return flows ? "Data flows only in part: something is wrong."
                         : "No data flows to Edge: something is wrong.";
    }
    return {};
}

}  // namespace aep::status
