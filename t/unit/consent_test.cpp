#include "protocol/consent.hpp"

#include <string_view>
#include <utility>

#include "expect.hpp"

namespace {

using namespace aep::protocol;

void the_consent_cookie_is_read(void**) {
    constexpr std::pair<std::string_view, Consent> kCookies[] = {
        {"general=in", Consent::in},
        {"general=out", Consent::out},
        {"general=in;other=1", Consent::in},
        {"other=1; general=out", Consent::out},
        {" general=in ", Consent::in},
        {"a;general=in;", Consent::in},
        {"", Consent::unknown},
        {"general=", Consent::unknown},
        {"general=pending", Consent::unknown},
        {"general", Consent::unknown},
        {"General=in", Consent::unknown},
        {"general=inside", Consent::unknown},
        {"xgeneral=in", Consent::unknown},
        {";;;", Consent::unknown},
    };
    for (const auto& [value, consent] : kCookies) {
        if (parse_consent_cookie(value) != consent) {
            fail_msg("'%.*s'", static_cast<int>(value.size()), value.data());
        }
    }
}

void out_wins_over_in(void**) {
    assert_true(parse_consent_cookie("general=out;general=in") == Consent::out);
    assert_true(parse_consent_cookie("general=in;general=out") == Consent::out);
}

void without_a_reason_nothing_is_withheld(void**) {
    assert_true(consent_objection({}) == Objection::none);
    for (const std::string_view sec_gpc : {"", "0", "true", "11", " 1"}) {
        assert_true(consent_objection({false, true, sec_gpc, Consent::in}) == Objection::none);
    }
}

void each_reason_is_named(void**) {
    assert_true(consent_objection({true, true, "", Consent::in}) == Objection::opt_out_cookie);
    assert_true(consent_objection({false, true, "1", Consent::unknown}) == Objection::global_privacy_control);
    assert_true(consent_objection({false, true, "", Consent::out}) == Objection::consent_cookie);
}

void global_privacy_control_wins_over_a_stored_in(void**) {
    assert_true(consent_objection({false, true, "1", Consent::in}) == Objection::global_privacy_control);
}

void global_privacy_control_can_be_ignored(void**) {
    assert_true(consent_objection({false, false, "1", Consent::in}) == Objection::none);
    assert_true(consent_objection({false, false, "1", Consent::out}) == Objection::consent_cookie);
}

void the_opt_out_cookie_is_named_first(void**) {
    assert_true(consent_objection({true, true, "1", Consent::out}) == Objection::opt_out_cookie);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_consent_cookie_is_read),
        cmocka_unit_test(out_wins_over_in),
        cmocka_unit_test(without_a_reason_nothing_is_withheld),
        cmocka_unit_test(each_reason_is_named),
        cmocka_unit_test(global_privacy_control_wins_over_a_stored_in),
        cmocka_unit_test(global_privacy_control_can_be_ignored),
        cmocka_unit_test(the_opt_out_cookie_is_named_first),
    };
    return cmocka_run_group_tests_name("consent", tests, nullptr, nullptr);
}
