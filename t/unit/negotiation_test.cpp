#include "sdk/negotiation.hpp"

#include <string_view>

#include "expect.hpp"

namespace {

using aep::sdk::BundleForm;
using aep::sdk::negotiate;

void expect_form(BundleForm expected, std::string_view accept_encoding) {
    if (negotiate(accept_encoding) != expected) {
        fail_msg("\"%.*s\" gives form %d", static_cast<int>(accept_encoding.size()), accept_encoding.data(),
                 static_cast<int>(negotiate(accept_encoding)));
    }
}

void who_accepts_nothing_gets_the_plain_form(void**) {
    for (const std::string_view text :
         {"", " ", ",", ", ,", ";", ";q=1", "identity", "deflate", "zstd, deflate", "compress;q=1.0",
          "br;q=0", "gzip;q=0", "gzip;q=0, br;q=0.0", "*;q=0"}) {
        expect_form(BundleForm::plain, text);
    }
}

void brotli_comes_before_gzip(void**) {
    for (const std::string_view text : {"br", "gzip, br", "gzip, deflate, br, zstd", "br;q=0.1, gzip;q=1",
                                        "*", "gzip, *", "identity, *;q=0.5", "*;q=0, br"}) {
        expect_form(BundleForm::brotli, text);
    }
}

void gzip_comes_where_brotli_is_not_accepted(void**) {
    for (const std::string_view text :
         {"gzip", "gzip, deflate", "x-gzip", "deflate,gzip;q=0.001", "gzip, br;q=0", "*, br;q=0",
          "*;q=0, gzip", "br;q=0.000,gzip;q=1.000"}) {
        expect_form(BundleForm::gzip, text);
    }
}

void names_and_weights_are_written_in_any_case_and_with_blanks(void**) {
    expect_form(BundleForm::brotli, "\tBR ;q=1 , GZIP");
    expect_form(BundleForm::gzip, "GZip ; Q=0.5 , Br\t;\tQ=0 ");
    expect_form(BundleForm::plain, "gzip; q=0.00 ,br ;q=0.");
}

void a_name_is_a_whole_word(void**) {
    for (const std::string_view text : {"brotli", "gzipped", "x-br", "gzi", "b", "g", "**", "gz ip"}) {
        expect_form(BundleForm::plain, text);
    }
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(who_accepts_nothing_gets_the_plain_form),
        cmocka_unit_test(brotli_comes_before_gzip),
        cmocka_unit_test(gzip_comes_where_brotli_is_not_accepted),
        cmocka_unit_test(names_and_weights_are_written_in_any_case_and_with_blanks),
        cmocka_unit_test(a_name_is_a_whole_word),
    };
    return cmocka_run_group_tests_name("negotiation", tests, nullptr, nullptr);
}
