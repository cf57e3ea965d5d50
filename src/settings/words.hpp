#pragma once

#include "ngx/ngx.hpp"

#include "ngx/string.hpp"
#include "settings/configuration.hpp"

namespace aep::settings {

template <typename Enumeration>
constexpr ngx_uint_t number_of(Enumeration value) noexcept {
    return static_cast<ngx_uint_t>(value);
}

// The words of directives that have a fixed set of them, for set_word(). The last one is empty.

inline ngx_conf_enum_t place_words[] = {{ngx::unowned("head_start"), LocationConf::kHeadStart},
                                        {ngx::unowned("head_end"), LocationConf::kHeadEnd},
                                        {ngx_str_t{}, 0}};

inline ngx_conf_enum_t page_view_words[] = {
    {ngx::unowned("off"), 0}, {ngx::unowned("auto"), 1}, {ngx_str_t{}, 0}};

inline ngx_conf_enum_t consent_words[] = {{ngx::unowned("in"), number_of(DefaultConsent::in)},
                                          {ngx::unowned("pending"), number_of(DefaultConsent::pending)},
                                          {ngx::unowned("out"), number_of(DefaultConsent::out)},
                                          {ngx_str_t{}, 0}};

inline ngx_conf_enum_t client_ip_words[] = {{ngx::unowned("full"), number_of(ClientIp::full)},
                                            {ngx::unowned("truncated"), number_of(ClientIp::truncated)},
                                            {ngx::unowned("off"), number_of(ClientIp::off)},
                                            {ngx_str_t{}, 0}};

}  // namespace aep::settings
