#include "status/json_writer.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

#include "text/json_text.hpp"

namespace aep::status {

void JsonWriter::open(char bracket) {
    separate();
    out_.push_back(bracket);
    needs_comma_ = false;
}

void JsonWriter::close(char bracket) {
    out_.push_back(bracket);
    needs_comma_ = true;
}

void JsonWriter::name(std::string_view name) {
    separate();
    text::json::append_quoted(out_, name);
    out_.push_back(':');
    needs_comma_ = false;
}

void JsonWriter::value(std::string_view text) {
    separate();
    text::json::append_quoted(out_, text);
}

void JsonWriter::value(bool value) {
    separate();
    out_ += value ? "true" : "false";
}

void JsonWriter::value(double number) {
    if (!std::isfinite(number)) {
        null();
        return;
    }
    constexpr std::size_t kLongest =
        32;  // the shortest text that gives the same number has at most 24 characters
    std::array<char, kLongest> digits{};
    const std::to_chars_result end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    separate();
    out_.append(digits.data(), end.ptr);
}

void JsonWriter::null() {
    separate();
    out_ += "null";
}

void JsonWriter::separate() {
    if (needs_comma_) {
        out_.push_back(',');
    }
    needs_comma_ = true;
}

}  // namespace aep::status
