#include "page/compression/brotli_coding.hpp"

#include <brotli/decode.h>
#include <brotli/encode.h>

#include <new>

namespace aep::page::compression {
namespace {

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

class BrotliEncoder final : public Encoder {
  public:
    explicit BrotliEncoder(BlockCache& cache) noexcept
        : state_(BrotliEncoderCreateInstance(BlockCache::brotli_take, BlockCache::give_back, &cache)) {
        // Denser than gzip at its usual level, and not much slower. Below it, brotli compresses each piece that it is
        // given for itself, and pages in pieces get a fifth larger. With this window the state has less than 1 MB.
        constexpr std::uint32_t kQuality = 2;
        constexpr std::uint32_t kWindow = 16;
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

std::unique_ptr<Decoder> make_brotli_decoder(BlockCache& cache) noexcept {
    return std::unique_ptr<Decoder>(new (std::nothrow) BrotliDecoder(cache));
}

std::unique_ptr<Encoder> make_brotli_encoder(BlockCache& cache) noexcept {
    return std::unique_ptr<Encoder>(new (std::nothrow) BrotliEncoder(cache));
}

}  // namespace aep::page::compression
