#include "store_loop.hpp"

#include <algorithm>
#include <exception>
#include <optional>

#include "lanes.hpp"

namespace aep::queue {
namespace {

/// Without memory there is nothing to do but to wait for some.
constexpr std::int64_t kPauseWithoutMemory = 100;

template <typename Function>
bool guarded(Function&& function) noexcept {
    try {
        function();
        return true;
    } catch (const std::exception&) {
        return false;  // no memory, so none to say so either
    }
}

std::string or_unknown(const std::string& error) {
    return error.empty() ? "the reason is not known" : error;
}

}  // namespace

StoreLoop::StoreLoop(std::unique_ptr<Backend> backend, const Limits& limits, Ledger& ledger, Tell tell,
                     Instant now)
    : backend_(std::move(backend)),
      limits_(limits),
      ledger_(ledger),
      tell_(std::move(tell)),
      clock_(now.time_of_day, now.monotonic),
      now_(now.time_of_day),
      monotonic_(now.monotonic),
      next_tick_(now.monotonic),
      desk_(*backend_, limits.max_age),
      space_(limits, ledger) {}

std::int64_t StoreLoop::turn(std::vector<Command>& commands, Instant now) noexcept {
    set_time(now);
    if (!prepare(commands.size())) {
        return kPauseWithoutMemory;
    }
    const bool tick_is_due = monotonic_ >= next_tick_;
    if (tick_is_due) {
        guarded([&] { open_stores(); });
    }
    space_is_known_ = false;
    bool good = true;
    for (Command& command : commands) {
        good = apply(command) && good;
    }
    commands.clear();
    good = guarded([&] { end_unit(false); }) && good;
    guarded([&] { finish_appends(false); });  // those whose unit did not come to its end
    good = guarded([&] { end_unit_of_orders(); }) && good;
    guarded([&] { finish_orders({}); });
    tell();
    good = (!tick_is_due || guarded([&] { tick(); })) && good;
    good = guarded([&] {
               look_at_news();
               hand_out();
           }) &&
           good;
    desk_.work(now_, monotonic_, events_);
    tell();
    if (!good) {
        start_over();
        return kPauseWithoutMemory;
    }
    return events_.empty() ? patience() : std::min(patience(), kPauseWithoutMemory);
}

/// Memory ran out somewhere, so who has what, and who wants what, may be wrong. What is in the files is right.
void StoreLoop::start_over() noexcept {
    store_.reset();
    consents_.close();
    orders_.close();
    settlements_.clear();
    settlements_failed_ = false;
    lanes_.want_again();
    lanes_.look_at_all();
    lanes_.look_for_consents();
    lanes_.look_for_orders();
    next_tick_ = monotonic_ + kPauseWithoutMemory;
}

void StoreLoop::close(Instant now) noexcept {
    set_time(now);
    guarded([&] { end_unit(true); });
    guarded([&] {
        finish_appends(false);
        end_unit_of_orders();
        finish_orders({});
        consents_.settle_again();
        consents_.release_all();
        report_stores();
    });
    desk_.give_up(events_);
    tell();
    store_.reset();
    consents_.close();
    orders_.close();
    backend_->close();
}

/// With this, an answer to each command needs no memory.
bool StoreLoop::prepare(std::size_t commands) noexcept {
    constexpr std::size_t kMessages = 32;
    return guarded([&] {
        appends_.reserve(commands);
        order_appends_.reserve(commands);
        events_.reserve(events_.size() + commands + kMessages);
    });
}

void StoreLoop::set_time(Instant now) noexcept {
    now_ = clock_.read(now.time_of_day, now.monotonic);
    monotonic_ = now.monotonic;
}

void StoreLoop::open_stores() {
    std::string error;
    if (!store_ && !left_) {
        store_ = backend_->open_store(error);
        if (store_ && not_open_.ended()) {
            say(false, "the queue can be used now: events are kept again while Edge is away");
        } else if (!store_ && not_open_.happened(monotonic_)) {
            say(true, "the queue cannot be used, so events that Edge does not take are refused: " +
                          or_unknown(error) + "; it is tried again each second");
        }
    }
    error.clear();
    if (!consents_.is_open() && !left_) {
        consents_.use(backend_->open_consent_store(error));
        if (consents_.is_open() && consents_not_open_.ended()) {
            say(false, "the queue of consents can be used now");
        } else if (!consents_.is_open() && consents_not_open_.happened(monotonic_)) {
            say(true, "the queue of consents cannot be used, so those that Edge does not take are refused: " +
                          or_unknown(error) + "; it is tried again each second");
        }
    }
    error.clear();
    if (!orders_.is_open() && !left_) {
        orders_.use(backend_->open_order_store(error));
        if (orders_.is_open() && orders_not_open_.ended()) {
            say(false, "the queue of back office events can be used now");
        } else if (!orders_.is_open() && orders_not_open_.happened(monotonic_)) {
            say(true, "the queue of back office events cannot be used, so they are refused: " +
                          or_unknown(error) + "; it is tried again each second");
        }
    }
}

void StoreLoop::say(bool alert, std::string text) {
    events_.emplace_back(LogLine{alert, std::move(text)});
}

/// What the receiver has no memory for stays, for the next time.
void StoreLoop::tell() noexcept {
    if (!events_.empty() && guarded([&] { tell_(std::move(events_)); })) {
        events_.clear();
    }
}

/// Gives an entry a time of receipt, if it has none.
void StoreLoop::stamp(Entry& entry) const noexcept {
    if (entry.received == 0) {
        entry.received = now_;
    }
}

/// False when memory ran out; it is answered all the same.
bool StoreLoop::apply(Command& command) noexcept {
    const bool good = guarded([&] { std::visit([this](auto& what) { apply(what); }, command); });
    if (!good) {
        guarded([&] { refuse(command); });
    }
    return good;
}

void StoreLoop::apply(Append& append) {
    if (!store_ || !store_->takes_entries() || !has_room(*append.entry)) {
        refuse(append);
        return;
    }
    stamp(*append.entry);
    meet(append.entry->lane);
    const bool is_handed_out = take_want(append);
    const std::optional<EntryId> id =
        store_->append(std::move(*append.entry), append.claimed || is_handed_out);
    appends_.push_back({append.ticket, id, std::move(append.entry), is_handed_out});
}

void StoreLoop::apply(AppendConsent& append) {
    // They have a limit of their own: events that wait must not keep a visitor from deciding.
    if (!consents_.is_open() || !has_disk(*append.entry)) {
        refuse(append);
        return;
    }
    stamp(*append.entry);
    const std::optional<EntryId> id =
        consents_.append(append.identity, append.turn, *append.entry, append.claimed, now_);
    events_.emplace_back(Appended{append.ticket, id});
    if (id) {
        meet(append.entry->lane);
        lanes_.look_for_consents();
    } else if (consent_failures_.happened(monotonic_)) {
        report_stores();
        say(true, "a consent could not be written to the queue, so it was refused (" +
                      std::to_string(consent_failures_.take_times()) +
                      " since the last message): see whether the disk is full or damaged");
    }
}

void StoreLoop::apply(AppendOrder& append) {
    if (!orders_.is_open() || !has_room_for_order(*append.entry)) {
        refuse(append);
        return;
    }
    stamp(*append.entry);
    order_appends_.push_back({append.ticket, std::move(append.entry)});
}

void StoreLoop::apply(WithdrawConsent& withdraw) {
    events_.emplace_back(ConsentTurn{withdraw.ticket, consents_.withdraw(withdraw.identity, now_)});
}

void StoreLoop::apply(Want& want) {
    if (!left_) {
        lanes_.want(want.edge, want.count, want.is_probe);
    }
}

void StoreLoop::apply(WantNothing& want_nothing) {
    lanes_.want_nothing(want_nothing.edge);
}

void StoreLoop::apply(Rest& rest) {
    lanes_.rest(rest.lane, now_ + rest.pause.count());
}

void StoreLoop::apply(Settlement& settlement) {
    if (settlement.id.kind == EntryId::Kind::consent) {
        consents_.settle(std::move(settlement));
        lanes_.look_for_consents();
    } else if (settlement.id.kind == EntryId::Kind::order) {
        orders_.settle(std::move(settlement));
    } else if (store_) {
        settle_later({std::move(settlement), {}});
    }
}

void StoreLoop::apply(Release& release) {
    if (release.id.kind == EntryId::Kind::consent) {
        consents_.release(release.id);
        lanes_.look_for_consents();
    } else if (release.id.kind == EntryId::Kind::order) {
        orders_.release(release.id);
    } else if (store_) {
        store_->release(release.id);
        lanes_.look_at_all();
    }
}

void StoreLoop::apply(Leave&) {
    left_ = true;
    end_unit(true);
    lanes_.want_nothing();
    settlements_.clear();  // what failed is for the next who delivers
    settlements_failed_ = false;
    if (store_) {
        store_->leave();
    }
    consents_.leave();
    orders_.leave();
}

/// Answers a command that cannot be followed, if it wants an answer.
void StoreLoop::refuse(const Command& command) {
    if (const auto* append = std::get_if<Append>(&command)) {
        events_.emplace_back(Appended{append->ticket, {}});
    } else if (const auto* consent = std::get_if<AppendConsent>(&command)) {
        events_.emplace_back(Appended{consent->ticket, {}});
    } else if (const auto* order = std::get_if<AppendOrder>(&command)) {
        events_.emplace_back(Appended{order->ticket, {}});
    } else if (const auto* withdraw = std::get_if<WithdrawConsent>(&command)) {
        events_.emplace_back(ConsentTurn{withdraw->ticket, ConsentStore::Withdrawal::failed});
    } else if (const auto* list = std::get_if<ListDeadLetters>(&command)) {
        events_.push_back(DeadLetterDesk::failed(*list));
    } else if (const auto* read = std::get_if<ReadDeadLetter>(&command)) {
        events_.push_back(DeadLetterDesk::failed(*read));
    } else if (const auto* change = std::get_if<ChangeDeadLetters>(&command)) {
        events_.push_back(DeadLetterDesk::failed(*change));
    }
}

void StoreLoop::meet(const std::string& lane) {
    if (lanes_.meet(lane) && !left_) {
        events_.emplace_back(NewEdge{std::string(edge_of(lane))});
    }
}

}  // namespace aep::queue
