#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "cmocka.hpp"
#include "edge/engine.hpp"

namespace aep::test {

using namespace std::chrono_literals;
using Time = std::chrono::steady_clock;

/// How long a test waits for what has to come: a machine with other things to do may take its time.
constexpr auto kPatience = 60s;

/// Patient: a test that is about its times sets them.
inline edge::Endpoint endpoint_at(std::string base_url) {
    edge::Endpoint endpoint;
    endpoint.base_url = std::move(base_url);
    endpoint.connect_timeout = kPatience;
    endpoint.answer_timeout = kPatience;
    endpoint.timeout = kPatience;
    return endpoint;
}

inline std::shared_ptr<const edge::Endpoint> shared(edge::Endpoint endpoint) {
    return std::make_shared<const edge::Endpoint>(std::move(endpoint));
}

/// What an engine said, for the test's thread to wait for.
class Results {
  public:
    void add(edge::Response&& response) {
        const std::lock_guard lock(mutex_);
        ++answers_[response.id];
        responses_.push_back(std::move(response));
        changed_.notify_all();
    }

    void add_line(std::string&& line) {
        const std::lock_guard lock(mutex_);
        lines_.push_back(std::move(line));
        changed_.notify_all();
    }

    /// All responses, once there are `count`. Fails the test when there are not so many in time.
    std::vector<edge::Response> wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, kPatience, [&] { return responses_.size() >= count; })) {
            const std::size_t size = responses_.size();
            lock.unlock();
            fail_msg("%zu of %zu responses came", size, count);
        }
        return responses_;
    }

    std::size_t count() {
        const std::lock_guard lock(mutex_);
        return responses_.size();
    }

    std::vector<std::string> lines() {
        const std::lock_guard lock(mutex_);
        return lines_;
    }

    /// Whether exactly one response came for each of the ids from 1 to `count`.
    bool one_for_each(std::size_t count) {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, answers] : answers_) {
            if (answers != 1 || id < 1 || id > count) {
                return false;
            }
        }
        return answers_.size() == count;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<edge::Response> responses_;
    std::vector<std::string> lines_;
    std::map<std::uint64_t, int> answers_;
};

/// A running engine with its results.
class Harness {
  public:
    Harness() : Harness([](const edge::Response&) {}) {}

    /// `on_response` runs on the engine's thread.
    explicit Harness(std::function<void(const edge::Response&)> on_response)
        : engine(
              [kept = results, on_response = std::move(on_response)](edge::Response&& response) {
                  on_response(response);
                  kept->add(std::move(response));
              },
              [kept = results](std::string&& line) { kept->add_line(std::move(line)); }) {
        std::string error;
        if (!engine.start(error)) {
            fail_msg("%s", error.c_str());
        }
    }

    /// Submits with the next id, from 1 on.
    std::uint64_t post(const std::shared_ptr<const edge::Endpoint>& endpoint, std::string body = "{}",
                       std::string target = "/", std::vector<edge::Header> headers = {}) {
        const std::uint64_t id = ++last_id_;
        edge::Request request;
        request.id = id;
        request.endpoint = endpoint;
        request.target = std::move(target);
        request.headers = std::move(headers);
        request.body = std::move(body);
        engine.submit(std::move(request));
        return id;
    }

    /// Posts, and waits for the answer to that.
    edge::Response exchange(const std::shared_ptr<const edge::Endpoint>& endpoint, std::string body = "{}",
                            std::string target = "/", std::vector<edge::Header> headers = {}) {
        const std::size_t before = results->count();
        post(endpoint, std::move(body), std::move(target), std::move(headers));
        return results->wait_for(before + 1).back();
    }

    // Before the engine, whose thread may be left behind with it.
    std::shared_ptr<Results> results = std::make_shared<Results>();
    edge::Engine engine;

  private:
    std::atomic<std::uint64_t> last_id_{0};
};

inline std::chrono::milliseconds since(Time::time_point begin) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Time::now() - begin);
}

inline void wait_until(const std::function<bool()>& condition) {
    for (const auto begin = Time::now(); !condition();) {
        assert_true(since(begin) < kPatience);
        std::this_thread::sleep_for(1ms);
    }
}

inline bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// The value of a response header, or "(none)".
inline std::string value_of(const edge::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
        if (key == name) {
            return value;
        }
    }
    return "(none)";
}

inline void assert_failed(const edge::Response& response, edge::Failure failure) {
    if (response.failure != failure) {
        fail_msg("%s instead of %s: %s", std::string(to_string(response.failure)).c_str(),
                 std::string(to_string(failure)).c_str(), response.failure_text.c_str());
    }
    assert_int_equal(response.status, 0);
    assert_false(response.failure_text.empty());
}

inline void assert_answered(const edge::Response& response, int status) {
    if (response.failure != edge::Failure::none) {
        fail_msg("%s: %s", std::string(to_string(response.failure)).c_str(), response.failure_text.c_str());
    }
    assert_int_equal(response.status, status);
}

}  // namespace aep::test
