#include "status/prometheus.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string_view>
#include <utility>

#include "shared/counters.hpp"

namespace aep::status {
namespace {

using Label = std::pair<std::string_view, std::string_view>;
using Labels = std::initializer_list<Label>;

/// Writes metric families, each with its help and type in front.
class Writer {
  public:
    void family(std::string_view name, std::string_view type, std::string_view help) {
        name_ = name;
        out_.append("# HELP ").append(name).append(" ").append(help).append("\n");
        out_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
    }

    template <typename Number>
    void sample(Labels labels, Number value) {
        sample("", labels, value);
    }

    /// `suffix`: behind the family's name, as histograms have it.
    template <typename Number>
    void sample(std::string_view suffix, Labels labels, Number value) {
        out_.append(name_).append(suffix);
        char before = '{';
        for (const auto& [name, text] : labels) {
            out_.push_back(std::exchange(before, ','));
            out_.append(name).append("=\"");
            append_escaped(text);
            out_.push_back('"');
        }
        out_.append(labels.size() == 0 ? " " : "} ");
        append_number(value);
        out_.push_back('\n');
    }

    static std::string text_of(double value) {
        std::array<char, 32> digits{};
        const auto end = std::to_chars(digits.begin(), digits.end(), value).ptr;
        return {digits.begin(), end};
    }

    std::string take() { return std::move(out_); }

  private:
    template <typename Number>
    void append_number(Number value) {
        std::array<char, 32> digits{};
        const auto end = std::to_chars(digits.begin(), digits.end(), value).ptr;
        out_.append(digits.begin(), end);
    }

    /// Prometheus wants UTF-8 and escapes for three characters; nothing else is in these names but by a mistake.
    void append_escaped(std::string_view text) {
        for (const char c : text) {
            if (c == '\n') {
                out_.append("\\n");
            } else if (c == '"' || c == '\\') {
                out_.append("\\").push_back(c);
            } else {
                out_.push_back(static_cast<unsigned char>(c) >= 0x80 ? '?' : c);
            }
        }
    }

