#pragma once

#include "ngx/ngx.hpp"

#include <string>

#include "queue/amqp/backend.hpp"
#include "queue/event.hpp"

namespace aep::settings {

/// What the main module exports for the one that holds a broker's client: name and type. It is called in each
/// configuration anew, while nginx reads it, and looked up by name, so that nginx can load the two in any order. `build`:
/// build_description() of the caller. NGX_DECLINED where the configuration does not load the main module.
inline constexpr const char* kRegisterAmqp = "aep_register_amqp";
using RegisterAmqp = ngx_int_t (*)(ngx_conf_t* cf, const char* version, const char* build,
                                   queue::amqp::MakeBackend make_backend);

/// How objects are laid out that the two modules hand to each other: they have to say the same.
inline std::string build_description() {
    std::string text = "compiler " __VERSION__ ", layout";
    for (const std::size_t size :
         {sizeof(queue::amqp::Parts), sizeof(queue::amqp::Settings), sizeof(queue::Limits),
          sizeof(queue::Entry), sizeof(queue::Claim), sizeof(queue::Event), sizeof(queue::Store),
          sizeof(queue::ConsentStore), sizeof(queue::OrderStore), sizeof(queue::DeadLetterStore)}) {
        text += " " + std::to_string(size);
    }
    return text;
}

}  // namespace aep::settings
