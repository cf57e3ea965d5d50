#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "text/digest.hpp"

namespace aep::shared {

/// Names that counters are kept for, in shared memory (all zero: none). A name keeps its place for as long as the memory
/// lives. There are at most `Places`; all that come later share one more place, kOther. No lock: a process that is
/// killed while it writes a name leaves a place that the next who uses the name completes.
template <std::size_t Places, std::size_t Size>
class Names {
  public:
    static constexpr std::size_t kOther = Places;
    static constexpr std::size_t kPlaces = Places + 1;  ///< the other one included
    static constexpr std::size_t kLongest = Size;       ///< bytes of a name

    /// Where a name is counted; a new one gets one of the first `limit` places that is free. What is longer than kLongest
    /// bytes is known by its beginning.
    std::size_t place_of(std::string_view name, std::size_t limit = Places) noexcept {
        name = name.substr(0, kLongest);
        const std::uint64_t key = text::fingerprint("name", name);
        for (std::size_t at = 0; at < std::min(limit, Places); ++at) {
            Place& place = places_[at];
            std::uint64_t found = place.key.load(std::memory_order_acquire);
            if (found == 0 && place.key.compare_exchange_strong(found, key, std::memory_order_acq_rel)) {
                found = key;
            }
            if (found == key) {
                complete(place, name);
                return at;
            }
        }
        return find(key, limit);
    }

    /// Empty where the place is not taken.
    [[nodiscard]] std::string_view at(std::size_t place) const noexcept {
        if (place >= Places) {
            return {};
        }
        return {places_[place].characters.data(), places_[place].size.load(std::memory_order_acquire)};
    }

  private:
    struct Place {
        std::atomic<std::uint64_t> key;   ///< 0: free
        std::atomic<std::uint32_t> size;  ///< 0: not written yet
        std::array<char, kLongest> characters;
    };

    static void complete(Place& place, std::string_view name) noexcept {
        if (place.size.load(std::memory_order_acquire) == 0) {
            std::copy(name.begin(), name.end(), place.characters.begin());
            place.size.store(static_cast<std::uint32_t>(name.size()), std::memory_order_release);
        }
    }

    /// Among the places that a name of its kind could not take.
    [[nodiscard]] std::size_t find(std::uint64_t key, std::size_t from) const noexcept {
        for (std::size_t at = from; at < Places; ++at) {
            if (places_[at].key.load(std::memory_order_acquire) == key) {
                return at;
            }
        }
        return kOther;
    }

    std::array<Place, Places> places_;
};

}  // namespace aep::shared
