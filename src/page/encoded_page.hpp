#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "page/compression/coding.hpp"
#include "page/html/place_finder.hpp"

namespace aep::page {

/// A page that comes compressed: decodes it, finds the place, puts the tag in, and encodes it again where
/// nobody else does. Streams, in memory of fixed size besides what is decoded until the place is found.
///
/// First `search` until it has decided; then, if it found the place, `start` and `step` for all that follows.
class EncodedPage {
  public:
    /// `end` finds the end of <head>, where the tag goes; null: it goes to the start. Both it and `cache` must outlive
    /// this.
    EncodedPage(compression::Coding coding, bool charset_known, html::HeadEndFinder* end,
                compression::BlockCache& cache);

    /// How a search has ended; verdict() then says more.
    enum class Search : std::uint8_t { searching, found, not_found, wrong };

    /// Reads compressed bytes, and leaves in `in` those that follow the decision. May throw std::bad_alloc.
    Search search(std::string_view& in);

    /// The compressed bytes have ended before the decision.
    Search finish_search();

    /// Why there is no place (Search::not_found). At the end of <head> it may turn out later that there is none.
    [[nodiscard]] html::Verdict verdict() const noexcept { return finder_.verdict(); }

    /// Where the tag goes in the decoded page; 0 while that is only known to be in <head>.
    [[nodiscard]] std::uint64_t position() const noexcept { return finder_.position(); }

    /// Begins the output: what is decoded so far, with the tag in it. `encode`: in the coding that it came in.
    /// False without memory for that.
    bool start(std::string_view tag, bool encode);

    enum class Progress : std::uint8_t {
        input,  ///< all input is taken (and flushed)
        room,   ///< call again with more room, and the same input and flush
        pause,  ///< so much was decoded that others should have a turn; then call again with the same input and flush
        end,     ///< the page is complete
        failed,  ///< the input is not in its coding after all, not complete, or a bomb; what it holds is written
    };

    /// Takes compressed bytes and writes what becomes of them; the last of them with Flush::finish.
    Progress step(compression::Stream& stream, compression::Encoder::Flush flush) noexcept;

    /// Whether it has failed because it grows as no page does: by more than kBombRatio, and beyond kBombSize.
    [[nodiscard]] bool is_bomb() const noexcept { return is_bomb_; }

    static constexpr std::uint64_t kBombRatio = 1000;
    static constexpr std::uint64_t kBombSize = 64U << 20U;
    /// How much is decoded between two pauses.
    static constexpr std::uint64_t kTurn = 1U << 20U;

  private:
    Search on_verdict(html::Verdict verdict) noexcept;
    bool insert_tag() noexcept;
    bool look_for_end(std::string_view bytes) noexcept;
    [[nodiscard]] std::size_t ready() const noexcept;
    bool write(compression::Stream& stream) noexcept;
    bool decode(compression::Stream& stream) noexcept;
    compression::Decoder::Result run_decoder(compression::Stream& stream) noexcept;

    compression::BlockCache& cache_;
    std::unique_ptr<compression::Decoder> decoder_;
    std::unique_ptr<compression::Encoder> encoder_;
    html::PlaceFinder finder_;
    compression::Coding coding_;
    std::string plain_;  ///< decoded; what is before `written_` has left
    std::size_t written_ = 0;
    std::uint64_t plain_begin_ = 0;  ///< where in the page `plain_` begins, until the tag is in it
    std::string_view tag_;           ///< still to be put in
    std::uint64_t size_read_ = 0;    ///< of the coded data
    std::uint64_t size_decoded_ = 0;
    std::uint64_t paused_at_ = 0;  ///< size_decoded_ then
    bool has_ended_ = false;       ///< the coded data is complete, unless another gzip member follows
    bool is_bomb_ = false;
    bool is_broken_ = false;  ///< no more of it can be decoded
    bool has_more_ = false;   ///< the decoder may have more without input: its room was used up
};

}  // namespace aep::page
