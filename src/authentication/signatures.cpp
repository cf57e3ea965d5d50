#include "signatures.hpp"

#include <string>

#include "text/http_field.hpp"

namespace aep::authentication {

bool is_signed_by_commerce(const PublicKey& key, std::string_view body, std::string_view signature) {
    const std::string bytes = decode_base64(text::trimmed(signature));
    return !bytes.empty() && (key.has_signed(encode_base64(body), bytes) || key.has_signed(body, bytes));
}

bool is_signed_by_io_events(const KeyRing& keys, std::string_view body, const EventSignatures& signatures) {
    const auto is_good = [&](std::string_view signature, std::string_view path) {
        const std::string bytes = decode_base64(text::trimmed(signature));
        return !bytes.empty() && keys.have_signed(body, bytes, path);
    };
    return is_good(signatures.first, signatures.first_path) ||
           is_good(signatures.second, signatures.second_path);
}

}  // namespace aep::authentication
