#include "frames.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "text/printable.hpp"

namespace aep::queue::amqp {
namespace {

// What a broker may announce does not decide how much memory is taken before it is there.
constexpr std::uint64_t kReservedAtOnce = std::uint64_t{1} << 20U;

/// A header's value as a text; nothing for what no header of ours is.
std::optional<std::string> value_of(const amqp_field_value_t& value) {
    switch (value.kind) {
        case AMQP_FIELD_KIND_UTF8:
        case AMQP_FIELD_KIND_BYTES:
            return std::string(text_of(value.value.bytes));
        case AMQP_FIELD_KIND_I32:
            return std::to_string(value.value.i32);
        case AMQP_FIELD_KIND_I64:
            return std::to_string(value.value.i64);
        default:
            return std::nullopt;
    }
}

std::uint64_t number_in(std::string_view text) noexcept {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

std::string closing_text(std::uint16_t code, amqp_bytes_t text) {
    constexpr std::size_t kMost = 500;
    return text.len == 0 ? "code " + std::to_string(code) : text::printable(text_of(text), kMost);
}

std::optional<Frames::Closing> Frames::take(const amqp_frame_t& frame, Receiver& receiver) {
    if (frame.channel > kLastChannel) {
        return std::nullopt;
    }
    Content& content = contents_[frame.channel];
    switch (frame.frame_type) {
        case AMQP_FRAME_METHOD:
            return take_method(frame.channel, frame.payload.method, receiver);
        case AMQP_FRAME_HEADER:
            take_properties(content,
                            *static_cast<const amqp_basic_properties_t*>(frame.payload.properties.decoded),
                            frame.payload.properties.body_size);
            break;
        case AMQP_FRAME_BODY: {
            const std::string_view part = text_of(frame.payload.body_fragment);
            content.delivery.message.body += part;
            content.missing -= std::min<std::uint64_t>(content.missing, part.size());
            break;
        }
        default:
            return std::nullopt;
    }
    if (content.missing == 0) {
        finish(content, receiver);
    }
    return std::nullopt;
}

std::optional<Frames::Closing> Frames::take_method(amqp_channel_t channel, const amqp_method_t& method,
                                                   Receiver& receiver) {
    switch (method.id) {
        case AMQP_BASIC_DELIVER_METHOD:
            begin(channel, *static_cast<const amqp_basic_deliver_t*>(method.decoded));
            break;
        case AMQP_BASIC_RETURN_METHOD:
            contents_[channel] = {.kind = Content::Kind::returned, .delivery = {}, .number = 0, .missing = 0};
            break;
        case AMQP_BASIC_ACK_METHOD: {
            const auto& ack = *static_cast<const amqp_basic_ack_t*>(method.decoded);
            receiver.on_confirm(ack.delivery_tag, ack.multiple != 0, true);
            break;
        }
        case AMQP_BASIC_NACK_METHOD: {
            const auto& nack = *static_cast<const amqp_basic_nack_t*>(method.decoded);
            receiver.on_confirm(nack.delivery_tag, nack.multiple != 0, false);
            break;
        }
        case AMQP_BASIC_CANCEL_METHOD:
            receiver.on_cancel(
                text_of(static_cast<const amqp_basic_cancel_t*>(method.decoded)->consumer_tag));
            break;
        case AMQP_QUEUE_DECLARE_OK_METHOD: {
            const auto& depth = *static_cast<const amqp_queue_declare_ok_t*>(method.decoded);
            receiver.on_depth(text_of(depth.queue), depth.message_count, depth.consumer_count);
            break;
        }
        case AMQP_CONNECTION_BLOCKED_METHOD:
            receiver.on_blocked(
                text_of(static_cast<const amqp_connection_blocked_t*>(method.decoded)->reason));
            break;
        case AMQP_CONNECTION_UNBLOCKED_METHOD:
            receiver.on_unblocked();
            break;
        case AMQP_CHANNEL_CLOSE_METHOD: {
            const auto& close = *static_cast<const amqp_channel_close_t*>(method.decoded);
            return Closing{channel, closing_text(close.reply_code, close.reply_text)};
        }
        case AMQP_CONNECTION_CLOSE_METHOD: {
            const auto& close = *static_cast<const amqp_connection_close_t*>(method.decoded);
            return Closing{0, closing_text(close.reply_code, close.reply_text)};
        }
        default:
            break;  // an answer that nobody waits for any more
    }
    return std::nullopt;
}

void Frames::begin(amqp_channel_t channel, const amqp_basic_deliver_t& deliver) {
    Content& content = contents_[channel];
    content = {.kind = Content::Kind::delivery, .delivery = {}, .number = 0, .missing = 0};
    content.delivery.queue = text_of(deliver.consumer_tag);  // as we named the consumer
    content.delivery.tag = {.connection = 0, .number = deliver.delivery_tag};
    content.delivery.redelivered = deliver.redelivered != 0;
    content.delivery.message.exchange = text_of(deliver.exchange);
    content.delivery.message.key = text_of(deliver.routing_key);
}

void Frames::take_properties(Content& content, const amqp_basic_properties_t& properties,
                             std::uint64_t size) {
    Message& message = content.delivery.message;
    content.missing = size;
    message.body.reserve(std::min(size, kReservedAtOnce));
    if ((properties._flags & AMQP_BASIC_CORRELATION_ID_FLAG) != 0) {
        content.number = number_in(text_of(properties.correlation_id));
    }
    if ((properties._flags & AMQP_BASIC_MESSAGE_ID_FLAG) != 0) {
        message.id = text_of(properties.message_id);
    }
    if ((properties._flags & AMQP_BASIC_PRIORITY_FLAG) != 0) {
        message.priority = properties.priority;
    }
    if ((properties._flags & AMQP_BASIC_HEADERS_FLAG) != 0) {
        for (int index = 0; index < properties.headers.num_entries; ++index) {
            const amqp_table_entry_t& entry = properties.headers.entries[index];
            if (std::optional<std::string> value = value_of(entry.value)) {
                message.headers.emplace_back(text_of(entry.key), std::move(*value));
            }
        }
    }
}

void Frames::finish(Content& content, Receiver& receiver) {
    const Content::Kind kind = std::exchange(content.kind, Content::Kind::none);
    if (kind == Content::Kind::delivery) {
        receiver.on_delivery(std::move(content.delivery));
    } else if (kind == Content::Kind::returned) {
        receiver.on_return(content.number);
    }
    content.delivery = {};
}

}  // namespace aep::queue::amqp
