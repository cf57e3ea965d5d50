#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "status/model.hpp"
#include "status/sentences.hpp"

namespace aep::test {

/// A datastream ID that ends in that digit.
inline std::string datastream(int digit) {
    return "00000000-0000-4000-8000-00000000000" + std::to_string(digit);
}

/// An hour with some 80 events a minute.
inline status::History busy_hour(double now) {
    constexpr int kMinutes = 60;
    status::History history;
    const double first = std::floor(now / kMinutes) * kMinutes - (kMinutes - 1) * 60.0;
    for (int i = 0; i < kMinutes; ++i) {
        status::Minute minute;
        minute.time = first + i * 60.0;
        minute.delivered = static_cast<std::uint64_t>(80 + 30 * std::sin(i / 7.0) + (i * 37) % 11);
        minute.refused = i % 17 == 0 ? 2 : 0;
        minute.other = i % 9 == 0 ? 3 : 0;
        minute.requests = minute.delivered + minute.refused + minute.other;
        minute.latency = 0.04 + 0.01 * std::sin(i / 5.0);
        history.minutes.push_back(minute);
    }
    return history;
}

inline std::vector<status::LastEvent> last_events(double now, const char* outcome, std::uint32_t status) {
    constexpr int kEvents = 200;
    const std::vector<std::string> types{"web.webpagedetails.pageViews", "commerce.productViews",
                                         "commerce.productListAdds", "commerce.purchases"};
    std::vector<status::LastEvent> events;
    events.reserve(kEvents);
    for (int i = 0; i < kEvents; ++i) {
        events.push_back({now - 0.7 * i, i % 3 == 0 ? "outlet.example" : "shop.example",
                          datastream(i % 3 == 0 ? 2 : 1), types[static_cast<std::size_t>(i) % types.size()],
                          i % 50 == 49 ? "rejected" : outcome, i % 50 == 49 ? 400 : status,
                          static_cast<std::uint32_t>(30 + i % 13)});
    }
    return events;
}

inline status::Website website(double now) {
    status::Website shop;
    shop.website = "shop.example";
    shop.datastream = datastream(1);
    shop.host = "edge.adobedc.net";
    shop.last_event = now - 0.7;
    shop.last_5_minutes.delivered = 412;
    shop.pages = {{"injected", 12345}, {"not_html", 801}};
    shop.events = {{"web.webpagedetails.pageViews", "delivered", 5120},
                   {"commerce.purchases", "delivered", 214}};
    shop.requests = {{"interact", "delivered", 5021}, {"collect", "delivered", 313}};
    shop.documents = {{"order.placed", "accepted", 207}};
    shop.bytes = {15123456, 16234567};
    return shop;
}

inline status::Host host() {
    status::Host edge;
    edge.host = "edge.adobedc.net";
    edge.requests_in_flight = 2;
    edge.responses = {{"200", 5334}, {"400", 4}};
    edge.duration = {5338, 224.2, {{0.025, 700}, {0.05, 4200}, {0.1, 5300}, {0.25, 5336}, {10, 5338}}};
    return edge;
}

/// Two websites whose events arrive.
inline status::Model flowing(double now) {
    status::Model model;
    model.module = {"0.1.0", "1.22.1", "0123456789abcdef0123", "2.27.0", "1.9.0"};
    model.time = now;
    model.since = now - 86400;
    model.token = true;
    model.websites = {website(now), website(now)};
    status::Website& outlet = model.websites[1];
    outlet.website = "outlet.example";
    outlet.datastream = datastream(2);
    outlet.last_5_minutes = {};
    outlet.last_5_minutes.delivered = 196;
    outlet.last_5_minutes.rejected = 4;
    outlet.last_5_minutes.consent = 13;
    model.hosts = {host()};
    model.queue.on = true;
    model.queue.limit_bytes = std::uint64_t{1} << 30U;
    model.queue.delivered = 12;
    model.queue.disk_free_bytes = std::uint64_t{40} << 30U;
    model.queue.disk_size_bytes = std::uint64_t{100} << 30U;
    model.events = {5551, 2, 0};
    model.counters = {{"requests_total", 5340}, {"events_total", 5551}};
    for (const int pid : {4711, 4712}) {
        model.workers.push_back(
            {pid, status::WorkerState::running, now - 86400, 0.4, {true, 1}, {true, 0, 0.003}, 1});
    }
    model.history = busy_hour(now);
    model.last_events = last_events(now, "delivered", 200);
    return model;
}

/// Edge has been away for 20 minutes.
inline status::Model outage(double now) {
    constexpr std::size_t kSince = 40;
    status::Model model = flowing(now);
    std::uint64_t waiting = 0;
    for (std::size_t i = kSince; i < model.history.minutes.size(); ++i) {
        status::Minute& minute = model.history.minutes[i];
        minute.queued = minute.delivered;
        minute.delivered = 0;
        minute.latency.reset();
        minute.queue_entries = waiting += minute.queued;
    }
    for (status::Website& website : model.websites) {
        website.last_5_minutes = {};
        website.last_5_minutes.queued = 310;
        website.events.push_back({"commerce.purchases", "queued", 81});
    }
    model.hosts[0].up = false;
    model.hosts[0].responses.push_back({"connect", 41});
    model.queue.entries = waiting;
    model.queue.bytes = waiting * 3000;
    model.queue.oldest_age = 1214;
    model.queue.retries = 512;
    model.queue.disk_free_bytes = std::uint64_t{7} << 30U;
    model.workers[1].state = status::WorkerState::gone;
    model.workers[1].last_seen = 44;
    model.last_events = last_events(now, "queued", 0);
    return model;
}

/// The queue is in a broker that one of two workers cannot use.
inline status::Model in_a_fleet(double now) {
    status::Model model = flowing(now);
    model.queue.broker = "rabbit1.example, rabbit2.example";
    model.queue.directory = "/var/lib/nginx/aep-queue";
    model.broker = status::Broker{
        .nodes = model.queue.broker,
        .workers_connected = 1,
        .confirms = 2000,
        .confirm_time = 8.5,
        .refused = 3,
        .unconfirmed = 2,
        .reconnects = 4,
        .queues = {{"https://edge.adobedc.net", 41, 6}, {"consents", 1, 1}, {"dead letters", 2, 0}}};
    return model;
}

/// A datastream was disabled for a while.
inline status::Model with_dead_letters(double now) {
    status::Model model = flowing(now);
    model.websites[0].dead_letters = {{"422", 3}};
    model.websites[1].dead_letters = {{"500", 1}};
    model.queue.dead_letters = 4;
    model.queue.dead_letter_bytes = 11652;
    model.websites[1].last_5_minutes = {};
    model.websites[1].last_5_minutes.rejected = 21;
    return model;
}

/// nginx has just started with the module, and nobody has opened a page.
inline status::Model empty(double now) {
    status::Model model = flowing(now);
    model.token = false;
    model.since = now - 5;
    model.websites.resize(1);
    model.websites[0] = {};
    model.websites[0].website = "shop.example";
    model.websites[0].datastream = datastream(1);
    model.websites[0].host = "edge.adobedc.net";
    model.hosts.clear();
    model.queue.delivered = 0;
    model.events = {};
    model.counters = {{"requests_total", 0}};
    for (status::Minute& minute : model.history.minutes) {
        minute = {.time = minute.time, .latency = std::nullopt};
    }
    model.last_events.clear();
    return model;
}

inline status::DeadLetters dead_letters(double now) {
    status::DeadLetters list;
    for (const int number : {1, 2, 3}) {
        list.dead_letters.push_back({"3-" + std::to_string(number), "event", "shop.example", datastream(1),
                                     "interact", 422, "EXEG-0004-422: the datastream is disabled", now - 7200,
                                     now - 3600 + number, 2913, 1});
    }
    list.dead_letters.push_back({"4-9", "order", "outlet.example", datastream(2), "collect", 500,
                                 "Edge answered 500 twice", now - 90000, now - 80000, 2913, 2});
    return list;
}

inline std::vector<status::Check> checks() {
    return {{"shop.example", datastream(1), "edge.adobedc.net", true, "none",
             "Edge answered in 0.084 s with an identity.", 0.084},
            {"outlet.example", datastream(2), "edge.adobedc.net", false, "datastream",
             "Edge does not know the datastream: compare \"aep_datastream_id\" with its ID.", 0.061}};
}

/// The model with its sentences.
inline status::Model told(status::Model model) {
    status::add_sentences(model);
    return model;
}

}  // namespace aep::test
