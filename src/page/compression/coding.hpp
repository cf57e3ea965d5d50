#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "page/compression/block_cache.hpp"

namespace aep::page::compression {

/// A content coding that pages come in (RFC 9110 8.4.1, RFC 7932).
enum class Coding : std::uint8_t { gzip, deflate, brotli };

/// Reads a Content-Encoding header. Nothing for what is not one of these alone.
std::optional<Coding> content_coding(std::string_view header) noexcept;

/// The name of a coding, for Content-Encoding.
std::string_view to_string(Coding coding) noexcept;

/// Whether a "deflate" body that begins so is a zlib stream, as it should be, and not bare deflate.
bool has_zlib_frame(char first) noexcept;

/// Bytes that are left to read, and room that is left to write into.
struct Stream {
    std::string_view in;
    char* out = nullptr;
    std::size_t room = 0;
};

/// Decodes a stream piece by piece, in memory of fixed size.
class Decoder {
  public:
    enum class Result : std::uint8_t {
        more,   ///< all input is read, or there is no room
        end,    ///< the coded data is complete, unless more input is another gzip member
        wrong,  ///< the input is not in that coding
    };

    /// Null when there is no memory. Its memory comes from `cache`.
    static std::unique_ptr<Decoder> create(Coding coding, BlockCache& cache) noexcept;
    virtual ~Decoder() = default;

    virtual Result step(Stream& stream) noexcept = 0;
};

/// Encodes a stream piece by piece, at a fast level.
class Encoder {
  public:
    enum class Flush : std::uint8_t { none, sync, finish };
    enum class Result : std::uint8_t {
        done,  ///< all input is taken, and what the flush asks for is written
        room,  ///< call again with more room, and the same flush
        failed,
    };

    /// Null when there is no memory. Its memory comes from `cache`.
    static std::unique_ptr<Encoder> create(Coding coding, BlockCache& cache) noexcept;
    virtual ~Encoder() = default;

    virtual Result step(Stream& stream, Flush flush) noexcept = 0;
};

}  // namespace aep::page::compression
