#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aep::status {

/// How well something works, from best to worst.
enum class State : std::uint8_t { ok, idle, warning, error };

/// What an operator should know of one thing: what happens and what was expected, and what to do about it.
struct Sentence {
    State state = State::ok;
    std::string website;  ///< empty where it is about no website
    std::string text;
    std::string remedy;  ///< empty where there is nothing to do
};

/// A number under a name: a value of `$aep_tag`, a status of dead letters or of transfers, a counter.
struct Count {
    std::string name;
    std::uint64_t count = 0;
};

/// What became of events of one type, or of requests of one action.
struct OutcomeCount {
    std::string name;
    std::string outcome;  ///< delivered, queued, local, unavailable, consent, rejected, duplicate, lost
    std::uint64_t count = 0;
};

/// What became of the back office's documents of one event.
struct DocumentCount {
    std::string event;
    std::string result;
    std::uint64_t count = 0;
};

/// Events of the last five minutes by their outcome.
struct LastFiveMinutes {
    std::uint64_t delivered = 0;
    std::uint64_t queued = 0;
    std::uint64_t local = 0;
    std::uint64_t unavailable = 0;
    std::uint64_t consent = 0;
    std::uint64_t rejected = 0;
    std::uint64_t duplicate = 0;
    std::uint64_t delivered_later = 0;
};

/// Counted in bytes.
struct Traffic {
    std::uint64_t received = 0;
    std::uint64_t sent = 0;
};

/// What one website does with one datastream.
struct Website {
    std::string website;  ///< its `server_name`
    std::string datastream;
    bool configured = true;  ///< false where only the counters remember it
    std::string host;        ///< of Edge
    std::optional<double> last_event;
    LastFiveMinutes last_5_minutes;
    std::vector<Count> pages;  ///< by `$aep_tag`
    std::vector<OutcomeCount> events;
    std::vector<OutcomeCount> requests;
    std::vector<DocumentCount> documents;
    std::vector<Count> dead_letters;    ///< by status
    std::uint64_t delivered_later = 0;  ///< events that the queue delivered
    Traffic bytes;
};

/// How many transfers took at most so long.
struct Bucket {
    double le = 0;
    std::uint64_t count = 0;
};

/// A histogram of seconds; its buckets are cumulative, and what is above the last is in `count` alone.
struct Histogram {
    std::uint64_t count = 0;
    double sum = 0;
    std::vector<Bucket> buckets;
};

/// A host of Edge as all workers see it.
struct Host {
    std::string host;
    bool up = true;  ///< false while a breaker is open
    std::uint64_t requests_in_flight = 0;
    std::vector<Count> responses;  ///< by status, or by why there is none: resolve, connect, timeout, ...
    Histogram duration;
};

/// The embedded queue of all workers.
struct Queue {
    bool on = false;
    std::string broker;     ///< its nodes; empty: there is none
    std::string directory;  ///< the queue's, or where it is kept while the broker is away; empty: none
    std::uint64_t entries = 0;
    std::uint64_t bytes = 0;
    std::uint64_t limit_bytes = 0;  ///< 0: there is none
    double oldest_age = 0;          ///< in seconds; 0 where nothing waits
    std::uint64_t delivered = 0;
    std::uint64_t retries = 0;
    std::uint64_t dead_letters = 0;
    std::uint64_t dead_letter_bytes = 0;
    std::uint64_t discarded_dead_letters = 0;
    std::optional<std::uint64_t> disk_free_bytes;
    std::optional<std::uint64_t> disk_size_bytes;
};

/// A queue in the broker, or several of one purpose.
struct BrokerQueue {
    std::string queue;  ///< an Edge's base URL with or without a datastream, "consents" or "dead letters"
    std::uint64_t entries = 0;    ///< that wait, for any node
    std::uint32_t consumers = 0;  ///< workers of all nodes
};

/// The broker that keeps the queue of all nodes, as this one sees it.
struct Broker {
    std::string nodes;
    std::uint64_t workers_connected = 0;  ///< of this node
    std::uint64_t confirms = 0;
    double confirm_time = 0;  ///< seconds of all confirms together
    std::uint64_t refused = 0;
    std::uint64_t unconfirmed = 0;
    std::uint64_t reconnects = 0;
    std::vector<BrokerQueue> queues;
};

/// `taken` is the sum of all outcomes, of those under way, and of those whose worker was killed.
struct Events {
    std::uint64_t taken = 0;
    std::uint64_t under_way = 0;
    std::uint64_t interrupted = 0;
};

enum class WorkerState : std::uint8_t { running, exiting, stuck, gone };

/// A worker's thread that transfers to Edge.
struct EdgeEngine {
    bool alive = true;
    std::uint64_t in_flight = 0;
};

/// A worker's thread that keeps the queue.
struct QueueEngine {
    bool alive = true;
    std::uint64_t backlog = 0;
    double sync = 0;  ///< seconds that the last write to the disk took
};

struct Worker {
    std::int64_t pid = 0;
    WorkerState state = WorkerState::running;
    double since = 0;
    double last_seen = 0;  ///< seconds ago
    EdgeEngine edge;
    QueueEngine queue;
    std::uint64_t events_under_way = 0;
};

/// What happened in one minute.
struct Minute {
    double time = 0;  ///< when it began
    std::uint64_t delivered = 0;
    std::uint64_t queued = 0;
    std::uint64_t refused = 0;
    std::uint64_t other = 0;
    std::uint64_t delivered_later = 0;
    std::uint64_t requests = 0;
    std::optional<double> latency;  ///< mean seconds of a transfer to Edge
    std::uint64_t queue_entries = 0;
};

/// The last hour, oldest minute first, without gaps.
struct History {
    std::uint32_t interval = 60;
    std::vector<Minute> minutes;
};

/// One of the last events; nothing of a person is in it.
struct LastEvent {
    double time = 0;
    std::string website;
    std::string datastream;
    std::string type;
    std::string outcome;
    std::uint32_t status = 0;  ///< 0: there was no answer
    std::uint32_t milliseconds = 0;
};

/// Versions of what runs.
struct Build {
    std::string version;
    std::string nginx;
    std::string sdk;
    std::string alloy;
    std::string collector;
};

/// Everything that the status says, in each of its forms. Times are seconds since 1970.
struct Model {
    Build module;
    double time = 0;
    double since = 0;  ///< when the counters began
    State state = State::ok;
    std::vector<Sentence> sentences;
    bool token = false;  ///< whether there is one with which dead letters can be handled
    std::vector<Website> websites;
    std::vector<Host> hosts;
    Queue queue;
    std::optional<Broker> broker;  ///< nothing: the queue is this node's own
    Events events;
    std::vector<Count> counters;
    std::vector<Worker> workers;
    History history;
    std::vector<LastEvent> last_events;  ///< newest first
};

/// An event or order that Edge refused for good, and that waits for the operator.
struct DeadLetter {
    std::string id;
    std::string kind;
    std::string website;
    std::string datastream;
    std::string action;
    std::uint32_t status = 0;
    std::string reason;
    double received = 0;
    double died = 0;
    std::uint64_t bytes = 0;
    std::uint32_t attempts = 0;
};

/// A part of the list of dead letters; `more` where there are others behind it.
struct DeadLetters {
    std::vector<DeadLetter> dead_letters;
    bool more = false;
};

/// What came of asking Edge for an identity in a website's name.
struct Check {
    std::string website;
    std::string datastream;
    std::string host;
    bool ok = false;
    std::string problem;
    std::string text;
    double seconds = 0;
};

}  // namespace aep::status
