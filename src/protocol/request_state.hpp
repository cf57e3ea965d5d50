#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exchange.hpp"
#include "request_walk.hpp"

namespace aep::protocol {

/// Makes `meta.state` of a request what Edge needs to know the visitor: the state entries, but no
/// identity of our own making, and the domain.
class RequestState {
  public:
    explicit RequestState(const RequestFacts& facts);

    /// Steps through the value of `state` and adds what it lacks.
    void edit(RequestWalk& walk);

    /// The members that a body without `state` needs in it; empty when there is nothing to say.
    [[nodiscard]] std::string missing_members() const;

    /// meta.state.domain, as Edge gets it.
    [[nodiscard]] std::string_view domain() const noexcept { return has_domain_ ? domain_ : facts_.site; }

    [[nodiscard]] bool cookies_enabled() const noexcept { return cookies_enabled_; }

    /// The ECID to tell Edge beside the entries; empty where those hold an identity of Edge's own.
    [[nodiscard]] std::string_view minted_ecid() const noexcept;

  private:
    void edit_entries(RequestWalk& walk);
    text::Fate edit_entry(RequestWalk& walk);
    [[nodiscard]] std::string new_entries() const;

    const RequestFacts& facts_;
    std::vector<std::string_view> keys_;  // of the entries that stay, sorted
    std::string_view domain_;
    std::string minted_ecid_;  // from an entry
    bool has_identity_ = false;
    bool has_domain_ = false;
    bool has_cookies_enabled_ = false;
    bool has_entries_ = false;
    bool cookies_enabled_ = true;
};

}  // namespace aep::protocol
