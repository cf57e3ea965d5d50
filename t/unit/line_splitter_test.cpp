#include "backoffice/line_splitter.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "expect.hpp"

namespace {

using aep::backoffice::LineSplitter;
using aep::test::expect_text;

/// What comes of pieces: the lines with their numbers, "!" for those that are too long.
std::string lines_of(const std::vector<std::string>& pieces) {
    LineSplitter splitter;
    std::string lines;
    const auto take = [&](const LineSplitter::Line& line) {
        lines += std::to_string(line.number) + (line.is_too_long ? "!" : ":" + std::string(line.text)) + " ";
    };
    for (const std::string& piece : pieces) {
        splitter.feed(piece, take);
    }
    splitter.finish(take);
    return lines;
}

void each_line_has_its_number(void**) {
    expect_text(lines_of({"a\nb\nc\n"}), "1:a 2:b 3:c ");
    expect_text(lines_of({"a\r\nb\r\n"}), "1:a 2:b ");
}

void the_last_line_needs_no_end(void**) {
    expect_text(lines_of({"a\nb"}), "1:a 2:b ");
    expect_text(lines_of({""}), "");
}

void lines_of_white_space_only_count(void**) {
    expect_text(lines_of({"a\n\n \t\r\nb\n"}), "1:a 4:b ");
}

void lines_may_come_in_any_pieces(void**) {
    expect_text(lines_of({"a", "b", "\n", "c\nd", "e\n", "\r", "\nf"}), "1:ab 2:c 3:de 5:f ");
}

void a_line_that_is_too_long_is_only_counted(void**) {
    const std::string longest(LineSplitter::kLongest, 'x');
    expect_text(lines_of({longest + "\n"}), "1:" + longest + " ");
    expect_text(lines_of({longest + "x\nb\n"}), "1! 2:b ");
    expect_text(lines_of({longest, "x", "yz\nb\n"}), "1! 2:b ");
    expect_text(lines_of({longest + "x"}), "1! ");
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(each_line_has_its_number),
        cmocka_unit_test(the_last_line_needs_no_end),
        cmocka_unit_test(lines_of_white_space_only_count),
        cmocka_unit_test(lines_may_come_in_any_pieces),
        cmocka_unit_test(a_line_that_is_too_long_is_only_counted),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
