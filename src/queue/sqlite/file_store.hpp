#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "file_lock.hpp"
#include "queue/ledger.hpp"
#include "queue/queue_clock.hpp"
#include "queue/store.hpp"
#include "sqlite_file.hpp"

namespace aep::queue::sqlite {

/// A store in the files of a directory, `N.db` with `N.lock` each, that several processes share: a file belongs to
/// who has its lock. One file of its own takes what is appended; others are adopted when their processes have gone,
/// only emptied, and then removed.
///
/// The files of a unit are made durable one after another, that with the new entries last. Each settlement is good
/// by itself, so that it does no harm when those of one file are durable and the rest is undone; who gives them
/// again finds the former ignored.
class FileStore final : public Store {
  public:
    /// Takes a file. Where it cannot, messages() says why, and tend() and append() try again.
    FileStore(std::string directory, Ledger& ledger, Clock clock = wall_clock);

    std::optional<EntryId> append(Entry&& entry, bool claimed) override;
    void settle(const Settlement& settlement) override;
    bool sync() override;
    std::vector<Claim> claim(std::string_view lane, Time now, std::size_t most, std::size_t most_bytes,
                             Order order = Order::oldest_first) override;
    void release(EntryId id) override;
    std::vector<std::string> lanes() override;
    Time next_due(std::string_view lane) override;

    /// Made durable at once, or with the unit when there is one.
    std::size_t discard_dead_letters(std::size_t bytes) override;

    Counts counts() override;
    [[nodiscard]] Disk disk() const override;
    void tend() override;
    void leave() override;
    std::vector<LogLine> messages() override { return std::exchange(messages_, {}); }

  private:
    /// A file with its lock, which is given up after it.
    struct Held {
        Held(FileLock&& taken, std::string path, std::uint32_t number)
            : lock(std::move(taken)), file(std::move(path), number) {}

        FileLock lock;
        SqliteFile file;
        Counts published;
        Ledger::Shares shares{};  ///< as they were published
        int failures = 0;         ///< in a row
    };
    /// What is the matter with a file.
    struct FileTrouble {
        std::string text;    ///< as it was told
        bool over = false;   ///< it has worked since
        bool quiet = false;  ///< it was told in this second
    };
    enum class Taken : std::uint8_t { taken, not_free, failed };

    [[nodiscard]] std::string path(std::uint32_t number) const;
    Held* find(EntryId id) { return id.kind == EntryId::Kind::event ? find_number(id.part) : nullptr; }
    Held* find_number(std::uint32_t number);
    [[nodiscard]] bool has_unit() const;
    std::size_t discard_oldest(std::string_view lane);
    Taken take(std::uint32_t number);
    Taken open(Held& held);
    bool take_own();
    void adopt();
    void drop(Held& held);
    void remove_if_empty(Held& held);
    void finish_unit(bool done);
    bool check(Held& held);
    bool give_up_moved(Held& held);
    void move_aside(Held& held);
    void publish(Held& held);
    [[nodiscard]] Ledger::Shares shares_of(const SqliteFile& file) const;
    void correct_ledger();
    void miss(std::uint32_t number);
    void tell_what_is_missed();
    void say(std::string text, bool alert = false);
    void report(std::uint32_t number, std::string text, bool alert = false);
    void works(std::uint32_t number);
    void tell_what_is_over();
    bool sync(Held& held);

    std::string directory_;
    Ledger& ledger_;
    Clock clock_;
    std::vector<std::unique_ptr<Held>> files_;
    Held* own_ = nullptr;  ///< one of them
    Row last_row_ = 0;     ///< of all files: no identifier comes twice in a process
    std::size_t turn_ = 0;
    bool spoiled_ = false;
    bool left_ = false;
    bool has_tended_ = false;
    Counts missed_;  ///< by the ledger, in files that are not in the directory

    std::set<std::uint32_t> foreign_;
    std::map<std::uint32_t, int> avoided_;  ///< files that failed: seconds until they are tried again
    std::map<std::uint32_t, FileTrouble> troubles_;
    std::vector<LogLine> messages_;
};

}  // namespace aep::queue::sqlite
