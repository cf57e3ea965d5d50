#include "protocol/cookies.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "expect.hpp"

namespace {

using namespace aep::protocol;
using aep::test::expect_text;

constexpr std::string_view kOrganization = "0123456789ABCDEF01234567@AdobeOrg";
constexpr std::string_view kEcid = "31415926535897932384626433832795028841";
constexpr std::string_view kMinted = "CiYzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NTAyODg0MQ==";

std::string name(std::string_view key) {
    return cookie_prefix(kOrganization) + std::string(key);
}

VisitorState read(std::initializer_list<std::string_view> headers,
                  std::string_view opt_out_cookie = "mg_dnt") {
    const std::vector<std::string_view> list(headers);
    return read_cookies(list, kOrganization, opt_out_cookie);
}

/// Checks the entries, written as "key=value" with ',' between them and "@" for the organization's prefix.
void expect_entries(const VisitorState& state, std::string_view expected,
                    aep::test::Where where = aep::test::Where::here()) {
    std::string found;
    for (const StateEntry& entry : state.entries) {
        const std::string prefix = name("");
        const bool is_ours = entry.key.starts_with(prefix);
        found.append(found.empty() ? "" : ",").append(is_ours ? "@" : "");
        found.append(is_ours ? entry.key.substr(prefix.size()) : entry.key).append("=").append(entry.value);
    }
    expect_text(found, expected, where);
}

/// The entry's value for one written as the value of a cookie.
void expect_decoded(std::string_view written, std::string_view value,
                    aep::test::Where where = aep::test::Where::here()) {
    const VisitorState state = read({name("a") + "=" + std::string(written)});
    assert_int_equal(state.entries.size(), 1);
    expect_text(state.entries.front().value, value, where);
}

void names_start_with_the_organization(void**) {
    expect_text(cookie_prefix(kOrganization), "kndctr_0123456789ABCDEF01234567_AdobeOrg_");
    expect_text(cookie_prefix("a@b@c"), "kndctr_a_b@c_");
}

void only_the_cookies_of_adobe_become_entries(void**) {
    const VisitorState state =
        read({"PHPSESSID=secret; " + name("cluster") +
              "=or2; kndctr_OTHER_AdobeOrg_identity=x; mbox=m; "
              "mboxEdgeCluster=35; at_qa_mode=q; AMCV_0123456789ABCDEF01234567%40AdobeOrg=MCMID|1; s_ecid=2; "
              "demdex=3; " +
              name("consent") + "=general=in; Kndctr_0123456789ABCDEF01234567_AdobeOrg_a=b; x" + name("a") +
              "=1"});
    expect_entries(state, "@cluster=or2,mbox=m,at_qa_mode=q,@consent=general=in");
}

void white_space_and_several_headers_do_not_matter(void**) {
    const VisitorState state = read({"  " + name("a") + "=1 ;\t" + name("b") + " = 2;;" + name("c") + "=3;",
                                     "", "x;y", name("d") + "=4"});
    expect_entries(state, "@a=1,@b=2,@c=3,@d=4");
}

void values_are_decoded_once(void**) {
    expect_decoded("a%3Bb%2Cc%20d%22e%25f", "a;b,c d\"e%f");
    expect_decoded("%257B%2522", "%7B%22");
    expect_decoded("%c3%A9", "\xC3\xA9");
    expect_decoded("a+b=c=", "a+b=c=");
    expect_decoded("", "");
}

void a_wrong_percent_sign_stays(void**) {
    expect_decoded("100%", "100%");
    expect_decoded("%4", "%4");
    expect_decoded("%zz%4g%g4%41", "%zz%4g%g4A");
}

void quotes_around_a_value_go(void**) {
    expect_decoded("\"a b\"", "a b");
    expect_decoded("\"\"", "");
    expect_decoded("\"", "");
    expect_decoded("a\"b\"", "a\"b\"");
    expect_decoded("%22a%22", "\"a\"");
}

void names_are_decoded_once(void**) {
    expect_entries(read({"kndctr%5F0123456789ABCDEF01234567_AdobeOrg_%61=1"}), "@a=1");
    expect_entries(read({"kndctr%255F0123456789ABCDEF01234567_AdobeOrg_a=1"}), "");
    assert_true(read({"mg%5Fdnt=1"}).has_opt_out_cookie);
}

void what_is_not_utf8_is_ignored(void**) {
    expect_entries(
        read({name("a") + "=%FF; " + name("b") + "=\xFF; " + name("c%FF") + "=1; " + name("d") + "=1"}),
        "@d=1");
}

void the_first_of_several_counts(void**) {
    expect_entries(read({name("a") + "=1; " + name("a") + "=2", name("a") + "=3"}), "@a=1");
    expect_entries(read({name("a") + "=%FF; " + name("a") + "=2"}), "@a=2");
    const VisitorState state =
        read({name("identity") + "=" + std::string(kMinted) + "; " + name("identity") + "=e"});
    expect_entries(state, "");
    expect_text(state.minted_ecid, kEcid);
}

void an_identity_of_edge_is_an_entry(void**) {
    const VisitorState state = read({name("identity") + "=CiYz"});
    expect_entries(state, "@identity=CiYz");
    assert_true(state.has_identity);
    expect_text(state.minted_ecid, "");
}

void an_identity_of_ours_is_none(void**) {
    for (const std::string_view written :
         {kMinted, kMinted.substr(0, 54),
          std::string_view("CiYzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NTAyODg0MQ%3D%3D")}) {
        const VisitorState state = read({name("identity") + "=" + std::string(written)});
        expect_entries(state, "");
        assert_true(state.has_identity);
        expect_text(state.minted_ecid, kEcid);
    }
}

void a_visitor_without_cookies_is_new(void**) {
    const VisitorState state = read({});
    expect_entries(state, "");
    assert_false(state.has_identity);
    assert_false(state.has_opt_out_cookie);
    assert_true(state.consent == Consent::unknown);
}

void consent_is_read(void**) {
    assert_true(read({name("consent") + "=general=out"}).consent == Consent::out);
    assert_true(read({name("consent") + "=general%3Din"}).consent == Consent::in);
    assert_true(read({"kndctr_OTHER_AdobeOrg_consent=general=out"}).consent == Consent::unknown);
    assert_true(read({name("consent_check") + "=general=out"}).consent == Consent::unknown);
}

void the_opt_out_cookie_counts_by_its_name(void**) {
    for (const std::string_view header : {"mg_dnt=1", "mg_dnt=", "mg_dnt", "a=b; mg_dnt=0"}) {
        assert_true(read({header}).has_opt_out_cookie);
    }
    for (const std::string_view header : {"a=mg_dnt", "mg_dnt2=1", "xmg_dnt=1", "MG_DNT=1", ""}) {
        assert_false(read({header}).has_opt_out_cookie);
    }
    assert_true(read({"no=1"}, "no").has_opt_out_cookie);
    assert_false(read({"mg_dnt=1; =1"}, "").has_opt_out_cookie);
}

void a_first_party_id_is_read_and_is_no_entry(void**) {
    const auto fpid = [](std::string_view header, std::string_view cookie) {
        const std::vector<std::string_view> list{header};
        const VisitorState state = read_cookies(list, kOrganization, "mg_dnt", cookie);
        assert_true(state.entries.empty());
        return state.fpid;
    };
    constexpr std::string_view kFpid = "9f6f4d2c-6f0b-4a57-8a3e-0f2f3c1d2e4b";
    expect_text(fpid("a=b; aep_fpid=9f6f4d2c-6f0b-4a57-8a3e-0f2f3c1d2e4b", "aep_fpid"), kFpid);
    expect_text(
        fpid("aep_fpid=9f6f4d2c-6f0b-4a57-8a3e-0f2f3c1d2e4b; aep_fpid=11111111-6f0b-4a57-8a3e-0f2f3c1d2e4b",
             "aep_fpid"),
        kFpid);
    expect_text(fpid("aep_fpid=wrong; aep_fpid=9f6f4d2c-6f0b-4a57-8a3e-0f2f3c1d2e4b", "aep_fpid"), kFpid);
    expect_text(fpid("aep_fpid=9f6f4d2c-6f0b-4a57-8a3e-0f2f3c1d2e4b", "id"), "");
    expect_text(fpid("aep_fpid=9f6f4d2c-6f0b-4a57-8a3e-0f2f3c1d2e4b", ""), "");
    expect_text(fpid("aep_fpid=9F6F4D2C-6F0B-4A57-8A3E-0F2F3C1D2E4B", "aep_fpid"), "");
}

void the_size_of_all_entries_has_a_limit(void**) {
    const std::string large(20000, 'x');
    const VisitorState state =
        read({name("a") + "=" + large + "; " + name("b") + "=" + large + "; " + name("c") + "=1"});
    assert_int_equal(state.entries.size(), 2);
    expect_text(state.entries.back().key, name("c"));

    const std::string largest(32768 - name("a").size(), 'x');
    assert_int_equal(read({name("a") + "=" + largest}).entries.size(), 1);
    assert_int_equal(read({name("a") + "=" + largest + "x"}).entries.size(), 0);
}

void a_cookie_is_set_for_the_whole_site(void**) {
    expect_text(set_cookie("n", "v", "shop.example", std::chrono::seconds(1800), "None"),
                "n=v; Path=/; Domain=shop.example; Max-Age=1800; Secure; SameSite=None");
    expect_text(set_cookie("n", "v", "shop.example", std::chrono::seconds(0), "Lax"),
                "n=v; Path=/; Domain=shop.example; Max-Age=0; Secure; SameSite=Lax");
}

void a_cookie_may_end_with_the_session_and_be_the_hosts_own(void**) {
    expect_text(set_cookie("n", "v", "", std::chrono::seconds(-1), "Strict"),
                "n=v; Path=/; Secure; SameSite=Strict");
}

void cookies_are_encoded_as_alloy_encodes_them(void**) {
    const auto encoded = [](std::string_view value) {
        const std::string cookie = set_cookie("n", value, "", std::chrono::seconds(-1), "Lax");
        return cookie.substr(2, cookie.find(';') - 2);
    };
    expect_text(encoded("abcdefghijklmnopqrstuvwxyz"), "abcdefghijklmnopqrstuvwxyz");
    expect_text(encoded("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    expect_text(encoded("0123456789-_.!~*'()"), "0123456789-_.!~*'()");
    expect_text(encoded("#$&+/:<=>?@[]^`{|}"), "#$&+/:<=>?@[]^`{|}");
    expect_text(encoded("; ,\"%\\\r\n\t"), "%3B%20%2C%22%25%5C%0D%0A%09");
    expect_text(encoded("\xC3\xA9"), "%C3%A9");
    expect_text(set_cookie("a%b;c", "", "", std::chrono::seconds(-1), "Lax"),
                "a%25b%3Bc=; Path=/; Secure; SameSite=Lax");
}

void what_was_set_is_read_back(void**) {
    std::string every_byte;
    for (int c = 1; c < 0x80; ++c) {
        every_byte.push_back(static_cast<char>(c));
    }
    const std::string cookie = set_cookie(name("a"), every_byte, "", std::chrono::seconds(-1), "Lax");
    const VisitorState state = read({cookie.substr(0, cookie.find(';'))});
    assert_int_equal(state.entries.size(), 1);
    expect_text(state.entries.front().value, every_byte);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(names_start_with_the_organization),
        cmocka_unit_test(only_the_cookies_of_adobe_become_entries),
        cmocka_unit_test(white_space_and_several_headers_do_not_matter),
        cmocka_unit_test(values_are_decoded_once),
        cmocka_unit_test(a_wrong_percent_sign_stays),
        cmocka_unit_test(quotes_around_a_value_go),
        cmocka_unit_test(names_are_decoded_once),
        cmocka_unit_test(what_is_not_utf8_is_ignored),
        cmocka_unit_test(the_first_of_several_counts),
        cmocka_unit_test(an_identity_of_edge_is_an_entry),
        cmocka_unit_test(an_identity_of_ours_is_none),
        cmocka_unit_test(a_visitor_without_cookies_is_new),
        cmocka_unit_test(consent_is_read),
        cmocka_unit_test(the_opt_out_cookie_counts_by_its_name),
        cmocka_unit_test(a_first_party_id_is_read_and_is_no_entry),
        cmocka_unit_test(the_size_of_all_entries_has_a_limit),
        cmocka_unit_test(a_cookie_is_set_for_the_whole_site),
        cmocka_unit_test(a_cookie_may_end_with_the_session_and_be_the_hosts_own),
        cmocka_unit_test(cookies_are_encoded_as_alloy_encodes_them),
        cmocka_unit_test(what_was_set_is_read_back),
    };
    return cmocka_run_group_tests_name("cookies", tests, nullptr, nullptr);
}
