#include "text/printable.hpp"

#include <array>
#include <string_view>

#include "expect.hpp"

namespace {

using aep::test::expect_text;
using aep::text::copy_printable;

void control_characters_are_replaced(void**) {
    std::array<char, 64> room{};
    expect_text(copy_printable("a\r\nb\x1B[2J\x7F\t", room), "a??b?[2J??");
    expect_text(copy_printable(std::string_view("\0", 1), room), "?");
}

void everything_else_stays(void**) {
    std::array<char, 64> room{};
    expect_text(copy_printable("", room), "");
    expect_text(copy_printable("\"shop.example\": é %s", room), "\"shop.example\": é %s");
}

void what_has_no_room_is_left_out(void**) {
    std::array<char, 4> room{};
    expect_text(copy_printable("shop.example", room), "shop");
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(control_characters_are_replaced),
        cmocka_unit_test(everything_else_stays),
        cmocka_unit_test(what_has_no_room_is_left_out),
    };
    return cmocka_run_group_tests_name("printable", tests, nullptr, nullptr);
}
