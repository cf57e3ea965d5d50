#include "ngx/ngx.hpp"

#include "status/summary.hpp"

#include <string>

#include "ngx/log.hpp"
#include "ngx/string.hpp"
#include "settings/broker.hpp"

namespace aep::status {
namespace {

std::string storefront_of(const settings::Website& website) {
    if (!website.storefront_events) {
        return "storefront events off";
    }
    std::string text = "storefront events on, ";
    text += website.defers() ? "sent by the shop's own Web SDK \"" + website.web_sdk_name + "\""
                             : "sent by our Web SDK";
    text += website.gateway_path.empty() ? " directly to Edge (there is no \"aep_gateway\")"
                                         : " through the gateway at \"" + website.gateway_path + "\"";
    switch (website.default_consent) {
        case settings::DefaultConsent::in:
            break;
        case settings::DefaultConsent::pending:
            text += " once the visitor has consented";
            break;
        case settings::DefaultConsent::out:
            text += ", but dropped until the visitor consents";
            break;
    }
    return text;
}

std::string back_office_of(const settings::Website& website) {
    if (!website.back_office.events) {
        return "back office events off";
    }
    return website.back_office.profile_events ? "back office events on, with those of accounts"
                                              : "back office events on";
}

std::string datastream_of(const settings::Website& website) {
    if (!website.datastream_id.empty()) {
        return "datastream " + website.datastream_id;
    }
    return website.datastream_has_variables ? "a datastream that is evaluated for each request"
                                            : "the datastream that the shop's Web SDK names";
}

std::string queue_of(const settings::MainConf& main) {
    const std::string directory = "\"" + std::string(ngx::view(main.queue_directory)) + "\"";
    if (!main.keeps_events()) {
        return "nothing is kept while it is away (\"aep_queue\" is off)";
    }
    if (main.broker == nullptr) {
        return "while it is away they are kept in " + directory;
    }
    return "while it is away they are kept in the broker at " + settings::nodes_of(*main.broker) +
           (main.queue_directory.len == 0 ? "; while that is away, too, they are refused (it has no spool)"
                                          : "; while that is away, too, in " + directory + " of this node");
}

}  // namespace

void log_summary(ngx_log_t* log, const settings::MainConf& main) {
    for (const settings::Website* website : *main.websites) {
        ngx::log(NGX_LOG_NOTICE, log,
                 "website \"" + website->server_name + "\": " + storefront_of(*website) + "; " +
                     back_office_of(*website) + "; events go to " + website->endpoint->base_url + " with " +
                     datastream_of(*website) + "; " + queue_of(main));
    }
}

}  // namespace aep::status
