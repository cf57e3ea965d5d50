#include "labels.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>

#include "json_document.hpp"
#include "text/ascii.hpp"
#include "text/printable.hpp"

namespace aep::backoffice::mapping {
namespace {

constexpr std::size_t kMaxLabel = 256;
constexpr std::size_t kMaxEventType = 128;
constexpr std::size_t kMaxAttributes = 100;

std::string quoted(std::string_view name) {
    return '"' + text::printable(name, kMaxLabel) + '"';
}

std::string_view kind_of(const json_t* value) noexcept {
    switch (json_typeof(value)) {
        case JSON_OBJECT:
            return "an object";
        case JSON_ARRAY:
            return "an array";
        case JSON_STRING:
            return json_string_length(value) == 0 ? "an empty string" : "a string";
        case JSON_INTEGER:
        case JSON_REAL:
            return "a number";
        case JSON_NULL:
            return "null";
        default:
            return "a boolean";
    }
}

/// Reads the file's members; the first error is kept, and ends the reading.
class LabelsReader {
  public:
    std::variant<Labels, LabelsError> read(const json_t* root) {
        if (!json_is_object(root)) {
            return LabelsError{"holds " + std::string(kind_of(root)) +
                               R"(: expected an object, such as {"configurable_options": {}})"};
        }
        read_configurable_options(json_object_get(root, "configurable_options"));
        read_rma_options(json_object_get(root, "rma_options"));
        read_event_type(json_object_get(root, "shipment_completed_event_type"));
        read_custom_attributes(json_object_get(root, "custom_attributes"));
        if (!error_.empty()) {
            return LabelsError{std::move(error_)};
        }
        return std::move(labels_);
    }

  private:
    void fail(const std::string& entry, std::string_view what) {
        if (error_.empty()) {
            error_ = entry + ": " + std::string(what);
        }
    }

    void refuse(const std::string& entry, const json_t* found, std::string_view expected) {
        fail(entry, "holds " + std::string(kind_of(found)) + ", expected " + std::string(expected));
    }

    /// Calls on_member(key, value) for what an object holds. What is not there, and `[]`, holds nothing.
    template <typename OnMember>
    void each(const std::string& entry, json_t* object, OnMember&& on_member) {
        if (object == nullptr || (json_is_array(object) && json_array_size(object) == 0)) {
            return;
        }
        if (!json_is_object(object)) {
            refuse(entry, object, "an object");
            return;
        }
        const char* key = nullptr;
        json_t* value = nullptr;
        json_object_foreach(object, key, value) {
            on_member(std::string(key), value);
        }
    }

    std::string label(const std::string& entry, const json_t* value) {
        const std::size_t size = value != nullptr && json_is_string(value) ? json_string_length(value) : 0;
        if (value == nullptr) {
            fail(entry, "is missing, expected a string");
        } else if (size == 0) {
            refuse(entry, value, "a label: a string that is not empty");
        } else if (size > kMaxLabel) {
            fail(entry, "is longer than 256 bytes, expected a label");
        }
        return error_.empty() ? std::string(json_string_value(value), size) : std::string();
    }

    LabelsById labels_by_id(const std::string& entry, json_t* object) {
        LabelsById labels;
        each(entry, object, [&](const std::string& id, const json_t* value) {
            labels[id] = label(entry + "." + quoted(id), value);
        });
        return labels;
    }

    void read_configurable_options(json_t* options) {
        const std::string name = "configurable_options";
        each(name, options, [&](const std::string& id, json_t* option) {
            const std::string entry = name + "." + quoted(id);
            if (!json_is_object(option)) {
                refuse(entry, option, R"(an object, such as {"label": "color", "values": {"52": "Blue"}})");
                return;
            }
            ConfigurableOption& read = labels_.configurable_options[id];
            read.label = label(entry + ".label", json_object_get(option, "label"));
            read.values = labels_by_id(entry + ".values", json_object_get(option, "values"));
        });
    }

    void read_rma_options(json_t* options) {
        const std::string name = "rma_options";
        each(name, options, [&](const std::string& field, json_t* labels) {
            RmaOptions& read = labels_.rma_options;
            LabelsById* const place = field == "reason"       ? &read.reason
                                      : field == "condition"  ? &read.condition
                                      : field == "resolution" ? &read.resolution
                                                              : nullptr;
            if (place != nullptr) {
                *place = labels_by_id(name + "." + field, labels);
            }
        });
    }

