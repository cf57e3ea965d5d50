#include "cmocka.hpp"

#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "head_finder_charset_cases.hpp"
#include "head_finder_document_cases.hpp"
#include "head_finder_place_cases.hpp"
#include "page/html/head_memory.hpp"

namespace {

using namespace aep::page;
using namespace aep::page::html;
using namespace aep::page::html::test;

constexpr std::string_view kPage = "<!doctype html><html><head><title>Shop</title>";

HeadFinder::Decision decide(std::string_view bytes, bool charset_known) {
    HeadFinder finder(charset_known);
    finder.feed(bytes);
    return finder.decision();
}

void a_page_that_begins_alike_gets_the_same_verdict(void** /*state*/) {
    HeadMemory memory;
    memory.remember(decide(kPage, true), kPage, true);
    const auto* found = memory.find("<!doctype html><html><head><title>Another", true);
    assert_non_null(found);
    assert_int_equal(static_cast<int>(found->verdict), static_cast<int>(Verdict::found));
    assert_int_equal(found->position, std::string_view("<!doctype html><html><head>").size());
}

void a_page_that_begins_otherwise_has_to_be_read(void** /*state*/) {
    HeadMemory memory;
    memory.remember(decide(kPage, true), kPage, true);
    assert_null(memory.find("<!doctype html><html lang=en><head><title>", true));
    assert_null(memory.find("<!doctype html><html><head>", true));  // the byte behind it tells
    assert_null(memory.find("", true));
}

void a_page_whose_charset_is_not_known_is_another(void** /*state*/) {
    HeadMemory memory;
    memory.remember(decide(kPage, true), kPage, true);
    assert_null(memory.find(kPage, false));
}

void what_is_not_decided_is_not_kept(void** /*state*/) {
    HeadMemory memory;
    constexpr std::string_view kStart = "<!doctype html><html><";
    memory.remember(decide(kStart, true), kStart, true);
    assert_null(memory.find(kStart, true));
}

void a_long_beginning_is_not_kept(void** /*state*/) {
    HeadMemory memory;
    const std::string page = "<html><!--" + std::string(HeadMemory::kLongest, 'x') + "--><head><title>";
    memory.remember(decide(page, true), page, true);
    assert_null(memory.find(page, true));
}

void the_oldest_is_forgotten_first(void** /*state*/) {
    HeadMemory memory;
    for (int i = 0; i < 9; ++i) {
        const std::string page = "<html lang=" + std::to_string(i) + "><head><title>";
        memory.remember(decide(page, true), page, true);
    }
    assert_null(memory.find("<html lang=0><head><title>", true));
    assert_non_null(memory.find("<html lang=1><head><title>", true));
    assert_non_null(memory.find("<html lang=8><head><title>", true));
}

/// Whatever is remembered of one document must hold for every other one.
void never_says_what_the_finder_would_not(void** /*state*/) {
    std::vector<std::string_view> documents;
    const auto collect = [&](const auto& cases) {
        for (const HeadCase& each : cases) {
            documents.push_back(each.input);
        }
    };
    collect(kDocumentCases);
    collect(kPlaceCases);
    collect(kCharsetCases);
    std::size_t recalled = 0;
    for (const bool charset_known : {true, false}) {
        for (const std::string_view first : documents) {
            HeadMemory memory;
            memory.remember(decide(first, charset_known), first, charset_known);
            for (const std::string_view second : documents) {
                if (const auto* found = memory.find(second, charset_known)) {
                    const auto expected = decide(second, charset_known);
                    assert_int_equal(static_cast<int>(found->verdict), static_cast<int>(expected.verdict));
                    assert_int_equal(found->position, expected.position);
                    ++recalled;
                }
            }
        }
    }
    assert_true(recalled > documents.size());
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_page_that_begins_alike_gets_the_same_verdict),
        cmocka_unit_test(a_page_that_begins_otherwise_has_to_be_read),
        cmocka_unit_test(a_page_whose_charset_is_not_known_is_another),
        cmocka_unit_test(what_is_not_decided_is_not_kept),
        cmocka_unit_test(a_long_beginning_is_not_kept),
        cmocka_unit_test(the_oldest_is_forgotten_first),
        cmocka_unit_test(never_says_what_the_finder_would_not),
    };
    return cmocka_run_group_tests_name("head_memory", tests, nullptr, nullptr);
}
