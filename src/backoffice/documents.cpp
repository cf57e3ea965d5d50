#include "ngx/ngx.hpp"

#include "backoffice/documents.hpp"

#include <utility>
#include <variant>

#include "ngx/guard.hpp"
#include "ngx/log.hpp"
#include "ngx/pool.hpp"

namespace aep::backoffice {
namespace {

char* failed() noexcept {
    return static_cast<char*>(NGX_CONF_ERROR);
}

char* prepare(ngx_conf_t* cf, settings::ServerConf& conf) {
    const settings::BackOffice& back_office = conf.website->back_office;
    mapping::Settings settings;
    settings.profile_events = back_office.profile_events;
    for (const settings::CommerceStore& store : back_office.stores) {
        settings.stores.emplace(store.id, mapping::Scope{store.website, store.store, store.store_view});
    }
    if (!back_office.labels.empty()) {
        auto labels = mapping::parse_labels(back_office.labels);
        if (const auto* error = std::get_if<mapping::LabelsError>(&labels)) {
            ngx::log(NGX_LOG_EMERG, cf->log,
                     "server \"" + conf.website->server_name + "\": the file of \"aep_back_office_labels\" " +
                         error->text);
            return failed();
        }
        settings.labels = std::get<mapping::Labels>(std::move(labels));
    }
    auto* documents = ngx::make<Documents>(cf->pool);
    if (documents == nullptr) {
        return failed();
    }
    documents->settings = std::move(settings);
    conf.runtime.set(documents);
    return NGX_CONF_OK;
}

}  // namespace

char* prepare_documents(ngx_conf_t* cf, settings::ServerConf& conf) noexcept {
    if (!conf.website->back_office.events) {
        return NGX_CONF_OK;
    }
    return ngx::guarded(cf->log, "aep_back_office_labels", failed, [&] { return prepare(cf, conf); });
}

}  // namespace aep::backoffice
