#include "protocol/event_types.hpp"

#include <string>
#include <vector>

#include "expect.hpp"

namespace {

using namespace aep::protocol;
using aep::test::expect_text;

using Types = std::vector<std::string>;

void types_are_listed_as_they_are(void**) {
    expect_text(list_event_types(Types{}), "");
    expect_text(list_event_types(Types{"commerce.productViews"}), "commerce.productViews");
    expect_text(list_event_types(Types{"web.webinteraction.linkClicks", "", "shop_own.type-2"}),
                "web.webinteraction.linkClicks,-,shop_own.type-2");
}

void what_no_type_has_is_replaced(void**) {
    expect_text(list_event_types(Types{"a\r\nb", "a,b", "\x1B[2J", "\xC3\xA9", std::string(1, '\0')}),
                "a??b,a?b,??2J,??,?");
}

void a_long_list_is_cut_between_two_types(void**) {
    const std::string list = list_event_types(Types(5000, "0123456789"));
    assert_in_range(list.size(), kMaxEventTypeList - 11, kMaxEventTypeList);
    assert_true(list.ends_with("0123456789,…"));
}

void a_long_type_is_not_cut(void**) {
    expect_text(list_event_types(Types{"a", std::string(kMaxEventTypeList, 'x'), "b"}), "a,…");
    expect_text(list_event_types(Types{std::string(60'000, 'x')}), "…");
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(types_are_listed_as_they_are),
        cmocka_unit_test(what_no_type_has_is_replaced),
        cmocka_unit_test(a_long_list_is_cut_between_two_types),
        cmocka_unit_test(a_long_type_is_not_cut),
    };
    return cmocka_run_group_tests_name("event_types", tests, nullptr, nullptr);
}
