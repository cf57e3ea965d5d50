#pragma once

#include <string>

#include "status/model.hpp"

namespace aep::status {

// Each appends a part of the page: the numbers of what its name says.

void append_history(std::string& html, const Model& model);
void append_last_events(std::string& html, const Model& model);
void append_websites(std::string& html, const Model& model);
void append_hosts(std::string& html, const Model& model);
void append_queue(std::string& html, const Model& model);
/// Nothing where there is none.
void append_broker(std::string& html, const Model& model);
void append_dead_letter_counts(std::string& html, const Model& model);
void append_workers(std::string& html, const Model& model);
void append_totals(std::string& html, const Model& model);

}  // namespace aep::status
