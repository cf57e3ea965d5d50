#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace aep::page::compression {

/// Hands large blocks of memory that one user has given back to the next. Compressors take and give some hundred
/// kilobytes of the same sizes for every page; malloc would take them from the system and give them back each time, at
/// the cost of a page fault for every 4 KB. There is one for each worker process; it is not for several threads.
class BlockCache {
  public:
    BlockCache() = default;
    ~BlockCache();
    BlockCache(const BlockCache&) = delete;
    BlockCache& operator=(const BlockCache&) = delete;

    /// Works as malloc does.
    void* take(std::size_t size) noexcept;

    /// Works as free does. The cache must outlive all that was taken.
    void give(void* block) noexcept;

    // In the form that zlib and brotli ask for: `cache` is a BlockCache.
    static void* zlib_take(void* cache, unsigned count, unsigned size) noexcept;
    static void* brotli_take(void* cache, std::size_t size) noexcept;
    static void give_back(void* cache, void* block) noexcept;

  private:
    struct Head;

    static constexpr std::size_t kSmallest = 4096;    ///< malloc does well below that
    static constexpr std::size_t kMost = 16U << 20U;  ///< bytes cached in all
    static constexpr std::size_t kSizes = 32;         ///< different sizes that are cached

    struct Shelf {
        std::size_t size = 0;
        Head* first = nullptr;
    };

    Shelf* shelf(std::size_t size) noexcept;

    std::array<Shelf, kSizes> shelves_{};
    std::size_t cached_ = 0;
};

}  // namespace aep::page::compression
