#include "problem.hpp"

#include <utility>

#include "text/json_text.hpp"

namespace aep::protocol {
namespace {

Problem edge_problem(int status, std::string_view code, std::string_view title, std::string detail) {
    std::string type("https://ns.adobe.com/aep/errors/EXEG-");
    return {status, type.append(code), std::string(title), std::move(detail)};
}

}  // namespace

Problem invalid_json(std::string detail) {
    return edge_problem(400, "0101-400", "The request body is not valid JSON", std::move(detail));
}

Problem invalid_value(std::string detail) {
    return edge_problem(400, "0102-400", "A value in the request body has the wrong shape",
                        std::move(detail));
}

Problem missing_member(std::string detail) {
    return edge_problem(400, "0103-400", "The request body lacks a mandatory member", std::move(detail));
}

Problem body_too_large() {
    return edge_problem(413, "0112-413", "The request body is too large",
                        "The body is larger than the " + std::to_string(kMaxBody) +
                            " bytes that the Edge Network takes. Send fewer or smaller events.");
}

Problem refused_by_edge(int status) {
    return {
        status, "about:blank", "Refused by the Edge Network",
        "The answer of the Edge Network is no JSON, expected a problem of its own that says why. The shop's "
        "operator finds more in the error log."};
}

std::string to_json(const Problem& problem, const std::string& request_id) {
    std::string out(R"({"type":)");
    text::json::append_quoted(out, problem.type);
    out.append(R"(,"status":)").append(std::to_string(problem.status)).append(R"(,"title":)");
    text::json::append_quoted(out, problem.title);
    out.append(R"(,"detail":)");
    text::json::append_quoted(out, problem.detail);
    if (!request_id.empty()) {
        out.append(R"(,"report":{"requestId":)");
        text::json::append_quoted(out, request_id);
        out.push_back('}');
    }
    out.push_back('}');
    return out;
}

}  // namespace aep::protocol
