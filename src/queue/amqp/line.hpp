#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include "connection.hpp"
#include "queue/trouble.hpp"
#include "shared.hpp"

namespace aep::queue::amqp {

/// One connection that is kept up: it is opened again when it was lost, after a pause that grows, to the next host.
class Line {
  public:
    static constexpr std::int64_t kShortestPause = 100;  ///< ms
    static constexpr std::int64_t kLongestPause = 5'000;

    /// `first`: which host is tried first.
    Line(Shared& shared, const Settings& settings, std::size_t first);

    [[nodiscard]] bool is_open() const noexcept { return connection_ != nullptr && connection_->is_open(); }
    [[nodiscard]] Connection& connection() noexcept { return *connection_; }
    [[nodiscard]] int descriptor() const noexcept { return is_open() ? connection_->descriptor() : -1; }
    /// As in aep_queue: "host:port".
    [[nodiscard]] std::string host() const;

    /// When it may be opened; in the past: now.
    [[nodiscard]] std::int64_t next() const noexcept { return next_; }
    /// Opens a connection, which somebody else may have to prepare: ready() or lost() is to follow.
    bool open();
    /// It can be used.
    void ready(std::int64_t now) noexcept;
    /// It has been closed, or is to be; says why, when there is something new to say.
    void lost(std::int64_t now);
    /// It is to be another one, at once.
    void leave() noexcept {
        connection_.reset();
        ready_since_ = 0;
        next_ = 0;
    }
    /// The same for one that works: that is no trouble, and not counted as such.
    void renew() noexcept {
        connection_->end();
        leave();
        was_ready_ = false;
    }

    /// From another thread: ends what is waited for, for good.
    void interrupt() noexcept { interruption_.call(); }

  private:
    Shared& shared_;
    const Settings& settings_;
    Interruption interruption_;
    std::unique_ptr<Connection> connection_;
    std::size_t host_;
    std::minstd_rand random_;

    std::int64_t next_ = 0;
    std::int64_t pause_ = kShortestPause;
    std::int64_t ready_since_ = 0;  ///< 0: it is not
    std::size_t failures_ = 0;      ///< since it was ready
    bool was_ready_ = false;
    Trouble lost_;
    Trouble unreachable_;
};

}  // namespace aep::queue::amqp
