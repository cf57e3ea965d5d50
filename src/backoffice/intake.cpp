#include "ngx/ngx.hpp"

#include "backoffice/intake.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "text/digest.hpp"

namespace aep::backoffice {
namespace {

using shared::RequestWindow;

constexpr std::uint32_t kPatience = 5;  ///< seconds that the queue may take

std::uint32_t now_in_seconds() noexcept {
    return static_cast<std::uint32_t>(ngx_current_msec / 1000);
}

}  // namespace

Intake::Intake(delivery::Worker& worker, const shared::Zone& zone) : worker_(worker), zone_(zone) {
    submitters_.reserve(kMostSubmissions);
    worker_.add(*this);
}

bool Intake::enter(Submitter& submitter) {
    if (submitters_.size() >= kMostSubmissions) {
        return false;
    }
    submitters_.push_back(&submitter);
    return true;
}

void Intake::leave(Submitter& submitter) noexcept {
    std::erase(submitters_, &submitter);
    for (auto& [id, question] : questions_) {
        if (question.submitter == &submitter) {
            question.submitter = nullptr;
        }
    }
    worker_.end_grace_when_idle();
}

Intake::Answer Intake::append(Submitter& submitter, std::uint64_t number, Event&& event) {
    const std::uint64_t key = text::fingerprint(event.datastream_id, event.id);
    const auto sighting = zone_.locked(
        [key](shared::SharedState& shared) { return shared.window.note(key, now_in_seconds(), kPatience); });
    if (sighting == RequestWindow::Sighting::safe) {
        return Answer::duplicate;
    }
    // What is under way may yet fail. To take it twice does no harm: both carry the same identifier.
    auto entry = std::make_shared<queue::Entry>();
    entry->lane = worker_.routes().lane_of(event.edge, event.datastream_id);
    entry->website = event.datastream_id;
    entry->action = "back-office";
    entry->body = std::move(event.xdm);
    entry->source = queue::Source::back_office;
    const std::uint64_t id = ++last_question_;
    const auto question = questions_.emplace(id, Question{&submitter, number, key}).first;
    try {
        worker_.queue()->append_order(*this, id, std::move(entry));
    } catch (...) {
        questions_.erase(question);
        throw;
    }
    return Answer::asked;
}

void Intake::on_appended(std::uint64_t id, std::optional<queue::EntryId> entry) noexcept {
    const auto found = questions_.find(id);
    if (found == questions_.end()) {
        return;
    }
    const Question question = found->second;
    questions_.erase(found);
    zone_.locked([&](shared::SharedState& shared) {
        if (entry) {
            shared.window.confirm(question.window_key, now_in_seconds());
        } else {
            shared.window.forget(question.window_key);
        }
    });
    zone_.counters().add(entry ? shared::Counter::queued : shared::Counter::not_kept);
    if (question.submitter != nullptr) {
        question.submitter->on_kept(question.number, entry.has_value());
    }
    worker_.end_grace_when_idle();
}

void Intake::on_quit() noexcept {
    // Backwards, as each may leave while it is told.
    for (std::size_t index = submitters_.size(); index-- > 0;) {
        if (index < submitters_.size()) {
            submitters_[index]->on_quit();
        }
    }
}

}  // namespace aep::backoffice
