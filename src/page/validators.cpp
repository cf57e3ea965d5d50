#include "page/validators.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "text/http_field.hpp"

namespace aep::page {
namespace {

// "abc" becomes W/"abc-aep.0123abcd", and W/"abc" becomes W/"abc-aepw.0123abcd".
constexpr std::string_view kStrongMark = "-aep.";
constexpr std::string_view kWeakMark = "-aepw.";
constexpr std::size_t kVersionLength = 8;
constexpr std::string_view kWeak = "W/";
constexpr std::string_view kQuote = "\"";
constexpr std::string_view kNone = "\"-aep\"";  ///< an entity tag that nobody has

class Hexadecimal {
  public:
    explicit Hexadecimal(std::uint32_t version) noexcept {
        for (std::size_t i = kVersionLength; i > 0; --i, version >>= 4U) {
            digits_[i - 1] = "0123456789abcdef"[version & 0xFU];
        }
    }
    [[nodiscard]] std::string_view view() const noexcept { return {digits_.data(), digits_.size()}; }

  private:
    std::array<char, kVersionLength> digits_{};
};

/// An entity tag in its parts (RFC 9110 8.8.3).
struct EntityTag {
    bool is_weak = false;
    std::string_view opaque;  ///< between the quotes
};

std::optional<EntityTag> parse(std::string_view text) noexcept {
    EntityTag tag;
    tag.is_weak = text.starts_with(kWeak);
    text.remove_prefix(tag.is_weak ? kWeak.size() : 0);
    if (text.size() < 2 || !text.starts_with('"') || text.find('"', 1) != text.size() - 1) {
        return std::nullopt;
    }
    tag.opaque = text.substr(1, text.size() - 2);
    return tag;
}

/// An entity tag of ours in its parts.
struct TaggedVersion {
    std::string_view opaque;
    bool was_weak = false;
    std::string_view version;
};

std::optional<TaggedVersion> parse_tagged(std::string_view opaque) noexcept {
    if (opaque.size() < kVersionLength + kStrongMark.size()) {
        return std::nullopt;
    }
    const std::string_view version = opaque.substr(opaque.size() - kVersionLength);
    const std::string_view front = opaque.substr(0, opaque.size() - kVersionLength);
    for (const std::string_view mark : {kStrongMark, kWeakMark}) {
        if (front.ends_with(mark)) {
            return TaggedVersion{front.substr(0, front.size() - mark.size()), mark == kWeakMark, version};
        }
    }
    return std::nullopt;
}

/// Takes the first element from a list: up to a comma that is not in quotes.
std::string_view take_element(std::string_view& list) noexcept {
    bool is_quoted = false;
    std::size_t end = 0;
    for (; end < list.size() && (is_quoted || list[end] != ','); ++end) {
        is_quoted = is_quoted != (list[end] == '"');
    }
    const std::string_view element = list.substr(0, end);
    list.remove_prefix(end == list.size() ? end : end + 1);
    return element;
}

}  // namespace

std::uint32_t tag_version(std::string_view tag) noexcept {
    std::uint32_t hash = 2166136261U;  // FNV-1a, 32 bits
    for (const char c : tag) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    }
    return hash;
}

std::string_view with_tag_version(std::string_view etag, std::uint32_t version, char* room) noexcept {
    static_assert(kTagVersionRoom == kWeak.size() + kWeakMark.size() + kVersionLength);
    const auto tag = parse(etag);
    if (!tag) {
        return etag;
    }
    const Hexadecimal digits(version);
    char* end = room;
    for (const std::string_view part :
         {kWeak, kQuote, tag->opaque, tag->is_weak ? kWeakMark : kStrongMark, digits.view(), kQuote}) {
        end = std::copy(part.begin(), part.end(), end);
    }
    return {room, static_cast<std::size_t>(end - room)};
}

bool has_entity_tag(std::string_view list, std::string_view etag) {
    const auto wanted = parse(etag);
    while (wanted && !list.empty()) {
        const auto tag = parse(text::trimmed(take_element(list)));
        if (tag && tag->opaque == wanted->opaque) {
            return true;
        }
    }
    return false;
}

IfNoneMatch original_if_none_match(std::string_view header, std::uint32_t version, bool wants_page) {
    const Hexadecimal ours(version);
    IfNoneMatch result;
    while (!header.empty()) {
        const std::string_view text = text::trimmed(take_element(header));
        const auto tag = parse(text);
        const auto tagged = tag ? parse_tagged(tag->opaque) : std::nullopt;
        std::string original(text);
        if (tagged && tagged->version == ours.view()) {
            result.has_our_version = true;
            original =
                std::string(tagged->was_weak ? kWeak : "").append("\"").append(tagged->opaque).append("\"");
        } else if (tagged || (tag && wants_page)) {
            original.clear();
        }
        result.is_changed = result.is_changed || original != text;
        if (!original.empty()) {
            result.value.append(result.value.empty() ? "" : ", ").append(original);
        }
    }
    if (result.value.empty() && result.is_changed) {
        result.value = kNone;
    }
    return result;
}

}  // namespace aep::page
