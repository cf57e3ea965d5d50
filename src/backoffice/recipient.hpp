#pragma once

#include <string_view>

namespace aep::backoffice {

/// Whether an event of Adobe I/O Events, or each of a batch, is for a project's client ID ("recipientclientid"; in
/// older forms "recipient_client_id"). Adobe signs the events of all its customers with the same keys, and any of them
/// can have events sent to any address.
bool is_for_client(std::string_view json, std::string_view client_id);

}  // namespace aep::backoffice
