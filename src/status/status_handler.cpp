#include "ngx/ngx.hpp"

#include "status/status_handler.hpp"

#include <optional>
#include <string>
#include <string_view>

#include "authentication/token_list.hpp"
#include "ngx/guard.hpp"
#include "ngx/header.hpp"
#include "ngx/pool.hpp"
#include "ngx/request.hpp"
#include "ngx/string.hpp"
#include "protocol/site.hpp"
#include "settings/configuration.hpp"
#include "shared/zone.hpp"
#include "status/answers.hpp"
#include "status/collector.hpp"
#include "status/json.hpp"
#include "status/operation.hpp"
#include "status/page.hpp"
#include "status/prometheus.hpp"
#include "text/percent.hpp"

namespace aep::status {
namespace {

std::string argument(ngx_http_request_t* request, std::string_view name) {
    return text::percent_decoded(ngx::query_argument(request, name));
}

/// Whether a page of another origin sent the request. A browser says so; what is no browser shows its token.
bool is_of_another_origin(ngx_http_request_t* request) {
    const std::string_view site = ngx::request_header(request, "sec-fetch-site");
    if (!site.empty()) {
        return site != "same-origin";
    }
    const std::string_view origin = ngx::request_header(request, "origin");
    return !origin.empty() && protocol::origin_host(origin) != ngx::view(request->headers_in.server);
}

std::optional<protocol::Problem> objection_to(ngx_http_request_t* request) {
    const authentication::TokenList* const tokens = settings::location_conf(request)->status_tokens;
    if (tokens == nullptr) {
        return no_token_configured();
    }
    if (is_of_another_origin(request)) {
        return other_site();
    }
    const std::string_view token =
        authentication::bearer_token(ngx::request_header(request, "authorization"));
    return !token.empty() && tokens->holds(token) ? std::nullopt : std::optional(wrong_token());
}

ngx_int_t refuse_access(ngx_http_request_t* request, const protocol::Problem& problem) {
    if (problem.status == NGX_HTTP_UNAUTHORIZED) {
        ngx::add_header(request, "WWW-Authenticate", "Bearer");
    }
    return refuse(request, problem);
}

/// What is asked for in words: one dead letter, those of a website, perhaps with a status, or all. Nothing: it is none of
/// them.
std::optional<queue::DeadLetterFilter> filter_of(ngx_http_request_t* request) {
    queue::DeadLetterFilter filter;
    if (const std::string id = argument(request, "id"); !id.empty()) {
        filter.id = queue::dead_letter_of(id);
        return filter.id ? std::optional(filter) : std::nullopt;
    }
    filter.website = argument(request, "website");
    if (const std::string status = argument(request, "status"); !status.empty()) {
        const ngx_int_t number = ngx_atoi(ngx::unowned(status).data, status.size());
        if (number == NGX_ERROR) {
            return std::nullopt;
        }
        filter.status = static_cast<int>(number);
    }
    const bool is_for_all = argument(request, "all") == "1";
    return is_for_all || !filter.website.empty() ? std::optional(filter) : std::nullopt;
}

Operation* make_operation(ngx_http_request_t* request) noexcept {
    const settings::Runtime& runtime = settings::main_conf(request)->runtime;
    auto* operations = runtime.get<Operations>();
    if (operations == nullptr) {
        return nullptr;
    }
    auto* operation = ngx::make<Operation>(request->pool, request, *operations, *runtime.get<shared::Zone>());
    if (operation != nullptr) {
        ngx::set_context(request, operation);
    }
    return operation;
}

/// For what only works with a queue.
template <typename Start>
ngx_int_t with_queue(ngx_http_request_t* request, Start&& start) {
    const auto* operations = settings::main_conf(request)->runtime.get<Operations>();
    if (operations == nullptr || !operations->has_queue()) {
        return refuse(request, no_queue());
    }
    Operation* const operation = make_operation(request);
    return operation == nullptr ? NGX_HTTP_INTERNAL_SERVER_ERROR : start(*operation);
}

ngx_int_t list_dead_letters(ngx_http_request_t* request) {
    queue::DeadLetterFilter filter;
    filter.website = argument(request, "website");
    const std::string after = argument(request, "after");
    const auto id = queue::dead_letter_of(after);
    if (!after.empty() && !id) {
        return refuse(request, no_such_thing("the id of a dead letter in the argument after"));
    }
    return with_queue(
        request, [&](Operation& operation) { return operation.list(filter, id.value_or(queue::EntryId{})); });
}

ngx_int_t read_dead_letter(ngx_http_request_t* request) {
    if (const auto problem = objection_to(request)) {
        return refuse_access(request, *problem);
    }
    const auto id = queue::dead_letter_of(argument(request, "dead_letter"));
    if (!id) {
        return refuse(request, no_dead_letter());
    }
    return with_queue(request, [&](Operation& operation) { return operation.read(*id); });
}

ngx_int_t show(ngx_http_request_t* request) {
    if (!ngx::query_argument(request, "asset").empty()) {
        return send_asset(request, ngx::query_argument(request, "asset"));
    }
    if (!ngx::query_argument(request, "dead_letter").empty()) {
        return read_dead_letter(request);
    }
    const std::string_view format = ngx::query_argument(request, "format");
    if (format == "json" && ngx::query_argument(request, "view") == "dead_letters") {
        return list_dead_letters(request);
    }
    const settings::MainConf& main = *settings::main_conf(request);
    const bool has_token = settings::location_conf(request)->status_tokens != nullptr;
    const Model model = collect(*main.runtime.get<shared::Zone>(), main, has_token);
    if (format == "json") {
        return send_json(request, render_json(model));
    }
    if (format == "prometheus") {
        return send(request, "text/plain; version=0.0.4; charset=utf-8", render_prometheus(model));
    }
    return format.empty() ? send_page(request, render_page(model))
                          : refuse(request, no_such_thing("json or prometheus in the argument format"));
}

ngx_int_t change(ngx_http_request_t* request) {
    if (const auto problem = objection_to(request)) {
        return refuse_access(request, *problem);
    }
    const std::string action = argument(request, "action");
    if (action == "check") {
        Operation* const operation = make_operation(request);
        return operation == nullptr ? refuse(request, not_just_now())
                                    : operation->check(*settings::main_conf(request)->websites);
    }
    if (action != "requeue" && action != "discard") {
        return refuse(request, no_such_thing("check, requeue or discard in the argument action"));
    }
    const auto filter = filter_of(request);
    if (!filter) {
        return refuse(
            request,
            no_such_thing("which dead letters: id=, website= with a datastream ID and perhaps status=, "
                          "or all=1"));
    }
    return with_queue(request, [&](Operation& operation) {
        return action == "requeue" ? operation.requeue(*filter) : operation.discard(*filter);
    });
}

ngx_int_t handle(ngx_http_request_t* request) {
    const ngx_int_t discarded = ngx_http_discard_request_body(request);
    if (discarded != NGX_OK) {
        return discarded;
    }
    if (request->method == NGX_HTTP_GET || request->method == NGX_HTTP_HEAD) {
        return show(request);
    }
    if (request->method == NGX_HTTP_POST) {
        return change(request);
    }
    ngx::add_header(request, "Allow", "GET, HEAD, POST");
    return refuse(request, method_not_allowed());
}

}  // namespace

ngx_int_t handle_status(ngx_http_request_t* request) noexcept {
    const auto failed = []() -> ngx_int_t { return NGX_HTTP_INTERNAL_SERVER_ERROR; };
    return ngx::guarded(request->connection->log, "the status page", failed, [&]() -> ngx_int_t {
        const settings::MainConf& main = *settings::main_conf(request);
        if (main.websites == nullptr || main.runtime.get<shared::Zone>() == nullptr ||
            request != request->main) {
            return NGX_HTTP_NOT_FOUND;
        }
        return handle(request);
    });
}

}  // namespace aep::status
