#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

static ngx_http_output_header_filter_pt next_header_filter;
static ngx_http_output_header_filter_pt next_header_filter_behind;

/* In front of gunzip: this client takes no gzip. */
static ngx_int_t
header_filter(ngx_http_request_t *r)
{
    r->gzip_tested = 1;
    r->gzip_ok = 0;
    return next_header_filter(r);
}

/* Behind gunzip, in front of gzip: look again. */
static ngx_int_t
header_filter_behind(ngx_http_request_t *r)
{
    r->gzip_tested = 0;
    return next_header_filter_behind(r);
}

static ngx_int_t
install(ngx_conf_t *cf)
{
    (void) cf;
    next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = header_filter;
    return NGX_OK;
}

static ngx_int_t
install_behind(ngx_conf_t *cf)
{
    (void) cf;
    next_header_filter_behind = ngx_http_top_header_filter;
    ngx_http_top_header_filter = header_filter_behind;
    return NGX_OK;
}

static ngx_http_module_t module_context = {
    NULL, install, NULL, NULL, NULL, NULL, NULL, NULL,
};

static ngx_http_module_t module_context_behind = {
    NULL, install_behind, NULL, NULL, NULL, NULL, NULL, NULL,
};

ngx_module_t ngx_http_gunzip_always_filter_module = {
    NGX_MODULE_V1, &module_context, NULL, NGX_HTTP_MODULE, NULL, NULL, NULL, NULL,
    NULL,          NULL,            NULL, NGX_MODULE_V1_PADDING,
};

ngx_module_t ngx_http_gunzip_always_behind_module = {
    NGX_MODULE_V1, &module_context_behind, NULL, NGX_HTTP_MODULE, NULL, NULL, NULL, NULL,
    NULL,          NULL,                   NULL, NGX_MODULE_V1_PADDING,
};
