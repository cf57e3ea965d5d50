#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "consent.hpp"

namespace aep::protocol {

/// State that the gateway itself makes for the browser. What Edge stores there is response_rewriting's.
struct State {
    std::string key;
    std::string value;
    std::chrono::seconds max_age{0};
};

/// The identity of a visitor whom Edge has not seen yet.
State identity_state(std::string_view organization_id, std::string_view ecid);

/// What alloy waits for after a set-consent. What only Edge can compute is "out"
/// for so short a time that alloy soon asks again.
State consent_state(std::string_view organization_id, const ConsentChange& change);

/// State as a Set-Cookie value.
std::string to_set_cookie(const State& state, std::string_view domain);

/// States as a `state:store` handle, which alloy makes cookies of.
std::string to_handle(const std::vector<State>& states);

}  // namespace aep::protocol
