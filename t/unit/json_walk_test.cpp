#include "text/json_walk.hpp"

#include <jansson.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "expect.hpp"
#include "json_cases.hpp"

namespace {

using namespace aep::text::json;
using aep::test::expect_part;
using aep::test::expect_text;
using aep::text::json::test::JsonCase;
using aep::text::json::test::kJsonCases;

/// A document with everything in it that JSON has, and nothing that jansson cannot hold.
constexpr std::string_view kDocument =
    R"({"events": [{"xdm": {"eventType": "a\u00e9\n", "n": [0, -1.5e+3, 1E2]}}, {}],)"
    R"( "meta": {"on": true, "off": false, "none": null, "list": []}, "": "\\\""})";

bool is_valid(std::string_view text) {
    Walk walk{std::string(text), DuplicateKeys::allowed};
    walk.skip();
    return walk.finish();
}

bool is_valid_for_jansson(std::string_view text) {
    json_error_t error;
    json_t* value = json_loadb(text.data(), text.size(), JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    json_decref(value);
    return value != nullptr;
}

std::string_view piece(const Walk& walk, const Span& span) {
    return std::string_view(walk.text()).substr(span.begin, span.end - span.begin);
}

void every_text_has_the_verdict_of_json_parse(void**) {
    for (const JsonCase& json : kJsonCases) {
        if (is_valid(json.text) != json.valid) {
            fail_msg("'%.*s'", static_cast<int>(json.text.size()), json.text.data());
        }
    }
}

void a_value_has_the_same_verdict_inside_an_array_and_an_object(void**) {
    for (const JsonCase& json : kJsonCases) {
        const bool is_blank = json.text.find_first_not_of(" \t\r\n") == json.text.npos;
        const std::string array = "[0, " + std::string(json.text) + "]";
        const std::string object = "{\"a\":" + std::string(json.text) + ",\"b\":1}";
        if (!is_blank && (is_valid(array) != json.valid || is_valid(object) != json.valid)) {
            fail_msg("'%.*s'", static_cast<int>(json.text.size()), json.text.data());
        }
    }
}

void a_document_that_is_cut_off_anywhere_is_refused(void**) {
    assert_true(is_valid(kDocument));
    for (std::size_t size = 0; size < kDocument.size(); ++size) {
        if (is_valid(kDocument.substr(0, size))) {
            fail_msg("cut at %zu", size);
        }
    }
}

void a_document_without_any_one_of_its_bytes_has_the_verdict_of_jansson(void**) {
    for (std::size_t i = 0; i < kDocument.size(); ++i) {
        std::string text(kDocument);
        text.erase(i, 1);
        if (is_valid(text) != is_valid_for_jansson(text)) {
            fail_msg("%s", text.c_str());
        }
    }
}

void a_document_with_changed_bytes_has_the_verdict_of_jansson(void**) {
    constexpr std::string_view kBytes = "{}[],:\"\\ \n0159.-+eEtrufalsn/xX";
    std::uint32_t random = 1;
    const auto next = [&](std::size_t limit) {
        random = random * 1664525U + 1013904223U;
        return (random >> 8U) % limit;
    };
    for (int round = 0; round < 50000; ++round) {
        std::string text(kDocument);
        for (std::size_t changes = 1 + next(3); changes > 0; --changes) {
            text[next(text.size())] = kBytes[next(kBytes.size())];
        }
        if (is_valid(text) != is_valid_for_jansson(text)) {
            fail_msg("%s", text.c_str());
        }
    }
}

void nesting_has_a_limit(void**) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    assert_true(is_valid(nested(Walk::kMaxDepth)));
    assert_false(is_valid(nested(Walk::kMaxDepth + 1)));
    assert_false(is_valid(std::string(1000000, '[')));

    std::string objects;
    for (std::size_t depth = 0; depth < Walk::kMaxDepth; ++depth) {
        objects += "{\"a\":";
    }
    assert_true(is_valid(objects + "0" + std::string(Walk::kMaxDepth, '}')));
    assert_false(is_valid("[" + objects + "0" + std::string(Walk::kMaxDepth, '}') + "]"));
}

void closed_brackets_do_not_count_as_nesting(void**) {
    std::string text = "[";
    for (std::size_t i = 0; i < 2 * Walk::kMaxDepth; ++i) {
        text += "[],[0],{},{\"a\":0},";
    }
    assert_true(is_valid(text + "0]"));
}

