#include "ngx/ngx.hpp"

#include "settings/files.hpp"

#include <utility>
#include <variant>

#include "authentication/file_content.hpp"
#include "ngx/pool.hpp"
#include "ngx/string.hpp"
#include "settings/setting.hpp"

namespace aep::settings {

using authentication::FileContent;
using authentication::Privacy;
using authentication::TokenList;

std::string path_of(ngx_conf_t* cf) {
    ngx_str_t path = arguments(cf)[1];
    return ngx_conf_full_name(cf->cycle, &path, 1) == NGX_OK ? std::string(ngx::view(path)) : std::string();
}

char* refuse_file(ngx_conf_t* cf, const std::string& path, const std::string& predicate) {
    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"%s\" in \"%V\" directive %s", path.c_str(), &arguments(cf)[0],
                       predicate.c_str());
    return failed();
}

char* read_token_file(ngx_conf_t* cf, const TokenList*& target) {
    const std::string path = path_of(cf);
    const FileContent file = authentication::read_file(path, Privacy::secret);
    if (!file.error.empty()) {
        return refuse_file(cf, path, file.error);
    }
    auto tokens = TokenList::parse(file.text);
    if (const auto* error = std::get_if<TokenList::Error>(&tokens)) {
        return refuse_file(cf, path, error->text);
    }
    auto& list = std::get<TokenList>(tokens);
    if (list.has_short_ones()) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"%s\" in \"%V\" directive holds a token of less than %uz characters, which can "
                           "be guessed: make one with \"openssl rand -hex 32\"",
                           path.c_str(), &arguments(cf)[0], TokenList::kShortest);
    }
    target = ngx::make<TokenList>(cf->pool, std::move(list));
    return target == nullptr ? failed() : NGX_CONF_OK;
}

}  // namespace aep::settings
