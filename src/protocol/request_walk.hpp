#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "problem.hpp"
#include "text/splice.hpp"

namespace aep::protocol {

/// A walk through a request's body: what does not have the shape that Edge and alloy agreed upon
/// ends it with a problem.
class RequestWalk : public text::EditingWalk {
  public:
    explicit RequestWalk(std::string body)
        : text::EditingWalk(std::move(body), text::json::DuplicateKeys::refused) {}

    /// Checks the kind of the next value, which is called `name` in the problem.
    bool expect(text::json::Kind kind, std::string_view name);

    /// Steps over a string.
    std::string_view expect_string(std::string_view name);

    void refuse(Problem problem);

    [[nodiscard]] bool ok() const noexcept { return walk.ok(); }

    /// Checks that nothing follows; what was wrong, if anything.
    std::optional<Problem> finish();

  private:
    std::optional<Problem> problem_;
};

}  // namespace aep::protocol
