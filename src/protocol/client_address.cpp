#include "protocol/client_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

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

struct Network {
    std::uint32_t address;
    unsigned bits;
};

/// RFC 6890: what is not reachable from the internet.
constexpr std::array<Network, 6> kNotVisitors{{
    {0x7F000000, 8},   // loopback
    {0x0A000000, 8},   // private
    {0xAC100000, 12},  // private
    {0xC0A80000, 16},  // private
    {0xA9FE0000, 16},  // link-local
    {0x64400000, 10},  // shared, inside of providers and clouds
}};

constexpr unsigned kBitsOf4 = 32;

std::string key_of_ipv4(std::span<const unsigned char, 4> bytes) {
    std::uint32_t address = 0;
    for (const unsigned char byte : bytes) {
        address = address << 8U | byte;
    }
    const bool is_visitor = std::ranges::none_of(kNotVisitors, [address](const Network& network) {
        return address >> (kBitsOf4 - network.bits) == network.address >> (kBitsOf4 - network.bits);
    });
    return is_visitor ? std::string(bytes.begin(), bytes.end()) : std::string();
}

std::string key_of_ipv6(std::span<const unsigned char, 16> bytes) {
    constexpr std::size_t kNetwork = 8;  // bytes
    constexpr std::array<unsigned char, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    if (std::ranges::equal(bytes.first<kMapped.size()>(), kMapped)) {
        return key_of_ipv4(bytes.last<4>());
    }
    const bool is_loopback =
        bytes.back() == 1 &&
        std::ranges::all_of(bytes.first<15>(), [](unsigned char byte) { return byte == 0; });
    const bool is_unique_local = (bytes[0] & 0xFEU) == 0xFCU;                    // fc00::/7
    const bool is_link_local = bytes[0] == 0xFE && (bytes[1] & 0xC0U) == 0x80U;  // fe80::/10
    return is_loopback || is_unique_local || is_link_local
               ? std::string()
               : std::string(bytes.begin(), bytes.begin() + kNetwork);
}

}  // namespace

std::string address_key(const sockaddr& address) {
    if (address.sa_family == AF_INET) {
        std::array<unsigned char, 4> bytes{};
        std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in&>(address).sin_addr, bytes.size());
        return key_of_ipv4(bytes);
    }
    if (address.sa_family == AF_INET6) {
        std::array<unsigned char, 16> bytes{};
        std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, bytes.size());
        return key_of_ipv6(bytes);
    }
    return {};
}

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
