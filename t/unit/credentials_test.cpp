#include "settings/credentials.hpp"

#include <cstdio>
#include <string>
#include <string_view>

#include <sys/stat.h>
#include <unistd.h>

#include "expect.hpp"

namespace {

using aep::settings::Credentials;
using aep::settings::CredentialsFile;
using aep::settings::parse_credentials;
using aep::settings::read_credentials;
using aep::test::expect_part;
using aep::test::expect_text;

constexpr std::string_view kSecret = "p8e-XyZ_0123456789";
constexpr std::string_view kGood = R"({
  "CLIENT_ID": "cf0b4e1f2d3c4b5a",
  "CLIENT_SECRETS": ["p8e-XyZ_0123456789"],
  "TECHNICAL_ACCOUNT_ID": "0123@techacct.adobe.com",
  "TECHNICAL_ACCOUNT_EMAIL": "0123@techacct.adobe.com",
  "ORG_ID": "0123456789ABCDEF01234567@AdobeOrg",
  "SCOPES": ["openid", "AdobeID", "read_organizations", "additional_info.projectedProductContext"]
})";

/// The good file, with a piece of it replaced.
std::string with(std::string_view piece, std::string_view other) {
    std::string json(kGood);
    const std::size_t at = json.find(piece);
    assert_true(at != std::string::npos);
    return json.replace(at, piece.size(), other);
}

void expect_error(std::string_view json, std::string_view part) {
    const CredentialsFile file = parse_credentials(json);
    assert_false(file.credentials.has_value());
    expect_part(file.error, part);
    assert_true(file.error.find("XyZ") == std::string::npos);
}

