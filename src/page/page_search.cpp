#include "ngx/ngx.hpp"

#include "page/page_search.hpp"

#include <algorithm>
#include <cstring>

#include "ngx/buffer.hpp"
#include "ngx/string.hpp"

namespace aep::page {

PageSearch::PageSearch(ngx_http_request_t* request, PageContext& page) noexcept
    : request_(request), page_(page) {}

bool PageSearch::take(ngx_chain_t* in) noexcept {
    for (; in != nullptr; in = in->next) {
        if (page_.done()) {
            *out_end_ = in;  // the rest of the page, as it came
            return true;
        }
        if (!take_buffer(in->buf)) {
            return false;
        }
    }
    return true;
}

bool PageSearch::take_buffer(ngx_buf_t* buffer) noexcept {
    if (ngx_buf_in_memory(buffer)) {
        if (buffer->pos != buffer->last) {
            return take_bytes(buffer);
        }
    } else if (buffer->in_file && buffer->file_pos != buffer->file_last) {
        return take_file(buffer);
    }
    return take_mark(buffer);
}

bool PageSearch::take_bytes(ngx_buf_t* buffer) noexcept {
    const std::uint64_t begin = page_.read;
    const std::string_view bytes = ngx::view(buffer->pos, buffer->last);
    page_.read += bytes.size();
    if (begin == 0 && is_nginx_page(bytes)) {
        page_.conclude(request_, TagOutcome::nginx_page);
        return send(buffer);
    }
    html::Verdict verdict = begin == 0 ? find_in_first(bytes) : page_.finder.feed(bytes);
    if (verdict == html::Verdict::searching && buffer->last_buf) {
        verdict = page_.finder.finish();
    } else if (verdict == html::Verdict::searching && buffer->flush && !page_.header_held) {
        verdict = page_.finder.flush();
    }
    return verdict == html::Verdict::searching ? hold_back(buffer) : end_search(buffer, begin, verdict);
}

/// The place is known, or that there is none. This buffer begins at byte `begin` of the page.
bool PageSearch::end_search(ngx_buf_t* buffer, std::uint64_t begin, html::Verdict verdict) noexcept {
    page_.conclude(request_, verdict, page_.finder.position());
    return inserts(verdict) ? insert(buffer, begin) : release_held(kNoTag) && send(buffer);
}

/// In the first bytes of a page.
html::Verdict PageSearch::find_in_first(std::string_view bytes) noexcept {
    if (const auto* known = page_.worker.heads.find(bytes, page_.charset_known)) {
        return page_.finder.take_over(*known, bytes);
    }
    const html::Verdict verdict = page_.finder.feed(bytes);
    page_.worker.heads.remember(page_.finder.decision(), bytes, page_.charset_known);
    return verdict;
}

/// A buffer without bytes.
bool PageSearch::take_mark(ngx_buf_t* buffer) noexcept {
    if (buffer->last_buf) {
        const html::Verdict verdict = page_.finder.finish();
        page_.conclude(request_, verdict, page_.finder.position());
        const std::uint64_t begin = page_.read - page_.held_size;
        return release_held(inserts(verdict) ? page_.finder.position() - begin : kNoTag) && send(buffer);
    }
    if (buffer->flush && !page_.header_held && page_.finder.flush() == html::Verdict::found) {
        page_.conclude(request_, html::Verdict::found, page_.finder.position());
        return release_held(page_.finder.position() - (page_.read - page_.held_size)) && send(buffer);
    }
    if (has_broken_off(*request_, *buffer)) {
        page_.conclude(request_, TagOutcome::no_head);
        return release_held(kNoTag) && send(buffer);
    }
    // While the header is held nothing can be flushed; an empty buffer without a mark is of no use.
    return holds_all() || !ngx::has_marks(*buffer) || send(buffer);
}

/// Still searching: holds what may not leave, and lets go what may.
bool PageSearch::hold_back(ngx_buf_t* buffer) noexcept {
    const std::size_t size = ngx::size_of(*buffer);
    const std::uint64_t begin = page_.read - size;
    const std::uint64_t settled = holds_all() ? 0 : page_.finder.settled();
    if (settled < begin || holds_all()) {
        const bool held = hold(buffer->pos, size);
        ngx::take_front(*buffer, size);
        return held;
    }
    const auto tail = static_cast<std::size_t>(page_.read - settled);
    if (!release_held(kNoTag) || !hold(buffer->last - tail, tail)) {
        return false;
    }
    ngx::take_back(*buffer, tail);
    return send_unless_empty(buffer);
}

bool PageSearch::hold(const u_char* first, std::size_t size) noexcept {
    constexpr std::size_t kLeast = 1024;
    page_.held_size += size;
    ngx_buf_t* buffer = page_.last_held;
    if (size != 0 && buffer != nullptr) {
        const std::size_t part = std::min(size, static_cast<std::size_t>(buffer->end - buffer->last));
        buffer->last = ngx_cpymem(buffer->last, first, part);
        first += part;
        size -= part;
    }
    if (size == 0) {
        return true;
    }
    buffer = ngx_create_temp_buf(request_->pool, std::max(size, kLeast));
    ngx_chain_t* link = ngx_alloc_chain_link(request_->pool);
    if (buffer == nullptr || link == nullptr) {
        return false;
    }
    buffer->last = ngx_cpymem(buffer->last, first, size);
    *link = {buffer, nullptr};
    ngx_chain_t** end = &page_.held;
    while (*end != nullptr) {
        end = &(*end)->next;
    }
    *end = link;
    page_.last_held = buffer;
    return true;
}

/// Puts the tag in. Its place is in what is held, or in this buffer, which begins at byte `begin` of the page.
bool PageSearch::insert(ngx_buf_t* buffer, std::uint64_t begin) noexcept {
    const std::uint64_t position = page_.finder.position();
    const std::uint64_t held_begin = begin - page_.held_size;
    if (position < begin) {
        return release_held(position - held_begin) && send(buffer);
    }
    return release_held(kNoTag) && insert_in_buffer(buffer, static_cast<std::size_t>(position - begin));
}

bool PageSearch::insert_in_buffer(ngx_buf_t* buffer, std::size_t offset) noexcept {
    if (offset == 0) {
        return send_tag() && send(buffer);
    }
    if (offset == ngx::size_of(*buffer)) {
        // Nothing follows in this buffer, so its marks go behind the tag.
        if (!send(buffer) || !send_tag()) {
            return false;
        }
        ngx::move_marks(*buffer, *last_sent_);
        return true;
    }
    // The front is a second view of the same memory. The buffer itself follows with the rest, so its owner
    // cannot use the memory again before both have left.
    auto* front = static_cast<ngx_buf_t*>(ngx_palloc(request_->pool, sizeof(ngx_buf_t)));
    if (front == nullptr) {
        return false;
    }
    *front = *buffer;
    front->flush = 0;
    front->last_buf = 0;
    front->last_in_chain = 0;
    front->sync = 0;
    front->recycled = 0;
    front->shadow = nullptr;
    ngx::take_back(*front, ngx::size_of(*buffer) - offset);
    ngx::take_front(*buffer, offset);
    return send(front) && send_tag() && send(buffer);
}

/// Lets go all that is held, with the tag in front of byte `tag_offset` of it (kNoTag: without).
bool PageSearch::release_held(std::uint64_t tag_offset) noexcept {
    std::uint64_t begin = 0;
    for (ngx_chain_t* link = page_.held; link != nullptr; link = link->next) {
        ngx_buf_t* buffer = link->buf;
        const std::size_t size = ngx::size_of(*buffer);
        const bool here = tag_offset >= begin && tag_offset < begin + size;
        if (!(here ? insert_in_buffer(buffer, static_cast<std::size_t>(tag_offset - begin)) : send(buffer))) {
            return false;
        }
        begin += size;
    }
    page_.held = nullptr;
    page_.last_held = nullptr;
    page_.held_size = 0;
    return tag_offset != begin || send_tag();
}

bool PageSearch::send(ngx_buf_t* buffer) noexcept {
    ngx_chain_t* link = ngx_alloc_chain_link(request_->pool);
    if (link == nullptr) {
        return false;
    }
    *link = {buffer, nullptr};
    *out_end_ = link;
    out_end_ = &link->next;
    last_sent_ = buffer;
    return true;
}

/// nginx's writer takes a buffer without bytes only when it is nothing but marks.
bool PageSearch::send_unless_empty(ngx_buf_t* buffer) noexcept {
    if (ngx::size_of(*buffer) != 0) {
        return send(buffer);
    }
    if (!buffer->flush) {
        return true;
    }
    auto* mark = static_cast<ngx_buf_t*>(ngx_calloc_buf(request_->pool));
    if (mark == nullptr) {
        return false;
    }
    mark->flush = 1;
    return send(mark);
}

bool PageSearch::send_tag() noexcept {
    if (!page_.has_tag()) {
        return send_spaces();
    }
    auto* buffer = static_cast<ngx_buf_t*>(ngx_calloc_buf(request_->pool));
    if (buffer == nullptr) {
        return false;
    }
    buffer->start = page_.tag.data;
    buffer->pos = page_.tag.data;
    buffer->last = page_.tag.data + page_.tag.len;
    buffer->end = buffer->last;
    buffer->memory = 1;
    return send(buffer);
}

/// In place of the tag that the header's length has in it.
bool PageSearch::send_spaces() noexcept {
    ngx_buf_t* buffer = ngx_create_temp_buf(request_->pool, page_.tag.len);
    if (buffer == nullptr) {
        return false;
    }
    std::fill_n(buffer->pos, page_.tag.len, ' ');
    buffer->last = buffer->end;
    return send(buffer);
}

/// The error pages that nginx has built in: the shop did not make them, and their readers are not shoppers.
/// Nothing but their first line tells them from others; a shop's own error page has a file's date or another text.
bool PageSearch::is_nginx_page(std::string_view start) const noexcept {
    constexpr std::string_view kFront = "<html>\r\n<head><title>";
    if (request_->err_status == 0 || request_->headers_out.last_modified_time != -1 ||
        !start.starts_with(kFront)) {
        return false;
    }
    const std::string_view title = start.substr(kFront.size());
    return title.size() > 3 &&
           std::all_of(title.begin(), title.begin() + 3, [](char c) { return c >= '0' && c <= '9'; }) &&
           title[3] == ' ';
}

}  // namespace aep::page
