#pragma once

// Lets memory run out where a test wants it to. For one program each: it brings that program's operator new.

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <new>

// Clang's sanitizers bring these functions with them and do not let a program have its own.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define AEP_SANITIZER_OWNS_NEW
#endif
#endif

namespace aep::test {

/// How many more allocations of a thread with limited memory succeed; negative: all.
inline std::atomic<long> allocations_left{-1};
inline std::atomic<bool> has_failed{false};
inline thread_local bool memory_is_limited = false;

inline bool shall_fail() {
    if (!memory_is_limited || allocations_left < 0 || allocations_left-- > 0) {
        return false;
    }
    allocations_left = -1;
    has_failed = true;
    return true;
}

/// What a program does instead of its tests, where there can be none.
inline int skip_without_own_memory() {
    // In TAP, which cmocka would write and prove reads.
    std::puts("1..0 # SKIP memory cannot be made to run out under this sanitizer");
    return 0;
}

}  // namespace aep::test

#ifndef AEP_SANITIZER_OWNS_NEW

// None of them may be inline (C++20, [replacement.functions]).
// NOLINTBEGIN(misc-definitions-in-headers)
void* operator new(std::size_t size) {
    void* const memory = aep::test::shall_fail() ? nullptr : std::malloc(size);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}

void operator delete(void* memory) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
// NOLINTEND(misc-definitions-in-headers)

#endif
