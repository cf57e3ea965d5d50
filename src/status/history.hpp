#pragma once

#include <cstdint>

#include "shared/statistics.hpp"
#include "status/model.hpp"

namespace aep::status {

/// What has been counted between two moments.
LastFiveMinutes difference(const shared::Statistics::Totals& now,
                           const shared::Statistics::Totals& before) noexcept;

/// Fills the model's history with the hour that ends in a minute (since 1970), of all websites. The model's hosts and queue
/// have to be there.
void collect_history(const shared::Statistics& statistics, std::uint64_t last, Model& model);

}  // namespace aep::status
