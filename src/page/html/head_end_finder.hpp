#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "page/html/attributes.hpp"
#include "page/html/head_finder.hpp"
#include "page/html/tokenizer.hpp"

namespace aep::page::html {

/// Says whether a policy in <head> leaves the element as it is.
struct PolicyJudge {
    bool (*allows)(void* context,
                   std::string_view policy) noexcept = nullptr;  ///< null: no policy is allowed
    void* context = nullptr;
};

/// Finds the place for one element as the last child of <head>, while a page streams by.
///
/// Begins where HeadFinder has found the first place in <head>, and follows the tree construction in that
/// insertion mode (HTML 13.2.6.4.4): the place is before the token that closes <head>, or at the end of the document.
/// It is further up where the element may not follow: before a policy that does not allow it, before a <base>
/// that leads to another host, and before a <template>, whose end only a whole tree builder finds. The result depends on
/// the bytes only, never on how they are cut into pieces. Allocates nothing.
///
/// Since <head> of every document ends, the element can be announced as soon as this begins. Yet there are documents in
/// which it turns out late that it has no place: see HeadEndFinder::verdict().
class HeadEndFinder {
  public:
    /// A tag that is longer is not held back.
    static constexpr std::uint64_t kMaxHeld = HeadFinder::kMaxHeld;

    explicit HeadEndFinder(bool charset_known, PolicyJudge judge = {}) noexcept
        : judge_(judge), charset_known_(charset_known) {}

    /// Before the beginning: takes the last bytes of those that HeadFinder has read and not settled.
    void keep(std::string_view bytes, std::uint64_t unsettled) noexcept;

    /// Begins at `position`. `bytes` are the last that HeadFinder was given, and begin at `offset`; what is before them
    /// was kept.
    Verdict begin(std::uint64_t position, std::string_view bytes, std::uint64_t offset) noexcept;

    /// Reads the bytes that follow those of the call before.
    Verdict feed(std::string_view bytes) noexcept;

    /// The document has ended.
    Verdict finish() noexcept;

    /// With any verdict but Verdict::found there is no place, which shows at the end of the document only: `tagged` if
    /// the element stands in <head> already, `encoding` if its bytes are not what they seem, `no_head` if <head>
    /// does not end where anything could be added, or what closes it was not held back.
    [[nodiscard]] Verdict verdict() const noexcept { return verdict_; }

    /// Where the tag goes, in bytes from the start of the document; the end of the document where there is no place.
    [[nodiscard]] std::uint64_t position() const noexcept { return position_; }

    /// As HeadFinder::settled().
    [[nodiscard]] std::uint64_t settled() const noexcept {
        return is_held() ? tokenizer_.token_start() : read_;
    }

  private:
    void read(std::string_view bytes) noexcept;
    void on_event(Tokenizer::Event event) noexcept;
    void on_text() noexcept;
    void on_tag_name() noexcept;
    void on_start_tag_name(std::string_view name) noexcept;
    void on_tag() noexcept;
    void on_policy() noexcept;
    void on_escape() noexcept;
    void place(std::uint64_t position) noexcept;
    void place_before_token() noexcept;
    void stop_holding() noexcept;
    [[nodiscard]] bool is_searching() const noexcept {
        return verdict_ == Verdict::searching && lost_ == Verdict::searching;
    }
    [[nodiscard]] bool is_held() const noexcept;
    [[nodiscard]] std::uint64_t token_size() const noexcept { return read_ - tokenizer_.token_start(); }

    Tokenizer tokenizer_;
    PolicyJudge judge_;
    std::uint64_t read_ = 0;
    std::uint64_t position_ = 0;
    Verdict verdict_ = Verdict::searching;
    Verdict lost_ = Verdict::searching;  ///< why there is no place
    bool charset_known_;
    bool may_be_in_front_ =
        false;  ///< the place may be before the tag that is being read, though it belongs in <head>
    std::size_t kept_size_ = 0;
    std::array<char, kMaxHeld>
        kept_;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
    ValueText policy_;
};

}  // namespace aep::page::html
