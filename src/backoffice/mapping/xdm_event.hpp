#pragma once

#include <string>
#include <variant>

#include "subject.hpp"

namespace aep::backoffice::mapping {

/// An event for Edge.
struct XdmEvent {
    std::string id;    ///< its `_id`
    std::string text;  ///< {"xdm":{…}}
};

/// Makes the event of what was read; what it cannot do without is told when it is missing.
std::variant<XdmEvent, Fault> make_event(const Source& source);

}  // namespace aep::backoffice::mapping
