#include "shared/statistics.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "text/ascii.hpp"
#include "text/digest.hpp"

namespace aep::shared {
namespace {

constexpr char kSeparator = '\n';
constexpr std::size_t kLongestLabel = 100;  ///< bytes of a server name

/// How many places datastreams that no configuration names may take: a visitor may have made them up.
constexpr std::size_t kMostUnknownWebsites = 64;

/// Event types of Adobe's storefront and back office events, and of the Web SDK itself. They get places whatever types
/// visitors make up before them.
constexpr std::array kKnownTypes = std::to_array<std::string_view>({
    "web.webpagedetails.pageViews",
    "web.webinteraction.linkClicks",
    "commerce.productViews",
    "commerce.productListViews",
    "commerce.productListOpens",
    "commerce.productListAdds",
    "commerce.productListRemovals",
    "commerce.checkouts",
    "commerce.purchases",
    "commerce.saveForLaters",
    "commerce.cartAbandons",
    "searchRequest",
    "searchResponse",
    "userAccount.login",
    "userAccount.logout",
    "userAccount.createProfile",
    "userAccount.updateProfile",
    "decisioning.propositionDisplay",
    "decisioning.propositionInteract",
    "decisioning.propositionFetch",
    "decisioning.propositionDismiss",
    "web.formFilledOut",
    "advertising.clicks",
    "advertising.impressions",
    "directMarketing.emailOpened",
    "commerce.requisitionListOpens",
    "commerce.requisitionListAdds",
    "commerce.requisitionListRemovals",
    "commerce.requisitionListDeletes",
    "media.sessionStart",
    "commerce.backofficeOrderPlaced",
    "commerce.backofficeOrderItemsShipped",
    "commerce.backofficeOrderShipmentCompleted",
    "commerce.backofficeShipmentCompleted",
    "commerce.backofficeOrderInvoiced",
    "commerce.backofficeOrderCancelled",
    "commerce.backofficeCreditMemoIssued",
    "commerce.backofficeOrderItemsReturnInitiated",
    "commerce.backofficeOrderItemsReturnCompleted",
    "userAccount.backofficeCreateProfile",
    "userAccount.backofficeDeleteProfile",
    "userAccount.backofficeUpdateProfile",
});

/// How many of their places other types may take; two more are for "none" and "other".
constexpr std::size_t kMostUnknownTypes = Statistics::Types::kOther - kKnownTypes.size() - 2;

constexpr bool is_plain(char c) noexcept {
    return text::is_letter_or_digit(c) || c == '.' || c == '_' || c == '-';
}

}  // namespace

std::size_t Statistics::website(std::string_view server_name, std::string_view datastream_id,
                                bool is_configured) noexcept {
    std::array<char, Websites::kLongest> name{};
    server_name = server_name.substr(0, kLongestLabel);
    datastream_id = datastream_id.substr(0, name.size() - kLongestLabel - 1);
    char* end = std::ranges::copy(server_name, name.begin()).out;
    *end++ = kSeparator;
    char* const without_datastream = end;
    end = std::ranges::copy(datastream_id, end).out;
    const std::string_view whole(name.data(), static_cast<std::size_t>(end - name.begin()));
    const std::size_t place =
        website_names.place_of(whole, is_configured ? Websites::kOther : kMostUnknownWebsites);
    if (is_configured && place != Websites::kOther && !datastream_id.empty()) {
        datastreams_[place].store(text::fingerprint("datastream", datastream_id), std::memory_order_relaxed);
    }
    if (place == Websites::kOther && !is_configured) {
        return website_names.place_of(
            {name.data(), static_cast<std::size_t>(without_datastream - name.begin())});
    }
    return place;
}

std::size_t Statistics::website_of(std::string_view datastream_id) const noexcept {
    const std::uint64_t key = text::fingerprint("datastream", datastream_id);
    for (std::size_t place = 0; place < Websites::kOther && !website_names.at(place).empty(); ++place) {
        if (datastreams_[place].load(std::memory_order_relaxed) == key) {
            return place;
        }
    }
    return Websites::kOther;
}

Statistics::Label Statistics::label_of(std::size_t website) const noexcept {
    const std::string_view name = website_names.at(website);
    const std::size_t end = name.find(kSeparator);
    if (end == std::string_view::npos) {
        return {.server_name = "other", .datastream_id = {}};
    }
    return {.server_name = name.substr(0, end), .datastream_id = name.substr(end + 1)};
}

std::size_t Statistics::type(std::string_view event_type) noexcept {
    const bool is_good = !event_type.empty() && event_type.size() <= Types::kLongest &&
                         std::ranges::all_of(event_type, is_plain);
    if (!is_good) {
        return types.place_of(event_type.empty() ? "none" : "other");
    }
    const bool is_known = std::ranges::find(kKnownTypes, event_type) != kKnownTypes.end();
    return types.place_of(event_type, is_known ? Types::kOther : kMostUnknownTypes);
}

void Statistics::count_document(std::size_t website, std::string_view event,
                                std::string_view result) noexcept {
    const std::size_t place = document_events.place_of(event.empty() ? "unknown" : event);
    add(websites_[website].documents[place][results.place_of(result)]);
}

void Statistics::count_dead_letter(std::size_t website, int status, std::uint64_t count) noexcept {
    std::array<char, 16> digits{};
    const auto [end, error] = std::to_chars(digits.begin(), digits.end(), status);
    const std::string_view name =
        status == 0 ? std::string_view("none")
                    : std::string_view(digits.data(), static_cast<std::size_t>(end - digits.begin()));
    add(websites_[website].dead_letters[statuses.place_of(name)], count);
}

void Statistics::count_response(std::string_view base_url, std::string_view status,
                                std::chrono::microseconds duration) noexcept {
    Host& host = host_values_[hosts.place_of(base_url)];
    host.latency.add(duration);
    add(host.responses[statuses.place_of(status)]);
}

// ---- minutes ----

void Statistics::keep_minute(std::uint64_t now, std::uint64_t queue_entries) noexcept {
    const std::uint64_t minute = now / 60;
    Minute& place = minutes_[minute % kMinutes];
    if (place.minute.load(std::memory_order_acquire) == minute) {
        return;
    }
    // Another process may do the same at the same time: what both write is right.
    for (std::size_t website = 0; website < Websites::kPlaces; ++website) {
        if (!is_used(website)) {
            continue;
        }
        Website& values = websites_[website];
        for (std::size_t outcome = 0; outcome < kOutcomes; ++outcome) {
            values.minutes[minute % kMinutes][outcome].store(
                values.totals[outcome].load(std::memory_order_relaxed), std::memory_order_relaxed);
        }
    }
    std::uint64_t requests = 0;
    std::uint64_t duration = 0;
    for (const Host& host : host_values_) {
        const Latency::Values values = host.latency.read();
        requests += values.count();
        duration += values.sum;
    }
    place.requests.store(requests, std::memory_order_relaxed);
    place.duration.store(duration, std::memory_order_relaxed);
    place.queue_entries.store(queue_entries, std::memory_order_relaxed);
    place.minute.store(minute, std::memory_order_release);
}

Statistics::Totals Statistics::totals(std::size_t website) const noexcept {
    Totals totals;
    for (std::size_t outcome = 0; outcome < kOutcomes; ++outcome) {
        totals.events[outcome] = websites_[website].totals[outcome].load(std::memory_order_relaxed);
    }
    return totals;
}

Statistics::Totals Statistics::totals() const noexcept {
    Totals sum;
    for (std::size_t website = 0; website < Websites::kPlaces; ++website) {
        sum += totals(website);
    }
    return sum;
}

const Statistics::Minute* Statistics::minute_at(std::uint64_t minute) const noexcept {
    for (std::size_t back = 0; back < kMinutes && back <= minute; ++back) {
        const Minute& place = minutes_[(minute - back) % kMinutes];
        if (place.minute.load(std::memory_order_acquire) == minute - back) {
            return &place;
        }
    }
    return nullptr;
}

Statistics::Totals Statistics::totals_at(std::size_t website, const Minute* minute) const noexcept {
    Totals totals;
    if (minute != nullptr) {
        const std::uint64_t at = minute->minute.load(std::memory_order_relaxed) % kMinutes;
        for (std::size_t outcome = 0; outcome < kOutcomes; ++outcome) {
            totals.events[outcome] = websites_[website].minutes[at][outcome].load(std::memory_order_relaxed);
        }
    }
    return totals;
}

}  // namespace aep::shared
