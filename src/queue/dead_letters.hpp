#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "entry.hpp"

namespace aep::queue {

/// Which dead letters are meant: all; those of a datastream, or of one status, or both; or one.
struct DeadLetterFilter {
    std::optional<EntryId> id{};  ///< this one, whatever the others say
    std::string website{};        ///< datastream ID; empty: any
    std::optional<int> status{};  ///< Edge's, 0 where there was none; nothing: any

    [[nodiscard]] bool takes(std::string_view of_website, int of_status) const noexcept {
        return (website.empty() || website == of_website) && (!status || *status == of_status);
    }
};

/// What is told of a dead letter without its content.
struct DeadLetterSummary {
    static constexpr std::size_t kLongestReason = 300;  ///< bytes

    EntryId id;
    std::string website;  ///< datastream ID
    std::string action;
    int status = 0;
    std::string reason;  ///< its begin, in whole characters
    Time received = 0;
    Time died = 0;
    std::uint64_t bytes = 0;  ///< what it counts for against the queue's limits
    std::uint32_t attempts = 0;
};

/// "event", "consent" or "order"; empty for what names nothing.
std::string_view name_of(EntryId::Kind kind) noexcept;

/// What a dead letter is called outside of this process: "3-17", of the queue's file 3; "c-17", a consent; "o-17", a back
/// office event. Empty for what names nothing.
std::string text_of(EntryId dead_letter);
/// The opposite. Nothing for any other text.
std::optional<EntryId> dead_letter_of(std::string_view text) noexcept;

/// The longest begin of a text of at most so many bytes that does not cut a character of UTF-8.
std::string_view whole_characters(std::string_view text, std::size_t most) noexcept;

/// The dead letters of all files, whoever has them locked: whose file is changed finds out by itself. Used by one thread.
/// Each call does a bounded piece of work.
class DeadLetterStore {
  public:
    /// What came of a piece of work.
    struct Step {
        EntryId last;           ///< all up to it have been looked at
        std::size_t count = 0;  ///< letters that were found, or changed
        bool is_done = false;   ///< there is nothing behind `last`
        /// Somebody else is writing: nothing was done, and the same call may do it later. Who does not want to wait leaves
        /// the file out: `last` is its end then.
        bool is_busy = false;
        bool has_failed = false;  ///< a file could not be read or written, and was left out
    };

    DeadLetterStore() = default;
    DeadLetterStore(const DeadLetterStore&) = delete;
    DeadLetterStore& operator=(const DeadLetterStore&) = delete;
    virtual ~DeadLetterStore() = default;

    /// Adds up to `most` letters behind one, in the order of their identifiers.
    virtual Step list(const DeadLetterFilter& filter, EntryId after, std::size_t most,
                      std::vector<DeadLetterSummary>& letters) = 0;
    virtual Step read(EntryId id, std::optional<DeadLetter>& letter) = 0;

    /// Makes some of them that are behind one entries again, with no attempts and the identifiers that they had. One that
    /// was received before `received` is from now on as if it had come then. A consent stays where it is when a newer
    /// decision of the same identity has come.
    virtual Step requeue(const DeadLetterFilter& filter, EntryId after, Time received) = 0;
    /// Removes some of them that are behind one.
    virtual Step discard(const DeadLetterFilter& filter, EntryId after) = 0;
};

}  // namespace aep::queue
