#pragma once

#include <cstddef>

namespace aep::shared {

/// Memory that all processes of an nginx share, its master, its workers, and the ones of a new binary that takes over (an
/// upgrade by USR2): who is started by a process that has such memory of this name and size gets the same. All zero at first.
/// Null without memory. Where the system cannot hand it over, a new binary begins with new memory. To be called in a
/// master, before it forks.
void* kept_memory(const char* name, std::size_t size) noexcept;

}  // namespace aep::shared
