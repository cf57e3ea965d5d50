#include "status/json.hpp"

#include "status/json_writer.hpp"

namespace aep::status {
namespace {

constexpr int kVersion = 1;

template <typename List, typename Write>
void write_list(JsonWriter& json, std::string_view name, const List& list, Write write) {
    json.name(name);
    json.open('[');
    for (const auto& each : list) {
        json.open('{');
        write(each);
        json.close('}');
    }
    json.close(']');
}

/// Counts with the name of what names them: `tag`, `status`.
void write_counts(JsonWriter& json, std::string_view name, std::string_view key,
                  const std::vector<Count>& counts) {
    write_list(json, name, counts, [&](const Count& each) {
        json.member(key, each.name);
        json.member("count", each.count);
    });
}

void write_outcomes(JsonWriter& json, std::string_view name, std::string_view key,
                    const std::vector<OutcomeCount>& counts) {
    write_list(json, name, counts, [&](const OutcomeCount& each) {
        json.member(key, each.name);
        json.member("outcome", each.outcome);
        json.member("count", each.count);
    });
}

void write_build(JsonWriter& json, const Build& build) {
    json.name("module");
    json.open('{');
    json.member("version", build.version);
    json.member("nginx", build.nginx);
    json.member("sdk", build.sdk);
    json.member("alloy", build.alloy);
    json.member("collector", build.collector);
    json.close('}');
}

void write_last_5_minutes(JsonWriter& json, const LastFiveMinutes& last) {
    json.name("last_5_minutes");
    json.open('{');
    json.member("delivered", last.delivered);
    json.member("queued", last.queued);
    json.member("local", last.local);
    json.member("unavailable", last.unavailable);
    json.member("consent", last.consent);
    json.member("rejected", last.rejected);
    json.member("duplicate", last.duplicate);
    json.member("delivered_later", last.delivered_later);
    json.close('}');
}

void write_website(JsonWriter& json, const Website& website) {
    json.member("website", website.website);
    json.member("datastream", website.datastream);
    json.member("configured", website.configured);
    json.member("host", website.host);
    json.member("last_event", website.last_event);
    write_last_5_minutes(json, website.last_5_minutes);
    write_counts(json, "pages", "tag", website.pages);
    write_outcomes(json, "events", "type", website.events);
    write_outcomes(json, "requests", "action", website.requests);
    write_list(json, "documents", website.documents, [&](const DocumentCount& each) {
        json.member("event", each.event);
        json.member("result", each.result);
        json.member("count", each.count);
    });
    write_counts(json, "dead_letters", "status", website.dead_letters);
    json.member("delivered_later", website.delivered_later);
    json.name("bytes");
    json.open('{');
    json.member("received", website.bytes.received);
    json.member("sent", website.bytes.sent);
    json.close('}');
}

void write_host(JsonWriter& json, const Host& host) {
    json.member("host", host.host);
    json.member("up", host.up);
    json.member("requests_in_flight", host.requests_in_flight);
    write_counts(json, "responses", "status", host.responses);
    json.name("duration");
    json.open('{');
    json.member("count", host.duration.count);
    json.member("sum", host.duration.sum);
    write_list(json, "buckets", host.duration.buckets, [&](const Bucket& each) {
        json.member("le", each.le);
        json.member("count", each.count);
    });
    json.close('}');
}

void write_queue(JsonWriter& json, const Queue& queue) {
    json.name("queue");
    json.open('{');
    json.member("on", queue.on);
    json.member("broker", queue.broker);
    json.member("directory", queue.directory);
    json.member("entries", queue.entries);
    json.member("bytes", queue.bytes);
    json.member("limit_bytes", queue.limit_bytes);
    json.member("oldest_age", queue.oldest_age);
    json.member("delivered", queue.delivered);
    json.member("retries", queue.retries);
    json.member("dead_letters", queue.dead_letters);
    json.member("dead_letter_bytes", queue.dead_letter_bytes);
    json.member("discarded_dead_letters", queue.discarded_dead_letters);
    json.member("disk_free_bytes", queue.disk_free_bytes);
    json.member("disk_size_bytes", queue.disk_size_bytes);
    json.close('}');
}

void write_broker(JsonWriter& json, const Broker& broker) {
    json.name("broker");
    json.open('{');
    json.member("nodes", broker.nodes);
    json.member("workers_connected", broker.workers_connected);
    json.member("confirms", broker.confirms);
    json.member("confirm_time", broker.confirm_time);
    json.member("refused", broker.refused);
    json.member("unconfirmed", broker.unconfirmed);
    json.member("reconnects", broker.reconnects);
    write_list(json, "queues", broker.queues, [&](const BrokerQueue& each) {
        json.member("queue", each.queue);
        json.member("entries", each.entries);
        json.member("consumers", each.consumers);
    });
    json.close('}');
}

void write_totals(JsonWriter& json, const Model& model) {
    json.name("events");
    json.open('{');
    json.member("taken", model.events.taken);
    json.member("under_way", model.events.under_way);
    json.member("interrupted", model.events.interrupted);
    json.close('}');
    json.name("counters");
    json.open('{');
    for (const Count& each : model.counters) {
        json.member(each.name, each.count);
    }
    json.close('}');
}

void write_worker(JsonWriter& json, const Worker& worker) {
    json.member("pid", worker.pid);
    json.member("state", to_string(worker.state));
    json.member("since", worker.since);
    json.member("last_seen", worker.last_seen);
    json.name("edge");
    json.open('{');
    json.member("alive", worker.edge.alive);
    json.member("in_flight", worker.edge.in_flight);
    json.close('}');
    json.name("queue");
    json.open('{');
    json.member("alive", worker.queue.alive);
    json.member("backlog", worker.queue.backlog);
    json.member("sync", worker.queue.sync);
    json.close('}');
    json.member("events_under_way", worker.events_under_way);
}

void write_history(JsonWriter& json, const History& history) {
    json.name("history");
    json.open('{');
    json.member("interval", history.interval);
    write_list(json, "minutes", history.minutes, [&](const Minute& each) {
        json.member("time", each.time);
        json.member("delivered", each.delivered);
        json.member("queued", each.queued);
        json.member("refused", each.refused);
        json.member("other", each.other);
        json.member("delivered_later", each.delivered_later);
        json.member("requests", each.requests);
        json.member("latency", each.latency);
        json.member("queue_entries", each.queue_entries);
    });
    json.close('}');
}

void write_last_event(JsonWriter& json, const LastEvent& event) {
    json.member("time", event.time);
    json.member("website", event.website);
    json.member("datastream", event.datastream);
    json.member("type", event.type);
    json.member("outcome", event.outcome);
    json.member("status", event.status);
    json.member("milliseconds", event.milliseconds);
}

void write_dead_letter(JsonWriter& json, const DeadLetter& letter) {
    json.member("id", letter.id);
    json.member("kind", letter.kind);
    json.member("website", letter.website);
    json.member("datastream", letter.datastream);
    json.member("action", letter.action);
    json.member("status", letter.status);
    json.member("reason", letter.reason);
    json.member("received", letter.received);
    json.member("died", letter.died);
    json.member("bytes", letter.bytes);
    json.member("attempts", letter.attempts);
}

void write_check(JsonWriter& json, const Check& check) {
    json.member("website", check.website);
    json.member("datastream", check.datastream);
    json.member("host", check.host);
    json.member("ok", check.ok);
    json.member("problem", check.problem);
    json.member("text", check.text);
    json.member("seconds", check.seconds);
}

}  // namespace

std::string render_json(const Model& model) {
    JsonWriter json;
    json.open('{');
    json.member("version", kVersion);
    write_build(json, model.module);
    json.member("time", model.time);
    json.member("since", model.since);
    json.member("state", to_string(model.state));
    write_list(json, "sentences", model.sentences, [&](const Sentence& each) {
        json.member("state", to_string(each.state));
        json.member("website", each.website);
        json.member("text", each.text);
        json.member("remedy", each.remedy);
    });
    json.member("token", model.token);
    write_list(json, "websites", model.websites, [&](const Website& each) { write_website(json, each); });
    write_list(json, "hosts", model.hosts, [&](const Host& each) { write_host(json, each); });
    write_queue(json, model.queue);
    if (model.broker) {
        write_broker(json, *model.broker);
    }
    write_totals(json, model);
    write_list(json, "workers", model.workers, [&](const Worker& each) { write_worker(json, each); });
    write_history(json, model.history);
    write_list(json, "last_events", model.last_events,
               [&](const LastEvent& each) { write_last_event(json, each); });
    json.close('}');
    return json.take();
}

std::string render_json(const DeadLetters& list) {
    JsonWriter json;
    json.open('{');
    json.member("version", kVersion);
    write_list(json, "dead_letters", list.dead_letters,
               [&](const DeadLetter& each) { write_dead_letter(json, each); });
    json.member("more", list.more);
    json.close('}');
    return json.take();
}

std::string render_json(const std::vector<Check>& checks) {
    JsonWriter json;
    json.open('{');
    json.member("version", kVersion);
    write_list(json, "checks", checks, [&](const Check& each) { write_check(json, each); });
    json.close('}');
    return json.take();
}

std::string render_count_json(std::uint64_t count) {
    JsonWriter json;
    json.open('{');
    json.member("version", kVersion);
    json.member("count", count);
    json.close('}');
    return json.take();
}

std::string_view to_string(State state) noexcept {
    switch (state) {
        case State::ok:
            return "ok";
        case State::idle:
            return "idle";
        case State::warning:
            return "warning";
        case State::error:
            return "error";
    }
    return {};
}

std::string_view to_string(WorkerState state) noexcept {
    switch (state) {
        case WorkerState::running:
            return "running";
        case WorkerState::exiting:
            return "exiting";
        case WorkerState::stuck:
            return "stuck";
        case WorkerState::gone:
            return "gone";
    }
    return {};
}

}  // namespace aep::status
