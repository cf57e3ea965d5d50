#include "protocol/client_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace aep::protocol {
namespace {

using Text = std::array<char, INET6_ADDRSTRLEN>;

/// The address in its canonical text, its bytes from `kept` on zeroed; empty when it is not of that family.
template <std::size_t Size>
std::string masked(const std::string& address, int family, std::size_t kept) {
    std::array<unsigned char, Size> bytes{};
    if (::inet_pton(family, address.c_str(), bytes.data()) != 1) {
        return {};
    }
    std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(kept), bytes.end(), static_cast<unsigned char>(0));
    Text text{};
    return ::inet_ntop(family, bytes.data(), text.data(), static_cast<socklen_t>(text.size())) == nullptr
               ? ""
               : text.data();
}

}  // namespace

std::string client_address(std::string_view address, settings::ClientIp privacy) {
    if (privacy == settings::ClientIp::off) {
        return {};
    }
    const bool whole = privacy == settings::ClientIp::full;
    // An IPv6 socket that takes IPv4 too names such clients so (RFC 4291 2.5.5.2).
    constexpr std::string_view kMapped = "::ffff:";
    const bool is_mapped = address.starts_with(kMapped) && address.find('.') != std::string_view::npos;
    const std::string text(is_mapped ? address.substr(kMapped.size()) : address);
    constexpr std::size_t kBytes4 = 4;
    constexpr std::size_t kBytes6 = 16;
    std::string result = masked<kBytes4>(text, AF_INET, whole ? kBytes4 : 3);
    return result.empty() ? masked<kBytes6>(text, AF_INET6, whole ? kBytes6 : 6) : result;
}

}  // namespace aep::protocol
