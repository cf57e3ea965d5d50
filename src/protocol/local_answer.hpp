#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "action.hpp"
#include "consent.hpp"

namespace aep::protocol {

/// What an answer without Edge is made of.
struct LocalAnswerFacts {
    Action action = Action::interact;
    std::string_view request_id;
    std::string_view organization_id;
    std::string_view cookie_domain;  ///< empty: state goes into the body as state:store
    std::string_view known_ecid;     ///< a minted ECID that the visitor has already; else empty
    std::string_view new_ecid;       ///< to mint for a visitor without an identity; empty: mint none
    bool has_identity = false;       ///< the visitor has an identity cookie
    ConsentChange consent;           ///< of a set-consent
};

/// An answer that alloy accepts (2xx, with an array `handle`, or 204).
struct LocalAnswer {
    int status = 200;
    std::string body;  ///< empty for 204
    std::vector<std::string> set_cookies;
};

LocalAnswer local_answer(const LocalAnswerFacts& facts);

/// A random ECID: two 63-bit numbers, 19 digits each, from the system's generator; empty on failure.
std::string random_ecid();

}  // namespace aep::protocol
