#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

static ngx_http_output_header_filter_pt next_header_filter;
static ngx_http_output_body_filter_pt next_body_filter;

static ngx_int_t
header_filter(ngx_http_request_t *r)
{
    return next_header_filter(r);
}

static ngx_int_t
body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    return next_body_filter(r, in);
}

static ngx_int_t
install(ngx_conf_t *cf)
{
    (void) cf;
    next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = header_filter;
    next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = body_filter;
    return NGX_OK;
}

static ngx_http_module_t module_context = {
    NULL, install, NULL, NULL, NULL, NULL, NULL, NULL,
};

ngx_module_t ngx_http_noop_filter_module = {
    NGX_MODULE_V1, &module_context, NULL, NGX_HTTP_MODULE, NULL, NULL, NULL, NULL,
    NULL,          NULL,            NULL, NGX_MODULE_V1_PADDING,
};
