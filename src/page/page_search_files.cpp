// Buffers that are only in a file.

#include "ngx/ngx.hpp"

#include "page/page_search.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "ngx/buffer.hpp"
#include "ngx/string.hpp"
#include "page/file_state.hpp"

namespace aep::page {
namespace {

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

/// Still searching: holds what may not leave, at most HeadFinder::kMaxHeld bytes, and lets the rest go.
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

}  // namespace aep::page
