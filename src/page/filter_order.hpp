#pragma once

#include <span>
#include <string_view>

namespace aep::page {

/// A module that stands where it should not.
struct MisplacedModule {
    std::string_view name;     ///< empty: there is none
    bool is_supported = true;  ///< false: it does not go together with the tag, wherever it stands
};

/// Looks for filters that run before ours though they should run after it. `modules`: the names in nginx's order,
/// whose filters run from the last to the first. nginx puts a dynamic module where its own order says, so one that
/// asks for our place gets it by being loaded behind us.
MisplacedModule misplaced_module(std::span<const std::string_view> modules) noexcept;

}  // namespace aep::page