void kinds_are_told_apart(void**) {
    constexpr std::pair<std::string_view, Kind> kKinds[] = {
        {"{}", Kind::object}, {"[]", Kind::array},     {"\"a\"", Kind::string},  {"-1", Kind::number},
        {"7", Kind::number},  {"true", Kind::boolean}, {"false", Kind::boolean}, {"null", Kind::null},
        {"", Kind::nothing},  {",", Kind::nothing},    {"}", Kind::nothing},     {"x", Kind::nothing},
    };
    for (const auto& [text, kind] : kKinds) {
        const Walk walk{std::string(text), DuplicateKeys::allowed};
        assert_int_equal(static_cast<int>(walk.kind()), static_cast<int>(kind));
    }
}

void spans_are_exact_whatever_white_space_there_is(void**) {
    Walk walk(" { \"a\" : [ 1 , \"b\" ] , \"c\" : 2.50\t} ", DuplicateKeys::refused);
    std::vector<std::string> pieces;
    const Span object = walk.object([&](std::string_view key, std::size_t begin) {
        assert_int_equal(walk.text()[begin], '"');
        pieces.emplace_back(key);
        if (key == "a") {
            const Span array = walk.array([&] { pieces.emplace_back(piece(walk, walk.skip())); });
            pieces.emplace_back(piece(walk, array));
        } else {
            pieces.emplace_back(piece(walk, walk.skip()));
        }
    });
    assert_true(walk.finish());
    expect_text(piece(walk, object), "{ \"a\" : [ 1 , \"b\" ] , \"c\" : 2.50\t}");
    const std::vector<std::string> expected{"a", "1", "\"b\"", "[ 1 , \"b\" ]", "c", "2.50"};
    assert_true(pieces == expected);
}

void keys_and_strings_are_read_without_their_escapes(void**) {
    Walk walk(R"({"\u0061\"b":"\ud83d\ude00 \/\b\f\n\r\t\\","plain":"x"})", DuplicateKeys::refused);
    std::vector<std::string> texts;
    walk.object([&](std::string_view key, std::size_t) {
        texts.emplace_back(key);
        texts.emplace_back(walk.string());
    });
    assert_true(walk.finish());
    const std::vector<std::string> expected{"a\"b", "\xF0\x9F\x98\x80 /\b\f\n\r\t\\", "plain", "x"};
    assert_true(texts == expected);
}

void a_key_that_comes_twice_is_refused_however_it_is_written(void**) {
    for (const char* text : {R"({"a":1,"b":2,"a":3})", R"({"a":1,"\u0061":2})", R"({"\ud83d\ude00":1,"😀":2})",
                             R"({"":1,"":2})", R"({"z":{"a":1,"a":2}})"}) {
        Walk walk(text, DuplicateKeys::refused);
        walk.object([&](std::string_view, std::size_t) {
            if (walk.kind() == Kind::object) {
                walk.object([&](std::string_view, std::size_t) { walk.skip(); });
            } else {
                walk.skip();
            }
        });
        assert_false(walk.finish());
        expect_text(walk.fault(), "an object has the same key twice");
    }
}

void a_key_that_comes_twice_is_refused_among_any_number_of_keys(void**) {
    for (const int count : {2, 15, 16, 17, 18, 200}) {
        for (const int repeated : {-1, 0, count / 2, count - 1}) {
            std::string text = "{";
            for (int key = 0; key < count; ++key) {
                text.append("\"k").append(std::to_string(key)).append("\":1,");
            }
            text.append("\"k").append(repeated < 0 ? "" : std::to_string(repeated)).append("\":1}");
            Walk walk(text, DuplicateKeys::refused);
            walk.object([&](std::string_view, std::size_t) { walk.skip(); });
            assert_int_equal(walk.finish(), repeated < 0);
        }
    }
}

void keys_of_different_objects_may_be_equal(void**) {
    Walk walk(R"({"a":{"a":1,"b":2},"b":{"a":1},"c":[{"a":1},{"a":1}],"\ud83d":1,"\ud83c":2})",
              DuplicateKeys::refused);
    walk.object([&](std::string_view, std::size_t) {
        if (walk.kind() == Kind::object) {
            walk.object([&](std::string_view, std::size_t) { walk.skip(); });
        } else if (walk.kind() == Kind::array) {
            walk.array([&] { walk.object([&](std::string_view, std::size_t) { walk.skip(); }); });
        } else {
            walk.skip();
        }
    });
    assert_true(walk.finish());
}

void duplicate_keys_may_be_allowed(void**) {
    Walk walk(R"({"a":1,"a":2})", DuplicateKeys::allowed);
    int members = 0;
    walk.object([&](std::string_view, std::size_t) {
        ++members;
        walk.skip();
    });
    assert_true(walk.finish());
    assert_int_equal(members, 2);
}

