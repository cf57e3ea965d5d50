#pragma once

#include <string>
#include <string_view>

namespace aep::page {

/// Appends text as the value of a double-quoted HTML attribute (HTML 13.1.2.3).
void append_attribute(std::string& out, std::string_view text);

/// Appends text as a JSON string with its quotes (RFC 8259 7), in pure ASCII. The text is UTF-8; what is
/// not valid in it becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// The names that Adobe Commerce gives to where a page belongs. Any of them may be empty.
struct CommerceScope {
    std::string_view environment;
    std::string_view website;
    std::string_view store;
    std::string_view store_view;
};

/// What the page does with the shop's data layer for Google. What is empty has its default.
struct DataLayerFacts {
    std::string_view mode;  ///< "google", "off"; empty: auto
    std::string_view name;
    std::string_view sku;
    std::string_view currency;
    bool structured_data = true;
};

/// All that a website's tag says. What is empty or has its default is left out of the tag.
struct TagFacts {
    std::string_view sdk_path;  ///< of the location that serves the SDK file: "/aep/"
    std::string_view hash;      ///< of the SDK file's content
    std::string_view organization_id;
    std::string_view datastream_id;    ///< empty with a Web SDK of the merchant's own
    std::string_view gateway;          ///< alloy's edgeBasePath: "ee"; empty without a gateway
    std::string_view edge_host;        ///< where alloy sends without a gateway
    std::string_view web_sdk_name;     ///< of the merchant's own alloy
    std::string_view default_consent;  ///< "in", "pending", "out"
    std::string_view opt_out_cookie;   ///< empty: none
    bool global_privacy_control = false;
    bool page_view_auto = true;
    DataLayerFacts data_layer;
    CommerceScope scope;
    std::string_view options_json;  ///< a JSON object for alloy's configure; empty: none
    std::string_view nonce;         ///< of the page's policy
    std::string_view integrity;     ///< "sha384-…", where a policy asks for it
    bool cors = false;              ///< ask for the file with CORS, as Integrity-Policy wants it
};

/// A path that nginx has decoded, as a URL has it again (RFC 3986 3.3): that is how it stands in the tag.
std::string encoded_path(std::string_view path);

/// The script element that goes into every page of a website. Pure ASCII, so that it is right in every
/// encoding that has ASCII in it.
std::string render_tag(const TagFacts& facts);

}  // namespace aep::page
