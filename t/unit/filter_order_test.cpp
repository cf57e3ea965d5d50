#include "page/filter_order.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "cmocka.hpp"

namespace {

using namespace aep::page;

constexpr std::string_view kGzip = "ngx_http_gzip_filter_module";
constexpr std::string_view kBrotli = "ngx_http_brotli_filter_module";
constexpr std::string_view kZstd = "ngx_http_zstd_filter_module";
constexpr std::string_view kOurs = "ngx_http_aep_module";
constexpr std::string_view kPostpone = "ngx_http_postpone_filter_module";
constexpr std::string_view kPagespeed = "ngx_pagespeed";

void expect(std::initializer_list<std::string_view> modules, std::string_view name,
            bool is_supported = true) {
    const std::vector<std::string_view> names(modules);
    const MisplacedModule found = misplaced_module(names);
    assert_string_equal(std::string(found.name).c_str(), std::string(name).c_str());
    assert_int_equal(found.is_supported, is_supported);
}

/// nginx runs filters from the last to the first, so those in front of ours run after it.
void filters_that_compress_belong_in_front_of_ours(void** /*state*/) {
    expect({kGzip, kBrotli, kZstd, kOurs, kPostpone}, "");
    expect({kGzip, kOurs, kPostpone}, "");
    expect({kGzip, kOurs, kBrotli, kPostpone}, kBrotli);
    expect({kGzip, kOurs, kZstd, kPostpone}, kZstd);
    expect({kOurs, kGzip, kPostpone}, kGzip);
    expect({kBrotli, kOurs, kZstd, kPostpone}, kZstd);
    expect({kGzip, kOurs, kPostpone, kBrotli}, kBrotli);
}

void other_filters_may_stand_anywhere(void** /*state*/) {
    expect({kGzip, "ngx_http_image_filter_module", kOurs, "ngx_http_subs_filter_module", kPostpone}, "");
    expect({kGzip, kOurs, "ngx_http_brotli_static_module", kPostpone}, "");
    expect({}, "");
}

void pagespeed_does_not_go_together_with_the_tag(void** /*state*/) {
    expect({kGzip, kPagespeed, kOurs, kPostpone}, kPagespeed, false);
    expect({kGzip, kOurs, kPagespeed, kPostpone}, kPagespeed, false);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(filters_that_compress_belong_in_front_of_ours),
        cmocka_unit_test(other_filters_may_stand_anywhere),
        cmocka_unit_test(pagespeed_does_not_go_together_with_the_tag),
    };
    return cmocka_run_group_tests_name("filter_order", tests, nullptr, nullptr);
}
