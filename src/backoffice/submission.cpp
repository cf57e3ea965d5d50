#include "ngx/ngx.hpp"

#include "backoffice/submission.hpp"

#include <algorithm>
#include <utility>

#include "backoffice/problems.hpp"
#include "ngx/guard.hpp"
#include "ngx/log_action.hpp"
#include "ngx/request.hpp"
#include "ngx/string.hpp"

namespace aep::backoffice {
namespace {

using shared::Counter;
using Kind = DocumentResult::Kind;

constexpr ngx_msec_t kDiskPatience = 5000;  ///< how long the queue may take for one event
constexpr ngx_msec_t kQuitPatience = 1000;

std::string_view event_name(const mapping::Outcome& outcome) noexcept {
    return outcome.event ? mapping::name_of(*outcome.event) : std::string_view();
}

DocumentResult result_of(const mapping::Outcome& outcome, std::uint64_t line) {
    DocumentResult result;
    result.line = line;
    result.event = event_name(outcome);
    result.id = outcome.id;
    result.reason = outcome.reason;
    result.path = outcome.path;
    result.expected = outcome.expected;
    if (outcome.kind != mapping::Outcome::Kind::mapped) {
        result.kind = outcome.kind == mapping::Outcome::Kind::ignored ? Kind::ignored : Kind::invalid;
    }
    return result;
}

bool is_unreadable(const mapping::Mapped& mapped) noexcept {
    return mapped.outcomes.size() == 1 && !mapped.was_array && mapped.shape == mapping::Shape::unknown &&
           mapped.outcomes.front().kind == mapping::Outcome::Kind::invalid &&
           mapped.outcomes.front().path.empty();
}

}  // namespace

Submission::Submission(ngx_http_request_t* request, const settings::Website& website,
                       const Documents& documents, const settings::BackOfficeAccess& access, Intake& intake,
                       const shared::Zone& zone)
    : ngx::RequestContext{kRoom},
      request_(request),
      website_(website),
      documents_(documents),
      access_(access),
      intake_(intake),
      zone_(zone),
      results_(request) {}

bool Submission::prepare() {
    ngx_http_cleanup_t* cleanup = ngx_http_cleanup_add(request_, 0);
    if (cleanup == nullptr) {
        return false;
    }
    cleanup->handler = handle_cleanup;
    cleanup->data = this;
    turn_.prepare(request_->connection);
    // A worker that is told to quit must give this answer first.
    deadline_.prepare(request_->connection, true);
    return true;
}

ngx_int_t Submission::start(const Facts& facts) {
    facts_ = facts;
    if (!intake_.enter(*this)) {
        const ngx_int_t discarded = ngx_http_discard_request_body(request_);
        return discarded == NGX_OK ? refuse(too_many()) : discarded;
    }
    if (!prepare()) {
        intake_.leave(*this);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    request_->request_body_no_buffering = facts_.is_whole() ? 0 : 1;
    const ngx_int_t result = ngx_http_read_client_request_body(request_, handle_body);
    return result >= NGX_HTTP_SPECIAL_RESPONSE ? result : NGX_DONE;
}

/// All of the body is there, or the first of what is read bit by bit.
void Submission::handle_body(ngx_http_request_t* request) noexcept {
    auto* submission = ngx::context<Submission>(request);
    if (submission == nullptr) {
        ngx_http_finalize_request(request, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }
    request->lingering_close = request->reading_body;
    submission->go_on();
}

void Submission::handle_reading(ngx_http_request_t* request) noexcept {
    if (auto* submission = ngx::context<Submission>(request); submission != nullptr) {
        submission->go_on();
    }
}

/// The request ends, by its client or with its answer.
void Submission::handle_cleanup(void* data) noexcept {
    auto& submission = *static_cast<Submission*>(data);
    submission.has_ended_ = true;
    submission.turn_.cancel();
    submission.deadline_.cancel();
    submission.intake_.leave(submission);
}

/// Does what can be done now, and ends the request when that was all.
void Submission::go_on() noexcept {
    if (has_ended_) {
        return;
    }
    using Result = std::optional<ngx_int_t>;
    const Result result = ngx::guarded(
        request_->connection->log, "the back office",
        []() -> Result { return NGX_HTTP_INTERNAL_SERVER_ERROR; },
        [this]() -> Result {
            const ngx::LogAction action(request_->connection->log, "taking back office events");
            return advance();
        });
    if (result) {
        end(*result);
    }
}

void Submission::end(ngx_int_t result) noexcept {
    ngx_connection_t* connection = request_->connection;
    has_ended_ = true;
    intake_.leave(*this);
    turn_.cancel();
    deadline_.cancel();
    ngx_http_set_log_request(connection->log, request_);
    ngx_http_finalize_request(request_, result);  // may free this object
    ngx_http_run_posted_requests(connection);
}

/// What ngx_http_finalize_request takes; nothing where something has to happen first.
std::optional<ngx_int_t> Submission::advance() {
    if (facts_.is_whole() && !body_is_read_) {
        if (const std::optional<ngx_int_t> refused = take_whole()) {
            return refused;
        }
    }
    for (;;) {
        append_waiting();
        settle();
        if (!results_.spill()) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
        if (body_is_read_ || is_over_ || asked_ >= kWindow) {
            break;
        }
        const ngx_int_t result = read_on();
        if (result == NGX_AGAIN) {
            return std::nullopt;
        }
        if (result != NGX_OK) {
            return result;
        }
        if (lines_in_turn_ >= kLinesInATurn) {
            lines_in_turn_ = 0;
            turn_.post_to_next_turn();
            return std::nullopt;
        }
    }
    if (asked_ != 0) {
        // Nobody waits for a client that has gone; its events go on.
        request_->read_event_handler = body_is_read_ ? ngx_http_test_reading : ngx_http_block_reading;
        return std::nullopt;
    }
    return answer();
}

/// A body that is there as a whole. What ngx_http_finalize_request takes where it was refused.
std::optional<ngx_int_t> Submission::take_whole() {
    std::string body;
    int error = 0;
    if (!ngx::collect_body(request_, kMostWhole, body, error)) {
        return error == NGX_HTTP_REQUEST_ENTITY_TOO_LARGE ? refuse(too_large()) : error;
    }
    body_is_read_ = true;
    if (facts_.checks_signature) {
        const Signature signature = signature_of(access_, facts_.credentials, body);
        if (signature != Signature::good) {
            zone_.counters().add(Counter::back_office_refused);
            return refuse(signature == Signature::wrong ? not_signed() : for_another());
        }
    }
    if (facts_.is_ndjson) {
        lines_.feed(body, [this](const LineSplitter::Line& line) { take_line(line); });
        lines_.finish([this](const LineSplitter::Line& line) { take_line(line); });
        return std::nullopt;
    }
    if (body.empty()) {
        return refuse(nothing_sent());
    }
    mapping::Mapped mapped = map(body);
    if (is_unreadable(mapped)) {
        return refuse(not_json(mapped.outcomes.front().expected));
    }
    shape_ = mapped.shape;
    was_array_ = mapped.was_array;
    take(std::move(mapped), 0);
    return std::nullopt;
}

/// What has come of a body that is read bit by bit. NGX_OK: some of it, or its end.
ngx_int_t Submission::read_on() {
    if (take_buffers()) {
        return NGX_OK;
    }
    if (request_->reading_body == 0) {
        body_is_read_ = true;
        lines_.finish([this](const LineSplitter::Line& line) { take_line(line); });
        return NGX_OK;
    }
    const ngx_int_t result = ngx_http_read_unbuffered_request_body(request_);
    if (result >= NGX_HTTP_SPECIAL_RESPONSE) {
        return result;
    }
    if (take_buffers() || request_->reading_body == 0) {
        return NGX_OK;
    }
    request_->read_event_handler = handle_reading;
    return NGX_AGAIN;
}

/// False where nothing was there.
bool Submission::take_buffers() {
    ngx_chain_t* chain = request_->request_body == nullptr ? nullptr : request_->request_body->bufs;
    if (chain == nullptr) {
        return false;
    }
    request_->request_body->bufs = nullptr;
    for (; chain != nullptr; chain = chain->next) {
        ngx_buf_t* buffer = chain->buf;
        if (ngx_buf_in_memory(buffer)) {
            lines_.feed(ngx::view(buffer->pos, buffer->last),
                        [this](const LineSplitter::Line& line) { take_line(line); });
        }
        buffer->pos = buffer->last;  // so that nginx may use it again
    }
    return true;
}

void Submission::take_line(const LineSplitter::Line& line) {
    ++lines_in_turn_;
    if (line.is_too_long) {
        mapping::Mapped mapped;
        mapped.outcomes.emplace_back();
        mapped.outcomes.back().expected = "a document of at most 1 MB in a line";
        take(std::move(mapped), line.number);
        return;
    }
    take(map(line.text), line.number);
}

mapping::Mapped Submission::map(std::string_view json) const {
    return mapping::map_documents(
        json, documents_.settings,
        {.event = facts_.event, .now = ngx_time(), .environment = facts_.environment});
}

void Submission::take(mapping::Mapped&& mapped, std::uint64_t line) {
    for (mapping::Outcome& outcome : mapped.outcomes) {
        Document& document = under_way_.emplace_back();
        document.result = result_of(outcome, line);
        document.outcome = std::move(outcome);
    }
}

/// Gives to the queue what it can take now.
void Submission::append_waiting() {
    for (; next_ < under_way_.size() && asked_ < kWindow; ++next_) {
        Document& document = under_way_[next_];
        if (document.result.kind != Kind::pending) {
            continue;
        }
        if (is_over_) {
            document.result.kind = Kind::unavailable;
            continue;
        }
        append(document);
    }
}

void Submission::append(Document& document) {
    const settings::BackOffice& back_office = website_.back_office;
    const bool is_apart = document.outcome.event && mapping::is_profile_event(*document.outcome.event) &&
                          !back_office.profile_datastream_id.empty();
    Intake::Event event;
    event.id = document.outcome.id;
    event.datastream_id =
        is_apart ? std::string_view(back_office.profile_datastream_id) : facts_.datastream_id;
    event.edge = website_.endpoint->base_url;
    event.xdm = std::move(document.outcome.xdm);
    if (intake_.append(*this, first_ + next_, std::move(event)) == Intake::Answer::duplicate) {
        document.result.kind = Kind::duplicate;
        return;
    }
    document.is_asked = true;
    ++asked_;
    if (!deadline_.is_set()) {
        wait_for_queue();
    }
}

/// Writes down the results that are known, in the documents' order.
void Submission::settle() {
    while (!under_way_.empty() && under_way_.front().result.kind != Kind::pending) {
        const DocumentResult& result = under_way_.front().result;
        is_unavailable_ = is_unavailable_ || result.kind == Kind::unavailable;
        has_accepted_ = has_accepted_ || result.kind == Kind::accepted || result.kind == Kind::duplicate;
        count(result);
        results_.add(result);
        under_way_.pop_front();
        ++first_;
        next_ -= next_ == 0 ? 0 : 1;
    }
}

void Submission::on_kept(std::uint64_t event, bool is_safe) noexcept {
    if (event < first_ || event - first_ >= under_way_.size()) {
        return;
    }
    Document& document = under_way_[event - first_];
    if (!document.is_asked) {
        return;
    }
    document.is_asked = false;
    document.result.kind = is_safe ? Kind::accepted : Kind::unavailable;
    --asked_;
    if (!is_safe) {
        is_over_ = true;  // what follows could not be taken either, or out of turn
    }
    if (asked_ != 0) {
        wait_for_queue();
    } else {
        deadline_.cancel();
    }
    turn_.post();
}

void Submission::on_turn() noexcept {
    go_on();
}

/// From now on.
void Submission::wait_for_queue() noexcept {
    deadline_.set(ngx_exiting ? kQuitPatience : kDiskPatience);
}

void Submission::on_deadline() noexcept {
    give_up();
    turn_.post();
}

/// The worker ends, or its disk is stuck: what is not safe now has to be sent again.
void Submission::give_up() noexcept {
    is_over_ = true;
    for (Document& document : under_way_) {
        document.is_asked = false;
        if (document.result.kind == Kind::pending) {
            document.result.kind = Kind::unavailable;
        }
    }
    asked_ = 0;
}

void Submission::on_quit() noexcept {
    is_over_ = true;
    if (asked_ == 0) {
        turn_.post();
    } else if (!deadline_.is_set() || deadline_.left() > kQuitPatience) {
        deadline_.set(kQuitPatience);
    }
}

}  // namespace aep::backoffice
