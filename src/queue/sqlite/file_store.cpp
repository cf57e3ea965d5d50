#include "file_store.hpp"

#include <algorithm>

#include <sys/statvfs.h>

namespace aep::queue::sqlite {

FileStore::FileStore(std::string directory, Ledger& ledger, Clock clock)
    : directory_(std::move(directory)), ledger_(ledger), clock_(clock) {
    take_own();
}

std::optional<EntryId> FileStore::append(Entry&& entry, bool claimed) {
    if (spoiled_) {
        return std::nullopt;
    }
    if ((own_ == nullptr && !take_own()) || !own_->file.append(++last_row_, std::move(entry), claimed)) {
        spoiled_ = true;
        return std::nullopt;
    }
    return own_->file.id_of(last_row_);
}

void FileStore::settle(const Settlement& settlement) {
    Held* const held = find(settlement.id);
    if (held != nullptr && !spoiled_) {
        spoiled_ = !held->file.settle(SqliteFile::row_of(settlement.id), settlement, clock_());
    }
}

bool FileStore::sync() {
    bool done = !spoiled_;
    for (const auto& held : files_) {
        if (held.get() != own_) {
            done = done && sync(*held);
        }
    }
    done = done && (own_ == nullptr || sync(*own_));
    finish_unit(done);
    return done;
}

bool FileStore::sync(Held& held) {
    const bool had_unit = held.file.has_unit();
    if (!held.file.sync()) {
        return false;
    }
    if (had_unit) {
        works(held.file.number());
    }
    return true;
}

/// Undoes what is not durable, and deals with what has failed.
void FileStore::finish_unit(bool done) {
    spoiled_ = false;
    for (std::size_t index = files_.size(); index-- > 0;) {
        Held& held = *files_[index];
        if (check(held)) {
            if (!done && held.file.has_unit()) {
                held.file.undo();
            } else {
                held.failures = 0;
            }
            publish(held);
        }
    }
    if (left_) {
        leave();
    }
}

std::vector<Claim> FileStore::claim(std::string_view lane, Time now, std::size_t most, std::size_t most_bytes,
                                    Order order) {
    Haul haul{.most = most, .most_bytes = most_bytes, .order = order, .bytes = 0, .claims = {}};
    // Each time another file comes first, so that a long backlog of one does not hold up the others.
    const std::size_t start = turn_++;
    for (std::size_t count = files_.size(); count-- > 0 && !haul.is_full();) {
        const std::size_t index = (start + count) % files_.size();
        files_[index]->file.claim(lane, now, haul);
    }
    for (std::size_t index = files_.size(); index-- > 0;) {
        check(*files_[index]);
    }
    return std::move(haul.claims);
}

void FileStore::release(EntryId id) {
    if (Held* const held = find(id)) {
        held->file.release(SqliteFile::row_of(id));
    }
}

std::vector<std::string> FileStore::lanes() {
    std::vector<std::string> lanes;
    for (const auto& held : files_) {
        held->file.add_lanes(lanes);
    }
    return lanes;
}

Time FileStore::next_due(std::string_view lane) {
    Time first = 0;
    for (const auto& held : files_) {
        const Time due = held->file.next_due(lane);
        if (due != 0 && (first == 0 || due < first)) {
            first = due;
        }
    }
    return first;
}

/// The size of what was discarded; 0: nothing.
std::size_t FileStore::discard_oldest(std::string_view lane) {
    SqliteFile* oldest_file = nullptr;
    SqliteFile::Dead oldest;
    for (const auto& held : files_) {
        const auto dead = held->file.oldest_dead_letter(lane);
        if (dead && (oldest_file == nullptr || dead->died < oldest.died)) {
            oldest_file = &held->file;
            oldest = *dead;
        }
    }
    if (oldest_file == nullptr) {
        return 0;
    }
    const Change discarded = oldest_file->discard(oldest);
    spoiled_ = discarded == Change::failed;
    return discarded == Change::made ? std::max<std::size_t>(oldest.size, 1) : 0;
}

std::size_t FileStore::discard_dead_letters(std::size_t bytes) {
    const bool had_unit = has_unit();
    std::size_t count = 0;
    std::size_t discarded = 0;
    std::map<std::string, std::uint64_t, std::less<>> lanes;
    for (const auto& held : files_) {
        held->file.add_dead_bytes(lanes);
    }
    while (discarded < bytes && !spoiled_ && !lanes.empty()) {
        // The lane that has the most pays, so that nobody's dead letters push out those of others.
        const auto most = std::ranges::max_element(
            lanes, [](const auto& one, const auto& other) { return one.second < other.second; });
        const std::size_t size = discard_oldest(most->first);
        if (size == 0) {
            lanes.erase(most);
            continue;
        }
        most->second -= std::min<std::uint64_t>(most->second, size);
        discarded += size;
        ++count;
    }
    return had_unit || sync() ? count : 0;
}

Store::Disk FileStore::disk() const {
    struct statvfs disk {};
    if (statvfs(directory_.c_str(), &disk) != 0) {
        return {};  // it says so when it is written to
    }
    return {.free = std::uint64_t{disk.f_bavail} * disk.f_frsize,
            .size = std::uint64_t{disk.f_blocks} * disk.f_frsize};
}

Counts FileStore::counts() {
    Counts sum;
    for (const auto& held : files_) {
        sum += held->file.counts();
    }
    return sum;
}

bool FileStore::has_unit() const {
    return spoiled_ ||
           std::any_of(files_.begin(), files_.end(), [](const auto& held) { return held->file.has_unit(); });
}

FileStore::Held* FileStore::find_number(std::uint32_t number) {
    for (const auto& held : files_) {
        if (held->file.number() == number) {
            return held.get();
        }
    }
    return nullptr;
}

}  // namespace aep::queue::sqlite
