#include "backend.hpp"

#include <utility>

namespace aep::queue::amqp {

std::unique_ptr<Backend> make_backend(Parts&& parts) {
    return std::move(parts.spool);
}

}  // namespace aep::queue::amqp
