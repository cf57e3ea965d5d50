#pragma once

#include <span>
#include <string>

namespace aep::text {

/// Writes 16 bytes as a UUID, after setting its version and variant (RFC 9562 4).
std::string format_uuid(std::span<const unsigned char, 16> bytes, unsigned version);

/// A random UUID, version 4; empty where the system's generator fails.
std::string random_uuid();

}  // namespace aep::text
