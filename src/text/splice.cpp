#include "splice.hpp"

#include <algorithm>

namespace aep::text {

std::string splice(std::string_view text, Edits edits) {
    const auto earlier = [](const Edit& a, const Edit& b) { return a.span.begin < b.span.begin; };
    if (!std::is_sorted(edits.begin(), edits.end(), earlier)) {
        std::stable_sort(edits.begin(), edits.end(), earlier);
    }
    std::size_t size = text.size();
    for (const Edit& edit : edits) {
        size += edit.text.size();
        size -= edit.span.end - edit.span.begin;
    }
    std::string out;
    out.reserve(size);
    std::size_t copied = 0;
    for (const Edit& edit : edits) {
        out.append(text.substr(copied, edit.span.begin - copied)).append(edit.text);
        copied = edit.span.end;
    }
    out.append(text.substr(copied));
    return out;
}

void Pruning::add(json::Span span, Fate fate, std::size_t first_edit) {
    if (leading_) {
        edits_[*leading_].span.end = span.begin;
        leading_.reset();
    }
    if (fate == Fate::stay) {
        ++stayed_;
    } else {
        ++dropped_;
        edits_.resize(first_edit);  // what was to change inside goes too
        if (stayed_ == 0) {
            leading_ = edits_.size();
        }
        edits_.push_back({{stayed_ == 0 ? span.begin : previous_end_, span.end}, {}});
    }
    previous_end_ = span.end;
}

void EditingWalk::append(Edited& container, std::string_view text) {
    const std::size_t close = container.span.end - 1;
    const std::string_view separator = container.stayed > 0 ? "," : "";
    ++container.stayed;
    std::string& inserted = edits.emplace_back(Edit{{close, close}, {}}).text;
    inserted.reserve(separator.size() + text.size());
    inserted.append(separator).append(text);
}

}  // namespace aep::text
