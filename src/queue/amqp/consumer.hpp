#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "line.hpp"
#include "shared.hpp"

namespace aep::queue::amqp {

/// The thread's part of consuming: has delivered what is wanted, settles what was delivered, and asks how long the
/// queues are.
class Consumer final : Receiver {
  public:
    static constexpr std::int64_t kInterval = 1'000;     ///< ms, between two looks at what is missing
    static constexpr std::int64_t kDepthLasts = 4'000;   ///< ms, besides the time to ask all queues
    static constexpr std::size_t kQuestionsAtOnce = 64;  ///< queues

    /// `queues`: those whose depths are asked.
    Consumer(Shared& shared, const Settings& settings, std::vector<std::string> queues,
             std::size_t first_host);

    /// Does what can be done now. Whether there is something in the inbox that was empty.
    bool turn(std::int64_t now);
    [[nodiscard]] std::int64_t next(std::int64_t now) const noexcept;

    [[nodiscard]] bool is_ready() const noexcept { return line_.is_open(); }
    [[nodiscard]] Line& line() noexcept { return line_; }
    [[nodiscard]] const Line& line() const noexcept { return line_; }

    void give_up(std::int64_t now, const char* why);

  private:
    void on_delivery(Delivery&& delivery) override;
    void on_confirm(std::uint64_t /*number*/, bool /*multiple*/, bool /*is_positive*/) override {}
    void on_return(std::uint64_t /*number*/) override {}
    void on_cancel(std::string_view queue) override;
    void on_depth(std::string_view queue, std::uint64_t messages, std::uint32_t consumers) override;
    void on_absence(std::string_view queue, std::string_view why) override;
    void on_blocked(std::string_view /*why*/) override {}
    void on_unblocked() override {}

    void open(std::int64_t now);
    void lost(std::int64_t now);
    void forget_connection();
    void renew_when_idle(std::int64_t now);
    void obey();
    void obey(Settle settle);
    void obey(const Consume& consume);
    void obey(const Cancel& cancel);
    void acknowledge();
    void consume_what_is_wanted();
    bool consume(const std::string& queue, std::uint16_t prefetch);
    void report_absence(std::string_view queue, std::string_view why);
    void ask_depths();
    bool hand_over();

    Shared& shared_;
    const Settings& settings_;
    const std::vector<std::string> queues_;
    Line line_;

    std::uint64_t number_ = 0;  ///< of the connection; 0: there is none
    std::uint64_t last_number_ = 0;
    std::map<std::string, std::uint16_t, std::less<>> wanted_;
    std::set<std::string, std::less<>> consumed_;
    std::set<std::uint64_t> unsettled_;  ///< over this connection
    std::vector<std::uint64_t> acknowledged_;
    std::vector<Command> commands_;
    std::vector<Delivery> arrived_;
    std::int64_t looked_at_ = 0;
    std::int64_t busy_at_ = 0;  ///< when it last had something that was not settled

    std::size_t next_question_ = 0;
    std::size_t unanswered_ = 0;
    Trouble absent_;
};

}  // namespace aep::queue::amqp
