#include "xdm_writer.hpp"

#include "text/json_text.hpp"

namespace aep::backoffice::mapping {

void XdmWriter::text(std::string_view name, std::string_view value) {
    if (!value.empty()) {
        begin_member(name);
        text::json::append_quoted(text_, value);
        containers_.back().has_members = true;
    }
}

void XdmWriter::number(std::string_view name, std::optional<Decimal> value) {
    if (value) {
        begin_member(name);
        text_ += value->text();
        containers_.back().has_members = true;
    }
}

void XdmWriter::time(std::string_view name, std::optional<Time> value) {
    if (value) {
        text(name, to_rfc3339(*value));
    }
}

void XdmWriter::boolean(std::string_view name, bool value) {
    begin_member(name);
    text_ += value ? "true" : "false";
    containers_.back().has_members = true;
}

void XdmWriter::open(std::string_view name, char bracket) {
    const std::size_t begin = text_.size();
    begin_member(name);
    text_.push_back(bracket);
    containers_.push_back({begin});
}

void XdmWriter::close(char bracket) {
    const Container container = containers_.back();
    containers_.pop_back();
    if (!container.has_members && !containers_.empty()) {
        text_.resize(container.begin);
        return;
    }
    text_.push_back(bracket);
    if (!containers_.empty()) {
        containers_.back().has_members = true;
    }
}

void XdmWriter::begin_member(std::string_view name) {
    if (!containers_.empty() && containers_.back().has_members) {
        text_.push_back(',');
    }
    if (!name.empty()) {
        text::json::append_quoted(text_, name);
        text_.push_back(':');
    }
}

}  // namespace aep::backoffice::mapping
