#pragma once

#include "ngx/ngx.hpp"

#include <cstdint>
#include <string_view>

#include "authentication/signatures.hpp"
#include "settings/configuration.hpp"

namespace aep::backoffice {

/// What a request's header says of who sends it. Views into the request.
struct Credentials {
    std::string_view authorization;
    std::string_view commerce_signature;
    authentication::EventSignatures event_signatures;

    /// Whether there is a signature, good or not.
    [[nodiscard]] bool has_signature() const noexcept {
        return !commerce_signature.empty() || !event_signatures.first.empty() ||
               !event_signatures.second.empty();
    }
};

Credentials read_credentials(ngx_http_request_t* request) noexcept;

enum class Admission : std::uint8_t {
    granted,
    refused,
    needs_body,  ///< a signature has to be checked over the raw body
};

/// What can be said before the body is there. Where a token is shown it alone decides.
Admission admission_of(const settings::BackOfficeAccess& access, const Credentials& credentials);

/// What the signatures say of a body.
enum class Signature : std::uint8_t {
    good,
    wrong,
    for_another,  ///< it is good, but the events are for another project of Adobe's customers
};

Signature signature_of(const settings::BackOfficeAccess& access, const Credentials& credentials,
                       std::string_view body);

}  // namespace aep::backoffice
