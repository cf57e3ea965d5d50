#include "ngx/ngx.hpp"

#include "page/recoding.hpp"

#include <new>

#include "ngx/log_action.hpp"
#include "ngx/string.hpp"
#include "page/page_context.hpp"

extern "C" ngx_module_t ngx_http_aep_module;

namespace aep::page {
namespace {

constexpr unsigned kBuffers = 8;  ///< so much may wait for a slow client, as with nginx's gunzip and gzip
constexpr std::size_t kBufferSize = 8192;

ngx_buf_tag_t buffer_tag() noexcept {
    return static_cast<ngx_buf_tag_t>(&ngx_http_aep_module);
}

}  // namespace

EncodedPage::Search Recoding::search(ngx_chain_t* in, ngx_chain_t*& rest) {
    size_read_ = 0;
    for (rest = in; rest != nullptr; rest = rest->next) {
        ngx_buf_t* buffer = rest->buf;
        std::string_view bytes =
            ngx_buf_in_memory(buffer) ? ngx::view(buffer->pos, buffer->last) : std::string_view{};
        const std::size_t size = bytes.size();
        size_read_ += size;
        if (size == 0 && has_broken_off(*request_, *buffer)) {
            return EncodedPage::Search::not_found;
        }
        EncodedPage::Search result = size == 0 ? EncodedPage::Search::searching : page_.search(bytes);
        if (result == EncodedPage::Search::searching && buffer->last_buf) {
            result = page_.finish_search();
        }
        if (result == EncodedPage::Search::found) {
            buffer->pos += size - bytes.size();
            return result;
        }
        if (result != EncodedPage::Search::searching) {
            return result;  // this buffer leaves as it came, with all that follow
        }
        if (!save(*buffer)) {
            throw std::bad_alloc();
        }
        buffer->pos = buffer->last;
    }
    return EncodedPage::Search::searching;
}

bool Recoding::save(const ngx_buf_t& buffer) noexcept {
    const auto size = static_cast<std::size_t>(buffer.last - buffer.pos);
    if (size == 0 || !ngx_buf_in_memory(&buffer)) {
        return true;
    }
    ngx_buf_t* copy = ngx_create_temp_buf(request_->pool, size);
    ngx_chain_t* link = ngx_alloc_chain_link(request_->pool);
    if (copy == nullptr || link == nullptr) {
        return false;
    }
    copy->last = ngx_cpymem(copy->last, buffer.pos, size);
    *link = {copy, nullptr};
    *original_end_ = link;
    original_end_ = &link->next;
    return true;
}

ngx_chain_t* Recoding::original(ngx_chain_t* rest) noexcept {
    *original_end_ = rest;
    return original_;
}

/// Begins the next buffer of the input, unless there is more to do for the one before. False when there is none.
bool Recoding::next_input() noexcept {
    if (!is_busy_ && in_ != nullptr) {
        ngx_chain_t* link = in_;
        in_ = link->next;
        current_ = link->buf;
        is_busy_ = true;
        is_last_ = current_->last_buf;
        is_flushed_ = current_->flush;
        ngx_free_chain(request_->pool, link);
    }
    return is_busy_;
}

/// The bytes of the current buffer that are left to read.
std::string_view Recoding::input() const noexcept {
    return current_ != nullptr && ngx_buf_in_memory(current_) ? ngx::view(current_->pos, current_->last)
                                                              : std::string_view{};
}

/// Leaves the current buffer with so many bytes to read. A buffer without any belongs to its owner again, who may fill
/// it with later bytes, even while not all that was in it is written.
void Recoding::leave_input(std::size_t size) noexcept {
    if (current_ != nullptr) {
        current_->pos = current_->last - size;
        current_ = size == 0 ? nullptr : current_;
    }
}

/// A buffer to write into. False when all of them are on their way.
bool Recoding::take_room() noexcept {
    if (room_ != nullptr) {
        return true;
    }
    if (free_ != nullptr) {
        ngx_chain_t* link = free_;
        free_ = link->next;
        room_ = link->buf;
        room_->flush = 0;
        ngx_free_chain(request_->pool, link);
        return true;
    }
    if (buffers_ == kBuffers) {
        no_memory_ = true;
        return false;
    }
    room_ = ngx_create_temp_buf(request_->pool, kBufferSize);
    if (room_ == nullptr) {
        return false;
    }
    room_->tag = buffer_tag();
    room_->recycled = 1;
    ++buffers_;
    return true;
}

/// Sends what is written, with the marks of the input that it stands for.
bool Recoding::finish_buffer(bool is_last, bool is_flushed) noexcept {
    ngx_buf_t* buffer = room_;
    if (buffer == nullptr || buffer->pos == buffer->last) {
        if (!is_last && !is_flushed) {
            return true;
        }
        buffer = static_cast<ngx_buf_t*>(ngx_calloc_buf(request_->pool));  // nothing but marks
        if (buffer == nullptr) {
            return false;
        }
    } else {
        room_ = nullptr;
    }
    ngx_chain_t* link = ngx_alloc_chain_link(request_->pool);
    if (link == nullptr) {
        return false;
    }
    buffer->last_buf = is_last ? 1 : 0;
    buffer->flush = is_flushed && !is_last ? 1 : 0;
    *link = {buffer, nullptr};
    *out_end_ = link;
    out_end_ = &link->next;
    return true;
}

void Recoding::pause() noexcept {
    is_paused_ = true;
    next_turn_.post_to_next_turn();
}

void Recoding::on_turn() noexcept {
    is_paused_ = false;
    go_on_(request_);
}

/// Reads and writes until the input is used up, or the room is, or the page is complete or broken, or it is time for a
/// pause. False on failure.
bool Recoding::fill() noexcept {
    const ngx::LogAction action(request_->connection->log, "coding a page anew");
    while (!is_paused_ && !has_ended_ && next_input()) {
        if (has_failed_) {
            leave_input(0);
            is_busy_ = false;
            continue;
        }
        if (!take_room()) {
            return no_memory_;
        }
        compression::Stream stream{input(), reinterpret_cast<char*>(room_->last),
                                   static_cast<std::size_t>(room_->end - room_->last)};
        const auto flush =
            is_last_ ? compression::Encoder::Flush::finish
                     : (is_flushed_ ? compression::Encoder::Flush::sync : compression::Encoder::Flush::none);
        const EncodedPage::Progress progress = page_.step(stream, flush);
        room_->last = room_->end - stream.room;
        leave_input(stream.in.size());
        switch (progress) {
            case EncodedPage::Progress::pause:
                pause();
                return true;
            case EncodedPage::Progress::failed:
                has_failed_ = true;
                if (!finish_buffer(false, true)) {
                    return false;
                }
                continue;
            case EncodedPage::Progress::room:
                if (!finish_buffer(false, false)) {
                    return false;
                }
                continue;
            case EncodedPage::Progress::end:
            case EncodedPage::Progress::input:
                break;
        }
        leave_input(0);
        is_busy_ = false;
        if ((is_last_ || is_flushed_) && !finish_buffer(is_last_, is_flushed_)) {
            return false;
        }
        has_ended_ = is_last_;
    }
    return true;
}

ngx_int_t Recoding::filter(ngx_chain_t* in, ngx_http_output_body_filter_pt next) {
    const ngx_int_t result = pass(in, next);
    // What there is to decode after a pause is not sent yet, though no buffer holds it.
    mark_buffered(*request_, is_paused_);
    return result;
}

ngx_int_t Recoding::pass(ngx_chain_t* in, ngx_http_output_body_filter_pt next) {
    if (in != nullptr && ngx_chain_add_copy(request_->pool, &in_, in) != NGX_OK) {
        return NGX_ERROR;
    }
    // nginx's writer takes a call without buffers only while it has some that are not sent.
    if (no_memory_ || (in == nullptr && request_->connection->buffered != 0)) {
        if (next(request_, nullptr) == NGX_ERROR) {
            return NGX_ERROR;
        }
        ngx_chain_update_chains(request_->pool, &free_, &busy_, &out_, buffer_tag());
        no_memory_ = false;
    }
    for (;;) {
        if (!fill()) {
            return NGX_ERROR;
        }
        if (out_ == nullptr) {
            // An error ends the connection, so it has to wait for what is on its way.
            if (has_failed_ && request_->connection->buffered == 0) {
                return NGX_ERROR;
            }
            return busy_ != nullptr || has_failed_ || is_paused_ ? NGX_AGAIN : NGX_OK;
        }
        const ngx_int_t result = next(request_, out_);
        if (result == NGX_ERROR) {
            return NGX_ERROR;
        }
        ngx_chain_update_chains(request_->pool, &free_, &busy_, &out_, buffer_tag());
        out_end_ = &out_;
        no_memory_ = false;
        if (has_ended_) {
            return result;
        }
    }
}

}  // namespace aep::page
