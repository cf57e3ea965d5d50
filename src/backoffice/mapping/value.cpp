#include "value.hpp"

namespace aep::backoffice::mapping {

bool Value::is_empty() const noexcept {
    return json_ == nullptr || json_is_null(json_) ||
           (json_object_size(json_) == 0 && json_array_size(json_) == 0 &&
            (json_is_object(json_) || json_is_array(json_)));
}

std::string Value::text() const {
    if (json_is_integer(json_)) {
        return std::to_string(json_integer_value(json_));
    }
    if (json_is_real(json_)) {
        const auto decimal = number();
        return decimal ? decimal->text() : std::string();
    }
    return std::string(string());
}

std::string_view Value::string() const noexcept {
    return json_is_string(json_) ? std::string_view(json_string_value(json_), json_string_length(json_))
                                 : std::string_view();
}

std::optional<Decimal> Value::number() const noexcept {
    if (json_is_integer(json_)) {
        return Decimal::of_integer(json_integer_value(json_));
    }
    if (json_is_real(json_)) {
        return Decimal::of_real(json_real_value(json_));
    }
    return Decimal::parse(string());
}

std::optional<bool> Value::boolean() const noexcept {
    if (json_is_boolean(json_)) {
        return json_is_true(json_);
    }
    if (json_is_string(json_)) {
        const std::string_view text = string();
        if (text.empty() || text == "0" || text == "false") {
            return false;
        }
        return text == "1" || text == "true" ? std::optional(true) : std::nullopt;
    }
    const auto decimal = number();
    if (!decimal || (!decimal->is_zero() && decimal != Decimal::of_integer(1))) {
        return std::nullopt;
    }
    return !decimal->is_zero();
}

}  // namespace aep::backoffice::mapping
