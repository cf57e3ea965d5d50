#pragma once

#include "ngx/ngx.hpp"

#include "backoffice/mapping/settings.hpp"
#include "settings/configuration.hpp"

namespace aep::backoffice {

/// How the documents of a server block become events, as far as that is the same for all of them.
struct Documents {
    static constexpr auto kSlot = settings::Runtime::Slot::documents;

    mapping::Settings settings;
};

/// Makes the Documents of a server block whose settings are merged. NGX_CONF_ERROR after a message.
char* prepare_documents(ngx_conf_t* cf, settings::ServerConf& conf) noexcept;

}  // namespace aep::backoffice
