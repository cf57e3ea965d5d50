#pragma once

#include <memory>

#include "page/compression/coding.hpp"

namespace aep::page::compression {

#if AEP_ISAL
/// gzip and deflate by ISA-L, in memory from `cache`: several times as fast as zlib. Null without memory.
std::unique_ptr<Decoder> make_isal_decoder(Coding coding, BlockCache& cache) noexcept;
std::unique_ptr<Encoder> make_isal_encoder(Coding coding, BlockCache& cache) noexcept;
#endif

}  // namespace aep::page::compression
