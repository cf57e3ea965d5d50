#pragma once

#include <optional>
#include <vector>

#include "edge/message.hpp"

namespace aep::delivery {

/// What makes Edge's authenticated host take a request. In the worker's loop.
class Authorization {
  public:
    using Header = std::vector<edge::Header>;

    /// The fields that go with a request; none where nothing has to be shown. Nothing at all: there is no token just
    /// now, nothing can be sent, and whoever waits is told when that changes.
    virtual std::optional<Header> header() = 0;

    /// Edge has answered 401 to what carried the fields that header() gave: they are not given again.
    virtual void on_unauthorized(const Header& shown) noexcept = 0;

  protected:
    ~Authorization() = default;
};

}  // namespace aep::delivery
