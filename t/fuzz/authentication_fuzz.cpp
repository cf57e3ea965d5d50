// Nothing that is made up opens anything, and whatever a header or a file holds does no harm.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

#include "authentication/public_key.hpp"
#include "authentication/signatures.hpp"
#include "authentication/token_list.hpp"

namespace {

using namespace aep::authentication;

constexpr std::string_view kBody = R"({"order":{"increment_id":"000000042"}})";

// Its private key was thrown away.
constexpr std::string_view kKey = R"(-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwFXd2Qdq/g2Jw98jNxcn
1GWh0sqJcwcVsQYZEQyj8U4RKJqN6ZUjFfzobvyIsO2jFImJycYLQuSbAzOIhHl5
NwImpNYmhaAznTS5jOZInIcI3HvHYis0R9NNcp+0A/84CfZ6/WMfWHH6ugx1mBJ0
8y1mnQIQov6aumpPw+wb6gUGXy5JjnTFC4q+ppZQTOe1Xkq9kZzmKswuFaSUS0sK
6CPKNrNY7ENbpkerqglsaa4zYjjZMfLm8enS5sGpc7aUMPtL1sTnphsCDrby6T82
czEpzu1ZNbtyFxiOkNCImmUNK/h9P3tWwuVFlQzSBTBmjgDcJhH14Fq50bCeS/Gf
0wIDAQAB
-----END PUBLIC KEY-----
)";

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

void try_token(std::string_view text) {
    static const TokenList list = std::get<TokenList>(TokenList::parse("token-of-the-shops-own-backend\n"));
    const std::string_view token = bearer_token(text);
    require(token.size() <= text.size());
    require(list.holds(token) == (token == "token-of-the-shops-own-backend"));
}

void try_signature(std::string_view text) {
    static const PublicKey key = std::get<PublicKey>(PublicKey::from_pem(kKey));
    require(!is_signed_by_commerce(key, kBody, text));
}

void try_base64(std::string_view text) {
    require(decode_base64(encode_base64(text)) == text);
    const std::string bytes = decode_base64(text);
    require(bytes.size() <= text.size());
}

void try_files(std::string_view text) {
    if (auto tokens = TokenList::parse(text); const auto* error = std::get_if<TokenList::Error>(&tokens)) {
        require(!error->text.empty());
    }
    if (auto key = PublicKey::from_pem(text); const auto* error = std::get_if<PublicKey::Error>(&key)) {
        require(!error->text.empty());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    constexpr unsigned kParts = 4;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % kParts) {
        case 0:
            try_token(text);
            break;
        case 1:
            try_signature(text);
            break;
        case 2:
            try_base64(text);
            break;
        default:
            try_files(text);
            break;
    }
    return 0;
}
