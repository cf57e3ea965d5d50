// The model as Prometheus reads it.

#include "status/prometheus.hpp"

#include <string>

#include "cmocka.hpp"
#include "status_models.hpp"

namespace {

using aep::status::Model;
using aep::status::render_prometheus;

bool holds(const std::string& text, const std::string& line) {
    return text.find("\n" + line + "\n") != std::string::npos;
}

Model model() {
    Model model;
    model.module = {.version = "1.2.3", .nginx = "1.22.1", .sdk = "abc", .alloy = "", .collector = ""};
    aep::status::Website north;
    north.website = "north \"quoted\"\\";
    north.datastream = "d1";
    north.pages = {{"injected", 3}};
    north.events = {{"commerce.purchases", "delivered", 2}};
    north.dead_letters = {{"422", 1}};
    north.documents = {{"order.placed", "accepted", 5}};
    aep::status::Website again = north;
    again.datastream = "d2";
    model.websites = {north, again};
    aep::status::Host host;
    host.host = "edge.example";
    host.up = false;
    host.duration.count = 3;
    host.duration.sum = 0.5;
    host.duration.buckets = {{0.005, 1}, {10, 2}};
    model.hosts = {host};
    model.counters = {{"requests_total", 9}, {"local_answers_total", 4}};
    return model;
}

void labels_are_escaped(void**) {
    assert_true(holds(
        render_prometheus(model()),
        R"(aep_events_total{website="north \"quoted\"\\",datastream="d1",type="commerce.purchases",outcome="delivered"} 2)"));
}

void what_has_no_datastream_in_its_labels_is_added_up(void**) {
    const std::string text = render_prometheus(model());
    assert_true(holds(text, R"(aep_pages_total{website="north \"quoted\"\\",tag="injected"} 6)"));
    assert_true(holds(text, R"(aep_dead_letters_total{website="north \"quoted\"\\",status="422"} 2)"));
}

void a_histogram_ends_with_all(void**) {
    const std::string text = render_prometheus(model());
    assert_true(holds(text, R"(aep_edge_request_duration_seconds_bucket{host="edge.example",le="0.005"} 1)"));
    assert_true(holds(text, R"(aep_edge_request_duration_seconds_bucket{host="edge.example",le="+Inf"} 3)"));
    assert_true(holds(text, R"(aep_edge_request_duration_seconds_sum{host="edge.example"} 0.5)"));
    assert_true(holds(text, R"(aep_edge_up{host="edge.example"} 0)"));
}

void a_broker_has_families_where_there_is_one(void**) {
    assert_true(render_prometheus(model()).find("aep_broker") == std::string::npos);
    const std::string text = render_prometheus(aep::test::in_a_fleet(0));
    assert_true(holds(text, "aep_broker_workers_connected 1"));
    assert_true(holds(text, "aep_broker_confirm_duration_seconds_sum 8.5"));
    assert_true(holds(text, "aep_broker_confirm_duration_seconds_count 2000"));
    assert_true(holds(text, "aep_broker_unconfirmed_total 2"));
    assert_true(holds(text, R"(aep_broker_queue_entries{queue="https://edge.adobedc.net"} 41)"));
    assert_true(holds(text, R"(aep_broker_queue_consumers{queue="consents"} 1)"));
}

void each_family_comes_once(void**) {
    Model all = model();
    all.broker = aep::test::in_a_fleet(0).broker;
    const std::string text = render_prometheus(all);
    for (std::size_t at = text.find("# TYPE "); at != std::string::npos; at = text.find("# TYPE ", at + 1)) {
        const std::string line = text.substr(at, text.find(' ', at + 7) - at + 1);
        assert_true(text.find(line, at + 1) == std::string::npos);
    }
    assert_true(holds(text, "aep_local_answers_total 4"));
    assert_true(text.find("\naep_requests_total 9") == std::string::npos);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(labels_are_escaped),
        cmocka_unit_test(what_has_no_datastream_in_its_labels_is_added_up),
        cmocka_unit_test(a_histogram_ends_with_all),
        cmocka_unit_test(a_broker_has_families_where_there_is_one),
        cmocka_unit_test(each_family_comes_once),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
