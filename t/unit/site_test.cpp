#include "protocol/site.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "expect.hpp"

namespace {

using namespace aep::protocol;
using aep::test::expect_text;

void the_registrable_domain_is_below_a_public_suffix(void**) {
    constexpr std::pair<std::string_view, std::string_view> kHosts[] = {
        {"shop.com", "shop.com"},
        {"www.shop.com", "shop.com"},
        {"a.b.c.shop.com", "shop.com"},
        {"www.shop.co.uk", "shop.co.uk"},
        {"shop.co.uk", "shop.co.uk"},
        {"www.city.kawasaki.jp", "city.kawasaki.jp"},
        {"a.shop.github.io", "shop.github.io"},
        {"WWW.Shop.COM", "shop.com"},
        {"www.shop.com.", "shop.com"},
        {"www.xn--bcher-kva.example", "xn--bcher-kva.example"},
        {"www.xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn"},
        {"my_shop.shop.com", "shop.com"},
        {"3com.com", "3com.com"},
    };
    for (const auto& [host, domain] : kHosts) {
        expect_text(registrable_domain(host), domain);
    }
}

void names_for_tests_have_a_registrable_domain(void**) {
    expect_text(registrable_domain("north.localhost"), "north.localhost");
    expect_text(registrable_domain("www.north.localhost"), "north.localhost");
    expect_text(registrable_domain("www.shop.example"), "shop.example");
    expect_text(registrable_domain("shop.test"), "shop.test");
}

void what_is_no_domain_of_anybody_has_none(void**) {
    for (const std::string_view host : {"",           ".",         "localhost",       "com",
                                        "co.uk",      "github.io", "foo.kawasaki.jp", "127.0.0.1",
                                        "10.1",       "1.2.3.256", "shop.0x7f",       "shop.1",
                                        "[::1]",      "::1",       ".shop.com",       "shop..com",
                                        "shop.com..", "sh op.com", "shop.com:443",    "shop.com/",
                                        "shop,com",   "shop.com;", "shop\n.com",      "\xC3\xBC.example",
                                        "*.shop.com"}) {
        expect_text(registrable_domain(host), "");
    }
    expect_text(registrable_domain(std::string(250, 'a') + ".com"), "");
}

void the_host_of_an_origin_is_found(void**) {
    constexpr std::pair<std::string_view, std::string_view> kOrigins[] = {
        {"https://shop.example", "shop.example"},
        {"http://shop.example", "shop.example"},
        {"https://www.shop.example:8443", "www.shop.example"},
        {"https://WWW.Shop.Example", "www.shop.example"},
        {"https://shop.example.", "shop.example"},
        {"https://localhost:1", "localhost"},
        {"https://127.0.0.1:8443", "127.0.0.1"},
        {"https://[::1]", "[::1]"},
        {"https://[2001:db8::1]:8443", "[2001:db8::1]"},
    };
    for (const auto& [origin, host] : kOrigins) {
        expect_text(origin_host(origin), host);
    }
}

void what_is_no_origin_of_a_page_has_no_host(void**) {
    for (const std::string_view origin : {"",
                                          "null",
                                          "shop.example",
                                          "https://",
                                          "https:///",
                                          "https://shop.example/",
                                          "https://shop.example/a",
                                          "https://u@shop.example",
                                          "https://u:p@shop.example",
                                          "https://shop.example:",
                                          "https://shop.example:x",
                                          "https://shop.example:123456",
                                          "https://shop.example:80:80",
                                          "https://shop.example?a",
                                          "ftp://shop.example",
                                          "file://",
                                          "chrome-extension://abcdef",
                                          "https://[::1",
                                          "https://::1]",
                                          "https://[shop.example]",
                                          "https://[]",
                                          "https://sh op.example",
                                          "https://shop.example https://other.example",
                                          "//shop.example",
                                          "xhttps://shop.example",
                                          "https:// shop.example"}) {
        expect_text(origin_host(origin), "");
    }
}

void pages_of_the_site_may_send(void**) {
    for (const std::string_view origin :
         {"https://shop.example", "https://www.shop.example", "http://shop.example:8080",
          "https://a.b.shop.example", "https://SHOP.example."}) {
        assert_false(is_cross_site({"www.shop.example", origin, "same-site"}));
        assert_false(is_cross_site({"Shop.Example.", origin, ""}));
    }
}

void pages_of_other_sites_may_not(void**) {
    for (const std::string_view origin :
         {"https://other.example", "https://shop.example.evil.com", "https://example",
          "https://notshop.example", "null", "https://", "shop.example"}) {
        assert_true(is_cross_site({"www.shop.example", origin, ""}));
        assert_true(is_cross_site({"www.shop.example", origin, "same-site"}));
        assert_true(is_cross_site({"www.shop.example", origin, "a word of a later standard"}));
    }
    assert_true(is_cross_site({"a.github.io", "https://b.github.io", ""}));
    assert_true(is_cross_site({"a.co.uk", "https://b.co.uk", ""}));
}

void what_the_browser_calls_same_origin_is(void**) {
    for (const std::string_view origin : {"https://shop.example", "null", ""}) {
        for (const std::string_view host : {"shop.example", "backend.internal", "10.0.0.1", ""}) {
            assert_false(is_cross_site({host, origin, "same-origin", true}));
        }
    }
}

void what_the_browser_calls_another_site_is_whatever_the_origin(void**) {
    for (const std::string_view origin : {"https://shop.example", "http://shop.example", "null", ""}) {
        assert_true(is_cross_site({"shop.example", origin, "cross-site"}));
        assert_true(is_cross_site({"shop.example", origin, "none"}));
    }
}

void a_page_without_tls_is_not_of_a_site_with(void**) {
    assert_true(is_cross_site({"shop.example", "http://shop.example", "", true}));
    assert_true(is_cross_site({"shop.example", "http://www.shop.example", "same-site", true}));
    assert_false(is_cross_site({"shop.example", "https://www.shop.example", "same-site", true}));
    assert_false(is_cross_site({"shop.example", "https://shop.example", "", false}));  // TLS ends in front
}

void pages_on_other_hosts_of_the_site_need_cors(void**) {
    constexpr std::string_view kOther = "https://www.shop.example";
    expect_text(foreign_origin({"data.shop.example", kOther, "same-site"}), kOther);
    expect_text(foreign_origin({"data.shop.example", kOther, ""}), kOther);
    expect_text(foreign_origin({"www.shop.example", "https://www.shop.example:8443", "same-site"}), "");
    expect_text(foreign_origin({"backend.internal", kOther, "same-origin"}), "");
    expect_text(foreign_origin({"backend.internal", "null", "same-origin"}), "");
    expect_text(foreign_origin({"shop.example", "", ""}), "");
}

void hosts_without_a_registrable_domain_must_be_equal(void**) {
    for (const std::string_view host : {"localhost", "127.0.0.1", "[::1]", "github.io"}) {
        assert_false(is_cross_site({host, "https://" + std::string(host) + ":8443", ""}));
    }
    assert_true(is_cross_site({"127.0.0.1", "https://127.0.0.2", ""}));
    assert_true(is_cross_site({"localhost", "https://127.0.0.1", ""}));
    assert_true(is_cross_site({"10.0.0.1", "https://20.0.0.1", ""}));
    assert_true(is_cross_site({"", "https://shop.example", ""}));
}

void without_an_origin_the_browsers_own_word_counts(void**) {
    for (const std::string_view sec_fetch_site : {"cross-site", "none"}) {
        assert_true(is_cross_site({"shop.example", "", sec_fetch_site}));
    }
    for (const std::string_view sec_fetch_site : {"", "same-origin", "same-site"}) {
        assert_false(is_cross_site({"shop.example", "", sec_fetch_site}));
    }
}

void the_cookie_domain_is_the_registrable_domain_of_the_page(void**) {
    expect_text(cookie_domain(site_of_origin("https://www.shop.example"), "shop.example"), "shop.example");
    expect_text(cookie_domain(site_of_origin("https://shop.example:8443"), "shop.example"), "shop.example");
    expect_text(cookie_domain(site_of_origin("https://www.shop.co.uk"), "shop.co.uk"), "shop.co.uk");
}

void any_other_cookie_domain_is_refused(void**) {
    constexpr std::pair<std::string_view, std::string_view> kDomains[] = {
        {"https://www.shop.example", "www.shop.example"},
        {"https://www.shop.example", "example"},
        {"https://www.shop.example", ""},
        {"https://www.shop.example", "other.example"},
        {"https://www.shop.example", "Shop.Example"},
        {"https://www.shop.example", ".shop.example"},
        {"https://www.shop.example", "shop.example; Secure"},
        {"https://www.shop.co.uk", "co.uk"},
        {"https://a.github.io", "github.io"},
        {"https://localhost", "localhost"},
        {"https://localhost", ""},
        {"https://127.0.0.1", "0.1"},
        {"https://127.0.0.1", "127.0.0.1"},
        {"null", "shop.example"},
        {"", "shop.example"},
        {"", ""},
    };
    for (const auto& [origin, domain] : kDomains) {
        expect_text(cookie_domain(site_of_origin(origin), domain), "");
    }
}

void sites_that_are_remembered_are_those_of_their_origins(void**) {
    SiteCache sites;
    for (int round = 0; round < 2; ++round) {
        for (int shop = 0; shop < 500; ++shop) {  // more than it remembers
            const std::string site = "shop" + std::to_string(shop) + ".example";
            expect_text(sites.site_of_origin("https://www." + site), site);
            expect_text(sites.site_of_origin("https://www." + site), site);
        }
        for (const std::string_view origin : {"", "null", "https://co.uk", "https://192.0.2.1"}) {
            expect_text(sites.site_of_origin(origin), "");
            expect_text(sites.site_of_origin(origin), "");
        }
    }
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_registrable_domain_is_below_a_public_suffix),
        cmocka_unit_test(names_for_tests_have_a_registrable_domain),
        cmocka_unit_test(what_is_no_domain_of_anybody_has_none),
        cmocka_unit_test(the_host_of_an_origin_is_found),
        cmocka_unit_test(what_is_no_origin_of_a_page_has_no_host),
        cmocka_unit_test(pages_of_the_site_may_send),
        cmocka_unit_test(pages_of_other_sites_may_not),
        cmocka_unit_test(what_the_browser_calls_same_origin_is),
        cmocka_unit_test(what_the_browser_calls_another_site_is_whatever_the_origin),
        cmocka_unit_test(a_page_without_tls_is_not_of_a_site_with),
        cmocka_unit_test(pages_on_other_hosts_of_the_site_need_cors),
        cmocka_unit_test(hosts_without_a_registrable_domain_must_be_equal),
        cmocka_unit_test(without_an_origin_the_browsers_own_word_counts),
        cmocka_unit_test(sites_that_are_remembered_are_those_of_their_origins),
        cmocka_unit_test(the_cookie_domain_is_the_registrable_domain_of_the_page),
        cmocka_unit_test(any_other_cookie_domain_is_refused),
    };
    return cmocka_run_group_tests_name("site", tests, nullptr, nullptr);
}
