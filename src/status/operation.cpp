#include "ngx/ngx.hpp"

#include "status/operation.hpp"

#include <string>
#include <utility>

#include "ngx/guard.hpp"
#include "ngx/response.hpp"
#include "status/answers.hpp"
#include "status/json.hpp"

namespace aep::status {
namespace {

constexpr ngx_msec_t kPatienceForQueue = 10'000;
constexpr ngx_msec_t kPatienceForEdge = 30'000;
constexpr std::size_t kMostListed = 100;
constexpr double kMillisecondsPerSecond = 1000;

DeadLetter letter_of(const queue::DeadLetterSummary& summary, const shared::Statistics& statistics) {
    DeadLetter letter;
    letter.id = queue::text_of(summary.id);
    letter.kind = queue::name_of(summary.id.kind);
    letter.website = statistics.label_of(statistics.website_of(summary.website)).server_name;
    letter.datastream = summary.website;
    letter.action = summary.action;
    letter.status = static_cast<std::uint32_t>(summary.status);
    letter.reason = summary.reason;
    letter.received = static_cast<double>(summary.received) / kMillisecondsPerSecond;
    letter.died = static_cast<double>(summary.died) / kMillisecondsPerSecond;
    letter.bytes = summary.bytes;
    letter.attempts = summary.attempts;
    return letter;
}

}  // namespace

/// `ask` asks, and notes the number that it got.
template <typename Ask>
ngx_int_t Operation::wait(ngx_msec_t patience, Ask&& ask) {
    if (!waiting_.begin(patience)) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    is_starting_ = true;
    ask();
    is_starting_ = false;
    if (is_answered_) {
        return result_;
    }
    ++request_->main->count;
    return NGX_DONE;
}

/// Ends the request with an answer, once.
template <typename Answer>
void Operation::answer(Answer&& answer) noexcept {
    if (std::exchange(is_answered_, true)) {
        return;
    }
    question_ = 0;
    check_ = 0;
    waiting_.end();
    result_ = ngx::guarded(
        request_->connection->log, "the status page",
        []() -> ngx_int_t { return NGX_HTTP_INTERNAL_SERVER_ERROR; },
        [&]() -> ngx_int_t { return answer(); });
    if (is_starting_) {
        return;
    }
    ngx_connection_t* connection = request_->connection;
    ngx_http_set_log_request(connection->log, request_);
    ngx_http_finalize_request(request_, result_);  // may free this object
    ngx_http_run_posted_requests(connection);
}

void Operation::detach() noexcept {
    if (question_ != 0) {
        operations_.cancel(std::exchange(question_, 0));
    }
    if (check_ != 0) {
        operations_.checks().cancel(std::exchange(check_, 0));
    }
}

ngx_int_t Operation::list(const queue::DeadLetterFilter& filter, queue::EntryId after) {
    return wait(kPatienceForQueue, [&] { question_ = operations_.list(*this, filter, after, kMostListed); });
}

ngx_int_t Operation::read(queue::EntryId id) {
    return wait(kPatienceForQueue, [&] { question_ = operations_.read(*this, id); });
}

ngx_int_t Operation::requeue(const queue::DeadLetterFilter& filter) {
    return wait(kPatienceForEdge, [&] { question_ = operations_.requeue(*this, filter); });
}

ngx_int_t Operation::discard(const queue::DeadLetterFilter& filter) {
    return wait(kPatienceForEdge, [&] { question_ = operations_.discard(*this, filter); });
}

ngx_int_t Operation::check(const settings::WebsiteList& websites) {
    return wait(kPatienceForEdge, [&] {
        check_ = operations_.checks().start(websites, *this);
        if (check_ == 0) {
            answer([this] { return refuse(request_, not_just_now()); });
        }
    });
}

void Operation::on_dead_letters(queue::DeadLetters&& found) noexcept {
    answer([&] {
        if (found.failed) {
            return refuse(request_, not_just_now());
        }
        DeadLetters list;
        for (const queue::DeadLetterSummary& summary : found.letters) {
            list.dead_letters.push_back(letter_of(summary, zone_.statistics()));
        }
        list.more = found.more;
        return send_json(request_, render_json(list));
    });
}

void Operation::on_dead_letter(queue::FoundDeadLetter&& found) noexcept {
    answer([&] {
        if (!found.letter) {
            return refuse(request_, found.failed ? not_just_now() : no_dead_letter());
        }
        const std::string name =
            "attachment; filename=\"dead-letter-" + queue::text_of(found.letter->id) + ".json\"";
        ngx::add_copied_header(request_, "Content-Disposition", name);
        return send(request_, "application/octet-stream", found.letter->entry.body);
    });
}

void Operation::on_dead_letters_changed(const queue::ChangedDeadLetters& changed) noexcept {
    answer([&] {
        if (changed.failed && changed.count == 0) {
            return refuse(request_, not_just_now());
        }
        return send_json(request_, render_count_json(changed.count));
    });
}

void Operation::on_checked(std::vector<Check>&& checks) noexcept {
    answer([&] { return send_json(request_, render_json(checks)); });
}

void Operation::on_deadline() noexcept {
    detach();
    answer([this] { return refuse(request_, not_just_now()); });
}

}  // namespace aep::status
