#include "page/compression/block_cache.hpp"

#include <cstdlib>
#include <new>

namespace aep::page::compression {

/// Stands in front of each block. Its size is malloc's alignment, so that the block is aligned as well.
struct alignas(std::max_align_t) BlockCache::Head {
    std::size_t size;
    Head* next;
};

BlockCache::~BlockCache() {
    for (Shelf& each : shelves_) {
        while (each.first != nullptr) {
            Head* head = each.first;
            each.first = head->next;
            std::free(head);
        }
    }
}

/// The shelf of a size, or a free one for it; null when there is none.
BlockCache::Shelf* BlockCache::shelf(std::size_t size) noexcept {
    for (Shelf& each : shelves_) {
        if (each.size == 0) {
            each.size = size;
        }
        if (each.size == size) {
            return &each;
        }
    }
    return nullptr;
}

void* BlockCache::take(std::size_t size) noexcept {
    Shelf* place = size < kSmallest ? nullptr : shelf(size);
    if (place != nullptr && place->first != nullptr) {
        Head* head = place->first;
        place->first = head->next;
        cached_ -= size;
        return head + 1;
    }
    void* memory = std::malloc(sizeof(Head) + size);
    return memory == nullptr ? nullptr : new (memory) Head{size, nullptr} + 1;
}

void BlockCache::give(void* block) noexcept {
    if (block == nullptr) {
        return;
    }
    Head* head = static_cast<Head*>(block) - 1;
    Shelf* place = head->size < kSmallest || cached_ + head->size > kMost ? nullptr : shelf(head->size);
    if (place == nullptr) {
        std::free(head);
        return;
    }
    head->next = place->first;
    place->first = head;
    cached_ += head->size;
}

void* BlockCache::zlib_take(void* cache, unsigned count, unsigned size) noexcept {
    return static_cast<BlockCache*>(cache)->take(std::size_t{count} * size);
}

void* BlockCache::brotli_take(void* cache, std::size_t size) noexcept {
    return static_cast<BlockCache*>(cache)->take(size);
}

void BlockCache::give_back(void* cache, void* block) noexcept {
    static_cast<BlockCache*>(cache)->give(block);
}

}  // namespace aep::page::compression
