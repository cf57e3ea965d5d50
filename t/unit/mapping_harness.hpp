#pragma once

#include <jansson.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "backoffice/mapping/document_mapping.hpp"
#include "expect.hpp"

namespace aep::backoffice::mapping::test {

using aep::test::expect_part;
using aep::test::expect_text;
using aep::test::Where;

struct DropReference {
    void operator()(json_t* json) const noexcept { json_decref(json); }
};
using Tree = std::unique_ptr<json_t, DropReference>;

inline constexpr std::array<std::string_view, 10> kSamples{
    "01-order-placed-guest",
    "03-order-cancelled",
    "04-order-invoiced-partial",
    "05-order-items-shipped-partial",
    "06-order-shipment-completed",
    "07-creditmemo-partial-refund",
    "08-rma-initiated",
    "09-rma-completed",
    "10-account-created",
    "11-order-placed-cloudevent",
};

/// After all samples.
inline constexpr std::int64_t kNow = 1'780'000'000;

inline Tree load_sample(const std::string& name) {
    json_error_t error{};
    Tree tree(json_load_file(("t/backoffice/samples/" + name + ".json").c_str(), 0, &error));
    if (!tree) {
        print_error("%s: %s\n", name.c_str(), error.text);
        fail();
    }
    return tree;
}

inline Tree load_text(std::string_view text) {
    json_error_t error{};
    Tree tree(json_loadb(text.data(), text.size(), JSON_DECODE_ANY, &error));
    if (!tree) {
        print_error("%.*s: %s\n", static_cast<int>(text.size()), text.data(), error.text);
        fail();
    }
    return tree;
}

inline std::string dump(const json_t* json, std::size_t flags = JSON_COMPACT) {
    char* const text = json_dumps(json, flags | JSON_SORT_KEYS | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    std::string copy(text);
    std::free(text);  // jansson's default allocator
    return copy;
}

inline std::string text_of(const json_t* object, const char* name) {
    const char* const text = json_string_value(json_object_get(object, name));
    return text != nullptr ? text : "";
}

/// What all expected events assume.
inline Settings sample_settings() {
    const Tree tree = load_sample("settings");
    Settings settings;
    settings.environment = text_of(tree.get(), "environment_id");
    settings.profile_events = true;
    const char* id = nullptr;
    json_t* store = nullptr;
    json_object_foreach(json_object_get(tree.get(), "stores"), id, store) {
        settings.stores[id] = {text_of(store, "website_code"), text_of(store, "store_code"),
                               text_of(store, "store_view_code")};
    }
    auto labels = parse_labels(dump(tree.get()));
    assert_true(std::holds_alternative<Labels>(labels));
    settings.labels = std::get<Labels>(labels);
    return settings;
}

/// What becomes of a text that is one document.
inline Outcome map_one(std::string_view text, const Settings& settings = sample_settings(),
                       std::string_view event = {}) {
    Mapped mapped = map_documents(text, settings, {event, kNow});
    assert_int_equal(mapped.outcomes.size(), 1);
    return std::move(mapped.outcomes.front());
}

/// What is in the event's "xdm"; fails the test where the document was not mapped.
inline Tree xdm_of(const Outcome& outcome, Where where = Where::here()) {
    if (outcome.kind != Outcome::Kind::mapped) {
        print_error("not mapped: %s%s: %s\n", outcome.reason.c_str(), outcome.path.c_str(),
                    outcome.expected.c_str());
        _fail(where.file, where.line);
    }
    const Tree event = load_text(outcome.xdm);
    return Tree(json_incref(json_object_get(event.get(), "xdm")));
}

/// The value at a path such as `order.items.0.sku`; null where there is none.
inline json_t* at(json_t* json, std::string_view path) {
    while (json != nullptr && !path.empty()) {
        const std::string name(path.substr(0, path.find('.')));
        path.remove_prefix(std::min(name.size() + 1, path.size()));
        json = json_is_array(json) ? json_array_get(json, std::stoul(name))
                                   : json_object_get(json, name.c_str());
    }
    return json;
}

/// A change to a document: the value at the path becomes that JSON text; without one, it goes.
struct Change {
    std::string path;
    std::string json;
};

inline void change(json_t* document, const Change& change) {
    const std::size_t dot = change.path.rfind('.');
    const std::string name = change.path.substr(dot == std::string::npos ? 0 : dot + 1);
    json_t* const parent = dot == std::string::npos ? document : at(document, change.path.substr(0, dot));
    if (json_is_array(parent)) {
        json_array_set_new(parent, std::stoul(name), load_text(change.json).release());
    } else if (change.json.empty()) {
        json_object_del(parent, name.c_str());
    } else {
        json_object_set_new(parent, name.c_str(), load_text(change.json).release());
    }
}

/// A document of a sample, or of the text, with changes.
inline std::string changed(Tree document, const std::vector<Change>& changes) {
    for (const Change& each : changes) {
        change(document.get(), each);
    }
    return dump(document.get());
}

/// What the event that a document becomes has at a path, as JSON; empty where there is nothing.
inline std::string found_at(std::string_view path, std::string_view document, std::string_view event = {},
                            const Settings& settings = sample_settings()) {
    const Tree xdm = xdm_of(map_one(document, settings, event));
    json_t* const value = at(xdm.get(), path);
    return value != nullptr ? dump(value) : "";
}

}  // namespace aep::backoffice::mapping::test
