// What aep_queue reads of a broker.

#include "settings/broker.hpp"

#include <string>
#include <string_view>

#include "expect.hpp"

namespace {

using namespace aep::settings;
using namespace std::string_literals;
using aep::queue::amqp::Settings;
using aep::test::expect_text;

Settings broker_at(std::string_view url) {
    Settings broker;
    if (!read_broker_url(url, broker)) {
        fail_msg("\"%s\" is refused", std::string(url).c_str());
    }
    return broker;
}

void a_broker_is_told_from_a_directory(void**) {
    for (const std::string_view url : {"amqp://rabbit", "AMQPS://rabbit", "amqps://"}) {
        assert_true(names_broker(url));
    }
    for (const std::string_view directory :
         {"", "off", "/var/spool/amqp", "amqp", "amqp:/rabbit", "http://rabbit"}) {
        assert_false(names_broker(directory));
    }
}

void hosts_have_the_usual_ports(void**) {
    expect_text(nodes_of(broker_at("amqps://rabbit.example")), "amqps://rabbit.example:5671");
    expect_text(nodes_of(broker_at("amqp://rabbit.example/")), "amqp://rabbit.example:5672");
    expect_text(nodes_of(broker_at("AMQPS://One.Example,two:5700,[2001:DB8::1],[::1]:1/shop")),
                "amqps://one.example:5671,two:5700,[2001:db8::1]:5671,[::1]:1");
    const Settings broker = broker_at("amqps://[2001:DB8::1]:65535");
    expect_text(broker.hosts.front().name, "2001:db8::1");
    assert_int_equal(broker.hosts.front().port, 65535);
    assert_true(broker.tls);
    assert_false(broker_at("amqp://rabbit").tls);
}

void a_virtual_host_is_decoded(void**) {
    expect_text(broker_at("amqps://rabbit").vhost, "/");
    expect_text(broker_at("amqps://rabbit/").vhost, "/");
    expect_text(broker_at("amqps://rabbit/shop").vhost, "shop");
    expect_text(broker_at("amqps://rabbit/%2F").vhost, "/");
    expect_text(broker_at("amqps://rabbit/%2fShop%20%40b").vhost, "/Shop @b");
}

void what_is_no_url_of_a_broker_is_refused(void**) {
    for (const std::string& rest : {""s,
                                    "/shop"s,
                                    ",rabbit"s,
                                    "rabbit,"s,
                                    "rabbit,,other"s,
                                    "rabbit:"s,
                                    "rabbit:0"s,
                                    "rabbit:65536"s,
                                    "rabbit:amqp"s,
                                    "ra bbit"s,
                                    "[::1"s,
                                    "[]"s,
                                    "[rabbit]"s,
                                    "[::1]5671"s,
                                    "user@rabbit"s,
                                    "user:pass@rabbit/shop"s,
                                    "rabbit/user@shop"s,
                                    "rabbit/a/b"s,
                                    "rabbit/shop?heartbeat=10"s,
                                    "rabbit/shop#a"s,
                                    "rabbit?heartbeat=10"s,
                                    "rabbit/%"s,
                                    "rabbit/%2"s,
                                    "rabbit/%2G"s,
                                    "rabbit/%00"s,
                                    "rabbit/" + std::string(256, 'a')}) {
        Settings broker;
        if (read_broker_url("amqps://" + rest, broker)) {
            fail_msg("\"%s\" is taken", rest.c_str());
        }
    }
}

void credentials_are_two_lines(void**) {
    for (const std::string_view text :
         {"aep\nsecret", "aep\nsecret\n", "aep\r\nsecret\r\n", "aep\nsecret\n\n"}) {
        Settings broker;
        expect_text(read_broker_credentials(text, broker), "");
        expect_text(broker.user, "aep");
        expect_text(broker.password, "secret");
    }
    Settings broker;
    expect_text(read_broker_credentials("a:b\n #c: d \n", broker), "");
    expect_text(broker.password, " #c: d ");
}

void other_credentials_are_refused_without_being_shown(void**) {
    for (const std::string& text :
         {""s, "\n"s, "aep"s, "aep\n"s, "\nsecret"s, "aep\n\nsecret"s, "aep\nsecret\nmore"s, "aep\nsec\0ret"s,
          "aep\n" + std::string(1025, 's')}) {
        Settings broker;
        const std::string error = read_broker_credentials(text, broker);
        assert_false(error.empty());
        assert_true(error.find("secret") == std::string::npos);
        expect_text(broker.user + broker.password, "");
    }
}

void a_broker_on_this_machine_is_known(void**) {
    for (const std::string_view url : {"amqp://localhost", "amqp://127.0.0.1,[::1]", "amqp://127.1.2.3:1"}) {
        assert_true(is_on_this_machine(broker_at(url)));
    }
    for (const std::string_view url :
         {"amqp://localhost,rabbit", "amqp://127.example", "amqp://10.0.0.1", "amqp://localhost.example"}) {
        assert_false(is_on_this_machine(broker_at(url)));
    }
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_broker_is_told_from_a_directory),
        cmocka_unit_test(hosts_have_the_usual_ports),
        cmocka_unit_test(a_virtual_host_is_decoded),
        cmocka_unit_test(what_is_no_url_of_a_broker_is_refused),
        cmocka_unit_test(credentials_are_two_lines),
        cmocka_unit_test(other_credentials_are_refused_without_being_shown),
        cmocka_unit_test(a_broker_on_this_machine_is_known),
    };
    return cmocka_run_group_tests_name("broker", tests, nullptr, nullptr);
}
