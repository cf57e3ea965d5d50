#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "settings/endpoint.hpp"

namespace aep::settings {

enum class DefaultConsent : std::uint8_t { in, pending, out };

/// Whether the page translates what the shop tells Google.
enum class DataLayerUse : std::uint8_t { automatic, google, off };

/// How much of the visitor's address goes to Edge.
enum class ClientIp : std::uint8_t { full, truncated, off };

/// aep_data_layer.
struct DataLayer {
    static constexpr const char* kName = "dataLayer";
    static constexpr const char* kSku = "item_id";

    DataLayerUse use = DataLayerUse::automatic;
    std::string name = kName;  ///< the global that holds it
    std::string sku = kSku;    ///< the member of an item that holds its SKU
    std::string currency;      ///< of a shop that names none; may be empty
    bool structured_data = true;
};

/// aep_first_party_id.
struct FirstPartyId {
    /// Browsers keep no cookie longer (RFC 6265bis 5.5).
    static constexpr std::chrono::seconds kLongest = std::chrono::hours(24 * 400);
    static constexpr const char* kCookie = "aep_fpid";

    std::string cookie;  ///< its name; empty: visitors get none
    std::chrono::seconds max_age = kLongest;
};

/// aep_commerce_store: what the number of a store view in Adobe Commerce stands for in events.
struct CommerceStore {
    std::string id;
    std::string website;  ///< code; empty: not told
    std::string store;
    std::string store_view;
};

/// What was configured for the events of a website's back office.
struct BackOffice {
    bool events = false;
    bool profile_events = false;
    std::string datastream_id;  ///< empty: it holds variables
    bool datastream_has_variables = false;
    std::string profile_datastream_id;  ///< of events that are about an account; empty: as the others
    std::vector<CommerceStore> stores;
    std::string labels;  ///< JSON; may be empty
};

/// What was configured for one server block, checked and with the defaults filled in. Immutable, but for what is said.
struct Website {
    std::string server_name;  ///< a label for logs
    std::string organization_id;
    std::string datastream_id;  ///< empty: there is none, or it holds variables
    bool datastream_has_variables = false;
    std::string web_sdk_name;                      ///< the merchant's own alloy; empty: we deploy ours
    std::vector<std::string> web_sdk_datastreams;  ///< that a merchant's SDK may name; empty: any
    std::string web_sdk_options;  ///< alloy's configure options, as compact JSON; may be empty
    bool storefront_events = false;
    bool automatic_page_view = true;
    DataLayer data_layer;
    DefaultConsent default_consent = DefaultConsent::in;
    std::string opt_out_cookie = "mg_dnt";  ///< empty: none
    bool global_privacy_control = true;
    ClientIp client_ip = ClientIp::full;
    FirstPartyId first_party_id;
    BackOffice back_office;
    std::shared_ptr<const Endpoint> endpoint;
    std::string sdk_path;        ///< the location of the SDK file, as "/aep/"; empty: none
    std::string gateway_path;    ///< the location of the gateway, as "/ee/"; empty: none
    std::size_t counted_at = 0;  ///< its place in shared::Statistics; set when the shared memory is there

    /// Whether the merchant's own alloy does the talking.
    [[nodiscard]] bool defers() const noexcept { return !web_sdk_name.empty(); }
};

}  // namespace aep::settings
