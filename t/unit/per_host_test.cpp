#include "shared/per_host.hpp"

#include <set>
#include <string>

#include "expect.hpp"
#include "shared/breaker.hpp"

namespace {

using aep::shared::Breaker;
using Breakers = aep::shared::PerHost<Breaker>;

void a_host_has_one_breaker(void**) {
    Breakers breakers{};
    Breaker& breaker = breakers.of("https://edge.adobedc.net");
    breaker.failures = 3;
    assert_ptr_equal(&breaker, &breakers.of("https://edge.adobedc.net"));
    assert_int_equal(breakers.of("https://edge.adobedc.net").failures, 3);
}

void hosts_do_not_share_a_breaker(void**) {
    constexpr std::size_t kHosts = 64;
    Breakers breakers{};
    std::set<const Breaker*> all;
    for (std::size_t i = 0; i < kHosts; ++i) {
        all.insert(&breakers.of("https://edge" + std::to_string(i) + ".example"));
    }
    assert_int_equal(all.size(), kHosts);
    for (std::size_t i = 0; i < kHosts; ++i) {
        assert_true(all.contains(&breakers.of("https://edge" + std::to_string(i) + ".example")));
    }
}

void more_hosts_than_there_is_room_for_share_breakers(void**) {
    constexpr std::size_t kMany = 200;
    Breakers breakers{};
    std::set<const Breaker*> all;
    for (std::size_t i = 0; i < kMany; ++i) {
        all.insert(&breakers.of("https://edge" + std::to_string(i) + ".example"));
    }
    assert_int_equal(all.size(), 64);
    assert_ptr_equal(&breakers.of("https://edge199.example"), &breakers.of("https://edge199.example"));
}

void the_scheme_and_the_port_count(void**) {
    Breakers breakers{};
    const std::set<const Breaker*> all{&breakers.of("https://edge"), &breakers.of("http://edge"),
                                       &breakers.of("https://edge:8443")};
    assert_int_equal(all.size(), 3);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_host_has_one_breaker),
        cmocka_unit_test(hosts_do_not_share_a_breaker),
        cmocka_unit_test(more_hosts_than_there_is_room_for_share_breakers),
        cmocka_unit_test(the_scheme_and_the_port_count),
    };
    return cmocka_run_group_tests_name("per_host", tests, nullptr, nullptr);
}
