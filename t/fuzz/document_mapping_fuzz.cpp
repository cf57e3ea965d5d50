// Whatever a back office sends, what leaves is valid, holds nothing empty, and tells nothing in its faults. The first
// byte of an input says which event is named outside of the document, and how the settings are.
#include <jansson.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "backoffice/mapping/document_mapping.hpp"

namespace {

using namespace aep::backoffice::mapping;

constexpr std::int64_t kNow = 1'780'000'000;
constexpr std::string_view kNowInWords = "2026-05-28T20:26:40Z";

struct DropReference {
    void operator()(json_t* value) const noexcept { json_decref(value); }
};
using Tree = std::unique_ptr<json_t, DropReference>;

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

Settings make_settings() {
    Settings settings;
    settings.environment = "6f1c2a94-0b7d-4e58-9a3e-5d20c7b1f846";
    settings.stores["1"] = {"base", "main", "default"};
    settings.labels = std::get<Labels>(parse_labels(R"({
        "configurable_options": {"93": {"label": "color", "values": {"52": "Blue"}}},
        "rma_options": {"reason": {"8": "Wrong Size"}, "condition": {"21": "New"}, "resolution": {"13": "Refund"}},
        "custom_attributes": {
            "order": {"extension_attributes.a": "commerce.order._acme.a.b", "b": "commerce.order._acme.a.c",
                      "custom_attributes.c": {"path": "commerce.order._acme.d", "type": "boolean"}},
            "item": {"a": {"path": "productListItems[]._acme.a", "type": "date"},
                     "b": {"path": "productListItems[]._acme.b", "type": "number"}}}})"));
    return settings;
}

std::string_view text_of(const json_t* object, const char* name) {
    const json_t* const text = json_object_get(object, name);
    return json_is_string(text) ? std::string_view(json_string_value(text), json_string_length(text))
                                : std::string_view();
}

/// XDM takes no null and nothing that is empty.
void check_value(const json_t* value) {
    require(!json_is_null(value));
    require(!json_is_string(value) || json_string_length(value) > 0);
    require(!json_is_object(value) || json_object_size(value) > 0);
    require(!json_is_array(value) || json_array_size(value) > 0);
    std::size_t index = 0;
    json_t* child = nullptr;
    json_array_foreach(value, index, child) {
        check_value(child);
    }
    const char* key = nullptr;
    json_object_foreach(const_cast<json_t*>(value), key, child) {
        check_value(child);
    }
}

bool is_hash(std::string_view text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void check_event(const Outcome& outcome) {
    const Tree event(json_loadb(outcome.xdm.data(), outcome.xdm.size(), JSON_REJECT_DUPLICATES, nullptr));
    require(event != nullptr && json_object_size(event.get()) == 1);
    const json_t* const xdm = json_object_get(event.get(), "xdm");
    check_value(xdm);
    require(is_hash(outcome.id) && text_of(xdm, "_id") == outcome.id);
    require(text_of(xdm, "timestamp").size() == kNowInWords.size() &&
            text_of(xdm, "timestamp") <= kNowInWords);
    const json_t* const map = json_object_get(json_object_get(xdm, "identityMap"), "Email_LC_SHA256");
    require(is_hash(text_of(json_array_get(map, 0), "id")));
    std::size_t index = 0;
    json_t* line = nullptr;
    json_array_foreach(json_object_get(xdm, "productListItems"), index, line) {
        require(!text_of(line, "SKU").empty());
    }
}

bool is_plain(std::string_view text) {
    return text.size() < 512 && std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

void check(const Outcome& outcome) {
    require(is_plain(outcome.reason) && is_plain(outcome.path) && is_plain(outcome.expected));
    const bool is_mapped = outcome.kind == Outcome::Kind::mapped;
    require(is_mapped != outcome.xdm.empty() && is_mapped != outcome.id.empty());
    require((outcome.kind == Outcome::Kind::ignored) != outcome.reason.empty());
    require((outcome.kind == Outcome::Kind::invalid) != outcome.expected.empty());
    if (is_mapped) {
        require(outcome.event.has_value());
        check_event(outcome);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Settings plain = make_settings();
    static const Settings with_profiles = [] {
        Settings settings = make_settings();
        settings.profile_events = true;
        return settings;
    }();
    if (size == 0) {
        return 0;
    }
    constexpr std::size_t kEvents = 11;
    const std::size_t choice = data[0] & 0x0FU;
    const Facts facts{choice < kEvents ? name_of(static_cast<Event>(choice)) : std::string_view(), kNow};
    const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const Settings& settings = (data[0] & 0x10U) == 0 ? with_profiles : plain;
    const Mapped mapped = map_documents(text, settings, facts);
    require(mapped.was_array || mapped.outcomes.size() == 1);
    std::ranges::for_each(mapped.outcomes, check);
    return 0;
}
