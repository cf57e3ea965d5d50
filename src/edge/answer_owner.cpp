#include "answer_owner.hpp"

#include <cstddef>
#include <optional>

#include "text/ascii.hpp"
#include "text/http_field.hpp"
#include "text/percent.hpp"

namespace aep::edge {
namespace {

constexpr std::string_view kIdHeader = "x-request-id";

/// A UUID is the same in either case (RFC 9562 4).
bool is_for(std::string_view request_id, std::string_view id) noexcept {
    return text::equals_ignoring_case(id.substr(0, request_id.size()), request_id) &&
           (id.size() == request_id.size() || id[request_id.size()] == '-');
}

std::string_view without_white_space_in_front(std::string_view text) noexcept {
    while (!text.empty() && text::is_white_space(text.front())) {
        text.remove_prefix(1);
    }
    return text;
}

/// The IDs in a body, one after the other, wherever they stand in it. A member's name inside a string has a backslash in
/// front of each of its quotes, so it is none.
class BodyIds {
  public:
    explicit BodyIds(std::string_view body) noexcept : rest_(body) {}

    std::optional<std::string_view> next() noexcept {
        constexpr std::string_view kName = R"("requestId")";
        for (std::size_t at = rest_.find(kName); at != std::string_view::npos; at = rest_.find(kName)) {
            rest_.remove_prefix(at + kName.size());
            if (const auto value = string_behind_colon()) {
                return value;
            }
        }
        return std::nullopt;
    }

  private:
    /// IDs hold nothing that JSON has to escape. One whose end has not come is none.
    [[nodiscard]] std::optional<std::string_view> string_behind_colon() const noexcept {
        std::string_view text = without_white_space_in_front(rest_);
        if (!text.starts_with(':')) {
            return std::nullopt;
        }
        text = without_white_space_in_front(text.substr(1));
        const std::size_t end = text.find('"', 1);
        if (!text.starts_with('"') || end == std::string_view::npos) {
            return std::nullopt;
        }
        return text.substr(1, end - 1);
    }

    std::string_view rest_;
};

/// A header of that name may come from somebody between as well, with an ID without a dash (nginx's $request_id).
std::string_view header_of_another(std::string_view request_id, std::span<const Header> headers) noexcept {
    std::string_view another;
    for (const auto& [name, value] : headers) {
        if (name != kIdHeader) {
            continue;
        }
        if (is_for(request_id, value)) {
            return {};
        }
        if (text::is_token(value) && value.find('-') != std::string::npos) {
            another = value;
        }
    }
    return another;
}

}  // namespace

std::string request_id_of(std::string_view target) {
    constexpr std::string_view kArgument = "requestId=";
    const std::size_t question = target.find('?');
    std::string_view query =
        question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
    while (!query.empty()) {
        const std::string_view argument = text::take_field(query, '&');
        if (argument.starts_with(kArgument)) {
            return text::percent_decoded(argument.substr(kArgument.size()));
        }
    }
    return {};
}

std::string_view id_of_another(std::string_view request_id, std::span<const Header> headers,
                               std::string_view body) noexcept {
    if (request_id.empty()) {
        return {};
    }
    std::string_view another;
    BodyIds ids(body);
    for (auto id = ids.next(); id; id = ids.next()) {
        if (is_for(request_id, *id)) {
            return {};
        }
        another = *id;
    }
    return another.empty() ? header_of_another(request_id, headers) : another;
}

}  // namespace aep::edge
