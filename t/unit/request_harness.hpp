#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "protocol/exchange.hpp"

// cmocka's macros break headers that come after it.
#include "expect.hpp"

namespace aep::protocol::test {

// The identifiers of the first two events of the request below.
constexpr std::string_view kFirstId = "1d9e74bc-9743-89ef-b87b-2405fbe77b5e";
constexpr std::string_view kSecondId = "c787ad7e-e232-8062-9c2e-db02dcf64731";

inline RequestFacts facts_for(Action action) {
    RequestFacts facts;
    facts.action = action;
    facts.datastream_id = "11111111-2222-4333-8444-555555555555";
    facts.request_id = "89e29a4a-fff2-4cf3-b5ed-25c817f365a8";
    return facts;
}

/// What becomes of a body that must not be refused.
inline RewrittenRequest rewrite(std::string_view body,
                                const RequestFacts& facts = facts_for(Action::interact),
                                aep::test::Where where = aep::test::Where::here()) {
    auto result = rewrite_request(std::string(body), facts);
    if (const auto* problem = std::get_if<Problem>(&result)) {
        print_error("refused: %s\n", problem->detail.c_str());
        _fail(where.file, where.line);
    }
    return std::get<RewrittenRequest>(std::move(result));
}

inline void expect_body(std::string_view body, std::string_view expected,
                        const RequestFacts& facts = facts_for(Action::interact),
                        aep::test::Where where = aep::test::Where::here()) {
    aep::test::expect_text(rewrite(body, facts, where).body, expected, where);
}

inline void expect_unchanged(std::string_view body, const RequestFacts& facts = facts_for(Action::interact),
                             aep::test::Where where = aep::test::Where::here()) {
    expect_body(body, body, facts, where);
}

/// A body must be refused with Edge's error of that number ("0101-400").
inline void expect_problem(std::string_view body, std::string_view code,
                           const RequestFacts& facts = facts_for(Action::interact),
                           aep::test::Where where = aep::test::Where::here()) {
    const auto result = rewrite_request(std::string(body), facts);
    const auto* problem = std::get_if<Problem>(&result);
    if (problem == nullptr || !problem->type.ends_with(code)) {
        print_error("body:     %.*s\nfound:    %s\nexpected: %.*s\n", static_cast<int>(body.size()),
                    body.data(), problem == nullptr ? "no problem" : problem->type.c_str(),
                    static_cast<int>(code.size()), code.data());
        _fail(where.file, where.line);
    }
}

}  // namespace aep::protocol::test
