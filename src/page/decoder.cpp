#include <brotli/decode.h>
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

#include "page/coding.hpp"

namespace aep::page {
namespace {

constexpr int kWindow = 15;  ///< 32 KB, all that the format allows
constexpr int kGzip = 16;    ///< zlib's mark for its gzip format
constexpr std::size_t kMostAtOnce = std::numeric_limits<unsigned>::max();

unsigned part(std::size_t size) noexcept {
    return static_cast<unsigned>(std::min(size, kMostAtOnce));
}

/// gzip, and "deflate": a zlib stream (RFC 1950), though some servers send it without its frame (RFC 1951).
class ZlibDecoder final : public Decoder {
  public:
    ZlibDecoder(Coding coding, BlockCache& cache) noexcept : is_gzip_(coding == Coding::gzip) {
        state_.zalloc = BlockCache::zlib_take;
        state_.zfree = BlockCache::give_back;
        state_.opaque = &cache;
    }
    ~ZlibDecoder() override {
        if (is_open_) {
            inflateEnd(&state_);
        }
    }
    ZlibDecoder(const ZlibDecoder&) = delete;
    ZlibDecoder& operator=(const ZlibDecoder&) = delete;

    Result step(Stream& stream) noexcept override {
        if (!is_open_ && !open(stream.in)) {
            return stream.in.empty() ? Result::more : Result::wrong;
        }
        if (has_ended_ && !open_next_member(stream.in)) {
            return Result::end;
        }
        state_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(stream.in.data()));  // zlib only reads it
        state_.avail_in = part(stream.in.size());
        state_.next_out = reinterpret_cast<Bytef*>(stream.out);
        state_.avail_out = part(stream.room);
        const unsigned in_before = state_.avail_in;
        const unsigned out_before = state_.avail_out;
        const int result = inflate(&state_, Z_NO_FLUSH);
        stream.in.remove_prefix(in_before - state_.avail_in);
        stream.out += out_before - state_.avail_out;
        stream.room -= out_before - state_.avail_out;
        if (result == Z_STREAM_END) {
            has_ended_ = true;
            return is_gzip_ && !stream.in.empty() ? Result::more : Result::end;
        }
        // Z_BUF_ERROR only says that there was nothing to do.
        return result == Z_OK || result == Z_BUF_ERROR ? Result::more : Result::wrong;
    }

  private:
    bool open(std::string_view in) noexcept {
        constexpr unsigned kMethodMask = 0x0f;
        if (in.empty()) {
            return false;
        }
        // RFC 1950 2.2: CM is 8, and CINFO at most 7. A deflate stream of text hardly ever begins so.
        const auto first = static_cast<unsigned char>(in.front());
        const bool has_frame = (first & kMethodMask) == Z_DEFLATED && (first >> 4U) <= 7;
        const int format = is_gzip_ ? kWindow + kGzip : (has_frame ? kWindow : -kWindow);
        is_open_ = inflateInit2(&state_, format) == Z_OK;
        return is_open_;
    }

    /// RFC 1952 2.2: a gzip file may be several members in a row. Anything else behind it is ignored, as by gzip.
    bool open_next_member(std::string_view in) noexcept {
        constexpr char kMagic = '\x1f';
        if (!is_gzip_ || in.empty() || in.front() != kMagic || inflateReset(&state_) != Z_OK) {
            return false;
        }
        has_ended_ = false;
        return true;
    }

    z_stream state_{};
    bool is_gzip_;
    bool is_open_ = false;
    bool has_ended_ = false;
};

class BrotliDecoder final : public Decoder {
  public:
    explicit BrotliDecoder(BlockCache& cache) noexcept
        : state_(BrotliDecoderCreateInstance(BlockCache::brotli_take, BlockCache::give_back, &cache)) {}
    ~BrotliDecoder() override { BrotliDecoderDestroyInstance(state_); }
    BrotliDecoder(const BrotliDecoder&) = delete;
    BrotliDecoder& operator=(const BrotliDecoder&) = delete;

    Result step(Stream& stream) noexcept override {
        if (state_ == nullptr) {
            return Result::wrong;
        }
        std::size_t in_size = stream.in.size();
        const auto* in = reinterpret_cast<const std::uint8_t*>(stream.in.data());
        auto* out = reinterpret_cast<std::uint8_t*>(stream.out);
        const BrotliDecoderResult result =
            BrotliDecoderDecompressStream(state_, &in_size, &in, &stream.room, &out, nullptr);
        stream.in.remove_prefix(stream.in.size() - in_size);
        stream.out = reinterpret_cast<char*>(out);
        switch (result) {
            case BROTLI_DECODER_RESULT_SUCCESS:
                return Result::end;
            case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT:
            case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT:
                return Result::more;
            case BROTLI_DECODER_RESULT_ERROR:
                break;
        }
        return Result::wrong;
    }

  private:
    BrotliDecoderState* state_;
};

}  // namespace

std::unique_ptr<Decoder> Decoder::create(Coding coding, BlockCache& cache) noexcept {
    if (coding == Coding::brotli) {
        return std::unique_ptr<Decoder>(new (std::nothrow) BrotliDecoder(cache));
    }
    return std::unique_ptr<Decoder>(new (std::nothrow) ZlibDecoder(coding, cache));
}

}  // namespace aep::page
