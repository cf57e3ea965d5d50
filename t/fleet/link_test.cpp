// The link against one node of RabbitMQ.

#include "queue/amqp/link.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "../unit/expect.hpp"
#include "rabbitmq.hpp"

namespace {

using namespace aep::test;

int start_rabbitmq(void** /*state*/) {
    rabbitmq("start 1");
    return 0;
}

/// After a test that may have failed while it was frozen.
int thaw_rabbitmq(void** /*state*/) {
    rabbitmq("thaw 1");
    return 0;
}

int stop_rabbitmq(void** /*state*/) {
    rabbitmq("stop");
    return 0;
}

void what_is_published_is_delivered(void**) {
    Linked one(settings_of(new_name()));
    assert_true(one.comes_up());
    const std::string queue = one.topology.lane_queue(kLane, 0);
    Message message = message_to(queue, "body");
    message.headers = {{"aep-version", "1"}, {"aep-empty", ""}};
    message.id = "identifier";
    message.priority = 5;
    assert_true(one.link.publish(std::vector{message}, kPatience) == std::vector{Fate::confirmed});
    one.link.consume(queue, 10);
    const std::vector<Delivery> deliveries = one.receive(1);
    assert_int_equal(deliveries.size(), 1);
    expect_text(deliveries[0].queue, queue);
    expect_text(deliveries[0].message.body, "body");
    expect_text(deliveries[0].message.id, "identifier");
    expect_text(deliveries[0].message.key, queue);
    assert_int_equal(deliveries[0].message.priority, 5);
    // RabbitMQ 4.0 delivers them in another order.
    auto headers = deliveries[0].message.headers;
    std::sort(headers.begin(), headers.end(), std::greater<>());
    assert_true(headers == message.headers);
    assert_int_equal(deliveries[0].tag.connection, one.link.connection());
    assert_false(deliveries[0].redelivered);
    assert_true(*one.wakes >= 2);
    one.link.acknowledge(deliveries[0].tag);
    assert_int_equal(one.depth(queue), 0);
    const Health health = one.link.health();
    assert_int_equal(health.confirms, 1);
    assert_true(health.is_up && health.confirm_time_us > 0 && health.refused + health.unknown == 0);
    expect_part(one.said(), "(RabbitMQ ");
    // A second time: the broker closes the channel over it, unless the link knows better.
    one.link.acknowledge(deliveries[0].tag);
    one.link.give_back({deliveries[0].tag.connection, 4711});
    one.link.reject({deliveries[0].tag.connection + 1, 1});
    assert_true(one.link.publish(std::vector{message}, kPatience) == std::vector{Fate::confirmed});
    assert_int_equal(one.receive(1).size(), 1);
    assert_int_equal(one.link.health().reconnects, 0);
}

void many_are_settled_in_any_order(void**) {
    constexpr std::size_t kCount = 3'000;
    const Settings settings = settings_of(new_name(), 1, true);
    Linked one(settings);
    assert_true(one.comes_up());
    const std::string queue = one.topology.lane_queue(kLane, 0);
    one.link.consume(queue, 5'000);
    assert_int_equal(count_of(one.link.publish(numbered(queue, kCount), kPatience), Fate::confirmed), kCount);
    std::vector<Delivery> deliveries = one.receive(kCount);
    assert_int_equal(deliveries.size(), kCount);
    for (std::size_t number = 0; number < kCount; ++number) {
        expect_text(deliveries[number].message.body, std::to_string(number));
    }
    std::rotate(deliveries.begin(), deliveries.begin() + 1'000, deliveries.begin() + 1'500);
    for (const Delivery& delivery : deliveries) {
        one.link.acknowledge(delivery.tag);
    }
    one.link.cancel(queue);
    assert_int_equal(one.depth(queue), 0);
    Linked other(settings, "other");
    assert_true(other.comes_up());
    one.link.stop(milliseconds(1'000));
    assert_int_equal(other.depth(queue), 0);
    assert_int_equal(other.link.health().reconnects, 0);
}

void what_is_given_back_comes_again(void**) {
    Linked one(settings_of(new_name()));
    assert_true(one.comes_up());
    const std::string queue = one.topology.lane_queue(kLane, 0);
    one.link.publish(numbered(queue, 1), kPatience);
    one.link.consume(queue, 10);
    // More often than the limit of 20 that RabbitMQ 4.0 has otherwise.
    for (int turn = 0; turn < 30; ++turn) {
        const std::vector<Delivery> deliveries = one.receive(1);
        assert_int_equal(deliveries.size(), 1);
        assert_int_equal(deliveries[0].redelivered, turn != 0);
        one.link.give_back(deliveries[0].tag);
    }
    const std::vector<Delivery> deliveries = one.receive(1);
    assert_int_equal(deliveries.size(), 1);
    one.link.reject(deliveries[0].tag);
    one.link.cancel(queue);
    assert_int_equal(one.depth(queue), 0);
    assert_true(within(kPatience, [&] { return one.link.depth(one.topology.dead()).messages == 1; }));
}

/// RabbitMQ can hold what nobody has got, until the connection ends.
void a_connection_without_anything_to_do_is_renewed(void**) {
    Settings settings = settings_of(new_name());
    settings.renewal = milliseconds(1'500);
    Linked one(settings);
    assert_true(one.comes_up());
    const std::string queue = one.topology.lane_queue(kLane, 0);
    one.link.consume(queue, 10);
    one.link.publish(numbered(queue, 1), kPatience);
    const std::vector<Delivery> held = one.receive(1);
    assert_int_equal(held.size(), 1);
    const std::uint64_t before = one.link.connection();
    assert_false(within(milliseconds(4'000), [&] { return one.link.connection() != before; }));
    one.link.acknowledge(held[0].tag);
    bool was_always_up = true;
    assert_true(within(kPatience, [&] {
        was_always_up = was_always_up && one.link.is_up();
        return one.link.connection() > before;
    }));
    assert_true(was_always_up);
    assert_int_equal(one.link.health().reconnects, 0);
    one.link.publish(numbered(queue, 1), kPatience);
    assert_int_equal(one.receive(1).size(), 1);
}

void what_no_queue_takes_is_refused(void**) {
    Linked one(settings_of(new_name()));
    assert_true(one.comes_up());
    const std::string queue = one.topology.lane_queue(kLane, 0);
    std::vector<Message> messages = numbered(queue, 5);
    messages[1].key = "no-such-queue";
    messages[3].headers = {{"aep-headers", std::string(200'000, 'x')}};  // more than a frame
    messages[4].body = std::string(500'000, 'y');
    const std::vector<Fate> expected{Fate::confirmed, Fate::refused, Fate::confirmed, Fate::refused,
                                     Fate::confirmed};
    assert_true(one.link.publish(messages, kPatience) == expected);
    one.link.consume(queue, 10);
    const std::vector<Delivery> deliveries = one.receive(3);
    assert_int_equal(deliveries.size(), 3);
    assert_true(deliveries[2].message.body == messages[4].body);
    assert_int_equal(one.link.health().refused, 2);
}

void what_does_not_fit_is_refused(void**) {
    Linked one(settings_of(new_name()), "worker",
               {.max_size = 40'000});  // of which the lane's queue has a half
    assert_true(one.comes_up());
    const std::string queue = one.topology.lane_queue(kLane, 0);
    std::size_t confirmed = 0;
    for (int count = 0; count < 40; ++count) {
        const std::vector messages{message_to(queue, std::string(2'000, 'x'))};
        confirmed += count_of(one.link.publish(messages, kPatience), Fate::confirmed);
    }
    assert_true(confirmed >= 9 && confirmed <= 14);
    assert_int_equal(one.link.health().refused, 40 - confirmed);
}

void what_a_worker_held_is_delivered_after_its_death(void**) {
    const Settings settings = settings_of(new_name());
    Linked other(settings, "other");
    assert_true(other.comes_up());
    std::string queue;
    {
        Linked one(settings, "one", {.claim_time = 1});
        assert_true(one.comes_up());
        queue = one.topology.lane_queue(kLane, 0);
        one.link.consume(one.topology.hold(), 10);
        std::vector<Message> messages = numbered(queue, 2);
        for (Message& message : messages) {
            message.exchange = one.topology.hold();
        }
        assert_int_equal(count_of(one.link.publish(messages, kPatience), Fate::confirmed), 2);
        const std::vector<Delivery> held = one.receive(2);
        assert_int_equal(held.size(), 2);
        expect_text(held[0].queue, one.topology.hold());
        expect_text(held[0].message.key, queue);
        one.link.acknowledge(held[0].tag);
        std::this_thread::sleep_for(milliseconds(300));
    }
    other.link.consume(queue, 10);
    const std::vector<Delivery> deliveries = other.receive(1);
    assert_int_equal(deliveries.size(), 1);
    expect_text(deliveries[0].message.body, "1");
    // What is bound to it last takes the exchange with it, also when it expires.
    const std::string hold = settings.name + ".hold.one";
    expect_part(rabbitmq("ctl 1 list_exchanges name"), hold);
    rabbitmq("ctl 1 delete_queue " + hold);
    assert_true(rabbitmq("ctl 1 list_exchanges name").find(hold) == std::string::npos);
}

void one_consumer_has_an_order_queue_until_it_ends(void**) {
    const Settings settings = settings_of(new_name());
    auto one = std::make_unique<Linked>(settings, "one");
    Linked other(settings, "other");
    assert_true(one->comes_up() && other.comes_up());
    const std::string queue = other.topology.order_queue(kLane);
    one->link.consume(queue, 10);
    assert_true(within(kPatience, [&] { return one->link.depth(queue).consumers == 1; }));
    other.link.consume(queue, 10);
    std::this_thread::sleep_for(milliseconds(1'500));  // RabbitMQ counts the active one alone
    assert_int_equal(count_of(other.link.publish(numbered(queue, 20), kPatience), Fate::confirmed), 20);
    const std::vector<Delivery> first = one->receive(10);
    assert_int_equal(first.size(), 10);
    one->link.acknowledge(first[0].tag);
    one->link.acknowledge(first[2].tag);
    assert_int_equal(one->receive(2).size(), 2);
    assert_true(other.link.take().empty());
    one.reset();
    std::vector<std::string> bodies;
    while (bodies.size() < 18) {
        const std::vector<Delivery> more = other.receive(1);
        assert_false(more.empty());
        for (const Delivery& delivery : more) {
            bodies.push_back(delivery.message.body);
            other.link.acknowledge(delivery.tag);
        }
    }
    std::vector<std::string> expected{"1"};
    for (int number = 3; number < 20; ++number) {
        expected.push_back(std::to_string(number));
    }
    assert_true(bodies == expected);
}

void a_queue_with_other_arguments_is_used_and_said(void**) {
    const Settings settings = settings_of(new_name());
    Linked one(settings, "one", {.max_size = 4'000'000});
    assert_true(one.comes_up());
    Linked other(settings, "other", {.max_size = 5'000'000});
    assert_true(other.comes_up());
    assert_true(other.says("exists with other arguments"));
    expect_part(other.said(), "PRECONDITION_FAILED");
    expect_part(other.said(), "alert: in the broker");
    assert_int_equal(
        count_of(other.link.publish(numbered(other.topology.dead(), 1), kPatience), Fate::confirmed), 1);
}

void nothing_is_declared_where_somebody_else_does(void**) {
    Settings settings = settings_of(new_name());
    settings.declare = false;
    Linked one(settings);
    assert_true(one.comes_up());
    const std::string queue = one.topology.lane_queue(kLane, 0);
    one.link.consume(queue, 1);
    assert_true(one.says("cannot be used: NOT_FOUND"));
    expect_part(one.said(), "declare=on");
    assert_true(one.link.publish(numbered(queue, 1), kPatience) == std::vector{Fate::refused});
    settings.declare = true;
    Linked other(settings, "other");
    assert_true(other.comes_up());
    assert_true(within(kPatience, [&] { return one.link.depth(queue).is_known; }));
    other.link.publish(numbered(queue, 1), kPatience);
    assert_int_equal(one.receive(1).size(), 1);
    assert_int_equal(one.link.health().reconnects, 0);
}

void a_queue_that_was_deleted_is_declared_again(void**) {
    Linked one(settings_of(new_name()));
    assert_true(one.comes_up());
    const std::string queue = one.topology.lane_queue(kLane, 0);
    one.link.consume(queue, 10);
    assert_true(within(kPatience, [&] { return one.link.depth(queue).consumers == 1; }));
    rabbitmq("ctl 1 delete_queue " + queue);
    assert_true(within(kPatience, [&] {
        return one.link.publish(numbered(queue, 1), kPatience) == std::vector{Fate::confirmed};
    }));
    assert_int_equal(one.receive(1).size(), 1);
    assert_int_equal(one.link.health().reconnects, 0);
}

void a_connection_that_the_broker_closes_is_made_again(void**) {
    Linked one(settings_of(new_name()));
    assert_true(one.comes_up());
    const std::string queue = one.topology.lane_queue(kLane, 0);
    one.link.consume(queue, 10);
    one.link.publish(numbered(queue, 1), kPatience);
    const std::vector<Delivery> before = one.receive(1);
    assert_int_equal(before.size(), 1);
    rabbitmq("ctl 1 close_all_connections maintenance");
    assert_true(one.says("was lost: it closed the connection"));
    expect_part(one.said(), "maintenance");
    const std::vector<Delivery> again = one.receive(1);
    assert_int_equal(again.size(), 1);
    assert_true(again[0].redelivered);
    assert_true(again[0].tag.connection > before[0].tag.connection);
    assert_int_equal(again[0].tag.connection, one.link.connection());
    one.link.acknowledge(before[0].tag);  // of no connection any more
    one.link.acknowledge(again[0].tag);
    assert_true(one.comes_up());
    assert_int_equal(one.depth(queue), 0);
    assert_true(one.link.health().reconnects >= 2);
}

void wrong_credentials_are_said_without_the_password(void**) {
    Settings settings = settings_of(new_name());
    settings.password = "not-a-secret";
    Linked one(settings);
    assert_true(one.says("refuses the user and the password"));
    expect_part(one.said(), "credentials=");
    assert_true(one.said().find("not-a-secret") == std::string::npos);
    assert_false(one.link.is_up());
    assert_true(one.link.publish(numbered("q", 1), kPatience) == std::vector{Fate::refused});
}

void a_virtual_host_that_is_not_there_is_said(void**) {
    Settings settings = settings_of(new_name());
    settings.vhost = "nowhere";
    Linked one(settings);
    assert_true(one.says("does not open the virtual host \"nowhere\""));
}

void a_certificate_that_nobody_vouches_for_is_refused(void**) {
    Settings settings = settings_of(new_name(), 1, true);
    settings.trusted_certificate = pem_of("stranger.crt");
    Linked one(settings);
    assert_true(one.says("its certificate is not trusted"));
    expect_part(one.said(), "stranger.crt");
}

/// A TLS server that is no broker, with one of the certificates that t/tools/rabbitmq.sh makes.
class TlsServer {
  public:
    explicit TlsServer(const std::string& certificate) : port_(where("RABBITMQ_SPARE_PORT")) {
        pid_ = output_of("openssl s_server -quiet -accept 127.0.0.1:" + port_ + " -cert " +
                         tls_file(certificate + ".crt") + " -key " + tls_file(certificate + ".key") +
                         " </dev/zero >/dev/null 2>&1 & echo $!");
        assert_true(within(kPatience, [this] {
            // NOLINTNEXTLINE(bugprone-command-processor,cert-env33-c): the command is this file's own
            return std::system(("bash -c 'exec 3<>/dev/tcp/127.0.0.1/" + port_ + "' 2>/dev/null").c_str()) ==
                   0;
        }));
    }
    ~TlsServer() { output_of("kill " + pid_); }
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;

    [[nodiscard]] Settings settings() const {
        Settings settings = settings_of(new_name(), 1, true);
        settings.hosts[0].port = static_cast<std::uint16_t>(std::stoi(port_));
        return settings;
    }

  private:
    std::string port_;
    std::string pid_;
};

void a_certificate_that_has_expired_is_refused(void**) {
    const TlsServer server("expired");
    Linked one(server.settings());
    assert_true(one.says("has expired"));
}

void a_certificate_for_another_name_is_refused(void**) {
    const TlsServer server("other");
    Linked one(server.settings());
    assert_true(one.says("its certificate is not for localhost"));
}

void an_address_in_a_certificate_is_taken(void**) {
    Settings settings = settings_of(new_name(), 1, true);
    settings.hosts[0].name = "127.0.0.1";
    settings.certificate = pem_of("client.crt");
    settings.certificate_key = pem_of("client.key");
    Linked one(settings);
    assert_true(one.comes_up());
}

void what_holds_no_certificate_is_said(void**) {
    Settings settings = settings_of(new_name(), 1, true);
    settings.trusted_certificate.text = "no certificate";
    Linked one(settings);
    assert_true(one.says("ca.crt cannot be used"));
    expect_part(one.said(), "the trusted certificates in ");
    settings = settings_of(new_name(), 1, true);
    settings.certificate = pem_of("client.key");
    Linked other(settings);
    assert_true(other.says("client.key cannot be used"));
    expect_part(other.said(), "the client's certificate in ");
    settings.certificate = pem_of("client.crt");
    settings.certificate_key = pem_of("server.key");
    Linked third(settings);
    assert_true(third.says("server.key cannot be used"));
    expect_part(third.said(), "the key of the client's certificate in ");
}

void tls_to_a_port_without_it_is_said(void**) {
    Settings settings = settings_of(new_name(), 1, true);
    settings.hosts[0].port = ports(false)[0];
    Linked one(settings);
    assert_true(one.says("TLS"));
}

void nobody_who_listens_is_said_once(void**) {
    Settings settings = settings_of(new_name());
    settings.hosts = {{"127.0.0.1", 1}, {"127.0.0.1", 2}};
    Linked one(settings);
    assert_true(one.says("cannot be used: it takes no connections"));
    std::this_thread::sleep_for(milliseconds(1'000));
    const std::string said = one.said();
    // Each of the two connections may say it.
    assert_true(std::count(said.begin(), said.end(), '\n') <= 2);
    assert_true(duration_of([&] { assert_true(one.link.stop(milliseconds(1'000))); }) < milliseconds(500));
}

void an_alarm_refuses_at_once(void**) {
    Linked one(settings_of(new_name()));
    assert_true(one.comes_up());
    const std::string queue = one.topology.lane_queue(kLane, 0);
    one.link.consume(queue, 10);
    one.link.publish(numbered(queue, 1), kPatience);
    const std::vector<Delivery> deliveries = one.receive(1);
    rabbitmq("ctl 1 set_disk_free_limit mem_relative 1000");
    const std::vector<Fate> fates = one.link.publish(numbered(queue, 1), milliseconds(500));
    assert_true(fates == std::vector{Fate::unknown});
    assert_true(one.says("takes no messages for now"));
    assert_false(one.link.is_up());
    assert_true(duration_of([&] { one.link.publish(numbered(queue, 1), kPatience); }) < milliseconds(100));
    // What was delivered can be settled meanwhile.
    one.link.acknowledge(deliveries.at(0).tag);
    assert_int_equal(one.depth(queue), 0);
    rabbitmq("ctl 1 set_disk_free_limit 50MB");
    assert_true(one.comes_up());
    expect_part(one.said(), "takes messages again");
    assert_int_equal(one.receive(1).size(), 1);  // it was there after all
    assert_int_equal(one.link.health().reconnects, 0);
}

void a_frozen_broker_costs_no_more_than_the_patience(void**) {
    constexpr milliseconds kWait{500};
    Linked one(settings_of(new_name()));
    assert_true(one.comes_up());
    const std::string queue = one.topology.lane_queue(kLane, 0);
    rabbitmq("freeze 1");
    std::vector<Fate> fates;
    const milliseconds first = duration_of([&] { fates = one.link.publish(numbered(queue, 3), kWait); });
    assert_int_equal(count_of(fates, Fate::unknown), 3);
    assert_true(first >= kWait && first < kWait + milliseconds(200));
    // And once only: it is not up any more.
    assert_true(within(kWait, [&] { return !one.link.is_up(); }));
    assert_true(duration_of([&] { fates = one.link.publish(numbered(queue, 3), kWait); }) <
                milliseconds(100));
    assert_int_equal(count_of(fates, Fate::refused), 3);
    rabbitmq("thaw 1");
    assert_true(one.comes_up());
    assert_int_equal(count_of(one.link.publish(numbered(queue, 3), kPatience), Fate::confirmed), 3);
}

void more_than_a_frozen_broker_takes_does_not_block(void**) {
    constexpr milliseconds kWait{500};
    Linked one(settings_of(new_name()));
    assert_true(one.comes_up());
    const std::vector messages(100,
                               message_to(one.topology.lane_queue(kLane, 0), std::string(1'000'000, 'x')));
    rabbitmq("freeze 1");
    std::vector<Fate> fates;
    const milliseconds took = duration_of([&] { fates = one.link.publish(messages, kWait); });
    const milliseconds stopping = duration_of([&] { assert_true(one.link.stop(milliseconds(1'000))); });
    rabbitmq("thaw 1");
    assert_true(took < kWait + milliseconds(300));
    assert_true(count_of(fates, Fate::refused) > 0);
    assert_int_equal(count_of(fates, Fate::confirmed), 0);
    assert_true(stopping < milliseconds(500));
}

void a_link_to_a_frozen_broker_stops_at_once(void**) {
    for (const bool tls : {false, true}) {
        Linked up(settings_of(new_name(), 1, tls));
        assert_true(up.comes_up());
        rabbitmq("freeze 1");
        Linked never_up(settings_of(new_name(), 1, tls));
        std::this_thread::sleep_for(milliseconds(300));
        const milliseconds first = duration_of([&] { assert_true(up.link.stop(milliseconds(1'000))); });
        const milliseconds second =
            duration_of([&] { assert_true(never_up.link.stop(milliseconds(1'000))); });
        rabbitmq("thaw 1");
        assert_true(first < milliseconds(500));
        assert_true(second < milliseconds(500));
    }
}

void a_node_that_died_is_found_again(void**) {
    Linked one(settings_of(new_name()));
    assert_true(one.comes_up());
    const std::string queue = one.topology.lane_queue(kLane, 0);
    assert_int_equal(count_of(one.link.publish(numbered(queue, 5), kPatience), Fate::confirmed), 5);
    rabbitmq("kill 1");
    assert_true(within(milliseconds(1'000), [&] { return !one.link.is_up(); }));
    assert_true(one.link.publish(numbered(queue, 1), kPatience) == std::vector{Fate::refused});
    expect_part(one.said(), "was lost");
    rabbitmq("restart 1");
    assert_true(one.comes_up());
    one.link.consume(queue, 10);
    assert_int_equal(one.receive(5).size(), 5);
}

}  // namespace

int main(int count, char** arguments) {
    if (count > 1) {
        cmocka_set_test_filter(arguments[1]);
    }
    const CMUnitTest tests[] = {
        cmocka_unit_test(what_is_published_is_delivered),
        cmocka_unit_test(many_are_settled_in_any_order),
        cmocka_unit_test(what_is_given_back_comes_again),
        cmocka_unit_test(a_connection_without_anything_to_do_is_renewed),
        cmocka_unit_test(what_no_queue_takes_is_refused),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(what_a_worker_held_is_delivered_after_its_death),
        cmocka_unit_test(one_consumer_has_an_order_queue_until_it_ends),
        cmocka_unit_test(a_queue_with_other_arguments_is_used_and_said),
        cmocka_unit_test(nothing_is_declared_where_somebody_else_does),
        cmocka_unit_test(a_queue_that_was_deleted_is_declared_again),
        cmocka_unit_test(a_connection_that_the_broker_closes_is_made_again),
        cmocka_unit_test(wrong_credentials_are_said_without_the_password),
        cmocka_unit_test(a_virtual_host_that_is_not_there_is_said),
        cmocka_unit_test(a_certificate_that_nobody_vouches_for_is_refused),
        cmocka_unit_test(a_certificate_that_has_expired_is_refused),
        cmocka_unit_test(a_certificate_for_another_name_is_refused),
        cmocka_unit_test(an_address_in_a_certificate_is_taken),
        cmocka_unit_test(what_holds_no_certificate_is_said),
        cmocka_unit_test(tls_to_a_port_without_it_is_said),
        cmocka_unit_test(nobody_who_listens_is_said_once),
        cmocka_unit_test(an_alarm_refuses_at_once),
        cmocka_unit_test_teardown(a_frozen_broker_costs_no_more_than_the_patience, thaw_rabbitmq),
        cmocka_unit_test_teardown(more_than_a_frozen_broker_takes_does_not_block, thaw_rabbitmq),
        cmocka_unit_test_teardown(a_link_to_a_frozen_broker_stops_at_once, thaw_rabbitmq),
        cmocka_unit_test(a_node_that_died_is_found_again),
    };
    return cmocka_run_group_tests_name("link to RabbitMQ", tests, start_rabbitmq, stop_rabbitmq);
}
