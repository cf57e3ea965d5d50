#include "recipient.hpp"

#include <variant>

#include "backoffice/mapping/json_document.hpp"

namespace aep::backoffice {
namespace {

bool is_text(const json_t* value, std::string_view text) noexcept {
    return json_is_string(value) &&
           std::string_view(json_string_value(value), json_string_length(value)) == text;
}

bool is_event_for(const json_t* event, std::string_view client_id) noexcept {
    return is_text(json_object_get(event, "recipientclientid"), client_id) ||
           is_text(json_object_get(event, "recipient_client_id"), client_id);
}

}  // namespace

bool is_for_client(std::string_view json, std::string_view client_id) {
    const auto parsed = mapping::parse_json(json);
    const auto* root = std::get_if<mapping::Json>(&parsed);
    if (root == nullptr || !json_is_array(root->get())) {
        return root != nullptr && is_event_for(root->get(), client_id);
    }
    std::size_t index = 0;
    const json_t* event = nullptr;
    json_array_foreach(root->get(), index, event) {
        if (!is_event_for(event, client_id)) {
            return false;
        }
    }
    return json_array_size(root->get()) != 0;
}

}  // namespace aep::backoffice
