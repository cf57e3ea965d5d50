#include <brotli/encode.h>
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

#include "page/coding.hpp"

namespace aep::page {
namespace {

constexpr std::size_t kMostAtOnce = std::numeric_limits<unsigned>::max();

unsigned part(std::size_t size) noexcept {
    return static_cast<unsigned>(std::min(size, kMostAtOnce));
}

class ZlibEncoder final : public Encoder {
  public:
    ZlibEncoder(Coding coding, BlockCache& cache) noexcept {
        // nginx's own default level: pages that come compressed once are compressed again for each visitor.
        constexpr int kLevel = 1;
        constexpr int kWindow = 15;
        constexpr int kGzip = 16;
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

class BrotliEncoder final : public Encoder {
  public:
    explicit BrotliEncoder(BlockCache& cache) noexcept
        : state_(BrotliEncoderCreateInstance(BlockCache::brotli_take, BlockCache::give_back, &cache)) {
        // As dense as gzip at its usual level, and as fast; a window of 256 KB keeps the state small.
        constexpr std::uint32_t kQuality = 3;
        constexpr std::uint32_t kWindow = 18;
        if (state_ != nullptr) {
            BrotliEncoderSetParameter(state_, BROTLI_PARAM_QUALITY, kQuality);
            BrotliEncoderSetParameter(state_, BROTLI_PARAM_LGWIN, kWindow);
            BrotliEncoderSetParameter(state_, BROTLI_PARAM_MODE, BROTLI_MODE_TEXT);
        }
    }
    ~BrotliEncoder() override { BrotliEncoderDestroyInstance(state_); }
    BrotliEncoder(const BrotliEncoder&) = delete;
    BrotliEncoder& operator=(const BrotliEncoder&) = delete;

    Result step(Stream& stream, Flush flush) noexcept override {
        if (state_ == nullptr) {
            return Result::failed;
        }
        std::size_t in_size = stream.in.size();
        const auto* in = reinterpret_cast<const std::uint8_t*>(stream.in.data());
        auto* out = reinterpret_cast<std::uint8_t*>(stream.out);
        const bool good = BrotliEncoderCompressStream(state_, operation(flush), &in_size, &in, &stream.room,
                                                      &out, nullptr) == BROTLI_TRUE;
        stream.in.remove_prefix(stream.in.size() - in_size);
        stream.out = reinterpret_cast<char*>(out);
        if (!good) {
            return Result::failed;
        }
        const bool waits = in_size != 0 || BrotliEncoderHasMoreOutput(state_) == BROTLI_TRUE ||
                           (flush == Flush::finish && BrotliEncoderIsFinished(state_) != BROTLI_TRUE);
        return waits ? Result::room : Result::done;
    }

  private:
    static BrotliEncoderOperation operation(Flush flush) noexcept {
        switch (flush) {
            case Flush::none:
                return BROTLI_OPERATION_PROCESS;
            case Flush::sync:
                return BROTLI_OPERATION_FLUSH;
            case Flush::finish:
                return BROTLI_OPERATION_FINISH;
        }
        return BROTLI_OPERATION_PROCESS;
    }

    BrotliEncoderState* state_;
};

}  // namespace

std::unique_ptr<Encoder> Encoder::create(Coding coding, BlockCache& cache) noexcept {
    if (coding == Coding::brotli) {
        return std::unique_ptr<Encoder>(new (std::nothrow) BrotliEncoder(cache));
    }
    return std::unique_ptr<Encoder>(new (std::nothrow) ZlibEncoder(coding, cache));
}

}  // namespace aep::page
