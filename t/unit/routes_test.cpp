// Where requests go, and in which lane they wait.

#include "delivery/routes.hpp"

#include <utility>

#include "expect.hpp"
#include "queue/lanes.hpp"

namespace {

using namespace aep::delivery;
using namespace aep::test;
using aep::settings::Endpoint;

constexpr const char* kEdge = "https://edge.example";
constexpr const char* kOther = "https://other.example";
constexpr const char* kNorth = "11111111-1111-4111-8111-111111111111";
constexpr const char* kSouth = "22222222-2222-4222-8222-222222222222";
constexpr const char* kMadeUp = "33333333-3333-4333-8333-333333333333";

std::shared_ptr<const Endpoint> endpoint(const char* base_url, unsigned connections = 32) {
    auto endpoint = std::make_shared<Endpoint>();
    endpoint->base_url = base_url;
    endpoint->connections = connections;
    return endpoint;
}

Route route(std::shared_ptr<const Endpoint> endpoint, std::vector<std::string> datastreams,
            bool takes_any = false) {
    Route route;
    route.datastreams = std::move(datastreams);
    route.takes_any = takes_any;
    route.endpoint = std::move(endpoint);
    return route;
}

std::string_view edge_for(const Routes& routes, std::string_view edge, std::string_view datastream) {
    const auto found = routes.endpoint_of(edge, datastream);
    return found == nullptr ? std::string_view{} : std::string_view(found->base_url);
}

void a_datastream_that_is_configured_has_a_lane_of_its_own(void**) {
    const Routes routes({route(endpoint(kEdge), {kNorth})});
    const std::string lane = routes.lane_of(kEdge, kNorth);
    expect_text(lane, std::string(kEdge) + " " + kNorth);
    expect_text(aep::queue::edge_of(lane), kEdge);
    expect_text(aep::queue::datastream_of(lane), kNorth);
}

void datastreams_that_may_be_made_up_share_a_lane(void**) {
    const Routes routes({route(endpoint(kEdge), {kNorth}, true)});
    expect_text(routes.lane_of(kEdge, kSouth), kEdge);
    expect_text(routes.lane_of(kEdge, kMadeUp), kEdge);
    expect_text(aep::queue::edge_of(kEdge), kEdge);
    expect_text(aep::queue::datastream_of(kEdge), "");
}

void an_entry_goes_to_todays_edge_of_its_website(void**) {
    const Routes routes({route(endpoint(kEdge), {kNorth}), route(endpoint(kOther), {kSouth})});
    expect_text(edge_for(routes, kEdge, kSouth), kOther);
    expect_text(edge_for(routes, kOther, kSouth), kOther);
}

void an_entry_of_no_website_goes_nowhere(void**) {
    const Routes routes({route(endpoint(kEdge), {kNorth}), route(endpoint(kOther), {}, true)});
    expect_text(edge_for(routes, kEdge, kMadeUp), "");
    expect_text(edge_for(routes, kOther, kMadeUp), kOther);
}

void connections_are_those_of_the_edge(void**) {
    const Routes routes({route(endpoint(kEdge, 8), {kNorth}), route(endpoint(kOther, 4), {kSouth}),
                         route(endpoint(kOther, 4), {kMadeUp})});
    assert_int_equal(routes.connections_to(kEdge), 8);
    assert_int_equal(routes.connections_to(kOther), 4);
    assert_int_equal(routes.connections_to("https://gone.example"), 1);
    assert_int_equal(routes.edges().size(), 2);
}

std::string all_lanes_of(const std::vector<Route>& routes) {
    std::string all;
    for (const std::string& lane : lanes_of(routes)) {
        all += lane + "\n";
    }
    return all;
}

void all_lanes_are_known_before(void**) {
    const std::string edge = kEdge;
    const std::string other = kOther;
    expect_text(all_lanes_of({}), "");
    expect_text(
        all_lanes_of({route(endpoint(kEdge), {kNorth, kSouth}), route(endpoint(kEdge), {kNorth}, true)}),
        edge + "\n" + edge + " " + kNorth + "\n" + edge + " " + kSouth + "\n");
    expect_text(all_lanes_of({route(endpoint(kEdge), {kNorth}), route(endpoint(kOther), {kSouth}, true)}),
                edge + "\n" + edge + " " + kNorth + "\n" + other + "\n" + other + " " + kNorth + "\n" +
                    other + " " + kSouth + "\n");
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_datastream_that_is_configured_has_a_lane_of_its_own),
        cmocka_unit_test(datastreams_that_may_be_made_up_share_a_lane),
        cmocka_unit_test(an_entry_goes_to_todays_edge_of_its_website),
        cmocka_unit_test(an_entry_of_no_website_goes_nowhere),
        cmocka_unit_test(all_lanes_are_known_before),
        cmocka_unit_test(connections_are_those_of_the_edge),
    };
    return cmocka_run_group_tests_name("routes", tests, nullptr, nullptr);
}
