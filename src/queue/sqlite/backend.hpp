#pragma once

#include <memory>
#include <string>

#include "queue/backend.hpp"
#include "queue/ledger.hpp"
#include "queue/space.hpp"

namespace aep::queue::sqlite {

/// The queue in files of a directory, which all workers share. `ledger` must outlive it. `claim_time`: ms, longer than
/// any transfer may take.
std::unique_ptr<Backend> make_backend(std::string directory, Ledger& ledger, const Limits& limits,
                                      Time claim_time);

}  // namespace aep::queue::sqlite