/// A file that goes with the test.
class TemporaryFile {
  public:
    TemporaryFile(std::string_view content, mode_t mode) {
        const int descriptor = ::mkstemp(name_.data());
        assert_true(descriptor >= 0);
        assert_int_equal(::write(descriptor, content.data(), content.size()), content.size());
        assert_int_equal(::fchmod(descriptor, mode), 0);
        ::close(descriptor);
    }
    ~TemporaryFile() { static_cast<void>(std::remove(name_.c_str())); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    [[nodiscard]] const std::string& name() const noexcept { return name_; }

  private:
    std::string name_ = "/tmp/aep-credentials-XXXXXX";
};

void the_consoles_file_is_read(void**) {
    const CredentialsFile file = parse_credentials(kGood);
    expect_text(file.error, "");
    assert_true(file.credentials.has_value());
    const Credentials& found = *file.credentials;
    expect_text(found.client_id, "cf0b4e1f2d3c4b5a");
    assert_int_equal(found.client_secrets.size(), 1);
    expect_text(found.client_secrets[0], kSecret);
    expect_text(found.organization_id, "0123456789ABCDEF01234567@AdobeOrg");
    assert_int_equal(found.scopes.size(), 4);
    expect_text(found.scopes[3], "additional_info.projectedProductContext");
    expect_text(found.token_service, "https://ims-na1.adobelogin.com");
}

void two_secrets_and_another_token_service(void**) {
    std::string json = with(R"(["p8e-XyZ_0123456789"])", R"(["a", "b"])");
    json.insert(1, R"("IMS_ENDPOINT": "HTTP://127.0.0.1:8080/",)");
    const CredentialsFile file = parse_credentials(json);
    expect_text(file.error, "");
    assert_int_equal(file.credentials->client_secrets.size(), 2);
    expect_text(file.credentials->client_secrets[1], "b");
    expect_text(file.credentials->token_service, "http://127.0.0.1:8080");
}

void wrong_members_are_named(void**) {
    expect_error(with("CLIENT_ID", "CLIENT"), "\"CLIENT_ID\" is missing, expected the client ID");
    expect_error(with("\"cf0b4e1f2d3c4b5a\"", "\"\""), "\"CLIENT_ID\" is an empty text");
    expect_error(with("cf0b4e1f2d3c4b5a", "a b"), "\"CLIENT_ID\" is a text of another form");
    expect_error(with("cf0b4e1f2d3c4b5a", "a\\nb"), "\"CLIENT_ID\" is a text of another form");
    expect_error(with("CLIENT_SECRETS", "SECRETS"), "\"CLIENT_SECRETS\" is missing, expected a list");
    expect_error(with(R"(["p8e-XyZ_0123456789"])", "[]"), "\"CLIENT_SECRETS\" is an empty list");
    expect_error(with(R"(["p8e-XyZ_0123456789"])", R"("p8e-XyZ_0123456789")"),
                 "\"CLIENT_SECRETS\" is a text of another form");
    expect_error(with(R"(["p8e-XyZ_0123456789"])", "[1]"), "\"CLIENT_SECRETS\" is a list of another form");
    expect_error(with("0123456789ABCDEF01234567@AdobeOrg", "0123"), "\"ORG_ID\" is a text of another form");
    expect_error(with("SCOPES", "SCOPE"), "\"SCOPES\" is missing, expected a list of scopes");
    expect_error(with(R"("openid", )", R"("openid,AdobeID", )"), "\"SCOPES\" is a list of another form");
    expect_error(with("\"SCOPES\"", R"("IMS_ENDPOINT": "adobe", "SCOPES")"),
                 "\"IMS_ENDPOINT\" is a text of another form, expected the base URL");
    expect_error(with("CLIENT_ID", "client_id"),
                 "Adobe Developer Console (https://developer.adobe.com/console)");
}

void what_is_no_credential_is_refused(void**) {
    expect_error("", "cannot be read as JSON: there is a mistake in line ");
    expect_error(with("\"],", "\" x p8e-XyZ],"), "there is a mistake in line 3, column ");
    expect_error("[]", "does not hold a JSON object");
    expect_error(R"({"project": {"workspace": {}}})", "is the JSON of a whole project");
    expect_error(with("\"ORG_ID\"", R"("CLIENT_ID": "x", "ORG_ID")"), "cannot be read as JSON");
}

void a_file_for_its_owner_alone_is_read(void**) {
    for (const mode_t mode : {0600U, 0400U}) {
        const TemporaryFile file(kGood, mode);
        assert_true(read_credentials(file.name()).credentials.has_value());
    }
}

void a_file_open_to_others_is_refused(void**) {
    for (const mode_t mode : {0640U, 0604U, 0620U, 0644U}) {
        const TemporaryFile file(kGood, mode);
        const CredentialsFile found = read_credentials(file.name());
        assert_false(found.credentials.has_value());
        expect_part(found.error, "that others than its owner can read or change: run \"chmod 600\" on it");
    }
}

void what_cannot_be_read_is_refused(void**) {
    expect_part(read_credentials("/nowhere/credential.json").error,
                "cannot be read: No such file or directory");
    expect_part(read_credentials("/tmp").error, "is not a regular file");
    const TemporaryFile large(std::string(64 * 1024 + 1, ' '), 0600);
    expect_part(read_credentials(large.name()).error, "is larger than 64 KB");
}

void the_token_service_is_reached_as_edge_is(void**) {
    Credentials credentials;
    aep::settings::Endpoint edge;
    edge.base_url = "https://edge.example";
    edge.proxy = "http://proxy.example:3128";
    edge.trusted_certificate = "/etc/authority.pem";
    edge.timeout = std::chrono::milliseconds(1234);
    const auto service = token_service_endpoint(credentials, edge);
    expect_text(service.base_url, "https://ims-na1.adobelogin.com");
    expect_text(service.proxy, edge.proxy);
    expect_text(service.trusted_certificate, edge.trusted_certificate);
    assert_int_equal(service.timeout.count(), 1234);
    assert_int_equal(service.connections, 1);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_consoles_file_is_read),
        cmocka_unit_test(two_secrets_and_another_token_service),
        cmocka_unit_test(wrong_members_are_named),
        cmocka_unit_test(what_is_no_credential_is_refused),
        cmocka_unit_test(a_file_for_its_owner_alone_is_read),
        cmocka_unit_test(a_file_open_to_others_is_refused),
        cmocka_unit_test(what_cannot_be_read_is_refused),
        cmocka_unit_test(the_token_service_is_reached_as_edge_is),
    };
    return cmocka_run_group_tests_name("credentials", tests, nullptr, nullptr);
}