    std::string out_;
    std::string_view name_;
};

// ---- websites ----

void write_pages(Writer& out, const Model& model) {
    // By server name alone: what two datastreams of one name count is added up.
    std::map<std::pair<std::string_view, std::string_view>, std::uint64_t> pages;
    for (const Website& website : model.websites) {
        for (const Count& tag : website.pages) {
            pages[{website.website, tag.name}] += tag.count;
        }
    }
    out.family("aep_pages_total", "counter", "Responses of a website by what became of the tag in them.");
    for (const auto& [key, count] : pages) {
        out.sample({{"website", key.first}, {"tag", key.second}}, count);
    }
}

void write_events(Writer& out, const Model& model) {
    out.family("aep_events_total", "counter",
               "Storefront events by XDM event type and what became of them first.");
    for (const Website& website : model.websites) {
        for (const OutcomeCount& event : website.events) {
            out.sample({{"website", website.website},
                        {"datastream", website.datastream},
                        {"type", event.name},
                        {"outcome", event.outcome}},
                       event.count);
        }
    }
    out.family("aep_requests_total", "counter",
               "Requests at the gateway by the Web SDK's action and their outcome.");
    for (const Website& website : model.websites) {
        for (const OutcomeCount& request : website.requests) {
            out.sample({{"website", website.website},
                        {"datastream", website.datastream},
                        {"action", request.name},
                        {"outcome", request.outcome}},
                       request.count);
        }
    }
    out.family("aep_website_last_event_timestamp_seconds", "gauge", "When the last event of a website came.");
    for (const Website& website : model.websites) {
        if (website.last_event) {
            out.sample({{"website", website.website}, {"datastream", website.datastream}},
                       *website.last_event);
        }
    }
}

void write_traffic(Writer& out, const Model& model) {
    out.family("aep_bytes_received_total", "counter",
               "Bytes of request bodies that browsers sent to the gateway.");
    for (const Website& website : model.websites) {
        out.sample({{"website", website.website}, {"datastream", website.datastream}},
                   website.bytes.received);
    }
    out.family("aep_bytes_sent_total", "counter", "Bytes of request bodies that went to Edge.");
    for (const Website& website : model.websites) {
        out.sample({{"website", website.website}, {"datastream", website.datastream}}, website.bytes.sent);
    }
}

using ByName = std::map<std::array<std::string_view, 3>, std::uint64_t>;

void write_dead_letters(Writer& out, const Model& model) {
    ByName letters;
    for (const Website& website : model.websites) {
        for (const Count& status : website.dead_letters) {
            letters[{website.website, status.name, {}}] += status.count;
        }
    }
    out.family("aep_dead_letters_total", "counter",
               "Requests that became dead letters by Edge's status; none: they waited too long.");
    for (const auto& [key, count] : letters) {
        out.sample({{"website", key[0]}, {"status", key[1]}}, count);
    }
}

void write_documents(Writer& out, const Model& model) {
    ByName documents;
    for (const Website& website : model.websites) {
        for (const DocumentCount& document : website.documents) {
            documents[{website.website, document.event, document.result}] += document.count;
        }
    }
    out.family("aep_back_office_documents_total", "counter",
               "Documents of the back office by event and result.");
    for (const auto& [key, count] : documents) {
        out.sample({{"website", key[0]}, {"event", key[1]}, {"result", key[2]}}, count);
    }
}

// ---- Edge ----

void write_hosts(Writer& out, const Model& model) {
    out.family("aep_edge_up", "gauge",
               "Whether a host of Edge takes requests: 0 while the circuit breaker is open.");
    for (const Host& host : model.hosts) {
        out.sample({{"host", host.host}}, host.up ? 1 : 0);
    }
    out.family("aep_edge_requests_in_flight", "gauge", "Requests under way to a host of Edge.");
    for (const Host& host : model.hosts) {
        out.sample({{"host", host.host}}, host.requests_in_flight);
    }
    out.family("aep_edge_responses_total", "counter",
               "Answers of a host by HTTP status, or why there was none.");
    for (const Host& host : model.hosts) {
        for (const Count& status : host.responses) {
            out.sample({{"host", host.host}, {"status", status.name}}, status.count);
        }
    }
    out.family("aep_edge_request_duration_seconds", "histogram", "Time of requests to a host of Edge.");
    for (const Host& host : model.hosts) {
        for (const Bucket& bucket : host.duration.buckets) {
            out.sample("_bucket", {{"host", host.host}, {"le", Writer::text_of(bucket.le)}}, bucket.count);
        }
        out.sample("_bucket", {{"host", host.host}, {"le", "+Inf"}}, host.duration.count);
        out.sample("_sum", {{"host", host.host}}, host.duration.sum);
        out.sample("_count", {{"host", host.host}}, host.duration.count);
    }
}

// ---- the queue and the workers ----

template <typename Number>
void write_one(Writer& out, std::string_view name, std::string_view type, std::string_view help,
               Number value) {
    out.family(name, type, help);
    out.sample({}, value);
}

void write_queue(Writer& out, const Queue& queue) {
    write_one(out, "aep_queue_entries", "gauge", "Requests that wait for their delivery.", queue.entries);
    write_one(out, "aep_queue_bytes", "gauge", "Bytes of the requests that wait.", queue.bytes);
    write_one(out, "aep_queue_limit_bytes", "gauge", "Bytes that the queue may hold (max_size).",
              queue.limit_bytes);
    write_one(out, "aep_queue_oldest_age_seconds", "gauge", "Age of the oldest request that waits; 0: none.",
              queue.oldest_age);
    write_one(out, "aep_queue_delivered_total", "counter", "Events that Edge took after they had waited.",
              queue.delivered);
    write_one(out, "aep_queue_retries_total", "counter", "Deliveries that have to be tried again.",
              queue.retries);
    write_one(out, "aep_dead_letters", "gauge", "Dead letters that wait for an operator.",
              queue.dead_letters);
    write_one(out, "aep_dead_letter_bytes", "gauge", "Bytes of the dead letters.", queue.dead_letter_bytes);
    write_one(out, "aep_dead_letters_discarded_total", "counter",
              "Dead letters beyond their limit, thrown away.", queue.discarded_dead_letters);
    if (queue.disk_size_bytes && queue.disk_free_bytes) {
        write_one(out, "aep_queue_disk_free_bytes", "gauge", "Bytes free on the queue's disk.",
                  *queue.disk_free_bytes);
        write_one(out, "aep_queue_disk_size_bytes", "gauge", "Size of the queue's disk.",
                  *queue.disk_size_bytes);
    }
}

void write_broker(Writer& out, const Broker& broker) {
    write_one(out, "aep_broker_workers_connected", "gauge",
              "Workers that can publish to the broker of the fleet.", broker.workers_connected);
    out.family("aep_broker_confirm_duration_seconds", "summary",
               "Time from publishing a request until the broker has confirmed it.");
    out.sample("_sum", {}, broker.confirm_time);
    out.sample("_count", {}, broker.confirms);
    write_one(out, "aep_broker_refused_total", "counter", "Requests that the broker did not take.",
              broker.refused);
    write_one(out, "aep_broker_unconfirmed_total", "counter",
              "Requests without the broker's answer in time: they may come twice.", broker.unconfirmed);
    write_one(out, "aep_broker_reconnects_total", "counter",
              "Connections to the broker that were made again.", broker.reconnects);
    out.family("aep_broker_queue_entries", "gauge",
               "Requests that wait in the broker, for any node: every node tells the same.");
    for (const BrokerQueue& queue : broker.queues) {
        out.sample({{"queue", queue.queue}}, queue.entries);
    }
    out.family("aep_broker_queue_consumers", "gauge", "Workers of all nodes that consume a queue.");
    for (const BrokerQueue& queue : broker.queues) {
        out.sample({{"queue", queue.queue}}, queue.consumers);
    }
}

void write_workers(Writer& out, const Model& model) {
    std::uint64_t stuck = 0;
    double sync = 0;
    for (const Worker& worker : model.workers) {
        stuck += worker.state == WorkerState::stuck ? 1 : 0;
        sync = std::max(sync, worker.queue.sync);
    }
    write_one(out, "aep_queue_sync_seconds", "gauge",
              "The longest of the workers' last writes to the queue's disk.", sync);
    write_one(out, "aep_workers", "gauge", "Workers that serve websites.", model.workers.size());
    write_one(out, "aep_workers_stuck", "gauge", "Workers that have not been heard of for ten seconds.",
              stuck);
    write_one(out, "aep_events_under_way", "gauge", "Events whose outcome is not known yet.",
              model.events.under_way);
    write_one(out, "aep_events_interrupted_total", "counter",
              "Events, never acknowledged, whose worker was killed before their outcome was known.",
              model.events.interrupted);
}

/// What a counter of the zone counts.
std::string_view help_of(std::string_view name) noexcept {
    constexpr std::array kHelp = std::to_array<std::pair<std::string_view, std::string_view>>({
#define AEP_COUNTER(name, label, help) {label, help},
        AEP_COUNTERS(AEP_COUNTER)
#undef AEP_COUNTER
    });
    const auto* const found =
        std::ranges::find(kHelp, name, &std::pair<std::string_view, std::string_view>::first);
    return found == kHelp.end() ? name : found->second;
}

/// The zone's plain counters that no family above tells in more detail.
void write_counters(Writer& out, const Model& model) {
    constexpr std::array<std::string_view, 7> kToldBefore{"requests_total",
                                                          "events_total",
                                                          "retries_total",
                                                          "dead_letters_total",
                                                          "discarded_dead_letters_total",
                                                          "delivered_total",
                                                          "queued_total"};
    for (const Count& counter : model.counters) {
        bool is_told = false;
        for (const std::string_view name : kToldBefore) {
            is_told = is_told || counter.name == name;
        }
        if (!is_told) {
            const std::string name = "aep_" + counter.name;
            write_one(out, name, "counter", help_of(counter.name), counter.count);
        }
    }
}

}  // namespace

std::string render_prometheus(const Model& model) {
    Writer out;
    out.family("aep_build_info", "gauge", "Versions of what runs.");
    out.sample({{"version", model.module.version}, {"nginx", model.module.nginx}, {"sdk", model.module.sdk}},
               1);
    write_pages(out, model);
    write_events(out, model);
    write_traffic(out, model);
    write_dead_letters(out, model);
    write_documents(out, model);
    write_hosts(out, model);
    write_queue(out, model.queue);
    if (model.broker) {
        write_broker(out, *model.broker);
    }
    write_workers(out, model);
    write_counters(out, model);
    return out.take();
}

}  // namespace aep::status
