#include "routes.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "queue/lanes.hpp"

namespace aep::delivery {

Route route_of(const settings::Website& website, bool has_credentials) {
    Route route;
    route.endpoint = website.endpoint;
    if (website.defers()) {
        route.datastreams = website.web_sdk_datastreams;
        route.takes_any = website.web_sdk_datastreams.empty();
    } else {
        route.takes_any = website.datastream_has_variables;
    }
    if (!website.datastream_id.empty()) {
        route.datastreams.push_back(website.datastream_id);
    }
    const settings::BackOffice& back_office = website.back_office;
    if (back_office.events) {
        if (has_credentials) {
            route.back_office_endpoint = std::make_shared<const settings::Endpoint>(
                settings::authenticated_endpoint(*website.endpoint));
        }
        route.takes_any = route.takes_any || back_office.datastream_has_variables;
        for (const std::string& datastream : {back_office.datastream_id, back_office.profile_datastream_id}) {
            if (!datastream.empty() &&
                std::ranges::find(route.datastreams, datastream) == route.datastreams.end()) {
                route.datastreams.push_back(datastream);
            }
        }
    }
    return route;
}

std::size_t count_of_lanes(const std::vector<Route>& routes) {
    std::set<std::string_view> datastreams;
    for (const Route& route : routes) {
        datastreams.insert(route.datastreams.begin(), route.datastreams.end());
        if (route.takes_any) {
            datastreams.insert(std::string_view{});
        }
    }
    return datastreams.size();
}

std::vector<std::string> lanes_of(const std::vector<Route>& routes) {
    std::set<std::string> lanes;
    for (const Route& route : routes) {
        const std::string& edge = route.endpoint->base_url;
        lanes.insert(queue::lane_name(edge, {}));
        for (const Route& other : routes) {
            // A website that takes any datastream may get one that another website has.
            if (&other == &route || route.takes_any) {
                for (const std::string& datastream : other.datastreams) {
                    lanes.insert(queue::lane_name(edge, datastream));
                }
            }
        }
    }
    return {lanes.begin(), lanes.end()};
}

Routes::Routes(std::vector<Route>&& routes) : routes_(std::move(routes)) {
    for (const Route& route : routes_) {
        for (const std::string& datastream : route.datastreams) {
            by_datastream_.emplace(datastream, &route);
        }
    }
}

std::string Routes::lane_of(std::string_view edge, std::string_view datastream_id) const {
    return queue::lane_name(edge, is_configured(datastream_id) ? datastream_id : std::string_view{});
}

const Route* Routes::route_to(std::string_view edge, std::string_view datastream_id) const noexcept {
    if (const auto named = by_datastream_.find(datastream_id); named != by_datastream_.end()) {
        return named->second;
    }
    const auto open = std::ranges::find_if(
        routes_, [edge](const Route& route) { return route.takes_any && route.endpoint->base_url == edge; });
    return open != routes_.end() ? &*open : nullptr;
}

std::shared_ptr<const settings::Endpoint> Routes::endpoint_of(std::string_view edge,
                                                              std::string_view datastream_id) const noexcept {
    const Route* route = route_to(edge, datastream_id);
    return route == nullptr ? nullptr : route->endpoint;
}

std::shared_ptr<const settings::Endpoint> Routes::back_office_endpoint_of(
    std::string_view edge, std::string_view datastream_id) const noexcept {
    const Route* route = route_to(edge, datastream_id);
    if (route == nullptr) {
        return nullptr;
    }
    return route->back_office_endpoint == nullptr ? route->endpoint : route->back_office_endpoint;
}

std::size_t Routes::connections_to(std::string_view edge) const noexcept {
    const auto route =
        std::ranges::find_if(routes_, [edge](const Route& each) { return each.endpoint->base_url == edge; });
    return route != routes_.end() ? route->endpoint->connections : 1;
}

std::vector<std::string> Routes::edges() const {
    std::vector<std::string> edges;
    for (const Route& route : routes_) {
        if (std::ranges::find(edges, route.endpoint->base_url) == edges.end()) {
            edges.push_back(route.endpoint->base_url);
        }
    }
    return edges;
}

}  // namespace aep::delivery
