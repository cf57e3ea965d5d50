#include "page/tag_outcome.hpp"

namespace aep::page {

std::string_view to_string(TagOutcome outcome) noexcept {
    switch (outcome) {
        case TagOutcome::searching:
            return "searching";
        case TagOutcome::injected:
            return "injected";
        case TagOutcome::deferred:
            return "deferred";
        case TagOutcome::off:
            return "off";
        case TagOutcome::subrequest:
            return "subrequest";
        case TagOutcome::status:
            return "status";
        case TagOutcome::not_html:
            return "not_html";
        case TagOutcome::encoded:
            return "encoded";
        case TagOutcome::attachment:
            return "attachment";
        case TagOutcome::charset:
            return "charset";
        case TagOutcome::fragment:
            return "fragment";
        case TagOutcome::no_head:
            return "no_head";
        case TagOutcome::tagged:
            return "tagged";
        case TagOutcome::amp:
            return "amp";
        case TagOutcome::nginx_page:
            return "nginx_page";
        case TagOutcome::policy:
            return "policy";
        case TagOutcome::error:
            return "error";
    }
    return "error";
}

}  // namespace aep::page
