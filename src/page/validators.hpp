#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace aep::page {

/// The name of a tag in validators. It changes with the SDK file and with every setting that is in the tag.
std::uint32_t tag_version(std::string_view tag) noexcept;

/// By how much with_tag_version() makes an entity tag longer, at most.
constexpr std::size_t kTagVersionRoom = 16;

/// The entity tag of a page with our tag. It is weak (RFC 9110 8.8.1), and tells the version of the original and of the
/// tag. `etag` is the original page's; what is no entity tag is returned as it is. The result is written to `room`,
/// which has etag.size() + kTagVersionRoom bytes.
std::string_view with_tag_version(std::string_view etag, std::uint32_t version, char* room) noexcept;

/// Whether a list of entity tags has this one, by the weak comparison of If-None-Match (RFC 9110 8.8.3.2).
bool has_entity_tag(std::string_view list, std::string_view etag);

/// If-None-Match (RFC 9110 13.1.2) as it must reach whoever made the original page.
struct IfNoneMatch {
    std::string value;
    bool is_changed = false;
    bool has_our_version = false;  ///< the client has a page with this very tag
};

/// Makes the original's entity tags out of ours. One with another version of the tag is left out, and so is,
/// when `wants_page`, one without: the client's copy is from before this module. "*" stays.
IfNoneMatch original_if_none_match(std::string_view header, std::uint32_t version, bool wants_page);

}  // namespace aep::page
