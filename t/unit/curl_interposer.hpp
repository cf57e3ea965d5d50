#pragma once

// Stands between libcurl and a test's engine. For one program each: it brings a function of libcurl's.

#include <curl/curl.h>
#include <dlfcn.h>

namespace aep::test {

/// As if libcurl had found nothing to do.
constexpr CURLMcode kDoNothing = CURLM_LAST;

/// What a test does first in each curl_multi_socket_action, on the engine's thread. What is not CURLM_OK is returned
/// instead of doing its work.
CURLMcode before_socket_action();

}  // namespace aep::test

// Not inline: libcurl's would be called instead.
// NOLINTNEXTLINE(misc-definitions-in-headers)
extern "C" __attribute__((visibility("default"))) CURLMcode curl_multi_socket_action(CURLM* multi,
                                                                                     curl_socket_t socket,
                                                                                     int ev_bitmask,
                                                                                     int* running) {
    using Function = CURLMcode (*)(CURLM*, curl_socket_t, int, int*);
    static const auto real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "curl_multi_socket_action"));
    const CURLMcode result = aep::test::before_socket_action();
    if (result == aep::test::kDoNothing) {
        return CURLM_OK;
    }
    return result != CURLM_OK ? result : real(multi, socket, ev_bitmask, running);
}
