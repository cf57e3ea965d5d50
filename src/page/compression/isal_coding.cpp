#include "page/compression/isal_coding.hpp"

#if AEP_ISAL

#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <array>
#include <new>

namespace aep::page::compression {
namespace {

constexpr std::size_t kMostAtOnce = 1U << 30U;  ///< ISA-L adds to it in 32 bits

std::uint32_t part(std::size_t size) noexcept {
    return static_cast<std::uint32_t>(std::min(size, kMostAtOnce));
}

struct GiveBack {
    BlockCache* cache;
    void operator()(void* block) const noexcept { cache->give(block); }
};

/// ISA-L's states are plain structures, which its own functions fill.
template <typename T>
using Block = std::unique_ptr<T, GiveBack>;

template <typename T>
Block<T> take(BlockCache& cache) noexcept {
    void* memory = cache.take(sizeof(T));
    return {memory == nullptr ? nullptr : new (memory) T, GiveBack{&cache}};
}

/// Sets what a stream of ISA-L reads and writes, and takes back what `code` has left of it.
template <typename State, typename Code>
int run(Stream& stream, State& state, Code code) noexcept {
    std::uint32_t in_size = part(stream.in.size());
    std::uint32_t out_size = part(stream.room);
    state.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(stream.in.data()));  // it only reads it
    state.avail_in = in_size;
    state.next_out = reinterpret_cast<std::uint8_t*>(stream.out);
    state.avail_out = out_size;
    const int result = code(&state);
    // Newer versions give back what they have read ahead, which may be from the piece before.
    in_size -= std::min(in_size, state.avail_in);
    out_size -= state.avail_out;
    stream.in.remove_prefix(in_size);
    stream.out += out_size;
    stream.room -= out_size;
    return result;
}

/// gzip, and "deflate": a zlib stream (RFC 1950), though some servers send it without its frame (RFC 1951).
class IsalDecoder final : public Decoder {
  public:
    IsalDecoder(Coding coding, BlockCache& cache) noexcept
        : state_(take<inflate_state>(cache)), is_gzip_(coding == Coding::gzip) {}

    Result step(Stream& stream) noexcept override {
        if (!state_) {
            return Result::wrong;
        }
        if (!is_open_ && !open(stream.in)) {
            return Result::more;
        }
        if (has_ended() && !open_next_member(stream.in)) {
            return Result::end;
        }
        if (in_gzip_header_ && !read_gzip_header(stream)) {
            return in_gzip_header_ ? Result::more : Result::wrong;
        }
        if (run(stream, *state_, isal_inflate) != ISAL_DECOMP_OK) {
            return Result::wrong;
        }
        return has_ended() && (!is_gzip_ || stream.in.empty()) ? Result::end : Result::more;
    }

  private:
    [[nodiscard]] bool has_ended() const noexcept { return state_->block_state == ISAL_BLOCK_FINISH; }

    bool open(std::string_view in) noexcept {
        if (in.empty()) {
            return false;
        }
        isal_inflate_init(state_.get());
        if (is_gzip_) {
            begin_member();
        } else {
            state_->crc_flag = has_zlib_frame(in.front()) ? ISAL_ZLIB : ISAL_DEFLATE;
        }
        is_open_ = true;
        return true;
    }

    void begin_member() noexcept {
        header_ = {};
        in_gzip_header_ = true;
        state_->crc_flag = ISAL_GZIP_NO_HDR_VER;
    }

    /// False when it is not complete, or wrong. isal_inflate() would read it as well, but not one in two pieces:
    /// it forgets in between which fields follow.
    bool read_gzip_header(Stream& stream) noexcept {
        const auto read = [this](inflate_state* state) { return isal_read_gzip_header(state, &header_); };
        const int result = run(stream, *state_, read);
        in_gzip_header_ = result == ISAL_END_INPUT;
        return result == ISAL_DECOMP_OK;
    }

    /// RFC 1952 2.2: a gzip file may be several members in a row. Anything else behind it is ignored, as by gzip.
    bool open_next_member(std::string_view in) noexcept {
        constexpr char kMagic = '\x1f';
        if (!is_gzip_ || in.empty() || in.front() != kMagic) {
            return false;
        }
        isal_inflate_reset(state_.get());
        begin_member();
        return true;
    }

    Block<inflate_state> state_;
    isal_gzip_header header_{};
    bool is_gzip_;
    bool is_open_ = false;
    bool in_gzip_header_ = false;
};

class IsalEncoder final : public Encoder {
  public:
    IsalEncoder(Coding coding, BlockCache& cache) noexcept
        : state_(take<isal_zstream>(cache)), tokens_(take<Tokens>(cache)) {
        if (state_ && tokens_) {
            isal_deflate_init(state_.get());
            state_->level = 1;
            state_->level_buf = tokens_->data();
            state_->level_buf_size = static_cast<std::uint32_t>(tokens_->size());
            state_->gzip_flag = coding == Coding::gzip ? IGZIP_GZIP : IGZIP_ZLIB;
        }
    }

    Result step(Stream& stream, Flush flush) noexcept override {
        if (!state_ || !tokens_) {
            return Result::failed;
        }
        state_->flush = flush == Flush::sync ? SYNC_FLUSH : NO_FLUSH;
        state_->end_of_stream = flush == Flush::finish ? 1 : 0;
        if (run(stream, *state_, isal_deflate) != COMP_OK) {
            return Result::failed;
        }
        if (flush == Flush::finish) {
            return state_->internal_state.state == ZSTATE_END ? Result::done : Result::room;
        }
        // It leaves less than a word free when there is more.
        return stream.room < sizeof(std::uint64_t) || !stream.in.empty() ? Result::room : Result::done;
    }

  private:
    using Tokens = std::array<std::uint8_t, ISAL_DEF_LVL1_SMALL>;  ///< for blocks as large as zlib's

    Block<isal_zstream> state_;
    Block<Tokens> tokens_;
};

}  // namespace

std::unique_ptr<Decoder> make_isal_decoder(Coding coding, BlockCache& cache) noexcept {
    return std::unique_ptr<Decoder>(new (std::nothrow) IsalDecoder(coding, cache));
}

std::unique_ptr<Encoder> make_isal_encoder(Coding coding, BlockCache& cache) noexcept {
    return std::unique_ptr<Encoder>(new (std::nothrow) IsalEncoder(coding, cache));
}

}  // namespace aep::page::compression

#endif
