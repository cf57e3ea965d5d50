#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "public_key.hpp"

namespace aep::authentication {

/// The keys that Adobe I/O Events signs with, by the names of their files. Immutable.
class KeyRing {
  public:
    using Error = PublicKey::Error;

    static constexpr std::size_t kMost = 16;  ///< a wrong signature costs a check with each

    /// Reads all files of a directory whose names end in ".pem".
    static std::variant<KeyRing, Error> read(const std::string& directory);

    /// `path`: as Adobe names a key, "/prod/keys/pub-key-<UUID>.pem"; only its last part counts. Where there is no file
    /// of that name, any key will do: all of them were put there for that.
    [[nodiscard]] bool have_signed(std::string_view message, std::string_view signature,
                                   std::string_view path) const noexcept;

  private:
    std::map<std::string, PublicKey, std::less<>> keys_;
};

}  // namespace aep::authentication
