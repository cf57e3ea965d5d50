#pragma once

#include <string>
#include <string_view>

namespace aep::backoffice::mapping {

/// The hash of an e-mail address as the namespace Email_LC_SHA256 has it: without white space around it, in lower
/// case. Empty where it is no address.
std::string hash_of_email(std::string_view address);

/// `_id`: the same for each message about the same thing. `repetition` tells apart what can happen to it repeatedly.
std::string event_id(std::string_view environment, std::string_view event, std::string_view kind,
                     std::string_view entity, std::string_view repetition);

}  // namespace aep::backoffice::mapping
