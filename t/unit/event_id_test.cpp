#include "protocol/event_id.hpp"

#include <set>
#include <string>
#include <string_view>

#include "expect.hpp"

namespace {

using namespace aep::protocol;
using aep::test::expect_text;

constexpr std::string_view kDatastream = "11111111-2222-4333-8444-555555555555";
constexpr std::string_view kRequest = "89e29a4a-fff2-4cf3-b5ed-25c817f365a8";

// Entries that wait in a queue over an update must keep their identifiers: these values are for ever.
void an_identifier_never_changes(void**) {
    expect_text(event_id(kDatastream, kRequest, 0), "1d9e74bc-9743-89ef-b87b-2405fbe77b5e");
    expect_text(event_id(kDatastream, kRequest, 1), "c787ad7e-e232-8062-9c2e-db02dcf64731");
}

void each_part_counts(void**) {
    const std::set<std::string> ids{
        event_id("ab", "c", 0), event_id("a", "bc", 0),   event_id("", "abc", 0), event_id("abc", "", 0),
        event_id("ab", "c", 1), event_id("ab", "c", 256), event_id("ab", "d", 0), event_id("ac", "c", 0),
    };
    assert_int_equal(ids.size(), 8);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(an_identifier_never_changes),
        cmocka_unit_test(each_part_counts),
    };
    return cmocka_run_group_tests_name("event_id", tests, nullptr, nullptr);
}
