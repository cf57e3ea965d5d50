#pragma once

#include "page/compression/block_cache.hpp"
#include "page/file_memory.hpp"
#include "page/html/head_memory.hpp"
#include "settings/runtime.hpp"

namespace aep::page {

/// What one worker process has for all of its pages.
struct WorkerState {
    static constexpr auto kSlot = settings::Runtime::Slot::pages;

    compression::BlockCache blocks;
    html::HeadMemory heads;
    FileMemory files;
};

}  // namespace aep::page
