#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "queue/entry.hpp"

namespace aep::queue::amqp::stores {

/// The newest decision of each of the identities that came lately, by the clocks of the nodes that took them. One that
/// comes late may have been sent by its node after the newest one was, or may be sent by this process: then the newest
/// one has to be said again.
class LastWords {
  public:
    static constexpr std::size_t kRemembered = 8192;  ///< identities

    /// A decision comes in. Gives the newest one where that is newer, and this one came late, or may be another copy of
    /// one that did.
    std::optional<Entry> hear(const std::string& identity, const Entry& entry, bool is_late) {
        const auto [place, is_new] = words_.try_emplace(identity, entry);
        Word& word = place->second;
        if (is_late) {
            word.late = std::max(word.late, entry.received);
        }
        if (is_new) {
            order_.push_back(identity);
            forget();
            return std::nullopt;
        }
        if (entry.received >= word.entry.received) {
            word.entry = entry;
            return std::nullopt;
        }
        return entry.received <= word.late ? std::optional(word.entry) : std::nullopt;
    }

  private:
    struct Word {
        explicit Word(const Entry& said) : entry(said) {}

        Entry entry;
        Time late = 0;  ///< when the newest of those that came late was received
    };

    void forget() {
        if (order_.size() > kRemembered) {
            words_.erase(order_.front());
            order_.pop_front();
        }
    }

    std::map<std::string, Word, std::less<>> words_;
    std::deque<std::string> order_;  ///< the same identities, in the order in which they came
};

}  // namespace aep::queue::amqp::stores
