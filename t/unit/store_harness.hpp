#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "expect.hpp"
#include "queue/sqlite/file_store.hpp"
#include "queue/sqlite/sqlite_dead_letter_store.hpp"

namespace aep::test {

inline constexpr std::string_view kLane = "https://edge.adobedc.net";
inline constexpr queue::Time kNow = 1'780'000'000'000;
inline constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

/// A directory that goes with its object.
class TemporaryDirectory {
  public:
    TemporaryDirectory() {
        const char* parent = std::getenv("TMPDIR");
        path_ = std::string(parent == nullptr ? "/tmp" : parent) + "/aep-store-XXXXXX";
        if (mkdtemp(path_.data()) == nullptr) {
            fail_msg("no temporary directory: %s", path_.c_str());
        }
    }
    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }
    [[nodiscard]] bool has(std::string_view name) const { return std::filesystem::exists(file(name)); }

    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(path_)) {
            names.push_back(entry.path().filename().string());
        }
        return names;
    }

  private:
    std::string path_;
};

inline std::string content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_content(const std::string& path, std::string_view content) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

inline queue::Entry entry_of(std::string body, std::string_view lane = kLane) {
    queue::Entry entry;
    entry.lane = lane;
    entry.website = "ebebf826-a01f-4458-8cec-ef61de241c93";
    entry.action = "interact";
    entry.target = "/ee/v1/interact?configId=ebebf826-a01f-4458-8cec-ef61de241c93";
    entry.headers = {{"User-Agent", "Mozilla/5.0"}};
    entry.body = std::move(body);
    entry.received = kNow;
    return entry;
}

inline queue::EntryId keep(queue::Store& store, const queue::Entry& entry, bool claimed = false) {
    const std::optional<queue::EntryId> id = store.append(queue::Entry(entry), claimed);
    assert_true(store.sync());
    return id.value();
}

inline std::vector<queue::Claim> claim_all(queue::Store& store, queue::Time now = kNow,
                                           std::string_view lane = kLane) {
    return store.claim(lane, now, kNoLimit, kNoLimit);
}

inline std::string bodies(const std::vector<queue::Claim>& claims) {
    std::string text;
    for (const queue::Claim& claim : claims) {
        text += (text.empty() ? "" : " ") + claim.entry.body;
    }
    return text;
}

inline void settle(queue::Store& store, queue::EntryId id,
                   queue::Settlement::Result result = queue::Settlement::Result::delivered) {
    queue::Settlement settlement;
    settlement.id = id;
    settlement.result = result;
    store.settle(settlement);
}

inline void retry_at(queue::Store& store, queue::EntryId id, queue::Time due) {
    queue::Settlement settlement;
    settlement.id = id;
    settlement.result = queue::Settlement::Result::retry;
    settlement.attempts = 1;
    settlement.due = due;
    store.settle(settlement);
}

inline void bury(queue::Store& store, queue::EntryId id, std::string reason = "no") {
    queue::Settlement settlement;
    settlement.id = id;
    settlement.result = queue::Settlement::Result::dead;
    settlement.status = 422;
    settlement.reason = std::move(reason);
    store.settle(settlement);
}

/// Does a piece of work on dead letters until there is nothing left to do. `work` gets where to go on.
template <typename Work>
queue::DeadLetterStore::Step to_the_end(Work work) {
    queue::DeadLetterStore::Step all;
    while (!all.is_done) {
        const queue::DeadLetterStore::Step step = work(all.last);
        assert_false(step.is_busy);
        all = {.last = step.last,
               .count = all.count + step.count,
               .is_done = step.is_done,
               .is_busy = false,
               .has_failed = all.has_failed || step.has_failed};
    }
    return all;
}

/// All dead letters in a directory, with what is in them, as an operator finds them through any process.
inline std::vector<queue::DeadLetter> dead_letters_in(const TemporaryDirectory& directory) {
    queue::sqlite::SqliteDeadLetterStore desk(directory.path());
    std::vector<queue::DeadLetterSummary> summaries;
    to_the_end([&](queue::EntryId after) { return desk.list({}, after, 100, summaries); });
    std::vector<queue::DeadLetter> letters;
    for (const queue::DeadLetterSummary& summary : summaries) {
        std::optional<queue::DeadLetter> letter;
        assert_int_equal(desk.read(summary.id, letter).count, 1);
        letters.push_back(std::move(letter.value()));
    }
    return letters;
}

inline std::size_t requeue(const TemporaryDirectory& directory, const queue::DeadLetterFilter& filter = {},
                           queue::Time received = 0) {
    queue::sqlite::SqliteDeadLetterStore desk(directory.path());
    const auto done = to_the_end([&](queue::EntryId after) { return desk.requeue(filter, after, received); });
    assert_false(done.has_failed);
    return done.count;
}

inline std::size_t discard(const TemporaryDirectory& directory, const queue::DeadLetterFilter& filter = {}) {
    queue::sqlite::SqliteDeadLetterStore desk(directory.path());
    const auto done = to_the_end([&](queue::EntryId after) { return desk.discard(filter, after); });
    assert_false(done.has_failed);
    return done.count;
}

/// All lines since the last call, one that is an alert with that word before it.
inline std::string told(queue::Store& store) {
    std::string text;
    for (const queue::LogLine& message : store.messages()) {
        text += (message.alert ? "ALERT: " : "") + message.text + "\n";
    }
    return text;
}

/// Runs work in another process; its result is that work's.
template <typename Work>
bool in_child(Work work) {
    const pid_t child = fork();
    if (child == 0) {
        _exit(work() ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace aep::test
