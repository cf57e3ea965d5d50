// The walk through JSON takes and refuses the same texts as jansson, apart from what jansson cannot hold in its
// values: numbers of any size, lone surrogates, NUL.
#include <jansson.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "text/json_text.hpp"
#include "text/json_walk.hpp"

namespace {

using namespace aep::text::json;

struct DropReference {
    void operator()(json_t* value) const noexcept { json_decref(value); }
};

using Value = std::unique_ptr<json_t, DropReference>;

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

Value load(std::string_view text, json_error_t& error) {
    constexpr std::size_t kFlags = JSON_DECODE_ANY | JSON_ALLOW_NUL;
    return Value(json_loadb(text.data(), text.size(), kFlags, &error));
}

/// Whether jansson refused a text that may be valid.
bool is_limit_of_jansson(const json_error_t& error) {
    const std::string_view text(error.text);
    const enum json_error_code code = json_error_code(&error);
    return code == json_error_numeric_overflow || code == json_error_null_byte_in_key ||
           text.starts_with("invalid Unicode");
}

bool is_valid(const std::string& text) {
    Walk walk(text, DuplicateKeys::allowed);
    const Span whole = walk.skip();
    const bool valid = walk.finish();
    require(valid == walk.fault().empty());
    require(walk.fault_offset() <= text.size());
    require(!valid || (whole.begin < whole.end && whole.end <= text.size()));
    return valid;
}

/// Stepping into each object and array checks the same as skipping them.
void step(Walk& walk) {
    switch (walk.kind()) {
        case Kind::object:
            walk.object([&](std::string_view, std::size_t) { step(walk); });
            break;
        case Kind::array:
            walk.array([&] { step(walk); });
            break;
        case Kind::string:
            walk.string();
            break;
        default:
            walk.skip();
    }
}

/// What unescape() makes of a string, jansson makes too.
void compare_string(const std::string& text, const json_t* value) {
    if (json_is_string(value)) {
        Walk walk(text, DuplicateKeys::allowed);
        require(walk.string() == std::string_view(json_string_value(value), json_string_length(value)));
    }
}

/// A text that was quoted comes back when it is read.
void check_quoting(std::string_view text) {
    std::string quoted;
    append_quoted(quoted, text);
    json_error_t error;
    const Value value = load(quoted, error);
    require(value != nullptr);
    Walk walk(quoted, DuplicateKeys::refused);
    require(walk.string() ==
            std::string_view(json_string_value(value.get()), json_string_length(value.get())));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const bool valid = is_valid(text);

    Walk walk(text, DuplicateKeys::allowed);
    step(walk);
    require(walk.finish() == valid);

    check_quoting(text);
    if (text.find('\0') != std::string::npos) {
        require(!valid);  // jansson reads over it
        return 0;
    }
    json_error_t error{};
    if (const Value value = load(text, error)) {
        require(valid || walk.fault() == "it is nested too deeply");
        compare_string(text, value.get());
    } else {
        require(!valid || is_limit_of_jansson(error));
    }
    return 0;
}
