#include "threads/message_queue.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "cmocka.hpp"

namespace {

using aep::threads::MessageQueue;

void tells_when_the_reader_has_to_be_woken(void**) {
    MessageQueue<std::string> queue;
    std::vector<std::string> taken;
    assert_true(queue.push("a"));
    assert_false(queue.push("b"));
    queue.drain(taken);
    assert_true(queue.push("c"));
}

void gives_all_in_the_order_in_which_they_came(void**) {
    MessageQueue<std::string> queue;
    static_cast<void>(queue.push("a"));
    static_cast<void>(queue.push("b"));
    std::vector<std::string> taken{"from before"};
    queue.drain(taken);
    assert_int_equal(taken.size(), 2);
    assert_string_equal(taken[0].c_str(), "a");
    assert_string_equal(taken[1].c_str(), "b");
    queue.drain(taken);
    assert_true(taken.empty());
}

void carries_what_can_only_be_moved(void**) {
    MessageQueue<std::unique_ptr<int>> queue;
    static_cast<void>(queue.push(std::make_unique<int>(7)));
    std::vector<std::unique_ptr<int>> taken;
    queue.drain(taken);
    assert_int_equal(*taken.at(0), 7);
}

struct Numbered {
    int writer;
    int number;
};

/// A reader that drains only when it was told to must still see everything, and each writer's in order.
void loses_nothing_of_many_writers(void**) {
    constexpr int kWriters = 4;
    constexpr int kEach = 5000;
    MessageQueue<Numbered> queue;
    std::atomic<int> wake_ups{0};
    std::vector<std::thread> threads;
    threads.reserve(kWriters);
    for (int writer = 0; writer < kWriters; ++writer) {
        threads.emplace_back([&queue, &wake_ups, writer] {
            for (int number = 0; number < kEach; ++number) {
                if (queue.push({writer, number})) {
                    ++wake_ups;
                }
            }
        });
    }
    std::vector<int> next(kWriters, 0);
    std::vector<Numbered> taken;
    bool in_order = true;
    for (int total = 0, drained = 0; total < kWriters * kEach;) {
        if (wake_ups == drained) {
            std::this_thread::yield();
            continue;
        }
        ++drained;
        queue.drain(taken);
        for (const Numbered& message : taken) {
            in_order = in_order && message.number == next[static_cast<std::size_t>(message.writer)]++;
        }
        total += static_cast<int>(taken.size());
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    assert_true(in_order);
    queue.drain(taken);
    assert_true(taken.empty());
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(tells_when_the_reader_has_to_be_woken),
        cmocka_unit_test(gives_all_in_the_order_in_which_they_came),
        cmocka_unit_test(carries_what_can_only_be_moved),
        cmocka_unit_test(loses_nothing_of_many_writers),
    };
    return cmocka_run_group_tests_name("message queue", tests, nullptr, nullptr);
}
