#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "damage.hpp"
#include "file_format.hpp"
#include "file_lock.hpp"
#include "file_names.hpp"
#include "queue/queue_clock.hpp"
#include "queue/trouble.hpp"
#include "sqlite.hpp"

namespace aep::queue::sqlite {

/// A database that all workers write to: one of them makes it, or moves it aside when it is damaged; and one of them,
/// who has its lock, delivers what is in it. For one thread of each process.
///
/// `Tables` opens the database at a path, and has `base`, `foreign`, `opening`, `begin`, `commit` and `next_lane`.
template <typename Tables>
class CommonFile {
  public:
    /// `name` is that of the file, without its ending. `what` it holds, in the messages.
    CommonFile(const std::string& directory, std::string_view name, std::string_view what, Clock clock)
        : path_(directory + "/" + std::string(name) + kEnding),
          lock_path_(directory + "/" + std::string(name)),
          what_(what),
          clock_(clock) {}

    /// False where it cannot be opened just now; the messages say why.
    bool connect();
    /// Does something with the tables as one transaction. False when it was undone.
    template <typename Work>
    bool change(Work work);
    /// After a failure of what was read. False always.
    bool recover();

    /// The lanes that have something.
    std::vector<std::string> lanes();

    /// Says that something can be kept again, if it could not.
    void works();

    /// Whether this process is the one that delivers: whoever asks first, as long as it lives.
    bool delivers();
    /// Closes the file and leaves it, and the deliveries, to others.
    void leave();

    Tables& tables() noexcept { return *file_; }
    [[nodiscard]] bool is_open() const noexcept { return file_ != nullptr; }
    /// Another one, each time that the file may be another one.
    [[nodiscard]] std::uint32_t generation() const noexcept { return generation_; }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] Time now() const { return clock_(); }

    void say(LogLine&& line) { messages_.push_back(std::move(line)); }
    std::vector<LogLine> messages() { return std::exchange(messages_, {}); }

  private:
    std::optional<FileLock> wait_for_turn();
    bool open();
    void close_quickly();
    void move_aside(const std::string& why);
    void report(const std::string& text);

    std::string path_;
    std::string lock_path_;
    std::string what_;
    Clock clock_;
    std::unique_ptr<Tables> file_;
    std::uint32_t generation_ = 0;
    std::optional<FileLock> delivering_;
    bool left_ = false;
    bool foreign_ = false;
    std::string trouble_;  ///< as it was told; empty: none
    std::vector<LogLine> messages_;
};

template <typename Tables>
bool CommonFile<Tables>::connect() {
    if (file_ && !file_->base.moved()) {
        return true;
    }
    if (file_) {  // another process has found it damaged
        ++generation_;
        close_quickly();
    }
    if (foreign_) {
        return false;
    }
    const std::optional<FileLock> turn = wait_for_turn();
    // A damaged one was moved aside: then there is a second try.
    return turn && (open() || (trouble_.empty() && !foreign_ && open()));
}

/// One process at a time opens the file, so that it is made once, and moved aside once.
template <typename Tables>
std::optional<FileLock> CommonFile<Tables>::wait_for_turn() {
    constexpr std::chrono::milliseconds kPause{10};
    for (std::chrono::milliseconds waited{0}; waited.count() < Database::kBusyTimeout; waited += kPause) {
        std::string error;
        if (std::optional<FileLock> turn = FileLock::take(lock_path_ + ".open.lock", error)) {
            return turn;
        }
        if (!error.empty()) {
            report(error);
            return std::nullopt;
        }
        std::this_thread::sleep_for(kPause);
    }
    report("another worker does not finish opening it");
    return std::nullopt;
}

template <typename Tables>
bool CommonFile<Tables>::open() {
    if (!create_file(path_)) {
        report(with_errno("it cannot be created"));
        return false;
    }
    file_ = std::make_unique<Tables>(path_);
    if (file_->opening == Opening::opened && !file_->base.failed()) {
        works();
        return true;
    }
    if (file_->opening == Opening::foreign) {
        foreign_ = true;
        report(file_->foreign);
    } else if (const Failure failure = file_->base.failure(); failure.fault == Fault::damaged) {
        move_aside(failure.text);
    } else {
        report(failure.text);
    }
    file_.reset();
    return false;
}

template <typename Tables>
bool CommonFile<Tables>::recover() {
    const Failure failure = file_->base.failure();
    file_->base.roll_back();
    file_->base.forget_failure();
    if (failure.fault == Fault::damaged) {
        const std::optional<FileLock> turn = wait_for_turn();
        if (turn && !file_->base.moved()) {
            move_aside(failure.text);
        }
        ++generation_;
        close_quickly();
        return false;
    }
    report(failure.text);
    if (failure.fault == Fault::unusable) {
        close_quickly();
    }
    return false;
}

template <typename Tables>
template <typename Work>
bool CommonFile<Tables>::change(Work work) {
    if (!connect()) {
        return false;
    }
    if (file_->begin.run().finish() && work(*file_) && file_->commit.run().finish()) {
        return true;
    }
    return recover();
}

template <typename Tables>
std::vector<std::string> CommonFile<Tables>::lanes() {
    std::vector<std::string> lanes;
    if (!connect()) {
        return lanes;
    }
    std::string last;
    for (;;) {
        {
            Run run = file_->next_lane.run(last);
            std::string next = run.next() ? std::string(run.text(0)) : std::string();
            if (next.empty()) {
                break;
            }
            lanes.push_back(next);
            // (the run holds a view of `last` until it ends)
        }
        last = lanes.back();
    }
    if (file_->base.failed()) {
        recover();
    }
    return lanes;
}

template <typename Tables>
bool CommonFile<Tables>::delivers() {
    if (!left_ && !delivering_) {
        std::string error;
        if (std::optional<FileLock> lock = FileLock::take(lock_path_ + ".lock", error)) {
            delivering_.emplace(std::move(*lock));
        }
    }
    return delivering_.has_value();
}

template <typename Tables>
void CommonFile<Tables>::leave() {
    left_ = true;
    delivering_.reset();
    if (file_) {
        close_quickly();
    }
}

/// What is in the write-ahead log stays there for the next who opens the file.
template <typename Tables>
void CommonFile<Tables>::close_quickly() {
    file_->base.checkpoint_on_close(false);
    file_.reset();
}

template <typename Tables>
void CommonFile<Tables>::move_aside(const std::string& why) {
    const std::string target = move_damaged(path_, clock_());
    if (target.empty()) {
        report(with_errno("it is damaged (" + why + ") and cannot be renamed"));
        return;
    }
    trouble_.clear();
    say({true, "the queue's file " + path_ + " is damaged (" + why + "): it was renamed to " + target +
                   ", and the " + what_ + " in it are not sent; what can be read of it is shown by " +
                   "\"sqlite3 " + target + " .recover\""});
}

template <typename Tables>
void CommonFile<Tables>::report(const std::string& text) {
    if (trouble_ != text) {
        trouble_ = text;
        say({false, what_ + " cannot be kept in " + path_ + ": " + text});
    }
}

template <typename Tables>
void CommonFile<Tables>::works() {
    if (!trouble_.empty()) {
        trouble_.clear();
        say({false, what_ + " can be kept again"});
    }
}

}  // namespace aep::queue::sqlite
