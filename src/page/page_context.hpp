#pragma once

#include "ngx/ngx.hpp"

#include <cstdint>

#include "ngx/request_context.hpp"
#include "page/byte_range.hpp"
#include "page/html/place_finder.hpp"
#include "page/tag_outcome.hpp"
#include "page/worker_state.hpp"

namespace aep::page {

class RangeRefusal;
class Recoding;

/// The state of the filter for one page.
struct PageContext : ngx::RequestContext {
    static constexpr Room kRoom = Room::page;

    /// `the_end`: finds the end of <head>, where the tag goes; null: it goes to the start.
    PageContext(ngx_str_t the_tag, std::uint32_t the_version, bool is_charset_known,
                html::HeadEndFinder* the_end, WorkerState& the_worker) noexcept
        : ngx::RequestContext{kRoom},
          tag(the_tag),
          version(the_version),
          charset_known(is_charset_known),
          goes_to_end(the_end != nullptr),
          finder(is_charset_known, the_end),
          worker(the_worker) {}

    ngx_str_t tag;
    std::uint32_t version;  ///< tag_version() of the tag
    bool charset_known;     ///< by the header
    bool goes_to_end;       ///< of <head>, the tag
    html::PlaceFinder finder;
    WorkerState& worker;
    TagOutcome outcome = TagOutcome::searching;
    bool memory_is_asked_for = false;  ///< by a filter in front of ours, so no file comes here
    bool header_held = false;          ///< nothing leaves before it is known whether the tag goes in
    bool announces_length = false;     ///< so if the tag has no place after all, as many spaces go in
    std::uint64_t read = 0;            ///< bytes of the page that the finder has seen
    ngx_chain_t* held = nullptr;  ///< copies of the last bytes that it has seen and that may not leave yet
    std::uint64_t held_size = 0;
    ngx_buf_t* last_held = nullptr;  ///< of `held`: may have room for more

    Recoding* recoding = nullptr;  ///< of a page that comes compressed, until it turns out to be none
    bool encode = false;           ///< it leaves in that coding again: nobody behind us compresses it

    /// Reads files into memory for filters behind us that ask for it only when they get the header.
    ngx_output_chain_ctx_t* reader = nullptr;

    bool awaits_range = false;        ///< a part of it is asked for, and nothing of it has come yet
    ByteRange range;                  ///< of a page without a tag, whose header was held
    RangeRefusal* refusal = nullptr;  ///< there is no such part: what comes of the page is thrown away

    /// Ends the search without a tag.
    void conclude(ngx_http_request_t* request, TagOutcome the_outcome) noexcept;

    /// Ends the search with a verdict. Verdict::searching stands for a search that was given up. `place`: where the tag
    /// goes, for Verdict::found.
    void conclude(ngx_http_request_t* request, html::Verdict verdict, std::uint64_t place) noexcept;

    [[nodiscard]] bool done() const noexcept { return outcome != TagOutcome::searching; }
    [[nodiscard]] bool has_tag() const noexcept {
        return outcome == TagOutcome::injected || outcome == TagOutcome::deferred;
    }

    /// Whether the header has to say what it says of a page with the tag.
    [[nodiscard]] bool announces_tag() const noexcept { return has_tag() || finder.is_certain(); }
};

/// Whether a buffer without bytes is the end of a response that its upstream has not finished: nginx then parts from
/// the upstream and flushes what there is.
inline bool has_broken_off(const ngx_http_request_t& request, const ngx_buf_t& buffer) noexcept {
    return buffer.flush && request.upstream != nullptr && request.upstream->peer.connection == nullptr;
}

/// Says whether the page has parts in this module that are still to be sent, so that nginx calls again: one of the four
/// bits that a request has for filters. 1, 2 and 4 are those of SSI, sub_filter and the copy filter. This is the bit of
/// image_filter, which takes no HTML.
inline void mark_buffered(ngx_http_request_t& request, bool is_buffered) noexcept {
    constexpr unsigned kBit = 0x08;
    const unsigned others = static_cast<unsigned>(request.buffered) & ~kBit;
    request.buffered = (is_buffered ? others | kBit : others) & 0xFU;
}

}  // namespace aep::page
