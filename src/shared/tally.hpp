#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "outcome.hpp"
#include "statistics.hpp"

namespace aep::shared {

/// Counts one request of a page and its events, once, whoever learns what became of them. Moves along with the request. One
/// that is destroyed before anybody has said so counts events as lost.
class Tally {
  public:
    Tally() = default;
    /// `statistics` must outlive this; `worker`: the line of this process.
    Tally(Statistics& statistics, std::size_t worker, std::size_t website) noexcept
        : statistics_(&statistics), worker_(worker), website_(website) {}
    Tally(Tally&& other) noexcept { swap(other); }
    Tally& operator=(Tally&& other) noexcept {
        Tally taken(std::move(other));
        swap(taken);
        return *this;
    }
    Tally(const Tally&) = delete;
    Tally& operator=(const Tally&) = delete;
    ~Tally();

    void set_website(std::size_t website) noexcept { website_ = website; }
    void set_action(std::size_t action) noexcept { action_ = action; }

    /// The gateway has taken events of these types.
    void take(std::span<const std::string> types);

    /// What became of it. The first word counts. `status`: of the answer.
    void conclude(Outcome outcome, int status, std::chrono::milliseconds duration) noexcept;

    /// It was told to be queued, or refused for now; but then Edge has taken it.
    void deliver_later(int status, std::chrono::milliseconds duration) noexcept;

    /// Bytes that go to Edge.
    void count_sent(std::size_t bytes) noexcept;
    void count_received(std::size_t bytes) noexcept;

    [[nodiscard]] bool is_open() const noexcept { return statistics_ != nullptr && !is_concluded_; }
    [[nodiscard]] std::size_t website() const noexcept { return website_; }

  private:
    struct Share {
        std::size_t type = 0;
        std::uint32_t count = 0;
    };

    void swap(Tally& other) noexcept;
    void note(Outcome outcome, int status, std::chrono::milliseconds duration) const noexcept;

    Statistics* statistics_ = nullptr;
    std::size_t worker_ = 0;
    std::size_t website_ = 0;
    std::size_t action_ = Statistics::kUnknownAction;
    std::vector<Share> shares_;
    std::uint64_t events_ = 0;
    bool has_taken_ = false;
    bool is_concluded_ = false;
};

/// ms since 1970.
std::uint64_t time_of_day() noexcept;

}  // namespace aep::shared
