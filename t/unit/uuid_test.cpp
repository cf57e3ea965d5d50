#include "text/uuid.hpp"

#include <set>
#include <string>
#include <string_view>

#include "expect.hpp"

namespace {

using namespace aep::text;
using aep::test::expect_text;

void a_uuid_has_its_version_and_variant(void**) {
    constexpr unsigned char kOnes[16] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                         0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    constexpr unsigned char kNumbers[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0xF0};
    expect_text(format_uuid(kOnes, 8), "ffffffff-ffff-8fff-bfff-ffffffffffff");
    expect_text(format_uuid(kNumbers, 4), "00010203-0405-4607-8809-0a0b0c0d0ef0");
}

void uuids_are_random_and_of_version_4(void**) {
    std::set<std::string> uuids;
    for (int i = 0; i < 200; ++i) {
        const std::string uuid = random_uuid();
        assert_int_equal(uuid.size(), 36);
        assert_int_equal(uuid[14], '4');
        assert_true(std::string_view("89ab").find(uuid[19]) != std::string_view::npos);
        uuids.insert(uuid);
    }
    assert_int_equal(uuids.size(), 200);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_uuid_has_its_version_and_variant),
        cmocka_unit_test(uuids_are_random_and_of_version_4),
    };
    return cmocka_run_group_tests_name("uuid", tests, nullptr, nullptr);
}
