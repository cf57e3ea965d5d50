#pragma once

#include <memory>

#include "page/compression/coding.hpp"

namespace aep::page::compression {

/// gzip and deflate by zlib, in memory from `cache`. Null without memory.
std::unique_ptr<Decoder> make_zlib_decoder(Coding coding, BlockCache& cache) noexcept;
std::unique_ptr<Encoder> make_zlib_encoder(Coding coding, BlockCache& cache) noexcept;

}  // namespace aep::page::compression
