#include "custom_attributes_writer.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace aep::backoffice::mapping {
namespace {

/// What a text may have; a longer one is no attribute but prose.
constexpr std::size_t kMaxText = 255;

using Names = std::span<const std::string>;

/// Commerce has custom attributes as members, or as a list of {attribute_code, value}.
Value member(Value parent, const std::string& name) {
    if (!parent.is_array()) {
        return parent[name.c_str()];
    }
    for (const Value each : Elements(parent)) {
        if (each["attribute_code"].string() == name) {
            return each["value"];
        }
    }
    return {};
}

Value find(Value owner, const std::vector<std::string>& path) {
    for (const std::string& name : path) {
        owner = member(owner, name);
    }
    return owner;
}

void write_text(XdmWriter& writer, std::string_view name, std::string_view text) {
    if (text.size() <= kMaxText) {
        writer.text(name, text);
    }
}

void write_as_found(XdmWriter& writer, std::string_view name, Value value) {
    if (json_is_boolean(value.json())) {
        writer.boolean(name, value.is_true());
    } else if (json_is_number(value.json())) {
        writer.number(name, value.number());
    } else if (const auto time = value.time()) {
        writer.time(name, time);
    } else {
        write_text(writer, name, value.string());
    }
}

void write_value(XdmWriter& writer, std::string_view name, Value value, AttributeType type) {
    switch (type) {
        case AttributeType::as_found:
            write_as_found(writer, name, value);
            break;
        case AttributeType::text:
            write_text(writer, name, value.text());
            break;
        case AttributeType::number:
            writer.number(name, value.number());
            break;
        case AttributeType::date:
            writer.time(name, value.time());
            break;
        case AttributeType::boolean:
            if (const auto boolean = value.boolean()) {
                writer.boolean(name, *boolean);
            }
            break;
    }
}

/// Keeps those objects open that lead to the next place; the places come sorted.
class Nesting {
  public:
    explicit Nesting(XdmWriter& writer) noexcept : writer_(writer) {}

    void go_to(Names objects) {
        const auto [open, wanted] = std::ranges::mismatch(open_, objects);
        for (auto left = open_.end() - open; left > 0; --left) {
            open_.pop_back();
            writer_.close_object();
        }
        for (const std::string& name : objects.subspan(static_cast<std::size_t>(wanted - objects.begin()))) {
            writer_.open_object(name);
            open_.push_back(name);
        }
    }

  private:
    XdmWriter& writer_;
    std::vector<std::string_view> open_;
};

}  // namespace

void write_custom_attributes(XdmWriter& writer, Value owner, const std::vector<CustomAttribute>& attributes) {
    Nesting nesting(writer);
    for (const CustomAttribute& each : attributes) {
        const Names target(each.target);
        nesting.go_to(target.first(target.size() - 1));
        write_value(writer, target.back(), find(owner, each.source), each.type);
    }
    nesting.go_to({});
}

}  // namespace aep::backoffice::mapping
