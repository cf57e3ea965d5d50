#include "page/validators.hpp"

#include <string>
#include <string_view>

#include "cmocka.hpp"

namespace {

using namespace aep::page;

constexpr std::uint32_t kVersion = 0x0123ABCD;

void expect(const std::string& actual, std::string_view expected) {
    assert_string_equal(actual.c_str(), std::string(expected).c_str());
}

/// If-None-Match as it reaches the shop.
std::string original(std::string_view header, bool wants_page) {
    return original_if_none_match(header, kVersion, wants_page).value;
}

std::string tagged(std::string_view etag, std::uint32_t version = kVersion) {
    std::string room(etag.size() + kTagVersionRoom, '\0');
    return std::string(with_tag_version(etag, version, room.data()));
}

void an_entity_tag_tells_the_tags_version(void** /*state*/) {
    expect(tagged(R"("abc")"), R"(W/"abc-aep.0123abcd")");
    expect(tagged(R"("")", 7), R"(W/"-aep.00000007")");
    expect(tagged(R"("a,b")"), R"(W/"a,b-aep.0123abcd")");
}

void a_weak_one_stays_told_apart(void** /*state*/) {
    expect(tagged(R"(W/"abc")"), R"(W/"abc-aepw.0123abcd")");
}

void what_is_no_entity_tag_stays(void** /*state*/) {
    for (const std::string_view text : {"", "abc", "\"abc", "abc\"", "\"a\"b\"", "w/\"abc\"", "W/"}) {
        expect(tagged(text), text);
    }
}

void a_copy_with_this_tag_is_asked_for_by_the_originals(void** /*state*/) {
    for (const bool wants_page : {false, true}) {
        expect(original(R"(W/"abc-aep.0123abcd")", wants_page), R"("abc")");
        expect(original(R"(W/"abc-aepw.0123abcd")", wants_page), R"(W/"abc")");
        assert_true(original_if_none_match(R"(W/"abc-aep.0123abcd")", kVersion, wants_page).has_our_version);
    }
}

void a_copy_with_another_tag_is_not_asked_for(void** /*state*/) {
    for (const bool wants_page : {false, true}) {
        const IfNoneMatch result = original_if_none_match(R"(W/"abc-aep.00000000")", kVersion, wants_page);
        expect(result.value, R"("-aep")");
        assert_true(result.is_changed);
        assert_false(result.has_our_version);
    }
}

void a_page_from_before_is_not_asked_for_but_a_file_is(void** /*state*/) {
    expect(original(R"("abc")", true), R"("-aep")");
    const IfNoneMatch result = original_if_none_match(R"("abc")", kVersion, false);
    expect(result.value, R"("abc")");
    assert_false(result.is_changed);
}

void each_of_a_list_is_looked_at(void** /*state*/) {
    expect(original(R"("a", W/"b-aep.0123abcd" ,W/"c-aepw.0123abcd",	"d,e")", true), R"("b", W/"c")");
    expect(original(R"("a", W/"b-aep.0123abcd","d,e")", false), R"("a", "b", "d,e")");
    expect(original(R"("a", W/"b-aep.00000000")", false), R"("a")");
    expect(original(R"(,"a",,)", false), R"("a")");
}

void whatever_there_is_stays(void** /*state*/) {
    for (const bool wants_page : {false, true}) {
        expect(original("*", wants_page), "*");
        assert_false(original_if_none_match("*", kVersion, wants_page).is_changed);
    }
}

void another_modules_ending_is_not_ours(void** /*state*/) {
    for (const std::string_view text : {R"("abc-aep.123abcd")", R"("abc-aep0123abcd")", R"("-aep.")"}) {
        expect(original(text, false), text);
    }
    expect(original(R"("abc-gzip")", false), R"("abc-gzip")");
}

void a_list_has_an_entity_tag(void** /*state*/) {
    assert_true(has_entity_tag(R"("abc")", R"("abc")"));
    assert_true(has_entity_tag(R"("a", "abc")", R"("abc")"));
    assert_true(has_entity_tag(R"("a,b" , "c")", R"("a,b")"));
    assert_true(has_entity_tag(R"(W/"abc")", R"("abc")"));
    assert_true(has_entity_tag(R"("abc")", R"(W/"abc")"));
}

void or_has_it_not(void** /*state*/) {
    for (const std::string_view list : {"", "*", "abc", "\"ab\"", "\"abcd\"", "\"abc", "\"x,\"abc\"\""}) {
        assert_false(has_entity_tag(list, R"("abc")"));
    }
    assert_false(has_entity_tag(R"("abc")", ""));
    assert_false(has_entity_tag("abc", "abc"));
}

void the_version_changes_with_the_tag(void** /*state*/) {
    assert_int_not_equal(tag_version("<script src=a>"), tag_version("<script src=b>"));
    assert_int_equal(tag_version("<script src=a>"), tag_version("<script src=a>"));
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(an_entity_tag_tells_the_tags_version),
        cmocka_unit_test(a_weak_one_stays_told_apart),
        cmocka_unit_test(what_is_no_entity_tag_stays),
        cmocka_unit_test(a_copy_with_this_tag_is_asked_for_by_the_originals),
        cmocka_unit_test(a_copy_with_another_tag_is_not_asked_for),
        cmocka_unit_test(a_page_from_before_is_not_asked_for_but_a_file_is),
        cmocka_unit_test(each_of_a_list_is_looked_at),
        cmocka_unit_test(whatever_there_is_stays),
        cmocka_unit_test(another_modules_ending_is_not_ours),
        cmocka_unit_test(a_list_has_an_entity_tag),
        cmocka_unit_test(or_has_it_not),
        cmocka_unit_test(the_version_changes_with_the_tag),
    };
    return cmocka_run_group_tests_name("validators", tests, nullptr, nullptr);
}
