#pragma once

#include "ngx/ngx.hpp"

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "delivery/worker.hpp"
#include "settings/configuration.hpp"
#include "shared/zone.hpp"
#include "status/model.hpp"

namespace aep::status {

/// Asks Edge for an identity with the datastream of each website: without an event, so that nothing of it is seen in Adobe
/// Experience Platform. One object per worker process.
class ConnectionChecks final {
  public:
    /// Who waits for the answers. Lives in a request's pool.
    struct Waiter {
        virtual void on_checked(std::vector<Check>&& checks) noexcept = 0;
        virtual void on_quit() noexcept = 0;  ///< the worker is exiting

      protected:
        ~Waiter() = default;
    };

    /// `worker` must outlive this. `sender`: what its requests carry.
    ConnectionChecks(delivery::Worker& worker, const shared::Zone& zone, std::uint32_t sender)
        : worker_(worker), zone_(zone), sender_(sender) {}
    ConnectionChecks(const ConnectionChecks&) = delete;
    ConnectionChecks& operator=(const ConnectionChecks&) = delete;

    /// Returns a number for cancel(); 0: too many checks are under way. The waiter is told later, or from within this call
    /// where there is nothing to ask. May throw std::bad_alloc.
    std::uint64_t start(const settings::WebsiteList& websites, Waiter& waiter);
    /// The waiter waits no more.
    void cancel(std::uint64_t number) noexcept { rounds_.erase(number); }

    void on_response(edge::Response&& response) noexcept;
    void on_quit() noexcept;
    void let_waiters_go() noexcept { rounds_.clear(); }

  private:
    struct Round {
        Waiter* waiter = nullptr;
        std::vector<Check> checks;
        std::size_t open = 0;
    };
    struct Question {
        std::uint64_t round = 0;
        std::size_t check = 0;
        bool has_proxy = false;
    };

    void ask(const settings::Website& website, const std::string& datastream, std::uint64_t round,
             std::size_t check);
    void finish(std::uint64_t number) noexcept;
    void add_credentials(std::vector<Check>& checks);

    delivery::Worker& worker_;
    shared::Zone zone_;
    std::uint32_t sender_;
    std::unordered_map<std::uint64_t, Round> rounds_;
    std::unordered_map<std::uint64_t, Question> questions_;
    std::uint64_t last_round_ = 0;
    std::uint64_t last_question_ = 0;
};

}  // namespace aep::status
