#include "page/html/place_finder.hpp"

namespace aep::page::html {

Verdict PlaceFinder::feed(std::string_view bytes) noexcept {
    if (is_certain()) {
        return end_->feed(bytes);
    }
    const std::uint64_t offset = fed_;
    fed_ += bytes.size();
    start_.feed(bytes);
    if (end_ != nullptr && start_.verdict() == Verdict::searching) {
        end_->keep(bytes, fed_ - start_.settled());
    }
    return begin_end(bytes, offset);
}

Verdict PlaceFinder::flush() noexcept {
    if (is_certain()) {
        return end_->verdict();
    }
    start_.flush();
    return begin_end({}, fed_);
}

Verdict PlaceFinder::finish() noexcept {
    if (!is_certain()) {
        start_.finish();
        begin_end({}, fed_);
    }
    return is_certain() ? end_->finish() : start_.verdict();
}

Verdict PlaceFinder::take_over(const HeadFinder::Decision& decision, std::string_view bytes) noexcept {
    start_.take_over(decision);
    fed_ = bytes.size();
    return begin_end(bytes, 0);
}

/// The search for the last place begins with the end of that for the first.
Verdict PlaceFinder::begin_end(std::string_view bytes, std::uint64_t offset) noexcept {
    return is_certain() ? end_->begin(start_.position(), bytes, offset) : start_.verdict();
}

}  // namespace aep::page::html
