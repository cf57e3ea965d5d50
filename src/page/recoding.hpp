#pragma once

#include "ngx/ngx.hpp"

#include <string_view>

#include "ngx/posted.hpp"
#include "page/encoded_page.hpp"

namespace aep::page {

/// The buffers of a page that comes compressed, on their way through an EncodedPage. Two phases: until the
/// place is known, what came is copied so that it can leave as it came; then nothing is copied.
class Recoding {
  public:
    /// `go_on` is to call filter() without buffers; it is called after a pause in which others had a turn.
    Recoding(ngx_http_request_t* request, compression::Coding coding, bool charset_known,
             html::HeadEndFinder* end, compression::BlockCache& cache,
             void (*go_on)(ngx_http_request_t*) noexcept)
        : request_(request), go_on_(go_on), coding_(coding), page_(coding, charset_known, end, cache) {
        next_turn_.prepare(request->connection);
    }
    ~Recoding() { next_turn_.cancel(); }
    Recoding(const Recoding&) = delete;
    Recoding& operator=(const Recoding&) = delete;

    [[nodiscard]] compression::Coding coding() const noexcept { return coding_; }

    /// Looks for the place. May throw std::bad_alloc. After the decision, `rest` is what was not read.
    EncodedPage::Search search(ngx_chain_t* in, ngx_chain_t*& rest);

    /// How many compressed bytes the last search() has read.
    [[nodiscard]] std::size_t size_read() const noexcept { return size_read_; }

    [[nodiscard]] html::Verdict verdict() const noexcept { return page_.verdict(); }

    /// Where the tag goes in the decoded page, once the place is found.
    [[nodiscard]] std::uint64_t position() const noexcept { return page_.position(); }

    /// All that was read, as it came, and then `rest`. Null without memory.
    ngx_chain_t* original(ngx_chain_t* rest) noexcept;

    /// Begins the second phase.
    bool start(std::string_view tag, bool encode) { return page_.start(tag, encode); }

    /// Passes buffers through to the filters behind; `in` may be null, as for any body filter. NGX_ERROR ends a page
    /// that cannot be decoded to its end, once what could be has left.
    ngx_int_t filter(ngx_chain_t* in, ngx_http_output_body_filter_pt next);

    /// Whether the rest of the page cannot be decoded.
    [[nodiscard]] bool has_failed() const noexcept { return has_failed_; }

    /// Whether that is because it grows as no page does.
    [[nodiscard]] bool is_bomb() const noexcept { return page_.is_bomb(); }

  private:
    bool save(const ngx_buf_t& buffer) noexcept;
    ngx_int_t pass(ngx_chain_t* in, ngx_http_output_body_filter_pt next);
    void on_turn() noexcept;
    void pause() noexcept;
    bool take_room() noexcept;
    bool finish_buffer(bool is_last, bool is_flushed) noexcept;
    bool fill() noexcept;
    bool next_input() noexcept;
    [[nodiscard]] std::string_view input() const noexcept;
    void leave_input(std::size_t size) noexcept;

    ngx_http_request_t* request_;
    void (*go_on_)(ngx_http_request_t*) noexcept;
    ngx::Posted<Recoding, &Recoding::on_turn> next_turn_{*this};
    bool is_paused_ = false;  ///< until then
    compression::Coding coding_;
    EncodedPage page_;

    std::size_t size_read_ = 0;
    ngx_chain_t* original_ = nullptr;  ///< first phase: copies of what was read
    ngx_chain_t** original_end_ = &original_;

    ngx_chain_t* in_ = nullptr;     ///< second phase: what waits to be read
    ngx_buf_t* current_ = nullptr;  ///< what is being read; null when that has been
    bool is_busy_ = false;          ///< what was in it, or its marks, are not all written
    bool is_last_ = false;          ///< its marks
    bool is_flushed_ = false;
    ngx_chain_t* out_ = nullptr;
    ngx_chain_t** out_end_ = &out_;
    ngx_buf_t* room_ = nullptr;  ///< what is being written
    ngx_chain_t* free_ = nullptr;
    ngx_chain_t* busy_ = nullptr;
    unsigned buffers_ = 0;
    bool no_memory_ = false;  ///< all buffers are on their way to the client
    bool has_ended_ = false;
    bool has_failed_ = false;  ///< nothing more can be decoded
};

}  // namespace aep::page
