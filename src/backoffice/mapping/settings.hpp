#pragma once

#include <functional>
#include <map>
#include <string>

#include "labels.hpp"

namespace aep::backoffice::mapping {

/// The codes of a store view, its store and its website; one that is empty is not set.
struct Scope {
    std::string website;
    std::string store;
    std::string store_view;
};

/// What a website's directives say of its back office.
struct Settings {
    std::string environment;
    std::map<std::string, Scope, std::less<>> stores;  ///< by store_id
    Labels labels;
    bool profile_events = false;
};

}  // namespace aep::backoffice::mapping
