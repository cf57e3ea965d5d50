#include "ngx/ngx.hpp"

#include "page/range_requests.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "ngx/guard.hpp"
#include "ngx/request_context.hpp"
#include "ngx/string.hpp"
#include "page/encoded_page.hpp"
#include "page/page_context.hpp"
#include "page/page_header.hpp"
#include "page/recoding.hpp"
#include "page/warnings.hpp"

namespace aep::page {
namespace {

using Search = EncodedPage::Search;

constexpr std::size_t kPiece = 4096;  ///< of a file, read at once

/// A search whose bytes stay where they are.
class Look {
  public:
    /// May throw std::bad_alloc.
    explicit Look(const PageContext& page) : finder_(page.charset_known) {
        if (page.recoding != nullptr) {
            encoded_ = std::make_unique<EncodedPage>(page.recoding->coding(), page.charset_known, nullptr,
                                                     page.worker.blocks);
        }
    }

    /// May throw std::bad_alloc.
    Search take(ngx_buf_t& buffer) {
        Search found = Search::searching;
        if (ngx_buf_in_memory(&buffer)) {
            found = take(ngx::view(buffer.pos, buffer.last));
        } else if (buffer.in_file) {
            found = take_file(buffer);
        }
        return found == Search::searching && buffer.last_buf && read_ != 0 ? finish() : found;
    }

    [[nodiscard]] std::uint64_t read() const noexcept { return read_; }
    [[nodiscard]] html::Verdict verdict() const noexcept {
        return encoded_ ? encoded_->verdict() : finder_.verdict();
    }

  private:
    static Search to_search(html::Verdict verdict) noexcept {
        switch (verdict) {
            case html::Verdict::searching:
                return Search::searching;
            case html::Verdict::found:
                return Search::found;
            default:
                return Search::not_found;
        }
    }

    Search take(std::string_view bytes) {
        read_ += bytes.size();
        if (bytes.empty()) {
            return Search::searching;
        }
        return encoded_ ? encoded_->search(bytes) : to_search(finder_.feed(bytes));
    }

    Search finish() { return encoded_ ? encoded_->finish_search() : to_search(finder_.finish()); }

    /// A file that is open for direct reading takes aligned reads only, so it is not read here.
    Search take_file(const ngx_buf_t& buffer) {
        Search found = Search::searching;
        std::array<u_char, kPiece> piece;
        for (off_t at = buffer.file_pos; at < buffer.file_last && found == Search::searching;) {
            const auto size = static_cast<std::size_t>(std::min<off_t>(buffer.file_last - at, kPiece));
            const ssize_t count =
                buffer.file->directio ? NGX_ERROR : ngx_read_file(buffer.file, piece.data(), size, at);
            if (count <= 0) {
                return Search::found;  // whoever sends it says what is wrong
            }
            found = take(ngx::view(piece.data(), piece.data() + count));
            at += count;
        }
        return found;
    }

    html::HeadFinder finder_;
    std::unique_ptr<EncodedPage> encoded_;
    std::uint64_t read_ = 0;
};

bool look_at(ngx_http_request_t* request, PageContext& page, const ngx_chain_t* in) {
    Look look(page);
    Search found = Search::searching;
    for (; in != nullptr && found == Search::searching; in = in->next) {
        found = look.take(*in->buf);
    }
    if (found != Search::not_found && found != Search::wrong) {
        return false;
    }
    page.read = look.read();
    if (found == Search::wrong) {
        warn_of_wrong_coding(request, page.recoding->coding());
        page.conclude(request, TagOutcome::encoded);
    } else {
        page.conclude(request, look.verdict(), 0);
    }
    page.recoding = nullptr;
    return true;
}

/// Parts from a shop whose response is not wanted any more, as nginx does where another response begins.
void end_upstream(ngx_http_request_t* request) noexcept {
    ngx_http_upstream_t* upstream = request->upstream;
    if (upstream != nullptr && upstream->cleanup != nullptr) {
        ++request->main->count;
        (*upstream->cleanup)(request);
    }
}

}  // namespace

bool asks_for_range(const ngx_http_request_t& request) noexcept {
    return request.headers_in.range != nullptr && request.allow_ranges &&
           request.headers_out.status == NGX_HTTP_OK;
}

bool turns_out_as_no_page(ngx_http_request_t* request, PageContext& page, const ngx_chain_t* in) noexcept {
    return ngx::guarded(
        request->connection->log, "a range", [] { return false; },
        [&] { return look_at(request, page, in); });
}

RangeRefusal::RangeRefusal(ngx_http_request_t* request, ngx_int_t error) noexcept
    : request_(request), error_(error) {
    turn_.prepare(request->connection);
    turn_.post();
    mark_buffered(*request, true);
}

void RangeRefusal::on_turn() noexcept {
    ngx_http_request_t* const request = request_;
    const ngx_int_t error = error_;
    ngx_connection_t* const connection = request->connection;
    mark_buffered(*request, false);
    end_upstream(request);
    clear_content_encoding(request);  // the response's: the error page has none
    ngx::set_context(request, nullptr);
    ngx_http_finalize_request(request, error);
    ngx_http_run_posted_requests(connection);
}

}  // namespace aep::page
