#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace aep::protocol {

/// The registrable domain of a host (lower case, no port), by the public suffix list; empty where there is none.
std::string registrable_domain(std::string_view host);

/// The host of an Origin header ("https://www.shop.example:8443" -> "www.shop.example"), lower case;
/// empty for "null" and anything that is not an http(s) origin.
std::string origin_host(std::string_view origin);

struct SiteFacts {
    std::string_view host;            ///< Host, without a port
    std::string_view origin;          ///< empty: no such header
    std::string_view sec_fetch_site;  ///< empty: no such header
    bool is_secure = false;  ///< the request came by TLS; where a proxy in front ends that, nobody knows
};

/// Whether anything but a page of this site sent the request. Where the browser says how page and gateway are related
/// (Fetch Metadata, Sec-Fetch-Site), that counts, as no page can write it and no proxy has to: "same-origin" is enough,
/// whatever Host says, and whether or not the page tells its origin; of "same-site" Origin has to be, too. Older
/// browsers leave it to Origin and Host.
bool is_cross_site(const SiteFacts& facts);

/// The Origin of a page on another host of this site, which may read the answer (CORS); empty for the gateway's own.
/// For requests that are not cross-site.
std::string_view foreign_origin(const SiteFacts& facts);

/// The registrable domain of an Origin's host; empty where there is none. Costs a search in the public suffix list.
std::string site_of_origin(std::string_view origin);

/// Remembers the sites of some origins: a worker's requests come from few.
class SiteCache {
  public:
    /// As the function; good until the next call.
    std::string_view site_of_origin(std::string_view origin);

  private:
    static constexpr std::size_t kPlaces = 64;

    struct Place {
        std::string origin;  ///< empty: free
        std::string site;
    };
    std::array<Place, kPlaces> places_;
};

/// The Domain for Adobe's cookies: `state_domain` if it is the site of the request's Origin, else empty (the state then
/// stays in the body). Never from Host, which a request may forge.
std::string cookie_domain(std::string_view origin_site, std::string_view state_domain);

}  // namespace aep::protocol
