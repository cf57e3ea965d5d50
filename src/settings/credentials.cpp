#include "settings/credentials.hpp"

#include <jansson.h>

#include <algorithm>
#include <array>
#include <utility>

#include "authentication/file_content.hpp"
#include "settings/identifiers.hpp"
#include "text/ascii.hpp"
#include "text/json_tree.hpp"

namespace aep::settings {
namespace {

constexpr std::size_t kLargestFile = 64 * 1024;
constexpr std::size_t kMostMembers = 16;    // of a list
constexpr std::size_t kLongestText = 1024;  // of a member

constexpr const char* kWhereFound =
    "; Adobe Developer Console (https://developer.adobe.com/console) shows it in the project, under "
    "Credentials, "
    "OAuth Server-to-Server";

using Json = text::JsonTree;

CredentialsFile wrong(std::string error) {
    return {std::nullopt, std::move(error)};
}

/// What one request header or form field takes: printable ASCII without a blank.
bool is_word(std::string_view text) noexcept {
    return !text.empty() && text.size() <= kLongestText &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7F'; });
}

std::string_view text_of(const json_t* value) noexcept {
    return json_is_string(value) ? std::string_view(json_string_value(value), json_string_length(value))
                                 : std::string_view();
}

/// What is in a member's place, without its value.
std::string kind_of(const json_t* value) {
    if (value == nullptr) {
        return "is missing";
    }
    if (json_is_string(value)) {
        return json_string_length(value) == 0 ? "is an empty text" : "is a text of another form";
    }
    if (json_is_array(value)) {
        return json_array_size(value) == 0 ? "is an empty list" : "is a list of another form";
    }
    return json_is_object(value) ? "is an object" : "is neither a text nor a list";
}

/// What is wrong with a member of the file.
CredentialsFile wrong_member(const json_t* file, const char* name, const char* expected) {
    return wrong(std::string("is not a credential of Adobe's Developer Console: \"") + name + "\" " +
                 kind_of(json_object_get(file, name)) + ", expected " + expected + kWhereFound);
}

/// Words in a list; nothing where it is none, or another kind of list.
std::vector<std::string> words_of(const json_t* list) {
    std::vector<std::string> words;
    const std::size_t count = json_array_size(list);
    for (std::size_t i = 0; i < count && count <= kMostMembers; ++i) {
        const std::string_view word = text_of(json_array_get(list, i));
        if (!is_word(word)) {
            return {};
        }
        words.emplace_back(word);
    }
    return words;
}

bool is_scope(std::string_view scope) noexcept {
    return scope.find(',') == std::string_view::npos;
}

CredentialsFile credentials_of(const json_t* file) {
    Credentials found;
    const auto text = [file](const char* name) { return text_of(json_object_get(file, name)); };
    found.client_id = text("CLIENT_ID");
    if (!is_word(found.client_id)) {
        return wrong_member(file, "CLIENT_ID", "the client ID");
    }
    found.client_secrets = words_of(json_object_get(file, "CLIENT_SECRETS"));
    if (found.client_secrets.empty()) {
        return wrong_member(file, "CLIENT_SECRETS", "a list with the client secret, as [\"p8e-...\"]");
    }
    found.organization_id = text("ORG_ID");
    if (!is_organization_id(found.organization_id)) {
        return wrong_member(file, "ORG_ID", "24 letters or digits and \"@AdobeOrg\"");
    }
    found.scopes = words_of(json_object_get(file, "SCOPES"));
    if (found.scopes.empty() || !std::ranges::all_of(found.scopes, is_scope)) {
        return wrong_member(file, "SCOPES", "a list of scopes, as [\"openid\", \"AdobeID\"]");
    }
    if (json_object_get(file, "IMS_ENDPOINT") != nullptr) {
        const auto service = normal_base_url(text("IMS_ENDPOINT"));
        if (!service) {
            return wrong_member(
                file, "IMS_ENDPOINT",
                "the base URL of the token service, as https://ims-na1.adobelogin.com (which it is "
                "without this member)");
        }
        found.token_service = *service;
    }
    return {std::move(found), {}};
}

}  // namespace

CredentialsFile parse_credentials(std::string_view json) {
    json_error_t error{};
    const Json file(json_loadb(json.data(), json.size(), JSON_REJECT_DUPLICATES, &error));
    if (!file) {
        // jansson's own words quote the text, which may be the secret.
        return wrong("cannot be read as JSON: there is a mistake in line " + std::to_string(error.line) +
                     ", column " + std::to_string(error.column));
    }
    if (!json_is_object(file.get())) {
        return wrong(std::string("does not hold a JSON object: expected that of a credential") + kWhereFound);
    }
    if (json_object_get(file.get(), "CLIENT_ID") == nullptr &&
        json_object_get(file.get(), "project") != nullptr) {
        return wrong(
            std::string("is the JSON of a whole project (it has a member \"project\"): expected that of "
                        "its credential alone, with CLIENT_ID, CLIENT_SECRETS, ORG_ID and SCOPES") +
            kWhereFound);
    }
    return credentials_of(file.get());
}

CredentialsFile read_credentials(const std::string& file) {
    authentication::FileContent content =
        authentication::read_file(file, authentication::Privacy::own_secret);
    if (!content.error.empty()) {
        return wrong(std::move(content.error));
    }
    if (content.text.size() > kLargestFile) {
        return wrong("is larger than 64 KB: expected the JSON of one credential" + std::string(kWhereFound));
    }
    return parse_credentials(content.text);
}

Endpoint token_service_endpoint(const Credentials& credentials, const Endpoint& edge) {
    Endpoint service = edge;
    service.base_url = credentials.token_service;
    service.connections = 1;
    service.http2 = false;
    return service;
}

}  // namespace aep::settings
