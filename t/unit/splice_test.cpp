#include "text/splice.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "expect.hpp"

namespace {

using namespace aep::text;
using aep::test::expect_text;

/// The text without all that is called "x" or is "x", at any depth.
Fate prune(EditingWalk& walk) {
    const auto member = [&](std::string_view key) {
        return prune(walk) == Fate::drop || key == "x" ? Fate::drop : Fate::stay;
    };
    switch (walk.walk.kind()) {
        case json::Kind::object:
            return walk.object(member).was_emptied() ? Fate::drop : Fate::stay;
        case json::Kind::array:
            return walk.array([&] { return prune(walk); }).was_emptied() ? Fate::drop : Fate::stay;
        case json::Kind::string:
            return walk.walk.string() == "x" ? Fate::drop : Fate::stay;
        default:
            return walk.stay();
    }
}

std::string without_x(std::string_view text) {
    EditingWalk walk(std::string(text), json::DuplicateKeys::allowed);
    prune(walk);
    assert_true(walk.walk.finish());
    return walk.result();
}

std::string with_y(std::string_view text) {
    EditingWalk walk(std::string(text), json::DuplicateKeys::allowed);
    Edited array = walk.array([&] { return walk.walk.string() == "x" ? Fate::drop : Fate::stay; });
    walk.append(array, "\"y\"");
    walk.append(array, "\"z\"");
    return walk.result();
}

void edits_are_made_in_the_order_of_the_text(void**) {
    expect_text(splice("abcdef", {{{4, 5}, "E"}, {{0, 0}, "<"}, {{1, 3}, ""}, {{6, 6}, ">"}, {{6, 6}, "!"}}),
                "<adEf>!");
    expect_text(splice("abc", {}), "abc");
}

void what_is_dropped_takes_its_comma_along(void**) {
    constexpr std::pair<std::string_view, std::string_view> kArrays[] = {
        {R"([1,"x"])", "[1]"},
        {R"(["x",1])", "[1]"},
        {R"([1,"x",2])", "[1,2]"},
        {R"(["x","x",1,"x","x",2,"x","x"])", "[1,2]"},
        {R"([ 1 , "x" , 2 ])", "[ 1 , 2 ]"},
        {R"([ "x" , 2 ])", "[ 2 ]"},
        {R"([ 1 , "x" ])", "[ 1 ]"},
        {R"({"x":1,"a":2})", R"({"a":2})"},
        {R"({"a":2,"x":1})", R"({"a":2})"},
        {R"({ "a" : 2 , "x" : 1 , "b" : 3 })", R"({ "a" : 2 , "b" : 3 })"},
    };
    for (const auto& [before, after] : kArrays) {
        expect_text(without_x(before), after);
    }
}

void what_is_emptied_can_be_dropped_too(void**) {
    expect_text(without_x(R"([1,["x","x"],2])"), "[1,2]");
    expect_text(without_x(R"([["x"],{"a":["x"]},2,{"x":[["x",3]]}])"), "[2]");
    expect_text(without_x(R"({"a":{"x":["x",1]},"b":[],"c":{}})"), R"({"b":[],"c":{}})");
    expect_text(without_x(R"(["x",[1,"x"],{"a":"x","b":1}])"), R"([[1],{"b":1}])");
}

void everything_can_be_dropped(void**) {
    expect_text(without_x(R"(["x"])"), "[]");
    expect_text(without_x(R"([ "x" , "x" ])"), "[  ]");
    expect_text(without_x(R"({"x":1,"a":"x"})"), "{}");
}

void what_is_appended_gets_the_commas_it_needs(void**) {
    expect_text(with_y("[]"), R"(["y","z"])");
    expect_text(with_y(R"(["a"])"), R"(["a","y","z"])");
    expect_text(with_y(R"(["x"])"), R"(["y","z"])");
    expect_text(with_y(R"(["x","a"])"), R"(["a","y","z"])");
    expect_text(with_y(R"([ "a" , "x" ])"), R"([ "a" ,"y","z"])");
}

void a_value_can_be_replaced(void**) {
    EditingWalk walk(R"([1, 2 ,3])", json::DuplicateKeys::allowed);
    walk.array([&] {
        const json::Span span = walk.walk.skip();
        if (walk.walk.text()[span.begin] == '2') {
            walk.replace(span, "\"two\"");
        }
        return Fate::stay;
    });
    expect_text(walk.result(), R"([1, "two" ,3])");
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(edits_are_made_in_the_order_of_the_text),
        cmocka_unit_test(what_is_dropped_takes_its_comma_along),
        cmocka_unit_test(what_is_emptied_can_be_dropped_too),
        cmocka_unit_test(everything_can_be_dropped),
        cmocka_unit_test(what_is_appended_gets_the_commas_it_needs),
        cmocka_unit_test(a_value_can_be_replaced),
    };
    return cmocka_run_group_tests_name("splice", tests, nullptr, nullptr);
}
