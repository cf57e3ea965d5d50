#pragma once

#include "ngx/ngx.hpp"

#include "settings/configuration.hpp"
#include "shared/zone.hpp"
#include "status/model.hpp"

namespace aep::status {

/// Reads what the counters say of everything, sentences included. May throw
/// std::bad_alloc.
Model collect(shared::Zone& zone, const settings::MainConf& main, bool has_token);

/// What Edge's host is called for operators: the base URL without its scheme.
std::string_view host_label(std::string_view base_url) noexcept;

}  // namespace aep::status
