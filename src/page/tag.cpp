#include "page/tag.hpp"

#include <cstddef>
#include <cstdint>

#include "text/ascii.hpp"

namespace aep::page {
namespace {

constexpr std::uint32_t kReplacement = 0xFFFD;

std::uint8_t byte_at(std::string_view text, std::size_t index) noexcept {
    return static_cast<std::uint8_t>(text[index]);
}

/// The bytes that follow the first one of a UTF-8 sequence, and the least code point of that length.
struct Lead {
    std::size_t following;
    std::uint32_t bits;
    std::uint32_t least;
};

Lead lead_of(std::uint8_t byte) noexcept {
    if (byte >= 0xC2 && byte <= 0xDF) {
        return {1, byte & 0x1FU, 0x80};
    }
    if (byte >= 0xE0 && byte <= 0xEF) {
        return {2, byte & 0x0FU, 0x800};
    }
    if (byte >= 0xF0 && byte <= 0xF4) {
        return {3, byte & 0x07U, 0x10000};
    }
    return {0, kReplacement, 0};
}

/// The code point at the front of non-ASCII text, which is removed. One U+FFFD for each byte that begins
/// nothing, overlong forms, surrogates and numbers beyond U+10FFFF included (RFC 3629 3).
std::uint32_t take_code_point(std::string_view& text) noexcept {
    const Lead lead = lead_of(byte_at(text, 0));
    std::uint32_t code_point = lead.bits;
    bool valid = lead.following != 0 && lead.following < text.size();
    for (std::size_t i = 1; valid && i <= lead.following; ++i) {
        valid = (byte_at(text, i) & 0xC0U) == 0x80;
        code_point = code_point << 6U | (byte_at(text, i) & 0x3FU);
    }
    valid = valid && code_point >= lead.least && code_point <= 0x10FFFF &&
            (code_point < 0xD800 || code_point > 0xDFFF);
    text.remove_prefix(valid ? lead.following + 1 : 1);
    return valid ? code_point : kReplacement;
}

void append_utf16_escape(std::string& out, std::uint32_t unit) {
    out += "\\u";
    for (const unsigned shift : {12U, 8U, 4U, 0U}) {
        out += text::kLowerHexDigits[unit >> shift & 0xFU];
    }
}

void append_code_point(std::string& out, std::uint32_t code_point) {
    if (code_point < 0x10000) {
        append_utf16_escape(out, code_point);
        return;
    }
    const std::uint32_t rest = code_point - 0x10000;
    append_utf16_escape(out, 0xD800 + (rest >> 10U));
    append_utf16_escape(out, 0xDC00 + (rest & 0x3FFU));
}

/// JSON text in pure ASCII. Outside of its strings valid JSON is ASCII already.
void append_json_text(std::string& out, std::string_view json) {
    while (!json.empty()) {
        if (byte_at(json, 0) < 0x80) {
            out += json.front();
            json.remove_prefix(1);
        } else {
            append_code_point(out, take_code_point(json));
        }
    }
}

/// Writes the members of one JSON object, and leaves out those that are empty.
class JsonObject {
  public:
    explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }

    void text(std::string_view name, std::string_view value) {
        if (!value.empty()) {
            member(name);
            append_json_string(out_, value);
        }
    }

    void json(std::string_view name, std::string_view value) {
        if (!value.empty()) {
            member(name);
            append_json_text(out_, value);
        }
    }

    void close() { out_ += '}'; }

  private:
    void member(std::string_view name) {
        if (!first_) {
            out_ += ',';
        }
        first_ = false;
        append_json_string(out_, name);
        out_ += ':';
    }

    std::string& out_;
    bool first_ = true;
};

std::string scope_json(const CommerceScope& scope) {
    std::string out;
    JsonObject object(out);
    object.text("environment", scope.environment);
    object.text("website", scope.website);
    object.text("store", scope.store);
    object.text("storeView", scope.store_view);
    object.close();
    return out == "{}" ? std::string() : out;
}

/// What differs from the defaults.
std::string data_layer_json(const DataLayerFacts& facts) {
    if (facts.mode == "off") {
        return R"("off")";
    }
    std::string out;
    JsonObject object(out);
    object.text("mode", facts.mode);
    object.text("name", facts.name);
    object.text("sku", facts.sku);
    object.text("currency", facts.currency);
    object.json("schema", facts.structured_data ? "" : "false");
    object.close();
    return out == "{}" ? std::string() : out;
}

std::string data_json(const TagFacts& facts) {
    std::string out;
    JsonObject object(out);
    object.json("v", "1");
    object.text("org", facts.organization_id);
    object.text("datastream", facts.datastream_id);
    object.text("gateway", encoded_path(facts.gateway));
    object.text("edge", facts.gateway.empty() ? facts.edge_host : std::string_view());
    object.text("sdk", facts.web_sdk_name);
    object.text("consent", facts.default_consent == "in" ? std::string_view() : facts.default_consent);
    object.text("optOut", facts.opt_out_cookie);
    object.json("gpc", facts.global_privacy_control ? "true" : "");
    object.text("pageView", facts.page_view_auto ? "" : "off");
    object.json("dataLayer", data_layer_json(facts.data_layer));
    object.json("scope", scope_json(facts.scope));
    object.json("options", facts.options_json);
    object.close();
    return out;
}

void append_named_attribute(std::string& out, std::string_view name, std::string_view value) {
    if (!value.empty()) {
        out += ' ';
        out += name;
        out += "=\"";
        append_attribute(out, value);
        out += '"';
    }
}

}  // namespace

void append_attribute(std::string& out, std::string_view text) {
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            default:
                out += c;
        }
    }
}

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        const std::uint8_t byte = byte_at(text, 0);
        if (byte >= 0x80) {
            append_code_point(out, take_code_point(text));
            continue;
        }
        if (byte == '"' || byte == '\\') {
            out += '\\';
            out += text.front();
        } else if (byte < 0x20 || byte == 0x7F || byte == '<') {
            // A browser ignores the nonce of a script that has "<script" in an attribute (CSP 6.7.1.1).
            append_utf16_escape(out, byte);
        } else {
            out += text.front();
        }
        text.remove_prefix(1);
    }
    out += '"';
}

std::string encoded_path(std::string_view path) {
    constexpr std::string_view kEscaped = "\"#%<>?[\\]^`{|}";
    std::string out;
    for (const char c : path) {
        const auto byte = static_cast<std::uint8_t>(c);
        if (byte > 0x20 && byte < 0x7F && kEscaped.find(c) == std::string_view::npos) {
            out += c;
        } else {
            out += '%';
            text::append_hex(out, byte);
        }
    }
    return out;
}

std::string render_tag(const TagFacts& facts) {
    const std::string source = encoded_path(facts.sdk_path) + encoded_path(facts.hash) + ".js";
    std::string out = "<script async";
    append_named_attribute(out, "src", source);
    append_named_attribute(out, "data-aep", data_json(facts));
    append_named_attribute(out, "nonce", facts.nonce);
    append_named_attribute(out, "integrity", facts.integrity);
    append_named_attribute(out, "crossorigin", facts.cors ? "anonymous" : "");
    out += "></script>";
    return out;
}

}  // namespace aep::page
