#pragma once

#include "page/compression/block_cache.hpp"
#include "page/file_memory.hpp"
#include "page/head_memory.hpp"

namespace aep::page {

/// What one worker process keeps between pages.
struct WorkerState {
    compression::BlockCache blocks;
    HeadMemory heads;
    FileMemory files;
};

}  // namespace aep::page
