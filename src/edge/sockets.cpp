#include "sockets.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <new>
#include <system_error>

namespace aep::edge {
namespace {

using std::chrono::milliseconds;

short events_of(int what) noexcept {
    const bool in = what == CURL_POLL_IN || what == CURL_POLL_INOUT;
    const bool out = what == CURL_POLL_OUT || what == CURL_POLL_INOUT;
    return static_cast<short>((in ? POLLIN : 0) | (out ? POLLOUT : 0));
}

int action_of(short events) noexcept {
    return ((events & (POLLIN | POLLHUP)) != 0 ? CURL_CSELECT_IN : 0) |
           ((events & POLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
           ((events & (POLLERR | POLLNVAL)) != 0 ? CURL_CSELECT_ERR : 0);
}

}  // namespace

Sockets::Sockets() : polled_(1) {
    if (!wake_.is_open()) {
        throw std::system_error(errno, std::generic_category(), "eventfd or pipe");
    }
    polled_.front() = {wake_.read_end(), POLLIN, 0};
}

Sockets::~Sockets() {
    wake_.close();
}

void Sockets::serve(CURLM* multi) noexcept {
    multi_ = multi;
    polled_.resize(1);
    ready_.clear();
    due_.reset();
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &Sockets::on_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, static_cast<void*>(this));
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &Sockets::on_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, static_cast<void*>(this));
}

CURLMcode Sockets::act() noexcept {
    CURLMcode result = CURLM_OK;
    int running = 0;
    // A socket that was closed meanwhile, or its number used again, is no harm: libcurl reads, and finds nothing.
    for (std::size_t index = 0; index < ready_.size() && result == CURLM_OK; ++index) {
        const pollfd one = ready_[index];  // a new socket may move them
        result = curl_multi_socket_action(multi_, one.fd, action_of(one.revents), &running);
    }
    ready_.clear();
    if (result == CURLM_OK && due_ && *due_ <= Clock::now()) {
        due_.reset();
        result = curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    return result;
}

void Sockets::wait(milliseconds longest) noexcept {
    if (due_) {
        const auto left = std::chrono::ceil<milliseconds>(*due_ - Clock::now());
        longest = std::clamp(left, milliseconds(0), longest);
    }
    int count = ::poll(polled_.data(), polled_.size(), static_cast<int>(longest.count()));
    if (count > 0 && polled_.front().revents != 0) {
        wake_.hear();
        --count;
    }
    for (auto one = polled_.begin() + 1; count > 0 && one != polled_.end(); ++one) {
        if (one->revents != 0) {
            ready_.push_back(*one);  // there is room: see watch()
            --count;
        }
    }
}

/// False without memory.
bool Sockets::watch(curl_socket_t socket, int what) noexcept {
    const auto place = std::find_if(polled_.begin() + 1, polled_.end(),
                                    [socket](const pollfd& one) { return one.fd == socket; });
    if (what == CURL_POLL_REMOVE) {
        if (place != polled_.end()) {
            *place = polled_.back();
            polled_.pop_back();
        }
        return true;
    }
    if (place != polled_.end()) {
        place->events = events_of(what);
        return true;
    }
    try {
        ready_.reserve(polled_.size());
        polled_.push_back({socket, events_of(what), 0});
    } catch (const std::bad_alloc&) {
        return false;
    }
    return true;
}

int Sockets::on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) noexcept {
    return static_cast<Sockets*>(self)->watch(socket, what) ? 0 : -1;
}

int Sockets::on_timer(CURLM*, long milliseconds_left, void* self) noexcept {
    auto& due = static_cast<Sockets*>(self)->due_;
    if (milliseconds_left < 0) {
        due.reset();
    } else {
        due = Clock::now() + milliseconds(milliseconds_left);
    }
    return 0;
}

}  // namespace aep::edge
