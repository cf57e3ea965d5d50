#pragma once

#include "page/block_cache.hpp"
#include "page/head_memory.hpp"

namespace aep::page {

/// What one worker process keeps between pages.
struct WorkerState {
    BlockCache blocks;
    HeadMemory heads;
};

}  // namespace aep::page
