#include "protocol/action.hpp"

#include <string>
#include <string_view>

#include "expect.hpp"

namespace {

using namespace aep::protocol;
using aep::test::expect_text;

void expect_target(std::string_view path, Action action, std::string_view hint, std::string_view rest) {
    const auto target = parse_target(path);
    if (!target) {
        fail_msg("'%s' is refused", std::string(path).c_str());
    }
    assert_int_equal(static_cast<int>(target->action), static_cast<int>(action));
    expect_text(target->location_hint, hint);
    expect_text(target->path, rest);
}

void the_actions_of_alloy_pass(void**) {
    expect_target("v1/interact", Action::interact, "", "v1/interact");
    expect_target("v1/collect", Action::collect, "", "v1/collect");
    expect_target("v1/identity/acquire", Action::acquire, "", "v1/identity/acquire");
    expect_target("v1/privacy/set-consent", Action::set_consent, "", "v1/privacy/set-consent");
}

void the_media_actions_pass(void**) {
    for (const std::string_view action :
         {"pauseStart", "play", "bufferStart", "adStart", "adBreakStart", "sessionEnd", "sessionComplete",
          "ping", "adBreakComplete", "adComplete", "adSkip", "bitrateChange", "chapterComplete",
          "chapterSkip", "chapterStart", "error", "statesUpdate"}) {
        const std::string path = "va/v1/" + std::string(action);
        expect_target(path, Action::media, "", path);
    }
}

void a_location_hint_may_stand_in_front(void**) {
    for (const std::string_view hint :
         {"or2", "va6", "irl1", "t35", "a", "9", "01234567890123456789012345678901"}) {
        expect_target(std::string(hint) + "/v1/interact", Action::interact, hint, "v1/interact");
        expect_target(std::string(hint) + "/va/v1/ping", Action::media, hint, "va/v1/ping");
    }
}

void anything_else_is_refused(void**) {
    for (const std::string_view path : {"",
                                        "/",
                                        "v1",
                                        "v1/",
                                        "v1/other",
                                        "v1/interact/",
                                        "v1/interact/x",
                                        "/v1/interact",
                                        "//v1/interact",
                                        "v1//interact",
                                        "V1/interact",
                                        "v1/Interact",
                                        "v2/interact",
                                        "v2/collect",
                                        "v1/acquire",
                                        "v1/set-consent",
                                        "v1/identity",
                                        "v1/privacy",
                                        "v1/identity/acquire/",
                                        "va/interact",
                                        "va/v1/",
                                        "va/v1/sessionStart",
                                        "va/v1/Ping",
                                        "va/v2/ping",
                                        "va/v1/interact",
                                        "v1/ping",
                                        "interact",
                                        "or2/",
                                        "or2/interact",
                                        "or2/or2/v1/interact",
                                        "OR2/v1/interact",
                                        "or-2/v1/interact",
                                        "or.2/v1/interact",
                                        "../v1/interact",
                                        "%6f/v1/interact",
                                        "or2/v1/other",
                                        "v1/v1/interact",
                                        "v2/v1/interact",
                                        "va/va/v1/ping",
                                        "012345678901234567890123456789012/v1/interact",
                                        "v1/interact?x",
                                        "v1/interact\n",
                                        "brand-concierge/conversations"}) {
        if (parse_target(path)) {
            fail_msg("'%s' passes", std::string(path).c_str());
        }
    }
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_actions_of_alloy_pass),
        cmocka_unit_test(the_media_actions_pass),
        cmocka_unit_test(a_location_hint_may_stand_in_front),
        cmocka_unit_test(anything_else_is_refused),
    };
    return cmocka_run_group_tests_name("action", tests, nullptr, nullptr);
}
