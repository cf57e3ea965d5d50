#pragma once

#include "ngx/ngx.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "delivery/authorization.hpp"
#include "delivery/token_service.hpp"
#include "edge/engine.hpp"
#include "ngx/timer.hpp"
#include "settings/credentials.hpp"
#include "shared/zone.hpp"

namespace aep::delivery {

/// The tokens of the credential of aep_edge_credentials: all workers share one, and one of them fetches the next one
/// before it expires. In the worker's loop.
class Tokens final : public Authorization {
  public:
    /// What its requests carry as their sender.
    static constexpr std::uint32_t kSender = std::numeric_limits<std::uint32_t>::max();

    struct Settings {
        settings::Credentials credentials;
        std::shared_ptr<const settings::Endpoint> service;
    };

    /// `edge` must outlive this. Throws std::bad_alloc.
    Tokens(const shared::Zone& zone, edge::Engine& edge, Settings&& settings);
    Tokens(const Tokens&) = delete;
    Tokens& operator=(const Tokens&) = delete;
    ~Tokens() = default;

    /// From now on there is a token as long as the service gives one; `on_token` is called when there is one again after
    /// header() gave none. `connection`: for a timer.
    void start(ngx_connection_t* connection, std::function<void()> on_token);

    std::optional<Header> header() override;
    void on_unauthorized(const Header& shown) noexcept override;
    void on_response(edge::Response&& response) noexcept;

    /// The worker is told to quit: from now on others fetch.
    void quit() noexcept;
    void stop() noexcept { timer_.cancel(); }

  private:
    struct Fetch {
        std::uint64_t number = 0;  ///< 0: this worker fetches none
        std::uint32_t secret = 0;  ///< the one to try
        std::uint32_t tried = 0;   ///< secrets, before this one
        std::uint64_t asked = 0;
    };

    void look() noexcept;
    void refresh() noexcept;
    void take_over(const shared::Token& token, std::uint64_t now);
    void ask() noexcept;
    void try_next_secret();
    void keep(const TokenAnswer& answer);
    void fail(const TokenAnswer& answer, const edge::Response& response);
    void report(const TokenAnswer& answer, std::uint64_t pause) noexcept;
    void report_rejection() noexcept;
    [[nodiscard]] ngx_msec_t patience() const noexcept;

    shared::Zone zone_;
    edge::Engine& edge_;
    const settings::Credentials credentials_;
    const std::shared_ptr<const settings::Endpoint> service_;
    const std::uint64_t fingerprint_;
    std::function<void()> on_token_;
    std::optional<Header> header_;  ///< of the token that is shown now
    std::uint64_t number_ = 0;      ///< of that token
    Fetch fetch_;
    bool is_waited_for_ = false;
    bool quitting_ = false;
    ngx::Timer<Tokens, &Tokens::look> timer_{*this};
};

}  // namespace aep::delivery
