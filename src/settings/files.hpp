#pragma once

#include "ngx/ngx.hpp"

#include <string>

#include "authentication/token_list.hpp"

namespace aep::settings {

/// The full name of the file or directory that a directive names; empty without memory. May throw, as all of these.
std::string path_of(ngx_conf_t* cf);

/// Says what is wrong with it; always fails.
char* refuse_file(ngx_conf_t* cf, const std::string& path, const std::string& predicate);

/// Reads the tokens in the file that a directive names.
char* read_token_file(ngx_conf_t* cf, const authentication::TokenList*& target);

}  // namespace aep::settings
