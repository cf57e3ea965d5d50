#include "ngx/ngx.hpp"

#include "page/file_reader.hpp"

#include "page/page_context.hpp"

extern "C" ngx_module_t ngx_http_aep_module;

namespace aep::page {
namespace {

struct Target {
    ngx_http_request_t* request;
    ngx_http_output_body_filter_pt next;
};

ngx_int_t send(void* data, ngx_chain_t* out) noexcept {
    const auto& target = *static_cast<Target*>(data);
    return target.next(target.request, out);
}

}  // namespace

bool reads_files_asynchronously([[maybe_unused]] ngx_http_request_t* request) noexcept {
#if (NGX_HAVE_FILE_AIO || NGX_COMPAT || NGX_THREADS)
    const auto* location = static_cast<const ngx_http_core_loc_conf_t*>(
        ngx_http_get_module_loc_conf(request, ngx_http_core_module));
    return location->aio != NGX_HTTP_AIO_OFF;
#else
    return false;
#endif
}

ngx_output_chain_ctx_t* make_file_reader(ngx_http_request_t* request,
                                         ngx_http_output_body_filter_pt next) noexcept {
    // The defaults of nginx's output_buffers and directio_alignment.
    constexpr ngx_int_t kBuffers = 2;
    constexpr std::size_t kBufferSize = 32768;
    constexpr off_t kAlignment = 512;
    auto* reader =
        static_cast<ngx_output_chain_ctx_t*>(ngx_pcalloc(request->pool, sizeof(ngx_output_chain_ctx_t)));
    auto* target = static_cast<Target*>(ngx_palloc(request->pool, sizeof(Target)));
    if (reader == nullptr || target == nullptr) {
        return nullptr;
    }
    *target = {request, next};
    reader->need_in_memory = 1;
    reader->alignment = kAlignment;
    reader->pool = request->pool;
    reader->bufs = {kBuffers, kBufferSize};
    reader->tag = static_cast<ngx_buf_tag_t>(&ngx_http_aep_module);
    reader->output_filter = send;
    reader->filter_ctx = target;
    return reader;
}

ngx_int_t read_files(ngx_http_request_t* request, ngx_output_chain_ctx_t& reader, ngx_chain_t* in) noexcept {
    const ngx_int_t result = ngx_output_chain(&reader, in);
    mark_buffered(*request, reader.in != nullptr);
    return result;
}

}  // namespace aep::page
