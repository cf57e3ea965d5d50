#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "broker_figures.hpp"
#include "last_events.hpp"
#include "latency.hpp"
#include "names.hpp"
#include "outcome.hpp"
#include "worker_lines.hpp"

namespace aep::shared {

/// What operators are shown of what flows: numbers of all workers since the zone was made, in shared memory (all zero:
/// nothing has happened). Of fixed size and without locks, so that a reload keeps them and a worker that is killed leaves
/// them right. Whatever a visitor can make up shares one place with all that is beyond a bound.
///
/// Everything is counted at a place: that of a website with its datastream, of an event's type, and so on.
class Statistics {
  public:
    static constexpr std::size_t kTags = 24;     ///< values of $aep_tag
    static constexpr std::size_t kActions = 8;   ///< of a request at the gateway
    static constexpr std::size_t kMinutes = 64;  ///< that are remembered
    static constexpr std::size_t kUnknownAction = kActions - 1;

    using Counter = std::atomic<std::uint64_t>;
    static_assert(Counter::is_always_lock_free);

    using Websites = Names<256, 160>;  ///< server name, line end, datastream
    using Types = Names<80, 64>;
    using DocumentEvents = Names<32, 48>;
    using Results = Names<8, 16>;
    using Statuses = Names<40, 16>;
    using Hosts = Names<WorkerLines::kHosts, 96>;

    struct Totals {
        std::array<std::uint64_t, kOutcomes> events{};  ///< by Outcome; none: those that the queue delivered

        [[nodiscard]] std::uint64_t of(Outcome outcome) const noexcept {
            return events[static_cast<std::size_t>(outcome)];
        }
        Totals& operator+=(const Totals& other) noexcept {
            for (std::size_t outcome = 0; outcome < kOutcomes; ++outcome) {
                events[outcome] += other.events[outcome];
            }
            return *this;
        }
    };

    /// What is counted for a website with its datastream.
    struct Website {
        std::array<Counter, kTags> pages;
        std::array<std::array<Counter, kOutcomes>, Types::kPlaces> events;
        std::array<std::array<Counter, kOutcomes>, kActions> requests;
        std::array<std::array<Counter, Results::kPlaces>, DocumentEvents::kPlaces> documents;
        std::array<Counter, Statuses::kPlaces> dead_letters;
        std::array<Counter, kOutcomes> totals;  ///< as in Totals
        Counter bytes_received;
        Counter bytes_sent;
        Counter last_event;  ///< ms since 1970
        std::array<std::array<Counter, kOutcomes>, kMinutes>
            minutes;  ///< `totals` as they were when a minute began
    };

    struct Host {
        Latency latency;
        std::array<Counter, Statuses::kPlaces> responses;
    };

    /// What is known of all of it when a minute began.
    struct Minute {
        Counter minute;  ///< since 1970; 0: not known
        Counter requests;
        Counter duration;  ///< microseconds of all requests
        Counter queue_entries;
    };

    // ---- places ----

    /// `is_configured`: by the configuration. What is not gets one of a few places, then the one without a datastream.
    std::size_t website(std::string_view server_name, std::string_view datastream_id,
                        bool is_configured) noexcept;
    /// The one that was first configured with a datastream; kOther: none.
    [[nodiscard]] std::size_t website_of(std::string_view datastream_id) const noexcept;
    /// `event_type`: as it came. Empty: it has none.
    std::size_t type(std::string_view event_type) noexcept;

    struct Label {
        std::string_view server_name;
        std::string_view datastream_id;  ///< empty: any other than those that have a place
    };
    [[nodiscard]] Label label_of(std::size_t website) const noexcept;
    [[nodiscard]] bool is_used(std::size_t website) const noexcept {
        return website == Websites::kOther || !website_names.at(website).empty();
    }

    // ---- counting ----

    void count_page(std::size_t website, std::size_t tag) noexcept {
        add(websites_[website].pages[tag < kTags ? tag : kTags - 1]);
    }
    void count_request(std::size_t website, std::size_t action, Outcome outcome) noexcept {
        add(websites_[website].requests[action][static_cast<std::size_t>(outcome)]);
    }
    void count_events(std::size_t website, std::size_t type, Outcome outcome, std::uint64_t count) noexcept {
        const auto at = static_cast<std::size_t>(outcome);
        add(websites_[website].events[type][at], count);
        add(websites_[website].totals[at], count);
    }
    /// The queue, or a transfer that no page waited for any more, has brought events to Edge.
    void count_delivered_later(std::size_t website, std::uint64_t count) noexcept {
        add(websites_[website].totals[0], count);
    }
    void count_document(std::size_t website, std::string_view event, std::string_view result) noexcept;
    void count_dead_letter(std::size_t website, int status, std::uint64_t count = 1) noexcept;
    void count_bytes_received(std::size_t website, std::uint64_t bytes) noexcept {
        add(websites_[website].bytes_received, bytes);
    }
    void count_bytes_sent(std::size_t website, std::uint64_t bytes) noexcept {
        add(websites_[website].bytes_sent, bytes);
    }
    /// `status`: of the answer, or a word for why there was none.
    void count_response(std::string_view base_url, std::string_view status,
                        std::chrono::microseconds duration) noexcept;
    void count_interrupted(std::uint64_t events) noexcept { add(interrupted_, events); }

    /// `time`: ms since 1970.
    void note_event(const LastEvents::Event& event) noexcept {
        websites_[event.website].last_event.store(event.time, std::memory_order_relaxed);
        last_events.add(event);
    }

    /// Remembers how things are when a minute begins; to be called every second or so, by any number of processes. `now`:
    /// seconds since 1970.
    void keep_minute(std::uint64_t now, std::uint64_t queue_entries) noexcept;

    // ---- reading ----

    [[nodiscard]] const Website& at(std::size_t website) const noexcept { return websites_[website]; }
    [[nodiscard]] const Host& host(std::size_t host) const noexcept { return host_values_[host]; }
    [[nodiscard]] Totals totals(std::size_t website) const noexcept;
    /// The same of all websites together.
    [[nodiscard]] Totals totals() const noexcept;
    /// As they were when a minute began; all zero where it is null.
    [[nodiscard]] Totals totals_at(std::size_t website, const Minute* minute) const noexcept;
    /// What is known of a minute, or of the last one before that is known. Null: nothing is known.
    [[nodiscard]] const Minute* minute_at(std::uint64_t minute) const noexcept;
    [[nodiscard]] std::uint64_t interrupted() const noexcept {
        return interrupted_.load(std::memory_order_relaxed);
    }

    Counter since;  ///< when all this began: ms since 1970
    Websites website_names;
    Types types;
    DocumentEvents document_events;
    Results results;
    Statuses statuses;
    Hosts hosts;
    WorkerLines workers;
    LastEvents last_events;
    BrokerFigures broker;

  private:
    static void add(Counter& counter, std::uint64_t count = 1) noexcept {
        counter.fetch_add(count, std::memory_order_relaxed);
    }

    std::array<Website, Websites::kPlaces> websites_;
    std::array<Counter, Websites::kPlaces>
        datastreams_;  ///< fingerprints of those that are configured; 0: none
    std::array<Host, Hosts::kPlaces> host_values_;
    std::array<Minute, kMinutes> minutes_;
    Counter interrupted_;
};

}  // namespace aep::shared
