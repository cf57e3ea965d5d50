#include "recipient.hpp"

#include <jansson.h>

#include <memory>

namespace aep::backoffice {
namespace {

struct DropReference {
    void operator()(json_t* value) const noexcept { json_decref(value); }
};

bool is_text(const json_t* value, std::string_view text) noexcept {
    return json_is_string(value) &&
           std::string_view(json_string_value(value), json_string_length(value)) == text;
}

bool is_event_for(const json_t* event, std::string_view client_id) noexcept {
    return is_text(json_object_get(event, "recipientclientid"), client_id) ||
           is_text(json_object_get(event, "recipient_client_id"), client_id);
}

}  // namespace

bool is_for_client(std::string_view json, std::string_view client_id) noexcept {
    const std::unique_ptr<json_t, DropReference> root(
        json_loadb(json.data(), json.size(), JSON_REJECT_DUPLICATES, nullptr));
    if (!json_is_array(root.get())) {
        return is_event_for(root.get(), client_id);
    }
    std::size_t index = 0;
    const json_t* event = nullptr;
    json_array_foreach(root.get(), index, event) {
        if (!is_event_for(event, client_id)) {
            return false;
        }
    }
    return json_array_size(root.get()) != 0;
}

}  // namespace aep::backoffice
