#include "ngx/ngx.hpp"

#include "status/collector.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ngx/string.hpp"
#include "page/tag_outcome.hpp"
#include "protocol/action.hpp"
#include "queue/space.hpp"
#include "sdk/bundle.hpp"
#include "settings/broker.hpp"
#include "shared/tally.hpp"
#include "status/history.hpp"
#include "status/sampler.hpp"
#include "status/sentences.hpp"
#include "status/websites.hpp"
#include "version.hpp"

namespace aep::status {
namespace {

using shared::Outcome;
using shared::Statistics;
using shared::WorkerLines;

constexpr double kMillisecondsPerSecond = 1000;
constexpr double kMicrosecondsPerSecond = 1'000'000;
constexpr std::uint64_t kSecondsPerMinute = 60;

double in_seconds(std::uint64_t milliseconds) noexcept {
    return static_cast<double>(milliseconds) / kMillisecondsPerSecond;
}

std::uint64_t value(const Statistics::Counter& counter) noexcept {
    return counter.load(std::memory_order_relaxed);
}

/// Where a name of a place is not there, it is the place of all others.
template <typename Names>
std::string name_at(const Names& names, std::size_t place) {
    const std::string_view name = names.at(place);
    return name.empty() ? std::string("other") : std::string(name);
}

std::string action_name(std::size_t action) {
    return action < protocol::kActions ? std::string(protocol::name_of(static_cast<protocol::Action>(action)))
                                       : std::string("unknown");
}

// ---- one website ----

template <typename Values, typename Add>
void for_each_outcome(const Values& values, Add&& add) {
    for (std::size_t outcome = 1; outcome < shared::kOutcomes; ++outcome) {
        if (const std::uint64_t count = value(values[outcome]); count != 0) {
            add(std::string(to_string(static_cast<Outcome>(outcome))), count);
        }
    }
}

void add_counts(const Statistics& statistics, const Statistics::Website& values, Website& website) {
    for (std::size_t tag = 0; tag < Statistics::kTags; ++tag) {
        if (const std::uint64_t count = value(values.pages[tag]); count != 0) {
            website.pages.push_back(
                {std::string(page::to_string(static_cast<page::TagOutcome>(tag))), count});
        }
    }
    for (std::size_t type = 0; type < values.events.size(); ++type) {
        for_each_outcome(values.events[type], [&](std::string outcome, std::uint64_t count) {
            website.events.push_back({name_at(statistics.types, type), std::move(outcome), count});
        });
    }
    for (std::size_t action = 0; action < values.requests.size(); ++action) {
        for_each_outcome(values.requests[action], [&](std::string outcome, std::uint64_t count) {
            website.requests.push_back({action_name(action), std::move(outcome), count});
        });
    }
    for (std::size_t event = 0; event < values.documents.size(); ++event) {
        for (std::size_t result = 0; result < values.documents[event].size(); ++result) {
            if (const std::uint64_t count = value(values.documents[event][result]); count != 0) {
                website.documents.push_back(
                    {name_at(statistics.document_events, event), name_at(statistics.results, result), count});
            }
        }
    }
    for (std::size_t status = 0; status < values.dead_letters.size(); ++status) {
        if (const std::uint64_t count = value(values.dead_letters[status]); count != 0) {
            website.dead_letters.push_back({name_at(statistics.statuses, status), count});
        }
    }
}

/// Whether requests may name a datastream that the configuration does not know.
bool takes_any_datastream(const settings::Website& website) noexcept {
    return website.datastream_has_variables || (website.defers() && website.web_sdk_datastreams.empty());
}

bool is_same_website(const settings::Website& website, const Statistics::Label& label) {
    if (website.server_name != label.server_name) {
        return false;
    }
    const std::vector<std::string> datastreams = datastreams_of(website);
    return takes_any_datastream(website) ||
           std::ranges::find(datastreams, label.datastream_id) != datastreams.end();
}

/// Of the configuration of today; null: it names no such website.
const settings::Website* find_website(const settings::WebsiteList& websites, std::size_t place,
                                      const Statistics::Label& label) {
    const auto found = std::ranges::find_if(websites, [&](const settings::Website* website) {
        return website->counted_at == place || is_same_website(*website, label);
    });
    return found == websites.end() ? nullptr : *found;
}

bool has_counted(const Website& website) noexcept {
    return !website.pages.empty() || !website.events.empty() || !website.requests.empty() ||
           !website.documents.empty() || !website.dead_letters.empty() || website.delivered_later != 0;
}

std::optional<Website> collect_website(const Statistics& statistics, const settings::WebsiteList& websites,
                                       std::size_t place, std::uint64_t minute) {
    constexpr std::uint64_t kMinutes = 5;
    const Statistics::Website& values = statistics.at(place);
    const Statistics::Label label = statistics.label_of(place);
    const settings::Website* configured = find_website(websites, place, label);
    const Statistics::Totals now = statistics.totals(place);
    Website website;
    website.website = label.server_name;
    website.datastream = label.datastream_id;
    website.configured = configured != nullptr;
    website.host =
        configured == nullptr ? std::string() : std::string(host_label(configured->endpoint->base_url));
    if (const std::uint64_t last = value(values.last_event); last != 0) {
        website.last_event = in_seconds(last);
    }
    website.last_5_minutes =
        difference(now, statistics.totals_at(place, statistics.minute_at(minute - kMinutes)));
    website.delivered_later = now.of(Outcome::none);
    website.bytes = {.received = value(values.bytes_received), .sent = value(values.bytes_sent)};
    add_counts(statistics, values, website);
    const bool is_main = configured != nullptr && configured->counted_at == place;
    return is_main || has_counted(website) ? std::optional(std::move(website)) : std::nullopt;
}

void collect_websites(const Statistics& statistics, const settings::WebsiteList& websites,
                      std::uint64_t minute, Model& model) {
    for (std::size_t place = 0; place < Statistics::Websites::kPlaces; ++place) {
        if (!statistics.is_used(place)) {
            continue;
        }
        if (auto website = collect_website(statistics, websites, place, minute)) {
            model.websites.push_back(std::move(*website));
        }
    }
}

// ---- Edge ----

Histogram histogram_of(const shared::Latency::Values& values) {
    Histogram histogram;
    std::uint64_t count = 0;
    for (std::size_t bucket = 0; bucket < shared::Latency::kBounds.size(); ++bucket) {
        count += values.counts.at(bucket);
        histogram.buckets.push_back(
            {static_cast<double>(shared::Latency::kBounds.at(bucket)) / kMicrosecondsPerSecond, count});
    }
    histogram.count = values.count();
    histogram.sum = static_cast<double>(values.sum) / kMicrosecondsPerSecond;
    return histogram;
}

void collect_hosts(shared::Zone& zone, Model& model) {
    const Statistics& statistics = zone.statistics();
    for (std::size_t place = 0; place < Statistics::Hosts::kOther; ++place) {
        const std::string_view base_url = statistics.hosts.at(place);
        if (base_url.empty()) {
            continue;
        }
        const Statistics::Host& values = statistics.host(place);
        Host host;
        // The same host by another scheme is another one.
        const bool is_known =
            std::ranges::find(model.hosts, host_label(base_url), &Host::host) != model.hosts.end();
        host.host = is_known ? base_url : host_label(base_url);
        host.up = zone.locked(
            [&](shared::SharedState& shared) { return shared.hosts.of(base_url).open_until == 0; });
        for (std::size_t line = 0; line < WorkerLines::kMost; ++line) {
            host.requests_in_flight +=
                statistics.workers.at(line).requests.at(place).load(std::memory_order_relaxed);
        }
        for (std::size_t status = 0; status < values.responses.size(); ++status) {
            if (const std::uint64_t count = value(values.responses.at(status)); count != 0) {
                host.responses.push_back({name_at(statistics.statuses, status), count});
            }
        }
        host.duration = histogram_of(values.latency.read());
        model.hosts.push_back(std::move(host));
    }
}

// ---- the queue and the workers ----

void collect_queue(shared::Zone& zone, const settings::MainConf& main, Model& model) {
    const queue::Counts counts = zone.ledger().total();
    const queue::Ledger::Disk disk = zone.ledger().disk();
    Queue& queue = model.queue;
    queue.on = main.needs_engines != 0 && main.keeps_events();
    queue.broker = main.broker != nullptr ? settings::nodes_of(*main.broker) : std::string();
    queue.directory = ngx::view(main.queue_directory);
    queue.entries = counts.entries;
    queue.bytes = counts.bytes;
    queue.limit_bytes =
        main.queue_max_size != 0 ? static_cast<std::uint64_t>(main.queue_max_size) : queue::Limits{}.max_size;
    queue.oldest_age =
        counts.oldest == 0
            ? 0
            : std::max(0.0, model.time - static_cast<double>(counts.oldest) / kMillisecondsPerSecond);
    queue.retries = zone.counters().value(shared::Counter::retries);
    queue.dead_letters = counts.dead_letters;
    queue.dead_letter_bytes = counts.dead_bytes;
    queue.discarded_dead_letters = zone.counters().value(shared::Counter::discarded_dead_letters);
    for (const Website& website : model.websites) {
        queue.delivered += website.delivered_later;
    }
    if (disk.size != 0) {
        queue.disk_free_bytes = disk.free;
        queue.disk_size_bytes = disk.size;
    }
}

WorkerState state_of(const WorkerLines::Line& line, double seconds_ago) noexcept {
    constexpr double kPatience = 10;
    const bool is_stuck = seconds_ago > kPatience || !line.edge_is_alive.load(std::memory_order_relaxed);
    if (is_stuck) {
        return WorkerState::stuck;
    }
    return line.is_exiting.load(std::memory_order_relaxed) ? WorkerState::exiting : WorkerState::running;
}

void collect_workers(const Statistics& statistics, Model& model) {
    for (std::size_t place = 0; place < WorkerLines::kMost; ++place) {
        const WorkerLines::Line& line = statistics.workers.at(place);
        const std::uint32_t pid = line.pid.load(std::memory_order_acquire);
        if (pid == 0) {
            continue;
        }
        Worker worker;
        worker.pid = pid;
        worker.since = in_seconds(line.since.load(std::memory_order_relaxed));
        worker.last_seen =
            std::max(0.0, model.time - in_seconds(line.last_seen.load(std::memory_order_relaxed)));
        worker.state = state_of(line, worker.last_seen);
        worker.edge = {.alive = line.edge_is_alive.load(std::memory_order_relaxed),
                       .in_flight = line.edge_in_flight.load(std::memory_order_relaxed)};
        worker.queue = {.alive = line.queue_is_alive.load(std::memory_order_relaxed),
                        .backlog = line.queue_backlog.load(std::memory_order_relaxed),
                        .sync = static_cast<double>(line.queue_sync.load(std::memory_order_relaxed)) /
                                kMicrosecondsPerSecond};
        worker.events_under_way = line.events_under_way.load(std::memory_order_relaxed);
        model.events.under_way += worker.events_under_way;
        model.workers.push_back(worker);
    }
}

void collect_broker(const Statistics& statistics, const settings::MainConf& main, std::uint64_t now,
                    Model& model) {
    if (!model.queue.on || main.broker == nullptr) {
        return;
    }
    const shared::BrokerFigures::Totals totals = statistics.broker.totals();
    Broker broker{.nodes = model.queue.broker,
                  .workers_connected = 0,
                  .confirms = totals.confirms,
                  .confirm_time = static_cast<double>(totals.confirm_time) / kMicrosecondsPerSecond,
                  .refused = totals.refused,
                  .unconfirmed = totals.unconfirmed,
                  .reconnects = totals.reconnects,
                  .queues = {}};
    for (std::size_t place = 0; place < WorkerLines::kMost; ++place) {
        const WorkerLines::Line& line = statistics.workers.at(place);
        broker.workers_connected += line.broker_is_up.load(std::memory_order_relaxed) ? 1U : 0U;
    }
    for (const shared::BrokerFigures::Queue& queue : statistics.broker.queues(now)) {
        broker.queues.push_back({std::string(queue.name), queue.entries, queue.consumers});
    }
    model.broker = std::move(broker);
}

void collect_last_events(const Statistics& statistics, Model& model) {
    for (const shared::LastEvents::Event& event : statistics.last_events.read()) {
        const Statistics::Label label = statistics.label_of(event.website);
        LastEvent last;
        last.time = in_seconds(event.time);
        last.website = label.server_name;
        last.datastream = label.datastream_id;
        last.type = name_at(statistics.types, event.type);
        last.outcome =
            event.outcome == Outcome::none ? "delivered_later" : std::string(to_string(event.outcome));
        last.status = event.status;
        last.milliseconds = event.duration;
        model.last_events.push_back(std::move(last));
    }
}

void collect_counters(shared::Zone& zone, Model& model) {
    constexpr std::array<std::string_view, shared::kCounters> kNames{
#define AEP_COUNTER(name, label, help) label,
        AEP_COUNTERS(AEP_COUNTER)
#undef AEP_COUNTER
    };
    for (std::size_t counter = 0; counter < shared::kCounters; ++counter) {
        model.counters.push_back(
            {std::string(kNames.at(counter)), zone.counters().value(static_cast<shared::Counter>(counter))});
    }
}

}  // namespace

std::string_view host_label(std::string_view base_url) noexcept {
    constexpr std::string_view kSeparator = "://";
    const std::size_t at = base_url.find(kSeparator);
    return at == std::string_view::npos ? base_url : base_url.substr(at + kSeparator.size());
}

Model collect(shared::Zone& zone, const settings::MainConf& main, bool has_token) {
    reap(zone);
    const Statistics& statistics = zone.statistics();
    const std::uint64_t now = shared::time_of_day();
    const std::uint64_t minute = now / 1000 / kSecondsPerMinute;
    Model model;
    model.module = {.version = AEP_VERSION,
                    .nginx = NGINX_VERSION,
                    .sdk = std::string(sdk::bundle().hash),
                    .alloy = std::string(sdk::bundle().alloy_version),
                    .collector = std::string(sdk::bundle().collector_version)};
    model.time = in_seconds(now);
    model.since = in_seconds(zone.since());
    model.token = has_token;
    collect_websites(statistics, *main.websites, minute, model);
    collect_hosts(zone, model);
    collect_queue(zone, main, model);
    collect_broker(statistics, main, now, model);
    collect_workers(statistics, model);
    model.events.interrupted = statistics.interrupted();
    const Statistics::Totals totals = statistics.totals();
    for (std::size_t outcome = 1; outcome < shared::kOutcomes; ++outcome) {
        model.events.taken += totals.events.at(outcome);
    }
    model.events.taken += model.events.under_way + model.events.interrupted;
    collect_history(statistics, minute, model);
    collect_last_events(statistics, model);
    collect_counters(zone, model);
    add_sentences(model);
    return model;
}

}  // namespace aep::status
