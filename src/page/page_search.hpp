#pragma once

#include "ngx/ngx.hpp"

#include <cstdint>
#include <limits>
#include <string_view>

#include "page/html/head_finder.hpp"
#include "page/page_context.hpp"

namespace aep::page {

/// Carries the buffers of one call through the search, and collects what leaves. Never copies a page: only
/// bytes that may not leave yet are copied (a token's, or those before the end of the search while the
/// header is held), never those behind the place of the tag.
class PageSearch {
  public:
    PageSearch(ngx_http_request_t* request, PageContext& page) noexcept;

    /// Takes buffers over. False when memory or a file failed; nothing was sent then.
    bool take(ngx_chain_t* in) noexcept;

    /// What leaves now; null when it is nothing.
    [[nodiscard]] ngx_chain_t* out() const noexcept { return out_; }

  private:
    static constexpr std::uint64_t kNoTag = std::numeric_limits<std::uint64_t>::max();

    bool take_buffer(ngx_buf_t* buffer) noexcept;
    bool take_bytes(ngx_buf_t* buffer) noexcept;
    html::Verdict find_in_first(std::string_view bytes) noexcept;
    bool take_file(ngx_buf_t* buffer) noexcept;
    bool read_file(ngx_buf_t* buffer) noexcept;
    bool read_and_learn(ngx_buf_t* buffer, const FileMemory::Look& look) noexcept;
    bool insert_behind(std::string_view front, ngx_buf_t* buffer) noexcept;
    [[nodiscard]] bool is_rememberable(const ngx_buf_t& buffer) const noexcept;
    bool take_mark(ngx_buf_t* buffer) noexcept;
    bool scan_file(ngx_buf_t* buffer) noexcept;
    bool end_search(ngx_buf_t* buffer, std::uint64_t begin, html::Verdict verdict) noexcept;
    bool hold_back(ngx_buf_t* buffer) noexcept;
    bool hold_back_in_file(ngx_buf_t* buffer) noexcept;
    bool hold(const u_char* first, std::size_t size) noexcept;
    bool insert(ngx_buf_t* buffer, std::uint64_t begin) noexcept;
    bool insert_in_buffer(ngx_buf_t* buffer, std::size_t offset) noexcept;
    bool release_held(std::uint64_t tag_offset) noexcept;
    bool send(ngx_buf_t* buffer) noexcept;
    bool send_tag() noexcept;
    bool send_spaces() noexcept;
    [[nodiscard]] bool holds_all() const noexcept { return page_.header_held && !page_.finder.is_certain(); }
    [[nodiscard]] bool inserts(html::Verdict verdict) const noexcept {
        return verdict == html::Verdict::found || (page_.finder.is_certain() && page_.announces_length);
    }
    bool send_unless_empty(ngx_buf_t* buffer) noexcept;
    [[nodiscard]] bool is_nginx_page(std::string_view start) const noexcept;

    ngx_http_request_t* request_;
    PageContext& page_;
    ngx_chain_t* out_ = nullptr;
    ngx_chain_t** out_end_ = &out_;
    ngx_buf_t* last_sent_ = nullptr;
};

}  // namespace aep::page
