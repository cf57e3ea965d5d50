#include "status/page.hpp"

#include <string>
#include <string_view>

#include "expect.hpp"
#include "status/assets.hpp"
#include "status_models.hpp"

namespace {

using namespace aep::status;
using aep::test::expect_part;
using aep::test::expect_text;

constexpr double kNow = 1764437951;

std::string page_of(const Model& model) {
    return render_page(aep::test::told(model));
}

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + part.size())) {
        ++found;
    }
    return found;
}

void the_state_comes_before_what_to_do_and_both_before_numbers(void**) {
    const std::string page = page_of(aep::test::outage(kNow));
    const std::size_t state = page.find("No data flows to Edge");
    const std::size_t website = page.find("<strong>shop.example</strong> All 310 events");
    const std::size_t host = page.find("edge.adobedc.net is away");
    const std::size_t numbers = page.find("<table");
    assert_true(state < website && website < host && host < numbers && numbers != std::string::npos);
}

void the_worst_website_comes_first(void**) {
    const std::string page = page_of(aep::test::with_dead_letters(kNow));
    assert_true(page.find("<strong>outlet.example</strong> All 21") <
                page.find("<strong>shop.example</strong>"));
}

void numbers_stand_in_tables_with_captions(void**) {
    const std::string page = page_of(aep::test::flowing(kNow));
    assert_int_equal(count(page, "<table"), count(page, "<caption"));
    expect_part(page, R"(<td>injected</td><td class="number">12,345</td>)");
    expect_part(page, R"(<td><time datetime="2025-11-29T17:39:10Z">2025-11-29 17:39:10 UTC</time></td>)");
    expect_part(page, R"(<tr><th scope="row">edge.adobedc.net</th><td>up</td><td class="number">2</td>)"
                      R"(<td class="number">42 ms</td><td class="number">at most 50 ms</td>)"
                      R"(<td class="number">at most 100 ms</td><td>200: 5,334, 400: 4</td></tr>)");
    assert_int_equal(count(page, R"(<span class="outcome )"), 200);
}

void a_broker_has_its_tables(void**) {
    assert_false(has(page_of(aep::test::flowing(kNow)), "The broker that all nodes share"));
    const std::string page = page_of(aep::test::in_a_fleet(kNow));
    expect_part(page, R"(<th scope="row">Workers that are connected</th><td class="number">1 of 2</td>)");
    expect_part(page, R"(<th scope="row">A confirmation takes</th><td class="number">4 ms</td>)");
    expect_part(page, R"(<th scope="row">https://edge.adobedc.net</th><td class="number">41</td>)");
}

void what_came_from_outside_is_text(void**) {
    constexpr std::string_view kAttack = "\"><script>alert('x')</script>&amp;";
    Model model = aep::test::told(aep::test::with_dead_letters(kNow));
    const std::string attack(kAttack);
    model.module = {attack, attack, attack, attack, attack};
    Website& website = model.websites[0];
    website.website = website.datastream = website.host = attack;
    website.pages = website.dead_letters = {{attack, 1}};
    website.events = website.requests = {{attack, attack, 1}};
    website.documents = {{attack, attack, 1}};
    model.hosts[0].host = attack;
    model.hosts[0].responses = {{attack, 1}};
    model.counters = {{attack, 1}};
    model.last_events = {{kNow, attack, attack, attack, attack, 200, 1}};
    model.sentences = {{State::ok, attack, attack, attack}, {State::error, "", attack, attack}};
    const std::string page = render_page(model);
    assert_false(has(page, kAttack));
    assert_false(has(page, "<script>"));
    assert_int_equal(count(page, "<script"), 1);
    expect_part(page, "&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;");
}

void nothing_in_the_page_needs_more_than_its_policy(void**) {
    const std::string page = page_of(aep::test::flowing(kNow));
    assert_false(has(page, " style="));
    assert_false(has(page, "<style"));
    assert_false(has(page, " onclick="));
    assert_false(has(page, "https://"));
    expect_part(page, R"(<link rel="stylesheet" href="?asset=status.css">)");
    expect_part(page, R"(<script type="module" src="?asset=status.js"></script>)");
}

void controls_are_there_with_a_token_only(void**) {
    Model model = aep::test::flowing(kNow);
    assert_true(has(page_of(model), R"(<input type="password" id="token")"));
    model.token = false;
    const std::string page = page_of(model);
    assert_false(has(page, "<input"));
    assert_false(has(page, "data-token"));
    expect_part(page, "aep_status_token");
}

void an_empty_model_is_a_page(void**) {
    const std::string page = render_page(Model{});
    assert_true(page.starts_with("<!doctype html>\n<html lang=\"en\">"));
    expect_part(page, "No events yet: open a page of a website, and they appear here.");
    assert_true(page.ends_with("</html>\n"));
}

void the_module_carries_what_the_page_loads(void**) {
    const Asset* script = find_asset("status.js");
    const Asset* style = find_asset("status.css");
    assert_non_null(script);
    assert_non_null(style);
    expect_text(script->content_type, "text/javascript; charset=utf-8");
    expect_text(style->content_type, "text/css; charset=utf-8");
    expect_part(script->content, "aep-status");
    expect_part(style->content, "prefers-color-scheme: dark");
    assert_true(script->etag.size() > 2 && script->etag.starts_with('"') && script->etag.ends_with('"'));
    assert_true(script->etag != style->etag);
    assert_null(find_asset(""));
    assert_null(find_asset("../status.js"));
    constexpr std::size_t kMost = 30000;
    assert_true(script->content.size() < kMost);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_state_comes_before_what_to_do_and_both_before_numbers),
        cmocka_unit_test(the_worst_website_comes_first),
        cmocka_unit_test(numbers_stand_in_tables_with_captions),
        cmocka_unit_test(a_broker_has_its_tables),
        cmocka_unit_test(what_came_from_outside_is_text),
        cmocka_unit_test(nothing_in_the_page_needs_more_than_its_policy),
        cmocka_unit_test(controls_are_there_with_a_token_only),
        cmocka_unit_test(an_empty_model_is_a_page),
        cmocka_unit_test(the_module_carries_what_the_page_loads),
    };
    return cmocka_run_group_tests_name("status page", tests, nullptr, nullptr);
}
