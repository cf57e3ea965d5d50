#pragma once

#include "page/compression/block_cache.hpp"
#include "page/file_memory.hpp"
#include "page/html/head_memory.hpp"

namespace aep::page {

/// What one worker process has for all of its pages.
struct WorkerState {
    compression::BlockCache blocks;
    html::HeadMemory heads;
    FileMemory files;
};

}  // namespace aep::page
