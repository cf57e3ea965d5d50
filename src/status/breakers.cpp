#include "status/breakers.hpp"

#include "status/request_window.hpp"

namespace aep::status {

edge::Breaker& Breakers::of(std::string_view base_url) noexcept {
    const std::uint64_t host = RequestWindow::key("host", base_url);
    for (std::size_t step = 0; step < kHosts; ++step) {
        Slot& slot = slots_[(host + step) % kHosts];
        if (slot.host == 0) {
            slot.host = host;
        }
        if (slot.host == host) {
            return slot.breaker;
        }
    }
    return slots_[host % kHosts].breaker;
}

}  // namespace aep::status
