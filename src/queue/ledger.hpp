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

    /// What a file's line says.
    [[nodiscard]] Counts of(std::uint32_t file) const noexcept {
        return file == 0 || file > kFiles ? Counts{} : read(lines_[file - 1]);
    }

    /// Whether a file's line says that it holds something.
    [[nodiscard]] bool has(std::uint32_t file) const noexcept {
        const Counts counts = of(file);
        return counts.entries != 0 || counts.dead_letters != 0;
    }

    [[nodiscard]] Counts total() const noexcept {
        Counts sum;
        for (const Line& line : lines_) {
            sum += read(line);
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

    static Counts read(const Line& line) noexcept {
        return {.entries = line.entries.load(std::memory_order_relaxed),
                .bytes = line.bytes.load(std::memory_order_relaxed),
                .dead_letters = line.dead_letters.load(std::memory_order_relaxed),
                .dead_bytes = line.dead_bytes.load(std::memory_order_relaxed),
                .oldest = line.oldest.load(std::memory_order_relaxed)};
    }

    std::array<Line, kFiles> lines_;
};

}  // namespace aep::queue