    void read_event_type(const json_t* type) {
        if (type == nullptr) {
            return;
        }
        const std::string_view text =
            json_is_string(type) ? std::string_view(json_string_value(type)) : std::string_view();
        const auto may_be_in_type = [](char c) {
            return text::is_letter_or_digit(c) || c == '.' || c == '_';
        };
        if (text.empty() || text.size() > kMaxEventType || !std::ranges::all_of(text, may_be_in_type)) {
            fail("shipment_completed_event_type",
                 "is no event type, expected \"commerce.backofficeOrderShipmentCompleted\" or "
                 "\"commerce.backofficeShipmentCompleted\"");
            return;
        }
        labels_.shipment_completed_event_type = text;
    }

    void read_custom_attributes(json_t* owners) {
        const std::string name = "custom_attributes";
        each(name, owners, [&](const std::string& owner, json_t* attributes) {
            const std::string entry = name + "." + quoted(owner);
            if (owner == "order") {
                labels_.order_attributes = attributes_of(AttributeOwner::order, entry, attributes);
            } else if (owner == "item") {
                labels_.item_attributes = attributes_of(AttributeOwner::item, entry, attributes);
            } else {
                fail(entry, R"(is not known here, expected "order" or "item")");
            }
        });
    }

    std::vector<CustomAttribute> attributes_of(AttributeOwner owner, const std::string& name,
                                               json_t* object) {
        std::vector<CustomAttribute> attributes;
        each(name, object, [&](const std::string& source, const json_t* value) {
            const std::string entry = name + "." + quoted(source);
            attributes.push_back(attribute(owner, entry, source, value));
        });
        if (attributes.size() > kMaxAttributes) {
            fail(name, "holds more than 100 attributes, expected fewer");
        }
        std::ranges::sort(attributes, {}, &CustomAttribute::target);
        check_places(name, attributes);
        return attributes;
    }

    CustomAttribute attribute(AttributeOwner owner, const std::string& entry, std::string_view source,
                              const json_t* value) {
        CustomAttribute attribute;
        const json_t* path = value;
        if (json_is_object(value)) {
            path = json_object_get(value, "path");
            attribute.type = attribute_type(entry, json_object_get(value, "type"));
        }
        if (path == nullptr || !json_is_string(path)) {
            refuse(entry, path != nullptr ? path : value,
                   R"(an XDM path, or {"path": an XDM path, "type": a type})");
            return attribute;
        }
        std::string error;
        attribute.source = read_source(source, error);
        if (error.empty()) {
            attribute.target = read_target(owner, json_string_value(path), error);
        }
        if (!error.empty()) {
            fail(entry, error);
        }
        return attribute;
    }

    AttributeType attribute_type(const std::string& entry, const json_t* name) {
        if (name == nullptr) {
            return AttributeType::as_found;
        }
        const auto type = json_is_string(name) ? attribute_type_of(json_string_value(name))
                                               : std::optional<AttributeType>();
        if (!type) {
            fail(entry, R"(has a wrong type, expected "string", "boolean", "number" or "date")");
        }
        return type.value_or(AttributeType::as_found);
    }

    /// No place in XDM can hold two values, nor a value and an object.
    void check_places(const std::string& name, std::span<const CustomAttribute> sorted) {
        for (std::size_t i = 1; i < sorted.size(); ++i) {
            const auto& shorter = sorted[i - 1].target;
            const auto& longer = sorted[i].target;
            if (shorter.size() <= longer.size() &&
                std::equal(shorter.begin(), shorter.end(), longer.begin())) {
                std::string path;
                for (const std::string& each : shorter) {
                    path += (path.empty() ? "" : ".") + each;
                }
                fail(name, "leads to " + quoted(path) +
                               " twice, or to it and into it: expected a place of its "
                               "own for each attribute");
            }
        }
    }

    Labels labels_;
    std::string error_;
};

}  // namespace

std::variant<Labels, LabelsError> parse_labels(std::string_view json) {
    const auto parsed = parse_json(json);
    if (const auto* fault = std::get_if<JsonFault>(&parsed)) {
        return LabelsError{"cannot be read as JSON: " + fault->what};
    }
    return LabelsReader().read(std::get<Json>(parsed).get());
}

}  // namespace aep::backoffice::mapping
