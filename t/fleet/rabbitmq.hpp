#pragma once

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "queue/amqp/link.hpp"
// It has macros of common names.
#include "../unit/cmocka.hpp"

namespace aep::test {

using namespace queue::amqp;  // NOLINT(google-build-using-namespace): for tests of that room alone
using std::chrono::milliseconds;

/// The output of a command of the shell. Fails the test, and shows it, when the command fails.
inline std::string output_of(const std::string& command) {
    // NOLINTNEXTLINE(bugprone-command-processor,cert-env33-c): the command is this file's own
    FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
    std::string output;
    std::array<char, 4096> part{};
    while (const std::size_t size = std::fread(part.data(), 1, part.size(), pipe)) {
        output.append(part.data(), size);
    }
    if (::pclose(pipe) != 0) {
        print_error("%s: %s\n", command.c_str(), output.c_str());
        fail();
    }
    return output;
}

/// What t/tools/rabbitmq.sh does, with the nodes of this test.
inline std::string rabbitmq(const std::string& arguments) {
    return output_of("t/tools/rabbitmq.sh " + arguments);
}

/// One of what `rabbitmq.sh environment` tells.
inline std::string where(const std::string& variable) {
    std::string value =
        rabbitmq("environment >/dev/null; eval \"$(t/tools/rabbitmq.sh environment)\"; printf %s \"$" +
                 variable + "\"");
    return value;
}

inline std::vector<std::uint16_t> ports(bool tls) {
    static const std::array<std::string, 2> known{where("RABBITMQ_PORTS"), where("RABBITMQ_TLS_PORTS")};
    std::vector<std::uint16_t> found;
    for (const char* at = known[tls ? 1 : 0].c_str(); *at != '\0';) {
        char* end = nullptr;
        found.push_back(static_cast<std::uint16_t>(std::strtoul(at, &end, 10)));
        at = end;
    }
    return found;
}

inline std::string tls_file(std::string_view name) {
    static const std::string directory = where("RABBITMQ_TLS");
    return directory + "/" + std::string(name);
}

inline Settings::Pem pem_of(std::string_view name) {
    const std::string file = tls_file(name);
    return {file, output_of("cat " + file)};
}

template <typename Predicate>
bool within(milliseconds patience, Predicate&& is_so) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!is_so()) {
        if (std::chrono::steady_clock::now() > end) {
            return false;
        }
        std::this_thread::sleep_for(milliseconds(5));
    }
    return true;
}

template <typename Call>
milliseconds duration_of(Call&& call) {
    const auto begin = std::chrono::steady_clock::now();
    call();
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin);
}

inline constexpr milliseconds kPatience{20'000};  // for what takes some time on a machine that is busy
inline constexpr std::string_view kLane = "https://edge.test";

/// Names of which no other test has queues.
inline std::string new_name() {
    static int last = 0;
    return "t" + std::to_string(::getpid()) + "-" + std::to_string(++last);
}

inline Settings settings_of(const std::string& name, std::size_t nodes = 1, bool tls = false) {
    Settings settings;
    std::vector<std::uint16_t> used = ports(tls);
    used.resize(nodes);
    for (const std::uint16_t port : used) {
        settings.hosts.push_back({tls ? "localhost" : "127.0.0.1", port});
    }
    settings.user = "guest";
    settings.password = "guest";
    settings.tls = tls;
    settings.trusted_certificate = pem_of("ca.crt");
    settings.name = name;
    return settings;
}

inline Topology topology_of(const Settings& settings, const std::string& worker = "worker",
                            const Topology::Limits& limits = {}) {
    return {settings.name, settings.shards, {std::string(kLane)}, worker, limits};
}

/// A link with what it said.
struct Linked {
    explicit Linked(const Settings& settings, const std::string& worker = "worker",
                    const Topology::Limits& limits = {})
        : topology(topology_of(settings, worker, limits)),
          link(settings, topology, [count = wakes] { ++*count; }) {
        std::string error;
        assert_true(link.start(error));
    }

    bool comes_up(milliseconds patience = kPatience) {
        return within(patience, [this] { return link.is_up(); }) ||
               (print_error("%s", said().c_str()), false);
    }
    /// Everything that was said so far.
    const std::string& said() {
        for (const queue::LogLine& line : link.messages()) {
            text += (line.alert ? "alert: " : "") + line.text + "\n";
        }
        return text;
    }
    bool says(std::string_view part, milliseconds patience = kPatience) {
        const bool does = within(patience, [&] { return said().find(part) != std::string::npos; });
        if (!does) {
            print_error("it said: %s\n", text.c_str());
        }
        return does;
    }
    /// Waits until so many were delivered altogether, since the last call.
    std::vector<Delivery> receive(std::size_t count, milliseconds patience = kPatience) {
        std::vector<Delivery> received;
        within(patience, [&] {
            for (Delivery& delivery : link.take()) {
                received.push_back(std::move(delivery));
            }
            return received.size() >= count;
        });
        return received;
    }
    std::uint64_t depth(std::string_view queue) {
        // What was known before may be a second old.
        std::this_thread::sleep_for(milliseconds(1'500));
        within(kPatience, [&] { return link.depth(queue).is_known; });
        return link.depth(queue).messages;
    }

    Topology topology;
    // A test that fails leaves the thread behind.
    std::shared_ptr<std::atomic<int>> wakes = std::make_shared<std::atomic<int>>(0);
    std::string text;
    Link link;
};

inline Message message_to(std::string queue, std::string body) {
    Message message;
    message.key = std::move(queue);
    message.body = std::move(body);
    return message;
}

inline std::vector<Message> numbered(const std::string& queue, std::size_t count) {
    std::vector<Message> messages;
    for (std::size_t number = 0; number < count; ++number) {
        messages.push_back(message_to(queue, std::to_string(number)));
    }
    return messages;
}

inline std::size_t count_of(const std::vector<Fate>& fates, Fate fate) {
    return static_cast<std::size_t>(std::count(fates.begin(), fates.end(), fate));
}

}  // namespace aep::test
