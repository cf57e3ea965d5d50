#pragma once

#include "ngx/ngx.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "edge/message.hpp"
#include "settings/website.hpp"

namespace aep::gateway {

/// What a request's header says, as far as the gateway asks. Views into the request.
struct Incoming {
    std::string_view host;  ///< that browsers ask for, without the port
    std::string_view origin;
    std::string_view sec_fetch_site;
    std::string_view sec_gpc;
    std::string_view content_type;
    std::string_view requested_method;      ///< of a preflight
    std::string_view requested_headers;     ///< the same
    std::vector<std::string_view> cookies;  ///< the values of all Cookie headers
};

Incoming read_header(ngx_http_request_t* request);

/// The header that goes along to Edge: what the browser says of itself, and its address as far as the
/// privacy setting allows. Never a cookie or a credential.
std::vector<edge::Header> forwarded_header(ngx_http_request_t* request, std::string_view content_type,
                                           settings::ClientIp privacy);

}  // namespace aep::gateway
