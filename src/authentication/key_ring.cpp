#include "key_ring.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>

#include "file_content.hpp"

namespace aep::authentication {

std::variant<KeyRing, KeyRing::Error> KeyRing::read(const std::string& directory) {
    std::error_code error;
    std::filesystem::directory_iterator files(directory, error);
    KeyRing ring;
    for (; !error && files != std::filesystem::directory_iterator(); files.increment(error)) {
        const std::filesystem::path& file = files->path();
        if (file.extension() != ".pem") {
            continue;
        }
        const std::string name = file.filename().string();
        FileContent content = read_file(file.string());
        auto key =
            content.error.empty() ? PublicKey::from_pem(content.text) : PublicKey::Error{content.error};
        if (const auto* wrong = std::get_if<Error>(&key)) {
            return Error{"has a file \"" + name + "\" that " + wrong->text};
        }
        if (ring.keys_.size() == kMost) {
            return Error{"holds more than " + std::to_string(kMost) + " keys"};
        }
        ring.keys_.emplace(name, std::get<PublicKey>(std::move(key)));
    }
    if (error) {
        return Error{"cannot be read: " + error.message()};
    }
    if (ring.keys_.empty()) {
        return Error{"holds no file that ends in \".pem\": expected the public keys of Adobe I/O Events"};
    }
    return ring;
}

bool KeyRing::have_signed(std::string_view message, std::string_view signature,
                          std::string_view path) const noexcept {
    const std::string_view name = path.substr(path.rfind('/') + 1);
    if (const auto found = keys_.find(name); found != keys_.end()) {
        return found->second.has_signed(message, signature);
    }
    return std::ranges::any_of(keys_,
                               [&](const auto& key) { return key.second.has_signed(message, signature); });
}

}  // namespace aep::authentication
