#include "delivery/token_service.hpp"

#include <jansson.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "text/ascii.hpp"
#include "text/digest.hpp"
#include "text/json_tree.hpp"

namespace aep::delivery {
namespace {

constexpr std::string_view kWrongClient = "invalid_client";
constexpr std::string_view kWrongScope = "invalid_scope";

using Json = text::JsonTree;

/// application/x-www-form-urlencoded (URL standard 5.2).
void append_encoded(std::string& form, std::string_view value) {
    constexpr std::string_view kKept = "*-._";
    for (const char c : value) {
        if (text::is_letter_or_digit(c) || kKept.find(c) != std::string_view::npos) {
            form += c;
        } else {
            form += '%';
            text::append_hex(form, static_cast<unsigned char>(c), text::kUpperHexDigits);
        }
    }
}

std::string scope_list(const settings::Credentials& credentials) {
    std::string list;
    for (const std::string& scope : credentials.scopes) {
        list += list.empty() ? "" : ",";
        list += scope;
    }
    return list;
}

/// RFC 6750 2.1.
bool is_bearer_token(std::string_view text) noexcept {
    constexpr std::string_view kMarks = "-._~+/=";
    const auto is_good = [kMarks](char c) {
        return text::is_letter_or_digit(c) || kMarks.find(c) != std::string_view::npos;
    };
    return !text.empty() && std::ranges::all_of(text, is_good);
}

/// The word for an error; empty where it is none of RFC 6749 5.2: anything else may repeat what was asked with.
std::string_view error_word(const json_t* answer) noexcept {
    constexpr std::array<std::string_view, 6> kWords{"invalid_request",        kWrongClient,
                                                     "invalid_grant",          "unauthorized_client",
                                                     "unsupported_grant_type", kWrongScope};
    const char* const found = json_string_value(json_object_get(answer, "error"));
    const auto* const word =
        found == nullptr ? kWords.end() : std::ranges::find(kWords, std::string_view(found));
    return word == kWords.end() ? std::string_view() : *word;
}

/// Whether an answer is for the credential, not for the moment or a proxy on the way.
bool is_refusal(int status) noexcept {
    constexpr int kBadRequest = 400;
    constexpr int kUnauthorized = 401;
    constexpr int kForbidden = 403;
    return status == kBadRequest || status == kUnauthorized || status == kForbidden;
}

TokenAnswer without_token(TokenAnswer::Kind kind, std::string problem) {
    TokenAnswer answer;
    answer.kind = kind;
    answer.problem = std::move(problem);
    return answer;
}

TokenAnswer refusal(int status, std::string_view word) {
    std::string problem = "it answered " + std::to_string(status);
    if (!word.empty()) {
        problem.append(" (").append(word).append(")");
    }
    return without_token(word == kWrongClient ? TokenAnswer::Kind::wrong_client : TokenAnswer::Kind::refused,
                         std::move(problem));
}

TokenAnswer token_in(const json_t* body, int status) {
    // A day, today. Whatever an answer says, no token is trusted for longer than a week.
    constexpr json_int_t kLongestLife = 7 * 24 * 60 * 60;
    const char* const token = json_string_value(json_object_get(body, "access_token"));
    const json_int_t seconds = json_integer_value(json_object_get(body, "expires_in"));
    if (token == nullptr || !is_bearer_token(token) || seconds <= 0) {
        return without_token(TokenAnswer::Kind::outage,
                             "it answered " + std::to_string(status) +
                                 ", but not with a token that is good for a time (access_token, expires_in)");
    }
    TokenAnswer answer;
    answer.kind = TokenAnswer::Kind::token;
    answer.token = token;
    answer.life = std::chrono::seconds(std::min(seconds, kLongestLife));
    return answer;
}

}  // namespace

edge::Request token_request(const settings::Credentials& credentials, std::size_t secret,
                            std::shared_ptr<const settings::Endpoint> service) {
    edge::Request request;
    request.endpoint = std::move(service);
    request.target = "/ims/token/v3";
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
    request.body = "grant_type=client_credentials&client_id=";
    append_encoded(request.body, credentials.client_id);
    request.body += "&client_secret=";
    append_encoded(request.body, credentials.client_secrets.at(secret));
    request.body += "&scope=";
    append_encoded(request.body, scope_list(credentials));
    return request;
}

TokenAnswer token_answer(const edge::Response& response) {
    if (response.failure != edge::Failure::none) {
        return without_token(TokenAnswer::Kind::outage, response.failure_text);
    }
    const Json body(json_loadb(response.body.data(), response.body.size(), JSON_REJECT_DUPLICATES, nullptr));
    if (edge::is_success(response.status)) {
        return token_in(body.get(), response.status);
    }
    if (is_refusal(response.status)) {
        return refusal(response.status, error_word(body.get()));
    }
    return without_token(TokenAnswer::Kind::outage, "it answered " + std::to_string(response.status));
}

const char* token_advice(const TokenAnswer& answer) noexcept {
    if (answer.kind == TokenAnswer::Kind::wrong_client) {
        return "it does not know the client ID, or none of the client secrets is right: compare CLIENT_ID "
               "and "
               "CLIENT_SECRETS with what Adobe Developer Console (https://developer.adobe.com/console) shows "
               "in the "
               "project, under Credentials, OAuth Server-to-Server (\"Retrieve client secret\"), and reload "
               "nginx";
    }
    if (answer.problem.find(kWrongScope) != std::string::npos) {
        return "the credential does not have all of SCOPES: compare them with the scopes that Adobe "
               "Developer "
               "Console (https://developer.adobe.com/console) shows in the project, under Credentials, OAuth "
               "Server-to-Server, and reload nginx";
    }
    return "compare the file with what Adobe Developer Console (https://developer.adobe.com/console) shows "
           "in the "
           "project, under Credentials, OAuth Server-to-Server, and look whether the credential is still "
           "active";
}

std::uint64_t fingerprint_of(const settings::Credentials& credentials) {
    std::string secrets;
    for (const std::string& secret : credentials.client_secrets) {
        secrets.append(secret).push_back('\n');
    }
    return text::fingerprint(credentials.token_service + '\n' + credentials.client_id + '\n' +
                                 credentials.organization_id + '\n' + scope_list(credentials),
                             secrets);
}

}  // namespace aep::delivery
