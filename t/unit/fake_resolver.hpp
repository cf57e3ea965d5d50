#pragma once

#include <dlfcn.h>
#include <netdb.h>

#include <chrono>
#include <string_view>
#include <thread>

/// Takes the place of libc's function, for libcurl too, because the program comes first when names are bound:
/// "*.stuck" is never answered (for 20 s, which outlasts every test), "*.missing" does not exist, and "*.test"
/// is this machine. To be included by one source file of a program.
// NOLINTNEXTLINE(misc-definitions-in-headers,readability-inconsistent-declaration-parameter-name)
extern "C" __attribute__((visibility("default"))) int getaddrinfo(const char* name, const char* service,
                                                                  const addrinfo* hints, addrinfo** result) {
    using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
    const std::string_view host = name == nullptr ? "" : name;
    if (host.ends_with(".stuck")) {
        std::this_thread::sleep_for(std::chrono::seconds(20));
        return EAI_AGAIN;
    }
    if (host.ends_with(".missing")) {
        return EAI_NONAME;
    }
    return real(host.ends_with(".test") ? "127.0.0.1" : name, service, hints, result);
}
