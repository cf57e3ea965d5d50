#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aep::queue {

/// Names an entry among all that this process may settle. What no store has made names nothing.
struct EntryId {
    enum class Kind : std::uint8_t {
        none,
        event,    ///< in the Store
        consent,  ///< in the ConsentStore
        order,    ///< in the OrderStore
    };

    Kind kind = Kind::none;
    std::uint32_t part = 0;    ///< of the store, such as one of its files
    std::uint64_t number = 0;  ///< within the part

    friend auto operator<=>(const EntryId&, const EntryId&) =
        default;  // NOLINT(modernize-use-nullptr): it takes the 0 of C++20 comparisons for a pointer
};

/// Milliseconds since 1970, by the queue's clock.
using Time = std::int64_t;

/// Where an entry comes from. The last tenth of the queue takes those of the back office alone.
enum class Source : std::uint8_t { storefront, back_office };

/// One request to Edge that waits until Edge has taken it, with all that a later delivery needs.
struct Entry {
    std::string lane;     ///< base URL of the Edge that it was meant for: what is away is away for a lane
    std::string website;  ///< datastream ID
    std::string action;   ///< as in alloy's URL: "interact", "collect", …
    std::string target;   ///< path and query
    std::vector<std::pair<std::string, std::string>> headers;  ///< client facts of the moment of receipt
    std::string body;  ///< as it is to be sent, state entries included
    Source source = Source::storefront;
    Time received = 0;
    std::uint32_t attempts = 0;  ///< deliveries that have failed
    Time due = 0;                ///< not to be delivered before; 0: at once

    /// What it counts for against the queue's limits, in bytes.
    [[nodiscard]] std::size_t size() const noexcept {
        constexpr std::size_t kFixedPart = 256;
        std::size_t size = kFixedPart + lane.size() + website.size() + target.size() + body.size();
        for (const auto& [name, value] : headers) {
            size += name.size() + value.size();
        }
        return size;
    }
};

/// An entry that is this process's to deliver.
struct Claim {
    EntryId id;
    Entry entry;
};

/// What became of a claim.
struct Settlement {
    enum class Result : std::uint8_t {
        delivered,  ///< Edge has it: it goes
        retry,      ///< it stays, for `due`
        dead,  ///< Edge will not take it as it is, but an operator can do something about that: a dead letter
        sampled,  ///< Edge refuses what a visitor sent: it goes, and only the last of a lane can be looked at
        discarded,  ///< it goes; somebody has counted it
    };

    EntryId id;
    Result result = Result::delivered;
    std::uint32_t attempts = 0;  ///< of all that is not delivered: the new number
    Time due = 0;                ///< of retry
    int status = 0;              ///< of dead and sampled: Edge's, 0 where there was none
    std::string reason;          ///< of the same: Edge's answer, or our words
};

/// An entry that waits for an operator.
struct DeadLetter {
    EntryId id;
    Time died = 0;
    int status = 0;
    std::string reason;
    Entry entry;
};

struct Counts {
    std::uint64_t entries = 0;
    std::uint64_t bytes = 0;  ///< sum of Entry::size()
    std::uint64_t dead_letters = 0;
    std::uint64_t dead_bytes = 0;
    Time oldest = 0;  ///< received; 0: none

    Counts& operator+=(const Counts& other) noexcept {
        entries += other.entries;
        bytes += other.bytes;
        dead_letters += other.dead_letters;
        dead_bytes += other.dead_bytes;
        if (other.oldest != 0 && (oldest == 0 || other.oldest < oldest)) {
            oldest = other.oldest;
        }
        return *this;
    }
    friend bool operator==(const Counts&, const Counts&) = default;
};

}  // namespace aep::queue
