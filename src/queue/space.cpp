#include "space.hpp"

#include <algorithm>
#include <cmath>

namespace aep::queue {

void Space::refresh() noexcept {
    const Counts total = ledger_.total();
    used_ = total.bytes + total.dead_bytes;
    orders_ = ledger_.orders().bytes;
    taken_ = {};
}

Space::Answer Space::take(const Entry& entry) noexcept {
    const std::uint64_t size = entry.size();
    const std::uint64_t most = limit(entry.source);
    if (size > most || used_ > most - size) {
        return Answer::full;
    }
    if (has_shares_ && entry.source == Source::storefront) {
        // So the others together always have as much as the one that has the most.
        const std::size_t share = ledger_.share_of(entry.lane);
        const std::uint64_t left = most - used_ - size;
        if (ledger_.held(share) + taken_[share] + size > left) {
            return Answer::share_full;
        }
        taken_[share] += size;
    }
    used_ += size;
    return Answer::yes;
}

Space::Answer Space::take_order(const Entry& entry) noexcept {
    const std::uint64_t size = entry.size();
    const bool is_reserved = orders_ + size <= max_size_ / kReservedPart;
    if (!is_reserved && take(entry) != Answer::yes) {
        return Answer::full;
    }
    used_ += is_reserved ? size : 0;
    orders_ += size;
    return Answer::yes;
}

std::uint64_t Space::limit(Source source) const noexcept {
    return source == Source::back_office ? max_size_ : max_size_ - max_size_ / kReservedPart;
}

std::uint64_t Space::excess_of_dead_letters(std::uint64_t own) const noexcept {
    const std::uint64_t all = std::max(ledger_.total().dead_bytes, own);
    if (own == 0 || all <= dead_letter_limit()) {
        return 0;
    }
    const auto excess = static_cast<double>(all - dead_letter_limit());
    return static_cast<std::uint64_t>(
        std::ceil(excess * (static_cast<double>(own) / static_cast<double>(all))));
}

}  // namespace aep::queue
