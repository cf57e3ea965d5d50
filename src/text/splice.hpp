#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json_walk.hpp"

namespace aep::text {

/// Replaces a piece of a text; an empty piece makes it an insertion.
struct Edit {
    json::Span span;
    std::string text;
};

using Edits = std::vector<Edit>;

inline constexpr std::size_t kUsualEdits = 8;

/// The text with its edits. Pieces must not overlap; insertions at one place keep their order.
std::string splice(std::string_view text, Edits edits);

/// Whether a member or element stays in the text.
enum class Fate : bool { drop, stay };

/// An object or array that was walked through for editing.
struct Edited {
    json::Span span;
    std::size_t stayed = 0;
    std::size_t dropped = 0;

    /// It held something, and all of that is dropped.
    [[nodiscard]] bool was_emptied() const noexcept { return stayed == 0 && dropped > 0; }
};

/// Drops members or elements of one object or array, each with the comma that it leaves over.
class Pruning {
  public:
    explicit Pruning(Edits& edits) : edits_(edits) {}

    /// The next member or element. `first_edit`: how many edits there were before it.
    void add(json::Span span, Fate fate, std::size_t first_edit);

    [[nodiscard]] Edited result(json::Span container) const noexcept {
        return {container, stayed_, dropped_};
    }

  private:
    Edits& edits_;
    std::optional<std::size_t> leading_;  // the edit that drops the one before, when none has stayed so far
    std::size_t previous_end_ = 0;
    std::size_t stayed_ = 0;
    std::size_t dropped_ = 0;
};

/// A walk with its edits.
class EditingWalk {
  public:
    EditingWalk(std::string text, json::DuplicateKeys duplicate_keys)
        : walk(std::move(text), duplicate_keys) {
        edits.reserve(kUsualEdits);
    }

    json::Walk walk;
    Edits edits;

    /// Steps through an object; `on_member(key)` must step over the value and says whether it stays.
    template <typename OnMember>
    Edited object(OnMember&& on_member) {
        Pruning pruning(edits);
        const json::Span span = walk.object([&](std::string_view key, std::size_t begin) {
            const std::size_t first_edit = edits.size();
            const Fate fate = on_member(key);
            pruning.add({begin, walk.end()}, fate, first_edit);
        });
        return pruning.result(span);
    }

    /// Steps through an array; `on_element()` must step over the element and says whether it stays.
    template <typename OnElement>
    Edited array(OnElement&& on_element) {
        Pruning pruning(edits);
        const json::Span span = walk.array([&] {
            const std::size_t begin = walk.offset();
            const std::size_t first_edit = edits.size();
            const Fate fate = on_element();
            pruning.add({begin, walk.end()}, fate, first_edit);
        });
        return pruning.result(span);
    }

    /// Steps over a value that stays.
    Fate stay() {
        walk.skip();
        return Fate::stay;
    }

    /// Steps over a value that goes.
    Fate drop() {
        walk.skip();
        return Fate::drop;
    }

    /// Adds a member or element behind those that stay.
    void append(Edited& container, std::string_view text);

    void replace(json::Span span, std::string_view text) { edits.push_back({span, std::string(text)}); }

    /// The edited text. Ends the editing.
    [[nodiscard]] std::string result() { return splice(walk.text(), std::move(edits)); }
};

}  // namespace aep::text
