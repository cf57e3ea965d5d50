#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "text/digest.hpp"

namespace aep::authentication {

/// Bearer tokens (RFC 6750) that open something. Only their digests are kept, so that nothing that looks into memory
/// finds one. Immutable.
class TokenList {
  public:
    /// What is wrong with a text of tokens; never a part of it.
    struct Error {
        std::string text;  ///< a predicate, as in "holds no token"
    };

    static constexpr std::size_t kShortest = 16;  ///< characters: what is shorter can be guessed
    static constexpr std::size_t kLongest = 4096;
    static constexpr std::size_t kMost = 1000;

    /// One token a line. Blanks around it, empty lines and lines that begin with # do not count.
    static std::variant<TokenList, Error> parse(std::string_view content);

    /// Whether it is one of them. Takes as long for what is nearly one as for anything else of its length.
    [[nodiscard]] bool holds(std::string_view token) const;

    [[nodiscard]] bool has_short_ones() const noexcept { return has_short_ones_; }

  private:
    std::vector<text::Sha256> digests_;
    bool has_short_ones_ = false;
};

/// The token of a value of the header Authorization; empty where it holds none (RFC 6750 2.1).
std::string_view bearer_token(std::string_view authorization) noexcept;

}  // namespace aep::authentication
