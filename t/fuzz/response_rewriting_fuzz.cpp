// Whatever Edge answers, the page gets valid JSON, the cookies are safe to write into a header, and only state goes.
// The last byte of an input chooses what is known of the request.
#include <jansson.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/exchange.hpp"
#include "text/json_walk.hpp"

namespace {

using namespace aep::protocol;
using namespace aep::text;

struct DropReference {
    void operator()(json_t* value) const noexcept { json_decref(value); }
};

using Value = std::unique_ptr<json_t, DropReference>;

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

Value load(std::string_view text) {
    json_error_t error;
    return Value(json_loadb(text.data(), text.size(), JSON_ALLOW_NUL, &error));
}

bool is_valid(const std::string& text) {
    json::Walk walk(text, json::DuplicateKeys::allowed);
    walk.skip();
    return walk.finish();
}

/// One name, no second attribute of a kind, nothing that ends a header.
void check_cookie(std::string_view cookie, std::string_view domain) {
    const auto is_printable = [](char c) { return c > ' ' && c < '\x7F'; };
    const std::string_view pair = cookie.substr(0, cookie.find(';'));
    require(pair.size() <= 4096 && std::all_of(pair.begin(), pair.end(), is_printable));
    require(pair.find('=') != std::string_view::npos && pair.find('=') > 0);
    std::string attributes = "; Path=/; Domain=";
    attributes.append(domain);
    require(cookie.substr(pair.size()).starts_with(attributes));
    require(std::count(cookie.begin(), cookie.end(), ';') <= 5);
    require(cookie.find("; Secure; SameSite=") != std::string_view::npos);
}

bool is_state(json_t* handle) {
    const char* type = json_string_value(json_object_get(handle, "type"));
    return type != nullptr && std::string_view(type) == "state:store";
}

/// Everything but state is still there, in order.
void check_rest(json_t* before, json_t* after) {
    const json_t* old_handles = json_object_get(before, "handle");
    const json_t* new_handles = json_object_get(after, "handle");
    std::size_t next = 0;
    for (std::size_t i = 0; i < json_array_size(old_handles); ++i) {
        json_t* handle = json_array_get(old_handles, i);
        if (is_state(handle)) {
            continue;
        }
        while (is_state(json_array_get(new_handles, next))) {
            ++next;
        }
        require(json_equal(handle, json_array_get(new_handles, next)) == 1);
        ++next;
    }
    json_object_del(before, "handle");
    json_object_del(after, "handle");
    require(json_equal(before, after) == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::uint8_t choice = data[size - 1];
    const ConsentChange consent{Consent::in, (choice & 0x10U) != 0};
    ResponseFacts facts;
    facts.action = (choice & 0x20U) != 0 ? Action::set_consent : Action::interact;
    facts.organization_id = "0123456789ABCDEF01234567@AdobeOrg";
    facts.cookie_domain = (choice & 0x40U) != 0 ? "shop.example" : "";
    facts.consent = &consent;
    const std::string body(reinterpret_cast<const char*>(data), size - 1);

    const RewrittenResponse result = rewrite_response(body, facts);
    if (!result.usable) {
        require(result.body == body && result.set_cookies.empty());
        return 0;
    }
    require(is_valid(body) && is_valid(result.body));
    require(!facts.cookie_domain.empty() || result.set_cookies.empty());
    require(result.set_cookies.size() <= 12);  // a handful, whatever Edge says
    for (const std::string& cookie : result.set_cookies) {
        check_cookie(cookie, facts.cookie_domain);
    }
    const RewrittenResponse again = rewrite_response(result.body, facts);
    require(again.usable && again.body == result.body);

    const Value before = load(body);
    const Value after = load(result.body);
    if (before && after) {
        check_rest(before.get(), after.get());
    }
    return 0;
}
