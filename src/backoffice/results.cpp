#include "ngx/ngx.hpp"

#include "backoffice/results.hpp"

#include <algorithm>

#include "ngx/string.hpp"

namespace aep::backoffice {
namespace {

constexpr std::string_view kLinesType = "application/x-ndjson";

ngx_buf_t* memory_buffer(ngx_pool_t* pool, std::string_view bytes) noexcept {
    auto* buffer = static_cast<ngx_buf_t*>(ngx_calloc_buf(pool));
    if (buffer == nullptr) {
        return nullptr;
    }
    // Not for writing: only the output's chain type wants it so.
    auto* begin = const_cast<u_char*>(reinterpret_cast<const u_char*>(bytes.data()));
    buffer->start = begin;
    buffer->pos = begin;
    buffer->last = begin + bytes.size();
    buffer->end = buffer->last;
    buffer->memory = 1;
    return buffer;
}

ngx_buf_t* file_buffer(ngx_pool_t* pool, ngx_temp_file_t& file) noexcept {
    auto* buffer = static_cast<ngx_buf_t*>(ngx_calloc_buf(pool));
    if (buffer == nullptr) {
        return nullptr;
    }
    buffer->in_file = 1;
    buffer->file = &file.file;
    buffer->file_pos = 0;
    buffer->file_last = file.offset;
    return buffer;
}

ngx_temp_file_t* make_file(ngx_http_request_t* request) noexcept {
    auto* file = static_cast<ngx_temp_file_t*>(ngx_pcalloc(request->pool, sizeof(ngx_temp_file_t)));
    const auto* core = static_cast<const ngx_http_core_loc_conf_t*>(
        ngx_http_get_module_loc_conf(request, ngx_http_core_module));
    if (file != nullptr) {
        file->file.fd = NGX_INVALID_FILE;
        file->file.log = request->connection->log;
        file->path = core->client_body_temp_path;
        file->pool = request->pool;
        file->clean = 1;
    }
    return file;
}

}  // namespace

void Results::add(const DocumentResult& result) {
    append_json(lines_, result);
    lines_ += '\n';
}

bool Results::spill() noexcept {
    return lines_.size() <= kInMemory || write();
}

bool Results::write() noexcept {
    if (file_ == nullptr) {
        file_ = make_file(request_);
    }
    ngx_buf_t* buffer = file_ == nullptr ? nullptr : memory_buffer(request_->pool, lines_);
    if (buffer == nullptr) {
        return false;
    }
    ngx_chain_t link{buffer, nullptr};
    if (ngx_write_chain_to_temp_file(file_, &link) == NGX_ERROR) {
        return false;
    }
    file_->offset += static_cast<off_t>(lines_.size());
    lines_.clear();
    ngx_pfree(request_->pool, buffer);
    return true;
}

std::string Results::as_list() const {
    std::string list = lines_;
    if (!list.empty()) {
        list.pop_back();
    }
    std::ranges::replace(list, '\n', ',');  // in JSON a line end is an escape, so each stands behind a result
    return list;
}

ngx_int_t Results::send_lines() noexcept {
    auto& out = request_->headers_out;
    out.status = NGX_HTTP_ACCEPTED;
    out.content_length_n = static_cast<off_t>(lines_.size()) + (file_ == nullptr ? 0 : file_->offset);
    out.content_type = ngx::unowned(kLinesType);
    out.content_type_len = kLinesType.size();
    out.content_type_lowcase = nullptr;
    ngx_buf_t* rest = memory_buffer(request_->pool, lines_);
    ngx_buf_t* spilled = file_ == nullptr ? nullptr : file_buffer(request_->pool, *file_);
    if (rest == nullptr || (file_ != nullptr && spilled == nullptr)) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    rest->last_buf = request_ == request_->main ? 1 : 0;
    rest->last_in_chain = 1;
    rest->sync = lines_.empty() ? 1 : 0;  // nginx takes an empty buffer in memory for an error
    rest->memory = lines_.empty() ? 0 : 1;
    if (out.content_length_n == 0) {
        request_->header_only = 1;
    }
    const ngx_int_t result = ngx_http_send_header(request_);
    if (result == NGX_ERROR || result > NGX_OK || request_->header_only) {
        return result;
    }
    ngx_chain_t last{rest, nullptr};
    ngx_chain_t first{spilled, &last};
    return ngx_http_output_filter(request_, spilled == nullptr ? &last : &first);
}

}  // namespace aep::backoffice
