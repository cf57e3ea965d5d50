#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "settings/endpoint.hpp"

namespace aep::settings {

/// An OAuth server-to-server credential of Adobe's Developer Console.
struct Credentials {
    std::string client_id;
    std::vector<std::string> client_secrets;  ///< one, or two while they are changed
    std::string organization_id;
    std::vector<std::string> scopes;
    std::string token_service = "https://ims-na1.adobelogin.com";  ///< base URL
};

/// A credential, or what is wrong with its file: a predicate as in "is not a JSON object", which never holds anything
/// of what may be a secret.
struct CredentialsFile {
    std::optional<Credentials> credentials;
    std::string error;  ///< empty when there is a credential
};

/// Reads the JSON of a credential as the Developer Console gives it. IMS_ENDPOINT in it names another token service;
/// other members that are not known are ignored.
CredentialsFile parse_credentials(std::string_view json);

/// Reads a file that holds one. Refuses one that is open to others than its owner.
CredentialsFile read_credentials(const std::string& file);

/// The way to the token service: as to Edge, but for the host.
Endpoint token_service_endpoint(const Credentials& credentials, const Endpoint& edge);

}  // namespace aep::settings
