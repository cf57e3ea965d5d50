#include "status/website_sentence.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "status/words.hpp"

namespace aep::status {
namespace {

constexpr std::string_view kPeriod = " in the last 5 minutes";

/// Why a page that could have a tag has none, and what helps.
struct MissingTag {
    std::string_view name;  ///< as `$aep_tag` says it
    std::string_view reason;
    std::string_view remedy;
};

constexpr std::array<MissingTag, 7> kMissingTags{{
    {"off", "\"aep_inject\" is off for them",
     "Set \"aep_inject on\" where the shop's pages are, or look at the variable that decides."},
    {"policy", "their Content-Security-Policy would block it",
     "Let the policy allow it: script-src 'self' and connect-src 'self' are enough."},
    {"encoded", "they come compressed in a way that the module cannot decode",
     "Set \"proxy_set_header Accept-Encoding 'gzip, br'\" where nginx asks the shop."},
    {"no_head", "no place for it was found in their head",
     "Look at their source: the head must begin in the first megabyte, and be closed."},
    {"charset", "their encoding is not compatible with ASCII", "Let the shop send UTF-8."},
    {"amp", "they are AMP pages, which allow no script of others", ""},
    {"error", "nginx had no memory for it", "Look at nginx's error log."},
}};

constexpr std::array<std::string_view, 3> kTagged{"injected", "deferred", "tagged"};

std::uint64_t pages_with_tag(const Website& website) {
    std::uint64_t sum = 0;
    for (const Count& pages : website.pages) {
        sum += std::ranges::count(kTagged, pages.name) > 0 ? pages.count : 0;
    }
    return sum;
}

std::uint64_t all_pages(const Website& website) {
    std::uint64_t sum = 0;
    for (const Count& pages : website.pages) {
        sum += pages.count;
    }
    return sum;
}

/// Events of every outcome; an identity that was answered here is none.
std::uint64_t all_events(const LastFiveMinutes& last) {
    return last.delivered + last.queued + last.unavailable + last.consent + last.rejected + last.duplicate;
}

/// The most frequent reason why pages have no tag; null where none of them could have one.
const MissingTag* most_frequent_reason(const Website& website, std::uint64_t& count) {
    const MissingTag* most = nullptr;
    for (const Count& pages : website.pages) {
        const auto* reason = std::ranges::find(kMissingTags, pages.name, &MissingTag::name);
        if (reason != kMissingTags.end() && pages.count > count) {
            most = reason;
            count = pages.count;
        }
    }
    return most;
}

const Host* host_of(const Website& website, const Model& model) {
    const auto found = std::ranges::find(model.hosts, website.host, &Host::host);
    return found == model.hosts.end() ? nullptr : &*found;
}

/// No events lately: perhaps because no page makes any.
Sentence silent(const Website& website, const Model& model) {
    if (const std::uint64_t later = website.last_5_minutes.delivered_later; later > 0) {
        return {State::ok, website.website,
                "No new events" + std::string(kPeriod) + "; the queue has delivered " + number(later) +
                    " that waited.",
                ""};
    }
    if (pages_with_tag(website) == 0) {
        std::uint64_t count = 0;
        if (const MissingTag* reason = most_frequent_reason(website, count); reason != nullptr) {
            return {State::warning, website.website,
                    "No events, as no page has the tag: " + counted(count, "page has", "pages have") +
                        " none because " + std::string(reason->reason) + ".",
                    std::string(reason->remedy)};
        }
    }
    if (website.last_event) {
        return {State::idle, website.website,
                "No events" + std::string(kPeriod) + "; the last one came " +
                    duration(model.time - *website.last_event) + " ago.",
                ""};
    }
    if (const std::uint64_t tagged = pages_with_tag(website); tagged > 0) {
        constexpr std::uint64_t kAFew = 20;
        return {
            tagged < kAFew ? State::idle : State::warning, website.website,
            counted(tagged, "page has", "pages have") + " the tag, but no event has come yet.",
            "Open a page of the website with the browser's console and network panel: something may block "
            "the script, or visitors have not consented yet."};
    }
    return {State::idle, website.website,
            all_pages(website) == 0
                ? "No pages and no events yet."
                : "No events yet: " + counted(all_pages(website), "answer has", "answers have") +
                      " passed, none of them an HTML page.",
            "Open a page of the website in a browser, through this nginx."};
}

/// The status with which most of a website's refused events among the last ones were answered; 0: not known.
std::uint32_t most_frequent_refusal(const Website& website, const Model& model) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> counts;  // status, how many
    for (const LastEvent& event : model.last_events) {
        if (event.outcome != "rejected" || event.website != website.website ||
            event.datastream != website.datastream) {
            continue;
        }
        const auto known =
            std::ranges::find(counts, event.status, [](const auto& each) { return each.first; });
        if (known == counts.end()) {
            counts.emplace_back(event.status, 1);
        } else {
            ++known->second;
        }
    }
    const auto most = std::ranges::max_element(counts, {}, [](const auto& each) { return each.second; });
    return most == counts.end() ? 0 : most->first;
}

std::string remedy_of_refusal(std::uint32_t status) {
    constexpr std::string_view kPlace = " (Data Collection, Datastreams).";
    switch (status) {
        case 400:
            return "Compare \"aep_datastream_id\" with the datastream's ID" + std::string(kPlace) +
                   " If that is right, the events themselves are wrong: nginx's error log has the details.";
        case 401:
        case 403:
            return "Compare \"aep_organization_id\" and \"aep_edge_credentials\" with the datastream's owner "
                   "and "
                   "access type" +
                   std::string(kPlace);
        case 404:
            return "Compare \"aep_datastream_id\" with the datastream's ID, and \"aep_edge\" with Edge's "
                   "host.";
        case 413:
            return "The events are too large: let the shop send less with each.";
        case 422:
            return "Enable the datastream, and add the service Adobe Experience Platform with an event "
                   "dataset" +
                   std::string(kPlace);
        default:
            return "nginx's error log names the reason of the first refusal, and where to look.";
    }
}

/// "12 of 412 events in the last 5 minutes", or "All 12 events ..." or "The only event ...".
std::string share(std::uint64_t part, std::uint64_t all) {
    if (part < all) {
        return number(part) + " of " + counted(all, "event", "events") + std::string(kPeriod);
    }
    return (all == 1 ? "The only event" : "All " + counted(all, "event", "events")) + std::string(kPeriod);
}

Sentence refused(const Website& website, const Model& model, std::uint64_t all) {
    const LastFiveMinutes& last = website.last_5_minutes;
    const std::uint32_t status = most_frequent_refusal(website, model);
    return {last.rejected * 2 >= all ? State::error : State::warning, website.website,
            share(last.rejected, all) + (last.rejected == 1 ? " was" : " were") + " refused" +
                (status == 0 ? "" : ", most often with status " + std::to_string(status)) + ".",
            remedy_of_refusal(status)};
}

bool is_away(const Website& website, const Model& model) {
    const Host* host = host_of(website, model);
    return host != nullptr && !host->up;
}

/// Events of the last minutes that the queue still has, as far as the numbers tell.
std::uint64_t waiting_events(const Website& website, const Model& model) noexcept {
    const LastFiveMinutes& last = website.last_5_minutes;
    const std::uint64_t waiting = last.queued - std::min(last.queued, last.delivered_later);
    return std::min(waiting, model.queue.entries);
}

Sentence queued(const Website& website, const Model& model, std::uint64_t waiting, std::uint64_t all) {
    return {State::warning, website.website,
            share(waiting, all) + (waiting == 1 ? " waits" : " wait") + " in the queue, because Edge " +
                (is_away(website, model) ? "is away."
                                         : "could not take " + std::string(waiting == 1 ? "it." : "them.")),
            "Nothing is lost: the queue delivers as soon as Edge takes events. If that lasts, check the "
            "connection."};
}

/// Events of the last minutes that Edge refused after they had been in the queue, as far as the numbers tell.
std::uint64_t dead_events(const Website& website, std::uint64_t waiting) noexcept {
    const LastFiveMinutes& last = website.last_5_minutes;
    std::uint64_t letters = 0;
    for (const Count& each : website.dead_letters) {
        letters += each.count;
    }
    return std::min(letters, last.queued - std::min(last.queued, last.delivered_later + waiting));
}

Sentence died(const Website& website, const Model& model, std::uint64_t dead, std::uint64_t all) {
    const std::string text = share(dead, all) + (dead == 1 ? " was" : " were") +
                             " refused by Edge, and became " +
                             (dead == 1 ? "a dead letter." : "dead letters.");
    if (model.queue.dead_letters == 0) {
        return {State::idle, website.website, text, "None is left: they have been requeued or discarded."};
    }
    return {dead * 2 >= all ? State::error : State::warning, website.website, text,
            "Look at their reasons, under \"Dead letters\" at the end of this page."};
}

Sentence unavailable(const Website& website, const Model& model, std::uint64_t all) {
    const std::uint64_t count = website.last_5_minutes.unavailable;
    return {State::error, website.website,
            share(count, all) + (count == 1 ? " was" : " were") +
                " refused with 503: neither Edge nor the queue could take " + (count == 1 ? "it." : "them."),
            model.queue.on ? "Look at the queue below, at the room on its disk, and at nginx's error log."
                           : "Turn the queue on (\"aep_queue\"), so that events wait while Edge is away."};
}

Sentence flowing(const Website& website, std::uint64_t waiting, std::uint64_t dead, std::uint64_t all) {
    const LastFiveMinutes& last = website.last_5_minutes;
    const std::uint64_t delivered = last.delivered + last.queued - waiting - dead;
    std::string text = counted(all, "event", "events") + std::string(kPeriod);
    if (delivered == all) {
        text += all == 1 ? ", delivered." : ", all delivered.";
        return {State::ok, website.website, text, ""};
    }
    std::string separator = ": ";
    const auto add = [&](std::uint64_t count, std::string_view what) {
        if (count > 0) {
            text += separator + number(count) + ' ' + std::string(what);
            separator = ", ";
        }
    };
    add(delivered, "delivered");
    add(waiting, "in the queue just now");
    add(last.consent, "not sent for want of consent");
    add(last.duplicate, last.duplicate == 1 ? "a repeat of another" : "repeats of others");
    add(last.rejected + dead, "refused");
    if (last.consent == all) {
        return {State::idle, website.website, text + '.',
                "If visitors have consented, look at \"aep_default_consent\" and at the consent banner."};
    }
    return {State::ok, website.website, text + '.', ""};
}

}  // namespace

Sentence website_sentence(const Website& website, const Model& model) {
    constexpr std::uint64_t kNoticeable = 10;  // one in so many
    const LastFiveMinutes& last = website.last_5_minutes;
    const std::uint64_t all = all_events(last);
    if (all == 0) {
        return silent(website, model);
    }
    if (last.unavailable > 0) {
        return unavailable(website, model, all);
    }
    // Some requests of robots and of browsers' extensions are always refused.
    if (last.rejected * kNoticeable >= all) {
        return refused(website, model, all);
    }
    // Back office events pass through the queue, and are there for a moment.
    constexpr double kMoment = 30;
    const std::uint64_t waiting = waiting_events(website, model);
    if (waiting > 0 && (is_away(website, model) || model.queue.oldest_age >= kMoment)) {
        return queued(website, model, waiting, all);
    }
    const std::uint64_t dead = dead_events(website, waiting);
    if (dead * kNoticeable >= all) {
        return died(website, model, dead, all);
    }
    return flowing(website, waiting, dead, all);
}

}  // namespace aep::status
