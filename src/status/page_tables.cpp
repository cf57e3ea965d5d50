#include "status/page_tables.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "status/json.hpp"
#include "status/markup.hpp"
#include "status/words.hpp"

namespace aep::status {
namespace {

constexpr std::string_view kNone = "–";

std::string or_none(std::string html) {
    return html.empty() ? std::string(kNone) : std::move(html);
}

std::string time_or_none(std::optional<double> time) {
    return or_none(time ? time_element(*time) : std::string());
}

std::string size_or_none(std::optional<std::uint64_t> bytes) {
    return or_none(bytes ? byte_size(*bytes) : std::string());
}

std::string website_name(const Website& website) {
    return escaped(website.website) + (website.configured ? "" : " (no longer configured)");
}

/// The least of the histogram's limits under which that share of all is.
std::string quantile(const Histogram& histogram, double share) {
    if (histogram.count == 0) {
        return std::string(kNone);
    }
    const double wanted = share * static_cast<double>(histogram.count);
    for (const Bucket& bucket : histogram.buckets) {
        if (static_cast<double>(bucket.count) >= wanted) {
            return "at most " + milliseconds(bucket.le);
        }
    }
    return histogram.buckets.empty() ? std::string(kNone)
                                     : "above " + milliseconds(histogram.buckets.back().le);
}

std::string mean(const Histogram& histogram) {
    return histogram.count == 0 ? std::string(kNone)
                                : milliseconds(histogram.sum / static_cast<double>(histogram.count));
}

std::string listed(const std::vector<Count>& counts) {
    std::string list;
    for (const Count& each : counts) {
        list += (list.empty() ? "" : ", ") + escaped(each.name) + ": " + number(each.count);
    }
    return or_none(list);
}

/// A table with a row for each count that the websites have.
template <typename Member, typename Row>
Table table_of_all(const Model& model, Table table, Member member, Row row) {
    for (const Website& website : model.websites) {
        for (const auto& each : website.*member) {
            table.rows.push_back(row(website_name(website), each));
        }
    }
    return table;
}

std::vector<std::string> count_row(std::string website, const Count& each) {
    return {std::move(website), escaped(each.name), number(each.count)};
}

std::vector<std::string> outcome_row(std::string website, const OutcomeCount& each) {
    return {std::move(website), escaped(each.name), escaped(each.outcome), number(each.count)};
}

std::vector<std::string> document_row(std::string website, const DocumentCount& each) {
    return {std::move(website), escaped(each.event), escaped(each.result), number(each.count)};
}

void append_datastreams(std::string& html, const Model& model) {
    Table table{"datastreams",
                "Where events go, and how much since the counters began",
                {{"Website"},
                 {"Datastream"},
                 {"Edge"},
                 {"Received", true},
                 {"Sent", true},
                 {"Delivered by the queue", true}},
                {}};
    for (const Website& website : model.websites) {
        table.rows.push_back({website_name(website), or_none(escaped(website.datastream)),
                              or_none(escaped(website.host)), byte_size(website.bytes.received),
                              byte_size(website.bytes.sent), number(website.delivered_later)});
    }
    append_folded_table(html, "Datastreams and traffic", table);
}

void append_counts_of_websites(std::string& html, const Model& model) {
    append_folded_table(html, "Pages by tag",
                        table_of_all(model,
                                     {"pages",
                                      "Pages by $aep_tag, since the counters began",
                                      {{"Website"}, {"Tag"}, {"Pages", true}},
                                      {}},
                                     &Website::pages, count_row));
    append_folded_table(html, "Events by type",
                        table_of_all(model,
                                     {"events",
                                      "Events by type and outcome, since the counters began",
                                      {{"Website"}, {"Type"}, {"Outcome"}, {"Events", true}},
                                      {}},
                                     &Website::events, outcome_row));
    append_folded_table(html, "Requests of the gateway",
                        table_of_all(model,
                                     {"requests",
                                      "Requests by action and outcome, since the counters began",
                                      {{"Website"}, {"Action"}, {"Outcome"}, {"Requests", true}},
                                      {}},
                                     &Website::requests, outcome_row));
    append_folded_table(html, "Back office documents",
                        table_of_all(model,
                                     {"documents",
                                      "Back office documents by event and result, since the counters began",
                                      {{"Website"}, {"Event"}, {"Result"}, {"Documents", true}},
                                      {}},
                                     &Website::documents, document_row));
}

std::string outcome_cell(const std::string& outcome) {
    std::string words = outcome;
    std::ranges::replace(words, '_', ' ');
    return "<span class=\"outcome " + escaped(outcome) + "\">" + escaped(words) + "</span>";
}

std::string last_seen(const Worker& worker) {
    constexpr double kNow = 2;
    return worker.last_seen < kNow ? "now" : duration(worker.last_seen) + " ago";
}

std::string engine_state(bool alive) {
    return alive ? "alive" : "ended";
}

}  // namespace

void append_history(std::string& html, const Model& model) {
    Table table{"history",
                "The last hour, minute by minute",
                {{"Minute"},
                 {"Delivered", true},
                 {"Queued", true},
                 {"Refused", true},
                 {"Other", true},
                 {"Delivered later", true},
                 {"Requests", true},
                 {"Time of Edge", true},
                 {"In the queue", true}},
                {}};
    for (const Minute& minute : model.history.minutes) {
        table.rows.push_back({time_element(minute.time), number(minute.delivered), number(minute.queued),
                              number(minute.refused), number(minute.other), number(minute.delivered_later),
                              number(minute.requests),
                              minute.latency ? milliseconds(*minute.latency) : std::string(kNone),
                              number(minute.queue_entries)});
    }
    append_folded_table(html, "The last hour in numbers", table);
}

void append_last_events(std::string& html, const Model& model) {
    Table table{"last-events",
                "The last events, newest first",
                {{"Time"}, {"Website"}, {"Event type"}, {"Outcome"}, {"Status", true}, {"Took", true}},
                {},
                "No events yet: open a page of a website, and they appear here."};
    for (const LastEvent& event : model.last_events) {
        table.rows.push_back({time_or_none(event.time), escaped(event.website), or_none(escaped(event.type)),
                              outcome_cell(event.outcome),
                              event.status == 0 ? std::string(kNone) : std::to_string(event.status),
                              number(event.milliseconds) + " ms"});
    }
    append_table(html, table);
}

void append_websites(std::string& html, const Model& model) {
    Table table{"websites",
                "Events of the last 5 minutes",
                {{"Website"},
                 {"Last event"},
                 {"Delivered", true},
                 {"Queued", true},
                 {"Delivered later", true},
                 {"Refused", true},
                 {"Unavailable", true},
                 {"No consent", true},
                 {"Repeated", true},
                 {"Answered here", true}},
                {},
                "No website has a datastream."};
    for (const Website& website : model.websites) {
        const LastFiveMinutes& last = website.last_5_minutes;
        table.rows.push_back({website_name(website), time_or_none(website.last_event), number(last.delivered),
                              number(last.queued), number(last.delivered_later), number(last.rejected),
                              number(last.unavailable), number(last.consent), number(last.duplicate),
                              number(last.local)});
    }
    append_table(html, table);
    append_datastreams(html, model);
    append_counts_of_websites(html, model);
}

void append_hosts(std::string& html, const Model& model) {
    constexpr double kHalf = 0.5;
    constexpr double kMost = 0.95;
    Table table{"hosts",
                "Hosts of Edge, since the counters began",
                {{"Host"},
                 {"State"},
                 {"In flight", true},
                 {"Mean time", true},
                 {"Half of all", true},
                 {"95 % of all", true},
                 {"Answers by status"}},
                {},
                "No host has been asked yet."};
    for (const Host& host : model.hosts) {
        table.rows.push_back({escaped(host.host), std::string(host.up ? "up" : "away"),
                              number(host.requests_in_flight), mean(host.duration),
                              quantile(host.duration, kHalf), quantile(host.duration, kMost),
                              listed(host.responses)});
    }
    append_table(html, table);
}

void append_queue(std::string& html, const Model& model) {
    const Queue& queue = model.queue;
    const std::string limit = queue.limit_bytes == 0
                                  ? std::string()
                                  : " of " + byte_size(queue.limit_bytes) + ", " +
                                        std::to_string(percent(queue.bytes, queue.limit_bytes)) + "&nbsp;%";
    const Table table{"queue",
                      "What waits while Edge is away",
                      {{"What"}, {"Value", true}},
                      {{std::string("State"), std::string(queue.on ? "on" : "off")},
                       {std::string("Broker of the fleet"), or_none(escaped(queue.broker))},
                       {std::string("Directory on this node"), or_none(escaped(queue.directory))},
                       {std::string("Entries that wait"), number(queue.entries)},
                       {std::string("Room in use"), byte_size(queue.bytes) + limit},
                       {std::string("Age of the oldest"),
                        queue.entries == 0 ? std::string(kNone) : duration(queue.oldest_age)},
                       {std::string("Delivered by the queue"), number(queue.delivered)},
                       {std::string("Retries"), number(queue.retries)},
                       {std::string("Dead letters"), number(queue.dead_letters)},
                       {std::string("Room of dead letters"), byte_size(queue.dead_letter_bytes)},
                       {std::string("Dead letters thrown away"), number(queue.discarded_dead_letters)},
                       {std::string("Disk: free"), size_or_none(queue.disk_free_bytes)},
                       {std::string("Disk: size"), size_or_none(queue.disk_size_bytes)}}};
    append_table(html, table);
}

void append_broker(std::string& html, const Model& model) {
    if (!model.broker) {
        return;
    }
    const Broker& broker = *model.broker;
    const double mean = broker.confirms == 0 ? 0 : broker.confirm_time / static_cast<double>(broker.confirms);
    append_table(html, {"broker",
                        "The broker that all nodes share",
                        {{"What"}, {"Value", true}},
                        {{std::string("Nodes"), escaped(broker.nodes)},
                         {std::string("Workers that are connected"),
                          number(broker.workers_connected) + " of " + number(model.workers.size())},
                         {std::string("Requests confirmed"), number(broker.confirms)},
                         {std::string("A confirmation takes"),
                          broker.confirms == 0 ? std::string(kNone) : milliseconds(mean)},
                         {std::string("Requests it did not take"), number(broker.refused)},
                         {std::string("Requests without its answer in time"), number(broker.unconfirmed)},
                         {std::string("Connections made again"), number(broker.reconnects)}}});
    Table table{"broker-queues",
                "What waits in the broker, for any node",
                {{"Queue"}, {"Entries", true}, {"Consumers", true}},
                {},
                "The broker has told of no queue in the last seconds."};
    for (const BrokerQueue& queue : broker.queues) {
        table.rows.push_back({escaped(queue.queue), number(queue.entries), number(queue.consumers)});
    }
    append_table(html, table);
}

void append_dead_letter_counts(std::string& html, const Model& model) {
    append_table(html, table_of_all(model,
                                    {"dead-letter-counts",
                                     "How many since the counters began",
                                     {{"Website"}, {"Status"}, {"Dead letters", true}},
                                     {},
                                     "None."},
                                    &Website::dead_letters, count_row));
}

void append_workers(std::string& html, const Model& model) {
    Table table{"workers",
                "nginx's workers and their threads",
                {{"Process"},
                 {"State"},
                 {"Since"},
                 {"Last seen", true},
                 {"Events under way", true},
                 {"Thread to Edge"},
                 {"In flight", true},
                 {"Thread of the queue"},
                 {"Backlog", true},
                 {"Last write", true}},
                {},
                "No worker has reported yet."};
    for (const Worker& worker : model.workers) {
        table.rows.push_back({std::to_string(worker.pid), std::string(to_string(worker.state)),
                              time_or_none(worker.since), last_seen(worker), number(worker.events_under_way),
                              engine_state(worker.edge.alive), number(worker.edge.in_flight),
                              engine_state(worker.queue.alive), number(worker.queue.backlog),
                              milliseconds(worker.queue.sync)});
    }
    append_table(html, table);
}

void append_totals(std::string& html, const Model& model) {
    Table table{"counters",
                "All counters, since they began",
                {{"Counter"}, {"Value", true}},
                {{std::string("Events taken"), number(model.events.taken)},
                 {std::string("Events under way"), number(model.events.under_way)},
                 {std::string("Events whose worker was killed"), number(model.events.interrupted)}}};
    for (const Count& each : model.counters) {
        table.rows.push_back({"<code>" + escaped(each.name) + "</code>", number(each.count)});
    }
    append_folded_table(html, "All counters", table);
}

}  // namespace aep::status
