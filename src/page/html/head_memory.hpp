#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "page/html/head_finder.hpp"

namespace aep::page::html {

/// Remembers what HeadFinder has said of the beginnings of the last pages. The pages of a shop begin alike, and the
/// verdict depends on nothing but the bytes up to the one that tells: so a page that begins with those bytes need
/// not be read by the tokenizer. One for each worker process; not for several threads.
class HeadMemory {
  public:
    /// Longer beginnings are not remembered.
    static constexpr std::size_t kLongest = 512;

    /// Returns what was said of a page of the same beginning; null when there was none, or when the beginning is cut
    /// off.
    /// `charset_known`: as HeadFinder's.
    [[nodiscard]] const HeadFinder::Decision* find(std::string_view bytes, bool charset_known) const noexcept;

    /// Remembers what a finder decided when it was given `bytes`, the first of a page, at once.
    void remember(const HeadFinder::Decision& decision, std::string_view bytes, bool charset_known) noexcept;

  private:
    static constexpr std::size_t kBeginnings = 8;

    struct Beginning {
        HeadFinder::Decision decision;
        bool charset_known = false;
        std::uint16_t size = 0;  ///< 0: none
        std::array<char, kLongest> bytes;
    };

    std::array<Beginning, kBeginnings> beginnings_{};
    std::size_t next_ = 0;
};

}  // namespace aep::page::html
