#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "edge/message.hpp"
#include "settings/credentials.hpp"

namespace aep::delivery {

/// A token, or why Adobe's token service (IMS) gave none.
struct TokenAnswer {
    enum class Kind : std::uint8_t {
        token,
        outage,        ///< later, perhaps
        wrong_client,  ///< not with this secret
        refused,       ///< not with this credential
    };

    Kind kind = Kind::outage;
    std::string token;
    std::chrono::milliseconds life{0};
    std::string
        problem;  ///< for the log: holds nothing that came with the answer but what RFC 6749 5.2 has words for
};

/// Asks for a token with one of the credential's secrets. Throws std::bad_alloc.
edge::Request token_request(const settings::Credentials& credentials, std::size_t secret,
                            std::shared_ptr<const settings::Endpoint> service);

TokenAnswer token_answer(const edge::Response& response);

/// What an operator can do about a refusal, whose `problem` it was.
const char* token_advice(const TokenAnswer& answer) noexcept;

/// Stands for a credential, in a table.
std::uint64_t fingerprint_of(const settings::Credentials& credentials);

}  // namespace aep::delivery
