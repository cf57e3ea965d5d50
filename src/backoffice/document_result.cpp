#include "document_result.hpp"

#include "text/json_text.hpp"

namespace aep::backoffice {
namespace {

void append_member(std::string& out, std::string_view name, std::string_view value) {
    if (!value.empty()) {
        out += ",\"";
        out += name;
        out += "\":";
        text::json::append_quoted(out, value);
    }
}

}  // namespace

std::string_view name_of(DocumentResult::Kind kind) noexcept {
    switch (kind) {
        case DocumentResult::Kind::pending:
        case DocumentResult::Kind::unavailable:
            return "unavailable";
        case DocumentResult::Kind::accepted:
            return "accepted";
        case DocumentResult::Kind::duplicate:
            return "duplicate";
        case DocumentResult::Kind::ignored:
            return "ignored";
        case DocumentResult::Kind::invalid:
            return "invalid";
    }
    return "";
}

void append_json(std::string& out, const DocumentResult& result) {
    out += '{';
    if (result.line != 0) {
        out += "\"line\":" + std::to_string(result.line) + ',';
    }
    out += "\"result\":\"";
    out += name_of(result.kind);
    out += '"';
    append_member(out, "event", result.event);
    append_member(out, "id", result.id);
    append_member(out, "reason", result.reason);
    append_member(out, "path", result.path);
    append_member(out, "expected", result.expected);
    out += '}';
}

}  // namespace aep::backoffice
