#include "page/html/head_memory.hpp"

#include <algorithm>

namespace aep::page::html {

const HeadFinder::Decision* HeadMemory::find(std::string_view bytes, bool charset_known) const noexcept {
    const auto found = std::ranges::find_if(beginnings_, [&](const Beginning& beginning) {
        return beginning.size != 0 && beginning.charset_known == charset_known &&
               bytes.starts_with(std::string_view(beginning.bytes.data(), beginning.size));
    });
    return found == beginnings_.end() ? nullptr : &found->decision;
}

void HeadMemory::remember(const HeadFinder::Decision& decision, std::string_view bytes,
                          bool charset_known) noexcept {
    if (decision.verdict == Verdict::searching || decision.read >= bytes.size() ||
        decision.read >= kLongest) {
        return;
    }
    const auto size = static_cast<std::size_t>(decision.read) + 1;
    Beginning& beginning = beginnings_[next_];
    next_ = (next_ + 1) % kBeginnings;
    beginning.decision = decision;
    beginning.charset_known = charset_known;
    beginning.size = static_cast<std::uint16_t>(size);
    std::copy_n(bytes.data(), size, beginning.bytes.begin());
}

}  // namespace aep::page::html