void the_walk_can_return_to_a_value(void**) {
    Walk walk(R"(["\n", {"a": "\u0062"}, 3])", DuplicateKeys::allowed);
    std::vector<std::string> seen;
    Walk::Position object{};
    walk.array([&] {
        if (walk.kind() == Kind::object) {
            object = walk.position();
        }
        seen.emplace_back(piece(walk, walk.skip()));
    });
    assert_true(walk.finish());
    walk.return_to(object);
    walk.object(
        [&](std::string_view key, std::size_t) { seen.emplace_back(std::string(key) += walk.string()); });
    const std::vector<std::string> expected{R"("\n")", R"({"a": "\u0062"})", "3", "ab"};
    assert_true(seen == expected);
    assert_int_equal(walk.end(), std::string_view(R"(["\n", {"a": "\u0062"})").size());
}

void after_a_fault_there_is_nothing_more(void**) {
    Walk walk("[1, tru, 3, 4]", DuplicateKeys::refused);
    int elements = 0;
    walk.array([&] {
        ++elements;
        walk.skip();
    });
    assert_int_equal(elements, 2);
    assert_false(walk.ok());
    assert_int_equal(static_cast<int>(walk.kind()), static_cast<int>(Kind::nothing));
    assert_false(walk.finish());
    expect_text(walk.fault(), "a value is missing or wrong");
    assert_int_equal(walk.fault_offset(), 4);
}

void a_walk_that_is_stopped_has_no_fault(void**) {
    Walk walk("[1, 2, 3]", DuplicateKeys::refused);
    int elements = 0;
    walk.array([&] {
        ++elements;
        walk.stop();
    });
    assert_int_equal(elements, 1);
    assert_false(walk.ok());
    assert_true(walk.finish());
}

void asking_for_another_kind_is_a_fault(void**) {
    const auto fault = [](auto&& read) {
        Walk walk("true", DuplicateKeys::refused);
        read(walk);
        return std::string(walk.fault());
    };
    expect_text(fault([](Walk& walk) { walk.object([](std::string_view, std::size_t) {}); }),
                "an object is missing");
    expect_text(fault([](Walk& walk) { walk.array([] {}); }), "an array is missing");
    expect_text(fault([](Walk& walk) { walk.string(); }), "a string is missing or wrong");
}

void faults_say_what_is_wrong(void**) {
    constexpr std::pair<std::string_view, std::string_view> kFaults[] = {
        {"", "it is empty"},
        {"\"\xFF\"", "it is not UTF-8"},
        {"\"a", "a string has no end"},
        {"\"a\nb\"", "a string holds a control character"},
        {"{\"a\" 1}", "a colon is missing"},
        {"{a:1}", "a key is missing or wrong"},
        {"{\"a\":1 \"b\":2}", "a comma or '}' is missing"},
        {"[1 2]", "a comma or ']' is missing"},
        {"[] []", "something follows the end"},
        {"[1,]", "a value is missing or wrong"},
    };
    for (const auto& [text, expected] : kFaults) {
        Walk walk{std::string(text), DuplicateKeys::allowed};
        walk.skip();
        assert_false(walk.finish());
        expect_part(walk.fault(), expected);
    }
    Walk walk(std::string(Walk::kMaxDepth + 1, '['), DuplicateKeys::allowed);
    walk.skip();
    expect_text(walk.fault(), "it is nested too deeply");
    assert_int_equal(walk.fault_offset(), Walk::kMaxDepth);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(every_text_has_the_verdict_of_json_parse),
        cmocka_unit_test(a_value_has_the_same_verdict_inside_an_array_and_an_object),
        cmocka_unit_test(a_document_that_is_cut_off_anywhere_is_refused),
        cmocka_unit_test(a_document_without_any_one_of_its_bytes_has_the_verdict_of_jansson),
        cmocka_unit_test(a_document_with_changed_bytes_has_the_verdict_of_jansson),
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(closed_brackets_do_not_count_as_nesting),
        cmocka_unit_test(kinds_are_told_apart),
        cmocka_unit_test(spans_are_exact_whatever_white_space_there_is),
        cmocka_unit_test(keys_and_strings_are_read_without_their_escapes),
        cmocka_unit_test(a_key_that_comes_twice_is_refused_however_it_is_written),
        cmocka_unit_test(a_key_that_comes_twice_is_refused_among_any_number_of_keys),
        cmocka_unit_test(keys_of_different_objects_may_be_equal),
        cmocka_unit_test(duplicate_keys_may_be_allowed),
        cmocka_unit_test(the_walk_can_return_to_a_value),
        cmocka_unit_test(after_a_fault_there_is_nothing_more),
        cmocka_unit_test(a_walk_that_is_stopped_has_no_fault),
        cmocka_unit_test(asking_for_another_kind_is_a_fault),
        cmocka_unit_test(faults_say_what_is_wrong),
    };
    return cmocka_run_group_tests_name("json_walk", tests, nullptr, nullptr);
}
