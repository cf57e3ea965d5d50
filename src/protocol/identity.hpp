#pragma once

#include <string>
#include <string_view>

namespace aep::protocol {

/// The value of an identity cookie of our own making: Edge's protobuf with field 1, the ECID, alone.
std::string mint_identity(std::string_view ecid);

/// The ECID of an identity that mint_identity() made; empty for Edge's own, which always say more.
std::string minted_ecid(std::string_view identity);

/// The ECID of any identity cookie's value, Edge's own included; empty when it cannot be read.
std::string ecid_of(std::string_view identity);

/// Whether a state entry's key is that of an identity, of whichever organization.
bool is_identity_key(std::string_view key) noexcept;

}  // namespace aep::protocol
