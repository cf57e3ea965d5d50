#include "wire.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <new>
#include <string_view>
#include <utility>

#include "text/json_text.hpp"
#include "text/json_tree.hpp"

namespace aep::queue::amqp {
namespace {

constexpr std::string_view kVersion = "1";
constexpr std::string_view kBackOffice = "back_office";
constexpr std::string_view kStorefront = "storefront";

// What a client's request may bring is far below.
constexpr std::size_t kMostHeaders = 1000;

std::string headers_to_json(const std::vector<std::pair<std::string, std::string>>& headers) {
    std::string json = "[";
    for (const auto& [name, value] : headers) {
        json += json.size() > 1 ? ",[" : "[";
        text::json::append_quoted(json, name);
        json += ',';
        text::json::append_quoted(json, value);
        json += ']';
    }
    return json += ']';
}

/// A string of jansson's, which may hold NUL.
std::optional<std::string> string_of(const json_t* value) {
    if (!json_is_string(value)) {
        return std::nullopt;
    }
    return std::string(json_string_value(value), json_string_length(value));
}

std::optional<std::vector<std::pair<std::string, std::string>>> headers_from_json(std::string_view json) {
    const text::JsonTree tree(json_loadb(json.data(), json.size(), JSON_ALLOW_NUL, nullptr));
    if (!json_is_array(tree.get()) || json_array_size(tree.get()) > kMostHeaders) {
        return std::nullopt;
    }
    std::vector<std::pair<std::string, std::string>> headers;
    for (std::size_t index = 0; index < json_array_size(tree.get()); ++index) {
        const json_t* const pair = json_array_get(tree.get(), index);
        if (!json_is_array(pair) || json_array_size(pair) != 2) {
            return std::nullopt;
        }
        std::optional<std::string> name = string_of(json_array_get(pair, 0));
        std::optional<std::string> value = string_of(json_array_get(pair, 1));
        if (!name || !value) {
            return std::nullopt;
        }
        headers.emplace_back(std::move(*name), std::move(*value));
    }
    return headers;
}

/// Not negative.
template <typename Number>
std::optional<Number> number_of(std::string_view text) noexcept {
    Number number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || text.starts_with('-')) {
        return std::nullopt;
    }
    return number;
}

std::optional<Source> source_of(std::string_view text) noexcept {
    if (text == kBackOffice) {
        return Source::back_office;
    }
    return text == kStorefront ? std::optional(Source::storefront) : std::nullopt;
}

}  // namespace

std::string header_of(const Message& message, std::string_view name) {
    const auto found = std::find_if(message.headers.begin(), message.headers.end(),
                                    [name](const auto& header) { return header.first == name; });
    return found == message.headers.end() ? std::string() : found->second;
}

Message message_of(const Entry& entry) {
    Message message;
    message.headers = {
        {"aep-version", std::string(kVersion)},
        {"aep-lane", entry.lane},
        {"aep-website", entry.website},
        {"aep-action", entry.action},
        {"aep-target", entry.target},
        {"aep-received", std::to_string(entry.received)},
        {"aep-attempts", std::to_string(entry.attempts)},
        {"aep-source", std::string(entry.source == Source::back_office ? kBackOffice : kStorefront)},
        {"aep-due", std::to_string(entry.due)},
        {"aep-headers", headers_to_json(entry.headers)},
    };
    message.body = entry.body;
    return message;
}

std::optional<Entry> entry_of(Message&& message) {
    if (header_of(message, "aep-version") != kVersion) {
        return std::nullopt;
    }
    const auto source = source_of(header_of(message, "aep-source"));
    const auto received = number_of<Time>(header_of(message, "aep-received"));
    const auto due = number_of<Time>(header_of(message, "aep-due"));
    const auto attempts = number_of<std::uint32_t>(header_of(message, "aep-attempts"));
    auto headers = headers_from_json(header_of(message, "aep-headers"));
    Entry entry;
    entry.lane = header_of(message, "aep-lane");
    entry.action = header_of(message, "aep-action");
    entry.target = header_of(message, "aep-target");
    if (!source || !received || !due || !attempts || !headers || entry.lane.empty()) {
        return std::nullopt;
    }
    entry.website = header_of(message, "aep-website");
    entry.source = *source;
    entry.received = *received;
    entry.due = *due;
    entry.attempts = *attempts;
    entry.headers = std::move(*headers);
    entry.body = std::move(message.body);
    return entry;
}

}  // namespace aep::queue::amqp
