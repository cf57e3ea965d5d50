#include "page/compression/zlib_coding.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

namespace aep::page::compression {
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
        if (in.empty()) {
            return false;
        }
        const int format = is_gzip_ ? kWindow + kGzip : (has_zlib_frame(in.front()) ? kWindow : -kWindow);
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

class ZlibEncoder final : public Encoder {
  public:
    ZlibEncoder(Coding coding, BlockCache& cache) noexcept {
        // nginx's own default level: pages that come compressed once are compressed again for each visitor.
        constexpr int kLevel = 1;
        constexpr int kMemory = 8;
        state_.zalloc = BlockCache::zlib_take;
        state_.zfree = BlockCache::give_back;
        state_.opaque = &cache;
        const int format = coding == Coding::gzip ? kWindow + kGzip : kWindow;
        is_open_ = deflateInit2(&state_, kLevel, Z_DEFLATED, format, kMemory, Z_DEFAULT_STRATEGY) == Z_OK;
    }
    ~ZlibEncoder() override {
        if (is_open_) {
            deflateEnd(&state_);
        }
    }
    ZlibEncoder(const ZlibEncoder&) = delete;
    ZlibEncoder& operator=(const ZlibEncoder&) = delete;

    Result step(Stream& stream, Flush flush) noexcept override {
        if (!is_open_) {
            return Result::failed;
        }
        state_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(stream.in.data()));  // zlib only reads it
        state_.avail_in = part(stream.in.size());
        state_.next_out = reinterpret_cast<Bytef*>(stream.out);
        state_.avail_out = part(stream.room);
        const unsigned in_before = state_.avail_in;
        const unsigned out_before = state_.avail_out;
        const int result = deflate(&state_, mode(flush));
        stream.in.remove_prefix(in_before - state_.avail_in);
        stream.out += out_before - state_.avail_out;
        stream.room -= out_before - state_.avail_out;
        if (flush == Flush::finish) {
            return result == Z_STREAM_END ? Result::done
                                          : (result == Z_STREAM_ERROR ? Result::failed : Result::room);
        }
        if (result != Z_OK && result != Z_BUF_ERROR) {
            return Result::failed;
        }
        // No room left means that there may be more; zlib.h asks for another call with the same flush.
        return stream.room == 0 || !stream.in.empty() ? Result::room : Result::done;
    }

  private:
    static int mode(Flush flush) noexcept {
        switch (flush) {
            case Flush::none:
                return Z_NO_FLUSH;
            case Flush::sync:
                return Z_SYNC_FLUSH;
            case Flush::finish:
                return Z_FINISH;
        }
        return Z_NO_FLUSH;
    }

    z_stream state_{};
    bool is_open_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_zlib_decoder(Coding coding, BlockCache& cache) noexcept {
    return std::unique_ptr<Decoder>(new (std::nothrow) ZlibDecoder(coding, cache));
}

std::unique_ptr<Encoder> make_zlib_encoder(Coding coding, BlockCache& cache) noexcept {
    return std::unique_ptr<Encoder>(new (std::nothrow) ZlibEncoder(coding, cache));
}

}  // namespace aep::page::compression
