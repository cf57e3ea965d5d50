#include "ngx/ngx.hpp"

#include "page/page_search.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <optional>

#include "ngx/buffer.hpp"
#include "ngx/string.hpp"
#include "page/file_state.hpp"

namespace aep::page {
namespace {

constexpr std::uint64_t kNoTag = std::numeric_limits<std::uint64_t>::max();

/// A page of no more bytes is read whole: it then leaves in one write with its header, which costs less than a write
/// and a sendfile.
constexpr off_t kSmallPage = 16384;

/// How much of a file to look at while it stays there.
constexpr std::size_t kScanned = 4096;

/// How much of a file to read at once. Of a large one the first read is enough for most heads.
std::size_t piece_size(off_t left, bool is_first) noexcept {
    constexpr off_t kFirst = 1024;
    constexpr off_t kNext = 4096;
    return static_cast<std::size_t>(left <= kSmallPage ? left : std::min(left, is_first ? kFirst : kNext));
}

}  // namespace

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

/// A buffer that is only in a file: its first bytes become a buffer in memory, the rest stays in the file.
bool PageSearch::take_file(ngx_buf_t* buffer) noexcept {
    if (page_.finder.is_certain()) {
        return scan_file(buffer);
    }
    if (!is_rememberable(*buffer)) {
        return read_file(buffer);
    }
    FileMemory& files = page_.worker.files;
    const FileMemory::Look look{buffer->file_last, request_->headers_out.last_modified_time,
                                page_.charset_known};
    switch (files.advise(look, ngx_current_msec)) {
        case FileMemory::Advice::read:
            break;
        case FileMemory::Advice::learn:
            return read_and_learn(buffer, look);
        case FileMemory::Advice::check:
            const auto state = state_of(buffer->file->fd);
            const auto front = state ? files.find(look, *state) : std::nullopt;
            if (front) {
                return insert_behind(*front, buffer);
            }
            break;
    }
    return read_file(buffer);
}

/// Whether the buffer is a whole file that is not small. Error pages that nginx makes itself have no date.
bool PageSearch::is_rememberable(const ngx_buf_t& buffer) const noexcept {
    return page_.read == 0 && !page_.goes_to_end && buffer.file_pos == 0 && buffer.file_last > kSmallPage &&
           buffer.file->directio == 0 && request_->headers_out.last_modified_time != -1;
}

/// Reads a file, and remembers the bytes in front of the tag's place. They are the first that leave, if they are few.
bool PageSearch::read_and_learn(ngx_buf_t* buffer, const FileMemory::Look& look) noexcept {
    const ngx_fd_t file = buffer->file->fd;
    const std::int64_t begun = file_clock();
    if (!read_file(buffer)) {
        return false;
    }
    if (page_.has_tag() && has_exact_times(file)) {
        const std::string_view first = ngx::view(out_->buf->pos, out_->buf->last);
        const auto state = state_of(file);
        if (state && page_.finder.position() <= first.size()) {
            page_.worker.files.remember(look, *state, begun, first.substr(0, page_.finder.position()));
        }
    }
    return true;
}

/// The page's bytes in front of the tag's place are known: the tag comes behind them, and the rest from the file.
bool PageSearch::insert_behind(std::string_view front, ngx_buf_t* buffer) noexcept {
    ngx_buf_t* start = ngx_create_temp_buf(request_->pool, front.size() + page_.tag.len);
    if (start == nullptr) {
        return false;
    }
    start->last = ngx_cpymem(start->last, front.data(), front.size());
    start->last = ngx_cpymem(start->last, page_.tag.data, page_.tag.len);
    buffer->file_pos += static_cast<off_t>(front.size());
    page_.read = front.size();
    page_.conclude(request_, html::Verdict::found, front.size());
    return send(start) && send(buffer);
}

bool PageSearch::read_file(ngx_buf_t* buffer) noexcept {
    while (!page_.done() && buffer->file_pos < buffer->file_last) {
        const std::size_t size = piece_size(buffer->file_last - buffer->file_pos, page_.read == 0);
        ngx_buf_t* piece = ngx_create_temp_buf(request_->pool, size);
        if (piece == nullptr) {
            return false;
        }
        const ssize_t count = ngx_read_file(buffer->file, piece->pos, size, buffer->file_pos);
        if (count <= 0) {
            // Shorter than it was when it was opened: nginx's own writer says so where it belongs.
            page_.conclude(request_, TagOutcome::error);
            return release_held(kNoTag) && send(buffer);
        }
        piece->last = piece->pos + count;
        buffer->file_pos += count;
        if (buffer->file_pos == buffer->file_last) {
            ngx::move_marks(*buffer, *piece);
        }
        if (!take_bytes(piece)) {
            return false;
        }
        if (page_.finder.is_certain() && !page_.done() && buffer->file_pos < buffer->file_last) {
            return scan_file(buffer);
        }
    }
    return buffer->file_pos == buffer->file_last || send(buffer);
}

/// Looks for the end of <head> in a file. What is read is not kept: it leaves from the file.
bool PageSearch::scan_file(ngx_buf_t* buffer) noexcept {
    const std::uint64_t begin = page_.read;
    std::array<u_char, kScanned> piece;
    html::Verdict verdict = html::Verdict::searching;
    for (off_t at = buffer->file_pos; at < buffer->file_last && verdict == html::Verdict::searching;) {
        const auto size = static_cast<std::size_t>(std::min<off_t>(buffer->file_last - at, kScanned));
        const ssize_t count = ngx_read_file(buffer->file, piece.data(), size, at);
        if (count <= 0) {
            page_.conclude(request_, TagOutcome::error);
            return release_held(kNoTag) && send(buffer);
        }
        at += count;
        page_.read += static_cast<std::uint64_t>(count);
        verdict = page_.finder.feed(ngx::view(piece.data(), piece.data() + count));
    }
    if (verdict == html::Verdict::searching && buffer->last_buf) {
        verdict = page_.finder.finish();
    }
    return verdict == html::Verdict::searching ? hold_back_in_file(buffer)
                                               : end_search(buffer, begin, verdict);
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

/// The same for a buffer that is only in a file. At most HeadFinder::kMaxHeld bytes are held.
bool PageSearch::hold_back_in_file(ngx_buf_t* buffer) noexcept {
    const std::uint64_t size = ngx::size_of(*buffer);
    const auto unsettled = static_cast<std::size_t>(page_.read - page_.finder.settled());
    const std::size_t tail = std::min<std::size_t>(unsettled, size);
    if (unsettled <= size && !release_held(kNoTag)) {
        return false;
    }
    std::array<u_char, html::HeadFinder::kMaxHeld> bytes;
    if (tail != 0) {
        const off_t at = buffer->file_last - static_cast<off_t>(tail);
        if (ngx_read_file(buffer->file, bytes.data(), tail, at) != static_cast<ssize_t>(tail)) {
            return false;
        }
    }
    ngx::take_back(*buffer, tail);
    return hold(bytes.data(), tail) && send_unless_empty(buffer);
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
