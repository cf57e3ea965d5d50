#include <algorithm>
#include <cerrno>
#include <system_error>

#include <sys/stat.h>

#include "damage.hpp"
#include "file_names.hpp"
#include "file_store.hpp"

// Which files a store has, and what it does about those that fail.

namespace aep::queue::sqlite {
namespace {

constexpr int kFailuresOfAdopted = 3;
constexpr int kSecondsOfAvoidance = 60;
constexpr std::uint32_t kStore = 0;  ///< what is the matter with none of the files

bool has_content(const std::string& path) noexcept {
    struct stat status {};
    return stat(path.c_str(), &status) == 0 && status.st_size != 0;
}

}  // namespace

std::string FileStore::path(std::uint32_t number) const {
    return directory_ + "/" + std::to_string(number);
}

FileStore::Taken FileStore::take(std::uint32_t number) {
    const bool known = foreign_.contains(number) || find_number(number) != nullptr;
    if (known || avoided_.contains(number)) {
        return Taken::not_free;
    }
    std::string error;
    std::optional<FileLock> lock = FileLock::take(path(number) + ".lock", error);
    if (!lock) {
        if (error.empty()) {
            return Taken::not_free;
        }
        report(kStore, "the queue cannot be used: " + error);
        return Taken::failed;
    }
    auto held = std::make_unique<Held>(std::move(*lock), path(number) + kEnding, number);
    const bool existed = has_content(held->file.path());
    const Taken taken = open(*held);
    if (taken == Taken::taken) {
        if (!existed) {
            miss(number);
        }
        last_row_ = std::max(last_row_, held->file.last_row());
        held->published = held->file.counts();
        held->shares = shares_of(held->file);
        ledger_.write(number, held->published, held->shares);  // who had it before may have left another line
        files_.push_back(std::move(held));
    } else if (!existed) {
        held->file.close(true);
        remove_database(held->file.path());
        held->lock.remove();
    }
    return taken;
}

FileStore::Taken FileStore::open(Held& held) {
    const std::uint32_t number = held.file.number();
    Opening opening = held.file.open();
    if (opening == Opening::failed && held.file.failure().fault == Fault::damaged) {
        move_aside(held);
        opening = held.file.open();
    }
    if (opening == Opening::opened) {
        works(number);
        return Taken::taken;
    }
    if (opening == Opening::foreign) {
        foreign_.insert(number);
        say("the queue leaves " + held.file.path() + " alone: " + held.file.foreign());
        return Taken::not_free;
    }
    report(number, "the queue cannot use " + held.file.path() + ": " + held.file.failure().text);
    return Taken::failed;
}

bool FileStore::take_own() {
    for (std::uint32_t number = 1; number <= Ledger::kFiles; ++number) {
        const bool existed = has_content(path(number) + kEnding);
        const Taken taken = take(number);
        if (taken == Taken::taken) {
            own_ = files_.back().get();
            works(kStore);
            return true;
        }
        // Where a new file fails, the next would fail too.
        if (taken == Taken::failed && !existed) {
            return false;
        }
    }
    report(kStore, "the queue in " + directory_ + " has no free file: all " + std::to_string(Ledger::kFiles) +
                       " are in use");
    return false;
}

void FileStore::adopt() {
    for (const std::uint32_t number : file_numbers_in(directory_)) {
        take(number);
    }
}

/// After a reload the queue may be in another directory, whose workers still find the lines of the one before.
void FileStore::correct_ledger() {
    for (const auto& held : files_) {
        ledger_.write(held->file.number(), held->file.counts());
    }
    for (std::uint32_t number = 1; number <= Ledger::kFiles; ++number) {
        struct stat status {};
        if (ledger_.has(number) && find_number(number) == nullptr &&
            stat((path(number) + kEnding).c_str(), &status) != 0 && errno == ENOENT) {
            if (!has_tended_) {  // later somebody may have removed it, and who has it says so
                miss(number);
            }
            ledger_.write(number, {});
        }
    }
    has_tended_ = true;
    tell_what_is_missed();
}

/// Notes what the ledger says of a file that is not in the directory.
void FileStore::miss(std::uint32_t number) {
    missed_ += ledger_.of(number);
}

void FileStore::tell_what_is_missed() {
    const Counts missed = std::exchange(missed_, {});
    if (missed.entries != 0 || missed.dead_letters != 0) {
        say("the queue held " + std::to_string(missed.entries) + " requests and " +
            std::to_string(missed.dead_letters) + " dead letters in files that are not in " + directory_ +
            ": they stay undelivered in the directory that aep_queue named before; name that one again until "
            "it is drained");
    }
}

void FileStore::tend() {
    if (left_) {
        return;
    }
    for (auto avoided = avoided_.begin(); avoided != avoided_.end();) {
        avoided = --avoided->second <= 0 ? avoided_.erase(avoided) : std::next(avoided);
    }
    for (std::size_t index = files_.size(); index-- > 0;) {
        Held& held = *files_[index];
        if (held.file.has_unit() || give_up_moved(held)) {
            continue;
        }
        held.file.notice_changes();
        last_row_ = std::max(last_row_, held.file.last_row());
        held.file.tidy();
        if (check(held)) {
            publish(held);
            remove_if_empty(held);
        }
    }
    if (own_ == nullptr) {
        take_own();
    }
    adopt();
    correct_ledger();
    tell_what_is_over();
}

void FileStore::leave() {
    left_ = true;
    for (const auto& held : files_) {
        held->file.undo();
        held->file.close(true);
    }
    own_ = nullptr;
    files_.clear();
}

void FileStore::drop(Held& held) {
    if (own_ == &held) {
        own_ = nullptr;
    }
    std::erase_if(files_, [&held](const auto& one) { return one.get() == &held; });
}

void FileStore::remove_if_empty(Held& held) {
    if (&held == own_ || !held.file.may_be_removed()) {
        return;
    }
    held.file.close(true);
    remove_database(held.file.path());
    ledger_.write(held.file.number(), {});
    held.lock.remove();
    drop(held);
}

/// Deals with what has failed in a file. False: this store does not have it any more.
bool FileStore::check(Held& held) {
    const Failure failure = held.file.failure();
    if (failure.fault == Fault::none) {
        return true;
    }
    if (failure.fault == Fault::damaged) {
        move_aside(held);
        drop(held);
        return false;
    }
    report(held.file.number(),
           "the queue cannot use " + held.file.path() + ": " + failure.text +
               (&held == own_ ? "; new events are refused until it can" : ""),
           &held == own_);
    held.file.undo();
    if (&held != own_ && failure.fault == Fault::unusable && ++held.failures >= kFailuresOfAdopted) {
        // It must not spoil the units of the others.
        avoided_[held.file.number()] = kSecondsOfAvoidance;
        held.file.close(true);
        drop(held);
        return false;
    }
    return true;
}

bool FileStore::give_up_moved(Held& held) {
    if (!held.file.moved()) {
        return false;
    }
    say("somebody has removed or renamed " + held.file.path() +
        " while the queue was using it: the events in it are not delivered by this server");
    ledger_.write(held.file.number(), {});
    held.file.close(true);
    drop(held);
    return true;
}

void FileStore::move_aside(Held& held) {
    const std::string why = held.file.failure().text;
    const std::string& path = held.file.path();
    held.file.undo();
    held.file.close(true);
    const std::string target = move_damaged(path, clock_());
    if (target.empty()) {
        avoided_[held.file.number()] = kSecondsOfAvoidance;
        report(held.file.number(),
               with_errno("the queue's file " + path + " is damaged (" + why + ") and cannot be renamed"),
               true);
        return;
    }
    ledger_.write(held.file.number(), {});
    say("the queue's file " + path + " is damaged (" + why + "): it was renamed to " + target +
            ", and the events in it are not delivered; what can be read of it is shown by \"sqlite3 " +
            target + " .recover\"",
        true);
}

void FileStore::publish(Held& held) {
    const Counts& counts = held.file.counts();
    const Ledger::Shares shares = shares_of(held.file);
    if (counts != held.published || shares != held.shares) {
        held.published = counts;
        held.shares = shares;
        ledger_.write(held.file.number(), counts, shares);
    }
}

Ledger::Shares FileStore::shares_of(const SqliteFile& file) const {
    Ledger::Shares shares{};
    file.for_each_lane(
        [&](std::string_view lane, std::uint64_t bytes) { shares[ledger_.share_of(lane)] += bytes; });
    return shares;
}

void FileStore::say(std::string text, bool alert) {
    messages_.push_back({alert, std::move(text)});
}

/// Tells of a trouble once, and not more than once a second of one that changes.
void FileStore::report(std::uint32_t number, std::string text, bool alert) {
    FileTrouble& trouble = troubles_[number];
    trouble.over = false;
    if (!trouble.quiet && trouble.text != text) {
        trouble.text = std::move(text);
        trouble.quiet = true;
        say(trouble.text, alert);
    }
}

void FileStore::works(std::uint32_t number) {
    if (const auto trouble = troubles_.find(number); trouble != troubles_.end()) {
        trouble->second.over = true;
    }
}

void FileStore::tell_what_is_over() {
    for (auto trouble = troubles_.begin(); trouble != troubles_.end();) {
        trouble->second.quiet = false;
        if (trouble->second.over) {
            const std::uint32_t number = trouble->first;
            say("the queue can use " + (number == kStore ? directory_ : path(number) + kEnding) + " again");
            trouble = troubles_.erase(trouble);
        } else {
            ++trouble;
        }
    }
}

}  // namespace aep::queue::sqlite
