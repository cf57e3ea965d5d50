#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "entry.hpp"
#include "text/digest.hpp"

namespace aep::queue {

/// What all workers' files hold, in shared memory (all zero: nothing). Who holds the lock of a file writes its line;
/// a line stays when its worker dies, until the next who takes the file writes it, or somebody finds that there is no
/// such file. No lock: numbers that are a moment old are good enough for limits.
class Ledger {
  public:
    static constexpr std::size_t kFiles = 512;  ///< file numbers begin with 1
    /// Lanes whose bytes are told apart. All beyond them count as one, the last.
    static constexpr std::size_t kShares = 64;
    using Shares = std::array<std::uint64_t, kShares>;  ///< bytes of entries, dead letters not included

    void write(std::uint32_t file, const Counts& counts, const Shares& shares = {}) noexcept {
        if (file == 0 || file > kFiles) {
            return;
        }
        Line& line = lines_[file - 1];
        write(line.sums, counts);
        for (std::size_t share = 0; share < kShares; ++share) {
            line.shares[share].store(shares[share], std::memory_order_relaxed);
        }
        for (std::uint32_t last = last_file_.load(std::memory_order_relaxed);
             last < file && !last_file_.compare_exchange_weak(last, file, std::memory_order_relaxed);) {
        }
    }

    /// What the file of back office events holds: each worker writes this line after each of its units.
    void write_orders(const Counts& counts) noexcept { write(orders_, counts); }
    [[nodiscard]] Counts orders() const noexcept { return read(orders_); }

    /// What a sync of a group of entries took, in microseconds.
    void note_sync(std::uint64_t duration) noexcept {
        syncs_.fetch_add(1, std::memory_order_relaxed);
        sync_time_.fetch_add(duration, std::memory_order_relaxed);
    }
    struct Syncs {
        std::uint64_t count = 0;
        std::uint64_t time = 0;  ///< microseconds of all
    };
    [[nodiscard]] Syncs syncs() const noexcept {
        return {.count = syncs_.load(std::memory_order_relaxed),
                .time = sync_time_.load(std::memory_order_relaxed)};
    }

    /// Of the disk that the queue is on, in bytes; a size of 0: not known.
    struct Disk {
        std::uint64_t free = 0;
        std::uint64_t size = 0;
    };
    void note_disk(const Disk& disk) noexcept {
        disk_free_.store(disk.free, std::memory_order_relaxed);
        disk_size_.store(disk.size, std::memory_order_relaxed);
    }
    [[nodiscard]] Disk disk() const noexcept {
        return {.free = disk_free_.load(std::memory_order_relaxed),
                .size = disk_size_.load(std::memory_order_relaxed)};
    }

    /// What a file's line says.
    [[nodiscard]] Counts of(std::uint32_t file) const noexcept {
        return file == 0 || file > kFiles ? Counts{} : read(lines_[file - 1].sums);
    }

    /// Whether a file's line says that it holds something.
    [[nodiscard]] bool has(std::uint32_t file) const noexcept {
        const Counts counts = of(file);
        return counts.entries != 0 || counts.dead_letters != 0;
    }

    [[nodiscard]] Counts total() const noexcept {
        Counts sum = orders();
        for (const Line& line : used_lines()) {
            sum += read(line.sums);
        }
        return sum;
    }

    /// Where in Shares a lane is counted. It keeps its place for as long as the shared memory lives.
    std::size_t share_of(std::string_view lane) noexcept {
        const std::uint64_t key = text::fingerprint("share", lane);
        for (std::size_t share = 0; share < kShares - 1; ++share) {
            std::uint64_t found = lanes_[share].load(std::memory_order_relaxed);
            if (found == key ||
                (found == 0 &&
                 lanes_[share].compare_exchange_strong(found, key, std::memory_order_relaxed)) ||
                found == key) {
                return share;
            }
        }
        return kShares - 1;
    }

    /// Bytes of a share, in all files.
    [[nodiscard]] std::uint64_t held(std::size_t share) const noexcept {
        std::uint64_t sum = 0;
        for (const Line& line : used_lines()) {
            sum += line.shares[share].load(std::memory_order_relaxed);
        }
        return sum;
    }

  private:
    static_assert(std::atomic<std::uint64_t>::is_always_lock_free && std::atomic<Time>::is_always_lock_free);

    struct Sums {
        std::atomic<std::uint64_t> entries;
        std::atomic<std::uint64_t> bytes;
        std::atomic<std::uint64_t> dead_letters;
        std::atomic<std::uint64_t> dead_bytes;
        std::atomic<Time> oldest;
    };
    struct Line {
        Sums sums;
        std::array<std::atomic<std::uint64_t>, kShares> shares;
    };

    static void write(Sums& sums, const Counts& counts) noexcept {
        sums.entries.store(counts.entries, std::memory_order_relaxed);
        sums.bytes.store(counts.bytes, std::memory_order_relaxed);
        sums.dead_letters.store(counts.dead_letters, std::memory_order_relaxed);
        sums.dead_bytes.store(counts.dead_bytes, std::memory_order_relaxed);
        sums.oldest.store(counts.oldest, std::memory_order_relaxed);
    }

    static Counts read(const Sums& sums) noexcept {
        return {.entries = sums.entries.load(std::memory_order_relaxed),
                .bytes = sums.bytes.load(std::memory_order_relaxed),
                .dead_letters = sums.dead_letters.load(std::memory_order_relaxed),
                .dead_bytes = sums.dead_bytes.load(std::memory_order_relaxed),
                .oldest = sums.oldest.load(std::memory_order_relaxed)};
    }

    [[nodiscard]] std::span<const Line> used_lines() const noexcept {
        return std::span<const Line>(lines_).first(last_file_.load(std::memory_order_relaxed));
    }

    std::array<Line, kFiles> lines_;
    std::array<std::atomic<std::uint64_t>, kShares> lanes_;  ///< fingerprints of their names; 0: free
    std::atomic<std::uint32_t> last_file_;                   ///< that was ever written
    Sums orders_;
    std::atomic<std::uint64_t> syncs_;
    std::atomic<std::uint64_t> sync_time_;
    std::atomic<std::uint64_t> disk_free_;
    std::atomic<std::uint64_t> disk_size_;
};

}  // namespace aep::queue
