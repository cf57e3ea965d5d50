// Cookies that Edge sets by itself.

#include "protocol/edge_cookies.hpp"

#include "expect.hpp"

namespace {

using aep::protocol::cookie_of_edge;
using aep::test::expect_text;

constexpr const char* kOrganization = "0123456789ABCDEF01234567@AdobeOrg";
constexpr std::time_t kNow = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT

std::string on_shop(std::string_view line) {
    return cookie_of_edge(line, kOrganization, "shop.example", kNow);
}

void edges_own_cookie_is_for_the_whole_site(void**) {
    expect_text(
        on_shop("kndctr_0123456789ABCDEF01234567_AdobeOrg_identity=CiY%3D; Path=/; Domain=data.shop.example; "
                "Max-Age=34128000; Secure; HttpOnly; SameSite=None"),
        "kndctr_0123456789ABCDEF01234567_AdobeOrg_identity=CiY%3D; Path=/; Domain=shop.example; "
        "Max-Age=34128000; Secure; SameSite=None");
}

void a_lifetime_may_be_a_date(void**) {
    const std::string name = "kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster";
    expect_text(on_shop(name + "=or2; expires=Sun, 06 Nov 1994 09:19:37 GMT"),
                name + "=or2; Path=/; Domain=shop.example; Max-Age=1800; Secure; SameSite=Lax");
    expect_text(on_shop(name + "=or2; Max-Age=60; Expires=Sun, 06 Nov 1994 09:19:37 GMT"),
                name + "=or2; Path=/; Domain=shop.example; Max-Age=60; Secure; SameSite=Lax");
    expect_text(on_shop(name + "=or2"), name + "=or2; Path=/; Domain=shop.example; Secure; SameSite=Lax");
}

void legacy_cookies_that_alloy_reads_are_handed_on(void**) {
    for (const char* name : {"AMCV_0123456789ABCDEF01234567%40AdobeOrg",
                             "AMCV_0123456789ABCDEF01234567@AdobeOrg", "s_ecid", "mbox"}) {
        expect_text(on_shop(std::string(name) + "=MCMID|1"),
                    std::string(name) + "=MCMID|1; Path=/; Domain=shop.example; Secure; SameSite=Lax");
    }
}

void nobody_elses_cookies_are(void**) {
    for (const char* line :
         {"session=1", "kndctr_FFFFFFFFFFFFFFFFFFFFFFFF_AdobeOrg_identity=1",
          "kndctr_0123456789ABCDEF01234567_AdobeOrg_anything=1", "AMCV_FFFFFFFFFFFFFFFFFFFFFFFF@AdobeOrg=1",
          "AMCV_0123456789ABCDEF01234567@AdobeOrg.evil=1", "", "=", ";", "mbox", "mbox=a\tb"}) {
        expect_text(on_shop(line), "");
    }
    expect_text(on_shop("mbox=" + std::string(4096, 'x')), "");
    expect_text(cookie_of_edge("mbox=1", kOrganization, "", kNow), "");
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(edges_own_cookie_is_for_the_whole_site),
        cmocka_unit_test(a_lifetime_may_be_a_date),
        cmocka_unit_test(legacy_cookies_that_alloy_reads_are_handed_on),
        cmocka_unit_test(nobody_elses_cookies_are),
    };
    return cmocka_run_group_tests_name("edge_cookies", tests, nullptr, nullptr);
}
