#pragma once

#include <cstdint>
#include <optional>

#include "page/file_memory.hpp"

namespace aep::page {

/// What the system says of an open file; nothing when it says nothing, or when this is no regular file.
std::optional<FileMemory::State> state_of(int file) noexcept;

/// Whether a file lies in a file system of this machine that is known to change a file's times with each write, in
/// nanoseconds. Network file systems answer from a cache, and others may not have such times.
bool has_exact_times(int file) noexcept;

/// Now, in nanoseconds by the clock of file times.
std::int64_t file_clock() noexcept;

}  // namespace aep::page
