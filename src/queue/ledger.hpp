#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "entry.hpp"

namespace aep::queue {

/// What all workers' files hold, in shared memory (all zero: nothing). Who holds the lock of a file writes its line;
/// a line stays when its worker dies, until the next who takes the file writes it, or somebody finds that there is no
/// such file. No lock: numbers that are a moment old are good enough for limits.
class Ledger {
  public:
    static constexpr std::size_t kFiles = 512;  ///< file numbers begin with 1

    void write(std::uint32_t file, const Counts& counts) noexcept {
        if (file == 0 || file > kFiles) {
            return;
        }
        Line& line = lines_[file - 1];
        line.entries.store(counts.entries, std::memory_order_relaxed);
        line.bytes.store(counts.bytes, std::memory_order_relaxed);
        line.dead_letters.store(counts.dead_letters, std::memory_order_relaxed);
        line.dead_bytes.store(counts.dead_bytes, std::memory_order_relaxed);
        line.oldest.store(counts.oldest, std::memory_order_relaxed);
    }

    /// Whether a file's line says that it holds something.
    [[nodiscard]] bool has(std::uint32_t file) const noexcept {
        if (file == 0 || file > kFiles) {
            return false;
        }
        const Line& line = lines_[file - 1];
        return line.entries.load(std::memory_order_relaxed) != 0 ||
               line.dead_letters.load(std::memory_order_relaxed) != 0;
    }

    [[nodiscard]] Counts total() const noexcept {
        Counts sum;
        for (const Line& line : lines_) {
            sum.entries += line.entries.load(std::memory_order_relaxed);
            sum.bytes += line.bytes.load(std::memory_order_relaxed);
            sum.dead_letters += line.dead_letters.load(std::memory_order_relaxed);
            sum.dead_bytes += line.dead_bytes.load(std::memory_order_relaxed);
            const Time oldest = line.oldest.load(std::memory_order_relaxed);
            if (oldest != 0 && (sum.oldest == 0 || oldest < sum.oldest)) {
                sum.oldest = oldest;
            }
        }
        return sum;
    }

  private:
    static_assert(std::atomic<std::uint64_t>::is_always_lock_free && std::atomic<Time>::is_always_lock_free);

    struct Line {
        std::atomic<std::uint64_t> entries;
        std::atomic<std::uint64_t> bytes;
        std::atomic<std::uint64_t> dead_letters;
        std::atomic<std::uint64_t> dead_bytes;
        std::atomic<Time> oldest;
    };
    std::array<Line, kFiles> lines_;
};

}  // namespace aep::queue
