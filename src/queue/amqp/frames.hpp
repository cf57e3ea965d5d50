#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "connection.hpp"
#include "librabbitmq.hpp"

namespace aep::queue::amqp {

/// Puts together what comes over a connection: a message comes as several frames.
class Frames {
  public:
    static constexpr amqp_channel_t kLastChannel = 3;

    /// The broker closes a channel, or all of them: channel 0.
    struct Closing {
        amqp_channel_t channel = 0;
        std::string why;
    };

    /// Takes a frame, whose memory is not needed any more afterwards.
    std::optional<Closing> take(const amqp_frame_t& frame, Receiver& receiver);

  private:
    /// A message that is not complete.
    struct Content {
        enum class Kind : std::uint8_t { none, delivery, returned };
        Kind kind = Kind::none;
        Delivery delivery;
        std::uint64_t number = 0;   ///< that was returned
        std::uint64_t missing = 0;  ///< bytes of its body
    };

    std::optional<Closing> take_method(amqp_channel_t channel, const amqp_method_t& method,
                                       Receiver& receiver);
    void begin(amqp_channel_t channel, const amqp_basic_deliver_t& deliver);
    void take_properties(Content& content, const amqp_basic_properties_t& properties, std::uint64_t size);
    void finish(Content& content, Receiver& receiver);

    std::array<Content, kLastChannel + 1> contents_;
};

/// What the broker says when it closes something: its code and its words.
std::string closing_text(std::uint16_t code, amqp_bytes_t text);

}  // namespace aep::queue::amqp
