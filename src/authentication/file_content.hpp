#pragma once

#include <cstdint>
#include <string>

namespace aep::authentication {

struct FileContent {
    std::string text;
    std::string
        error;  ///< a predicate, as in "cannot be read: No such file or directory"; empty: `text` is good
};

enum class Privacy : std::uint8_t {
    open,
    secret,      ///< others than its owner and its group must have no access
    own_secret,  ///< others than its owner must have none
};

/// The content of a small file (1 MB at most).
FileContent read_file(const std::string& path, Privacy privacy = Privacy::open);

}  // namespace aep::authentication
