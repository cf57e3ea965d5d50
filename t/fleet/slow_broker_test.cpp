// The link against a broker that answers, but slowly.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "../unit/expect.hpp"
#include "rabbitmq.hpp"

namespace {

using namespace aep::test;

/// Between clients and a broker: what the broker says comes late.
class SlowWay {
  public:
    SlowWay(std::uint16_t to, milliseconds delay) : to_(to), delay_(delay), listening_(listen_anywhere()) {
        thread_ = std::thread([this] { serve(); });
    }
    SlowWay(const SlowWay&) = delete;
    SlowWay& operator=(const SlowWay&) = delete;
    ~SlowWay() {
        is_over_ = true;
        thread_.join();
        ::close(listening_);
    }

    [[nodiscard]] std::uint16_t port() const {
        sockaddr_in address{};
        socklen_t size = sizeof address;
        ::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size);
        return ntohs(address.sin_port);
    }

  private:
    static sockaddr_in loopback(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }

    static int listen_anywhere() {
        const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const sockaddr_in address = loopback(0);
        assert_int_equal(::bind(made, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        assert_int_equal(::listen(made, 8), 0);
        return made;
    }

    static bool has_something(int descriptor) {
        constexpr int kInterval = 20;  // ms
        pollfd one{descriptor, POLLIN, 0};
        return ::poll(&one, 1, kInterval) == 1;
    }

    /// False at the end.
    static bool copy(int from, int to) {
        std::array<char, 65'536> part{};
        const ssize_t size = ::recv(from, part.data(), part.size(), 0);
        return size > 0 && ::send(to, part.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL) == size;
    }

    void serve() {
        std::vector<std::thread> clients;
        while (!is_over_) {
            if (has_something(listening_)) {
                clients.emplace_back(
                    [this, client = ::accept(listening_, nullptr, nullptr)] { forward(client); });
            }
        }
        for (std::thread& client : clients) {
            client.join();
        }
    }

    void forward(int client) const {
        const int broker = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const sockaddr_in address = loopback(to_);
        bool goes_on = ::connect(broker, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
        while (goes_on && !is_over_) {
            if (has_something(client)) {
                goes_on = copy(client, broker);
            } else if (has_something(broker)) {
                std::this_thread::sleep_for(delay_);
                goes_on = copy(broker, client);
            }
        }
        ::close(broker);
        ::close(client);
    }

    const std::uint16_t to_;
    const milliseconds delay_;
    const int listening_;
    std::atomic<bool> is_over_{false};
    std::thread thread_;
};

int start_rabbitmq(void** /*state*/) {
    rabbitmq("start 1");
    return 0;
}

int stop_rabbitmq(void** /*state*/) {
    rabbitmq("stop");
    return 0;
}

/// Each of its answers comes in time.
void a_broker_that_takes_long_for_everything_is_left(void**) {
    Settings settings = settings_of(new_name());
    settings.shards = 16;
    SlowWay way(settings.hosts[0].port, milliseconds(500));
    settings.hosts[0].port = way.port();
    Linked one(settings);
    const milliseconds took = duration_of([&] { assert_true(one.says("is not ready after 15 seconds")); });
    assert_in_range(took.count(), 14'000, 19'000);
    expect_part(one.said(), "cannot be used");
    assert_false(one.link.is_up());
    assert_true(duration_of([&] { assert_true(one.link.stop(milliseconds(2'000))); }) < milliseconds(1'500));
}

void one_that_is_slow_but_not_so_slow_is_used(void**) {
    Settings settings = settings_of(new_name());
    SlowWay way(settings.hosts[0].port, milliseconds(50));
    settings.hosts[0].port = way.port();
    Linked one(settings);
    assert_true(one.comes_up());
    const std::string queue = one.topology.lane_queue(kLane, 0);
    assert_true(one.link.publish(numbered(queue, 1), kPatience) == std::vector{Fate::confirmed});
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_broker_that_takes_long_for_everything_is_left),
        cmocka_unit_test(one_that_is_slow_but_not_so_slow_is_used),
    };
    return cmocka_run_group_tests_name("slow broker", tests, start_rabbitmq, stop_rabbitmq);
}
