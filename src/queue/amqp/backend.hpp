#pragma once

#include <memory>
#include <string>
#include <vector>

#include "queue/backend.hpp"
#include "queue/space.hpp"
#include "settings.hpp"

namespace aep::queue::amqp {

/// What a worker's queue in a broker is made of.
struct Parts {
    Settings settings;
    std::vector<std::string> lanes;  ///< lane_name() of each that the configuration knows
    Limits limits;
    Time claim_time = 60'000;        ///< ms, longer than any transfer may take
    std::unique_ptr<Backend> spool;  ///< where entries are kept while the broker is away; null: nowhere
    std::uint32_t workers = 1;       ///< processes of this node that use the same queue
    std::string spool_directory;     ///< for messages
};

/// What the module that holds librabbitmq gives to the one that does everything else.
using MakeBackend = std::unique_ptr<Backend> (*)(Parts&& parts);

}  // namespace aep::queue::amqp
