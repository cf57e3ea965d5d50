#include "shared/request_window.hpp"

namespace aep::shared {

RequestWindow::Sighting RequestWindow::note(std::uint64_t key, std::uint32_t now,
                                            std::uint32_t patience) noexcept {
    Bucket& places = bucket(key);
    std::size_t oldest = 0;
    for (std::size_t i = 0; i < kWays; ++i) {
        if (places.expiries[i] <= now) {
            places.keys[i] = 0;
            places.expiries[i] = 0;
        }
        if (places.keys[i] == key) {
            return places.are_safe[i] ? Sighting::safe : Sighting::under_way;
        }
        if (places.expiries[i] < places.expiries[oldest]) {
            oldest = i;
        }
    }
    places.keys[oldest] = key;
    places.expiries[oldest] = now + patience;
    places.are_safe[oldest] = false;
    return Sighting::fresh;
}

void RequestWindow::confirm(std::uint64_t key, std::uint32_t now) noexcept {
    Bucket& places = bucket(key);
    for (std::size_t i = 0; i < kWays; ++i) {
        if (places.keys[i] == key) {
            places.expiries[i] = now + kSeconds;
            places.are_safe[i] = true;
        }
    }
}

void RequestWindow::forget(std::uint64_t key) noexcept {
    Bucket& places = bucket(key);
    for (std::size_t i = 0; i < kWays; ++i) {
        if (places.keys[i] == key) {
            places.keys[i] = 0;
            places.expiries[i] = 0;
        }
    }
}

}  // namespace aep::shared
