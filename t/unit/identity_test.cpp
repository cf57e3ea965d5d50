#include "protocol/identity.hpp"

#include <string_view>

#include "expect.hpp"

namespace {

using namespace aep::protocol;
using aep::test::expect_text;

constexpr std::string_view kEcid = "31415926535897932384626433832795028841";
constexpr std::string_view kIdentity = "CiYzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NTAyODg0MQ==";

void an_identity_holds_the_ecid_alone(void**) {
    expect_text(mint_identity(kEcid), kIdentity);
}

void an_identity_of_ours_is_recognized(void**) {
    expect_text(minted_ecid(kIdentity), kEcid);
    expect_text(minted_ecid(kIdentity.substr(0, 55)), kEcid);
    expect_text(minted_ecid(kIdentity.substr(0, 54)), kEcid);
}

void identities_of_others_are_not_ours(void**) {
    for (const std::string_view identity : {
             std::string_view(),
             kIdentity.substr(0, 53),
             // Edge's own say more than the ECID
             std::string_view("CiYzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NTAyODg0MVIOCJvHt9nNMxABGAEwAQ=="),
             // another field, another length, a letter, a byte that is no base64
             std::string_view("EiYzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NTAyODg0MQ=="),
             std::string_view("CiUzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NTAyODg0MQ=="),
             std::string_view("CiYzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NTAyODg0YQ=="),
             std::string_view("CiYzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NTAyODg0M*=="),
             std::string_view("=CiYzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NTAyODg0MQ="),
             kEcid,
         }) {
        expect_text(minted_ecid(identity), "");
    }
}

void the_ecid_of_any_identity_is_read(void**) {
    for (
        const std::string_view identity : {
            kIdentity,
            kIdentity.substr(0, 54),
            // what Edge's own say besides, behind it and in front of it: a message, a varint, 8 bytes, 4 bytes
            std::string_view("CiYzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NTAyODg0MVIOCJvHt9nNMxABGAEwAQ=="),
            std::string_view(
                "8AGbx7fZzTMZAAAAAAAAAAAlAQIDBAomMzE0MTU5MjY1MzU4OTc5MzIzODQ2MjY0MzM4MzI3OTUwMjg4NDE"),
            // base64url
            std::string_view("UgH_CiYzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NTAyODg0MQ"),
        }) {
        expect_text(ecid_of(identity), kEcid);
    }
}

void what_holds_no_ecid_has_none(void**) {
    for (const std::string_view identity : {
             std::string_view(),
             std::string_view("="),
             std::string_view("===="),
             std::string_view("C"),
             std::string_view("opaque value"),
             kIdentity.substr(0, 53),
             // 37 digits, a letter among them, another field, no end of a varint, a length beyond the end
             std::string_view("CiUzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NTAyODg0"),
             std::string_view("CiYzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NTAyODg0YQ=="),
             std::string_view("EiYzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NTAyODg0MQ=="),
             std::string_view("////////////////"),
             std::string_view("Cv//////////AQ=="),
         }) {
        expect_text(ecid_of(identity), "");
    }
}

void identity_keys_are_told_apart(void**) {
    assert_true(is_identity_key("kndctr_0123456789ABCDEF01234567_AdobeOrg_identity"));
    assert_false(is_identity_key("kndctr_0123456789ABCDEF01234567_AdobeOrg_consent"));
    assert_false(is_identity_key("my_identity"));
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(an_identity_holds_the_ecid_alone),
        cmocka_unit_test(an_identity_of_ours_is_recognized),
        cmocka_unit_test(identities_of_others_are_not_ours),
        cmocka_unit_test(the_ecid_of_any_identity_is_read),
        cmocka_unit_test(what_holds_no_ecid_has_none),
        cmocka_unit_test(identity_keys_are_told_apart),
    };
    return cmocka_run_group_tests_name("identity", tests, nullptr, nullptr);
}
