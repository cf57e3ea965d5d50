#pragma once

// The only way to nginx's headers. Included first in every shell file: ngx_config.h fixes _FILE_OFFSET_BITS,
// and with it the layout of nginx's structures, before any libc header is seen.
extern "C" {
#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_http.h>
}
