#pragma once

#include <cstdint>
#include <string_view>

#include "page/html/head_end_finder.hpp"
#include "page/html/head_finder.hpp"

namespace aep::page::html {

/// Finds the place of the tag in <head>: as its first child, or as its last. Whether a document gets the tag at all is
/// the same question for both, and HeadFinder answers it.
class PlaceFinder {
  public:
    /// `end` finds the last place, and must outlive this; null for the first place.
    PlaceFinder(bool charset_known, HeadEndFinder* end) noexcept : start_(charset_known), end_(end) {}

    Verdict feed(std::string_view bytes) noexcept;
    Verdict flush() noexcept;
    Verdict finish() noexcept;

    [[nodiscard]] Verdict verdict() const noexcept {
        return is_certain() ? end_->verdict() : start_.verdict();
    }

    /// Whether it is known that the document gets the tag, though maybe not yet where.
    [[nodiscard]] bool is_certain() const noexcept {
        return end_ != nullptr && start_.verdict() == Verdict::found;
    }

    /// Where the tag goes, or what makes up for it if there was no place after all.
    [[nodiscard]] std::uint64_t position() const noexcept {
        return is_certain() ? end_->position() : start_.position();
    }

    [[nodiscard]] std::uint64_t settled() const noexcept {
        return is_certain() ? end_->settled() : start_.settled();
    }

    /// What HeadFinder has decided.
    [[nodiscard]] HeadFinder::Decision decision() const noexcept { return start_.decision(); }

    /// As HeadFinder's. `bytes`: the first of the document.
    Verdict take_over(const HeadFinder::Decision& decision, std::string_view bytes) noexcept;

  private:
    Verdict begin_end(std::string_view bytes, std::uint64_t offset) noexcept;

    HeadFinder start_;
    HeadEndFinder* end_;
    std::uint64_t fed_ = 0;
};

}  // namespace aep::page::html
