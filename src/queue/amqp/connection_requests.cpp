#include <poll.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connection_state.hpp"

namespace aep::queue::amqp {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kFrameReserve = 8'192;
constexpr std::size_t kShortText = 255;

/// The arguments of a declaration, which must live as long.
std::vector<amqp_table_entry_t> table_of(const std::vector<Argument>& arguments) {
    std::vector<amqp_table_entry_t> entries;
    for (const Argument& argument : arguments) {
        if (argument.is_flag) {
            entries.push_back(flag_entry(argument.key.c_str()));
            continue;
        }
        amqp_table_entry_t entry = text_entry(argument.key, argument.text);
        if (argument.is_number) {
            entry.value.kind = AMQP_FIELD_KIND_I64;
            entry.value.value.i64 = argument.number;
        }
        entries.push_back(entry);
    }
    return entries;
}

amqp_table_t table_of(std::vector<amqp_table_entry_t>& entries) noexcept {
    return {static_cast<int>(entries.size()), entries.data()};
}

}  // namespace

bool Connection::State::wait_for_room(milliseconds patience) const noexcept {
    pollfd socket{.fd = amqp_get_sockfd(library), .events = POLLOUT, .revents = 0};
    return ::poll(&socket, 1, static_cast<int>(std::max<std::int64_t>(0, patience.count()))) == 1;
}

Connection::Answer Connection::declare(const ExchangeDeclaration& exchange) {
    state_->set_patience();
    amqp_exchange_declare(state_->library, kQuestions, bytes_of(exchange.name), bytes_of(exchange.type), 0, 1,
                          exchange.auto_delete ? 1 : 0, 0, amqp_empty_table);
    return state_->answer(kQuestions);
}

Connection::Answer Connection::declare(const QueueDeclaration& queue) {
    std::vector<amqp_table_entry_t> entries = table_of(queue.arguments);
    state_->set_patience();
    amqp_queue_declare(state_->library, kQuestions, bytes_of(queue.name), 0, 1, 0, 0, table_of(entries));
    const Answer made = state_->answer(kQuestions);
    if (made != Answer::yes || queue.bound_to.empty()) {
        return made;
    }
    state_->set_patience();
    amqp_queue_bind(state_->library, kQuestions, bytes_of(queue.name), bytes_of(queue.bound_to),
                    amqp_empty_bytes, amqp_empty_table);
    return state_->answer(kQuestions);
}

Connection::Answer Connection::exists(std::string_view queue) {
    state_->set_patience();
    amqp_queue_declare(state_->library, kQuestions, bytes_of(queue), 1, 1, 0, 0, amqp_empty_table);
    return state_->answer(kQuestions);
}

bool Connection::expect_confirms() {
    state_->set_patience();
    amqp_confirm_select(state_->library, kMessages);
    return state_->answer(kMessages) == Answer::yes;
}

bool Connection::consume(const std::string& queue, std::uint16_t prefetch) {
    State& state = *state_;
    state.set_patience();
    // Not global: it holds for the consumers that are made from now on, each for itself.
    amqp_basic_qos(state.library, kMessages, 0, prefetch, 0);
    if (state.answer(kMessages) != Answer::yes) {
        return false;
    }
    state.set_patience();
    amqp_basic_consume(state.library, kMessages, bytes_of(queue), bytes_of(queue), 0, 0, 0, amqp_empty_table);
    return state.answer(kMessages) == Answer::yes;
}

bool Connection::cancel(const std::string& queue) {
    state_->set_patience();
    amqp_basic_cancel(state_->library, kMessages, bytes_of(queue));
    return state_->answer(kMessages) == Answer::yes;
}

bool Connection::fits(const Message& message) const noexcept {
    std::size_t size = kFrameReserve;
    for (const auto& [name, value] : message.headers) {
        size += name.size() + value.size() + 2 * sizeof(std::uint64_t);
        if (name.size() > kShortText) {
            return false;
        }
    }
    return size <= static_cast<std::size_t>(kFrame) && message.exchange.size() <= kShortText &&
           message.key.size() <= kShortText && message.id.size() <= kShortText;
}

bool Connection::publish(const Message& message, std::uint64_t number, milliseconds patience) {
    State& state = *state_;
    if (!state.wait_for_room(patience)) {
        return state.lose("it does not read what is sent");
    }
    std::vector<amqp_table_entry_t> entries;
    entries.reserve(message.headers.size());
    for (const auto& [name, value] : message.headers) {
        entries.push_back(text_entry(name, value));
    }
    const std::string number_text = std::to_string(number);
    amqp_basic_properties_t properties{};
    properties._flags = AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_HEADERS_FLAG |
                        AMQP_BASIC_CORRELATION_ID_FLAG | AMQP_BASIC_TIMESTAMP_FLAG | AMQP_BASIC_PRIORITY_FLAG;
    properties.delivery_mode = 2;
    properties.headers = table_of(entries);
    properties.priority = message.priority;
    properties.timestamp = static_cast<std::uint64_t>(std::time(nullptr));
    // What is returned says nothing else about which message it is.
    properties.correlation_id = bytes_of(number_text);
    if (!message.id.empty()) {
        properties._flags |= AMQP_BASIC_MESSAGE_ID_FLAG;
        properties.message_id = bytes_of(message.id);
    }
    return state.sent(amqp_basic_publish(state.library, kMessages, bytes_of(message.exchange),
                                         bytes_of(message.key), 1, 0, &properties, bytes_of(message.body)));
}

bool Connection::ask_depth(const std::string& queue) {
    State& state = *state_;
    amqp_queue_declare_t question{};
    question.queue = bytes_of(queue);
    question.passive = 1;
    question.durable = 1;
    state.asked.push_back(queue);
    return state.sent(amqp_send_method(state.library, kDepths, AMQP_QUEUE_DECLARE_METHOD, &question));
}

bool Connection::acknowledge(std::uint64_t number, bool multiple) {
    return state_->sent(amqp_basic_ack(state_->library, kMessages, number, multiple ? 1 : 0));
}

bool Connection::give_back(std::uint64_t number) {
    // Not basic.reject: RabbitMQ 4.3 counts that against the delivery limit.
    return state_->sent(amqp_basic_nack(state_->library, kMessages, number, 0, 1));
}

bool Connection::reject(std::uint64_t number) {
    return state_->sent(amqp_basic_nack(state_->library, kMessages, number, 0, 0));
}

bool Connection::read(Receiver& receiver) {
    State& state = *state_;
    const timeval at_once{};
    while (state.library != nullptr) {
        amqp_frame_t frame{};
        const int status = amqp_simple_wait_frame_noblock(state.library, &frame, &at_once);
        if (status == AMQP_STATUS_TIMEOUT) {
            break;
        }
        if (status != AMQP_STATUS_OK) {
            return state.lose(status);
        }
        const bool is_depth = frame.frame_type == AMQP_FRAME_METHOD &&
                              frame.payload.method.id == AMQP_QUEUE_DECLARE_OK_METHOD && !state.asked.empty();
        const std::optional<Frames::Closing> closing = state.frames.take(frame, receiver);
        if (is_depth) {
            state.asked.pop_front();
        }
        if (closing && !state.take_closing(*closing, receiver)) {
            return false;
        }
        amqp_maybe_release_buffers(state.library);
    }
    return state.library != nullptr;
}

}  // namespace aep::queue::amqp
