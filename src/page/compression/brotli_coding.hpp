#pragma once

#include <memory>

#include "page/compression/coding.hpp"

namespace aep::page::compression {

/// brotli by Google's library, in memory from `cache`. Null without memory.
std::unique_ptr<Decoder> make_brotli_decoder(BlockCache& cache) noexcept;
std::unique_ptr<Encoder> make_brotli_encoder(BlockCache& cache) noexcept;

}  // namespace aep::page::compression
