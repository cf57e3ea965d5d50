#pragma once

#include <string_view>

#include "key_ring.hpp"
#include "public_key.hpp"

namespace aep::authentication {

/// Whether Adobe Commerce has signed a webhook's body, by the value of x-adobe-commerce-webhook-signature. What Commerce
/// signs is the Base64 text of the raw body in Adobe's examples. That is not verified against Commerce, so the raw body
/// itself counts as well; nobody but the holder of the private key can sign either.
bool is_signed_by_commerce(const PublicKey& key, std::string_view body, std::string_view signature);

/// What Adobe I/O Events says of its signatures, by headers.
struct EventSignatures {
    std::string_view first;        ///< x-adobe-digital-signature-1
    std::string_view first_path;   ///< x-adobe-public-key1-path
    std::string_view second;       ///< x-adobe-digital-signature-2
    std::string_view second_path;  ///< x-adobe-public-key2-path
};

/// One of the two signatures over the raw body is enough, as Adobe says.
bool is_signed_by_io_events(const KeyRing& keys, std::string_view body, const EventSignatures& signatures);

}  // namespace aep::authentication
