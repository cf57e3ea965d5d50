#include "response_collector.hpp"

#include "text/ascii.hpp"
#include "text/http_field.hpp"

namespace aep::edge {
namespace {

constexpr std::size_t kUsualHeaders = 16;  ///< of an answer of Edge; one piece of memory instead of five

}  // namespace

void ResponseCollector::clear() noexcept {
    headers_ = {};
    body_ = {};
    header_bytes_ = 0;
    in_headers_ = false;
    too_large_ = false;
}

bool ResponseCollector::header_line(std::string_view line) {
    if (line.starts_with("HTTP/")) {
        headers_.clear();
        headers_.reserve(kUsualHeaders);
        header_bytes_ = 0;
        in_headers_ = true;
    }
    header_bytes_ += line.size();
    if (header_bytes_ > kMaxHeaders) {
        too_large_ = true;
        return false;
    }
    if (text::trimmed(line).empty()) {
        in_headers_ = false;
    } else if (in_headers_) {
        line.front() == ' ' || line.front() == '\t' ? folded(line) : field(line);
    }
    return true;
}

bool ResponseCollector::body(std::string_view piece) {
    if (piece.size() > max_body_ - body_.size()) {
        too_large_ = true;
        return false;
    }
    body_.append(piece);
    return true;
}

void ResponseCollector::field(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) {
        headers_.emplace_back(text::lower_case(line.substr(0, colon)), text::trimmed(line.substr(colon + 1)));
    }
}

/// RFC 9112 5.2: a line folding stands for a space.
void ResponseCollector::folded(std::string_view line) {
    if (!headers_.empty()) {
        headers_.back().second.append(" ").append(text::trimmed(line));
    }
}

}  // namespace aep::edge
