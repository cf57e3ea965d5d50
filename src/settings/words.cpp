#include "ngx/ngx.hpp"

#include "settings/words.hpp"

#include "ngx/string.hpp"
#include "settings/configuration.hpp"

namespace aep::settings {
namespace {

using ngx::unowned;

template <typename Enumeration>
constexpr ngx_uint_t number(Enumeration value) noexcept {
    return static_cast<ngx_uint_t>(value);
}

}  // namespace

ngx_conf_enum_t place_words[] = {{unowned("head_start"), LocationConf::kHeadStart},
                                 {unowned("head_end"), LocationConf::kHeadEnd},
                                 {ngx_str_t{}, 0}};

ngx_conf_enum_t page_view_words[] = {{unowned("off"), 0}, {unowned("auto"), 1}, {ngx_str_t{}, 0}};

ngx_conf_enum_t consent_words[] = {{unowned("in"), number(DefaultConsent::in)},
                                   {unowned("pending"), number(DefaultConsent::pending)},
                                   {unowned("out"), number(DefaultConsent::out)},
                                   {ngx_str_t{}, 0}};

ngx_conf_enum_t client_ip_words[] = {{unowned("full"), number(ClientIp::full)},
                                     {unowned("truncated"), number(ClientIp::truncated)},
                                     {unowned("off"), number(ClientIp::off)},
                                     {ngx_str_t{}, 0}};

}  // namespace aep::settings
