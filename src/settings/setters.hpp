#pragma once

#include "ngx/ngx.hpp"

namespace aep::settings {

// Setters for nginx's table of directives. Each returns NGX_CONF_OK, a predicate for nginx to put behind
// the directive's name, or NGX_CONF_ERROR after a message that says what was found, what was expected and
// where the right value is.

char* set_organization_id(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;
char* set_datastream_id(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;
char* set_public_host(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;
char* set_web_sdk_name(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;
char* set_web_sdk_datastreams(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;
char* set_web_sdk_options(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;
char* set_data_layer(ngx_conf_t* cf, ngx_command_t* command, void* data) noexcept;
char* set_opt_out_cookie(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;
char* set_first_party_id(ngx_conf_t* cf, ngx_command_t* command, void* data) noexcept;
char* set_inject(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;
char* set_commerce_scope(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;
char* set_edge(ngx_conf_t* cf, ngx_command_t* command, void* data) noexcept;
char* set_edge_trusted_certificate(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;
char* set_edge_credentials(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;
char* set_queue(ngx_conf_t* cf, ngx_command_t* command, void* data) noexcept;

char* set_back_office_profile_events(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;
char* set_back_office_token(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;
char* set_back_office_public_key(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;
char* set_back_office_event_keys(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;
char* set_back_office_labels(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;
char* set_commerce_store(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;

char* set_status_token(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;

/// One of a few words; `command->post` is a table of ngx_conf_enum_t.
char* set_word(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;

}  // namespace aep::settings
