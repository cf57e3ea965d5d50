#pragma once

#include "ngx/ngx.hpp"

namespace aep::settings {

/// The words of directives that have a fixed set of them, for set_word(). The last one is empty.
extern ngx_conf_enum_t place_words[];
extern ngx_conf_enum_t page_view_words[];
extern ngx_conf_enum_t consent_words[];
extern ngx_conf_enum_t client_ip_words[];

}  // namespace aep::settings
