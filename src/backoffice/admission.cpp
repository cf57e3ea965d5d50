#include "ngx/ngx.hpp"

#include "backoffice/admission.hpp"

#include "authentication/token_list.hpp"
#include "backoffice/recipient.hpp"
#include "ngx/header.hpp"
#include "ngx/string.hpp"

namespace aep::backoffice {

Credentials read_credentials(ngx_http_request_t* request) noexcept {
    Credentials credentials;
    ngx::for_each_header(request->headers_in.headers, [&](const ngx_table_elt_t& header) {
        const std::string_view name = ngx::lower_name(header);
        const std::string_view value = ngx::view(header.value);
        if (name == "authorization") {
            credentials.authorization = value;
        } else if (name == "x-adobe-commerce-webhook-signature") {
            credentials.commerce_signature = value;
        } else if (name == "x-adobe-digital-signature-1") {
            credentials.event_signatures.first = value;
        } else if (name == "x-adobe-digital-signature-2") {
            credentials.event_signatures.second = value;
        } else if (name == "x-adobe-public-key1-path") {
            credentials.event_signatures.first_path = value;
        } else if (name == "x-adobe-public-key2-path") {
            credentials.event_signatures.second_path = value;
        }
        return true;
    });
    return credentials;
}

Admission admission_of(const settings::BackOfficeAccess& access, const Credentials& credentials) {
    if (access.tokens != nullptr && !credentials.authorization.empty()) {
        const bool is_known = access.tokens->holds(authentication::bearer_token(credentials.authorization));
        return is_known ? Admission::granted : Admission::refused;
    }
    if (access.checks_signatures() && credentials.has_signature()) {
        return Admission::needs_body;
    }
    const bool is_open = access.is_open == 1 && !access.checks_signatures();
    return is_open ? Admission::granted : Admission::refused;
}

Signature signature_of(const settings::BackOfficeAccess& access, const Credentials& credentials,
                       std::string_view body) {
    if (access.public_key != nullptr && !credentials.commerce_signature.empty() &&
        authentication::is_signed_by_commerce(*access.public_key, body, credentials.commerce_signature)) {
        return Signature::good;
    }
    if (access.event_keys == nullptr ||
        !authentication::is_signed_by_io_events(*access.event_keys, body, credentials.event_signatures)) {
        return Signature::wrong;
    }
    const std::string_view client_id = ngx::view(access.event_client_id);
    return client_id.empty() || is_for_client(body, client_id) ? Signature::good : Signature::for_another;
}

}  // namespace aep::backoffice
