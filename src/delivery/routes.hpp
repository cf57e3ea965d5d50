#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "settings/endpoint.hpp"
#include "settings/website.hpp"

namespace aep::delivery {

/// Where the requests of a website go.
struct Route {
    std::vector<std::string> datastreams;  ///< that the configuration names
    bool takes_any =
        false;  ///< others too: they come from variables, or are the business of the shop's own SDK
    std::shared_ptr<const settings::Endpoint> endpoint;
    std::shared_ptr<const settings::Endpoint> back_office_endpoint;  ///< null: the same
};

/// `has_credentials`: back office events go to the authenticated host.
Route route_of(const settings::Website& website, bool has_credentials = false);

/// How many lanes they make at most.
std::size_t count_of_lanes(const std::vector<Route>& routes);

/// What Routes::lane_of() may give for them, each once.
std::vector<std::string> lanes_of(const std::vector<Route>& routes);

/// Where a request may go, by the configuration of today. Immutable.
class Routes {
  public:
    explicit Routes(std::vector<Route>&& routes);

    /// Whether the configuration names a datastream. Any other may have been made up by a visitor.
    [[nodiscard]] bool is_configured(std::string_view datastream_id) const noexcept {
        return by_datastream_.contains(datastream_id);
    }

    /// The lane of what waits for a datastream of an Edge. Those that are not configured share one: nobody shall make
    /// lanes by making up datastreams.
    [[nodiscard]] std::string lane_of(std::string_view edge, std::string_view datastream_id) const;

    /// The endpoint of today for a datastream. One that is not configured is known by the Edge that the entry was meant
    /// for. Null where no website may have it: an entry never goes to an Edge that was not its own.
    [[nodiscard]] std::shared_ptr<const settings::Endpoint> endpoint_of(
        std::string_view edge, std::string_view datastream_id) const noexcept;

    /// The same for back office events of a datastream.
    [[nodiscard]] std::shared_ptr<const settings::Endpoint> back_office_endpoint_of(
        std::string_view edge, std::string_view datastream_id) const noexcept;

    /// To an Edge, at most, for each worker.
    [[nodiscard]] std::size_t connections_to(std::string_view edge) const noexcept;

    /// The base URLs of all.
    [[nodiscard]] std::vector<std::string> edges() const;

  private:
    [[nodiscard]] const Route* route_to(std::string_view edge, std::string_view datastream_id) const noexcept;

    std::vector<Route> routes_;
    std::map<std::string, const Route*, std::less<>> by_datastream_;
};

}  // namespace aep::delivery
