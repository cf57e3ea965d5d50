#pragma once

#include "ngx/ngx.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "edge/message.hpp"
#include "gateway/answer.hpp"
#include "gateway/transfers.hpp"
#include "ngx/request_context.hpp"
#include "ngx/waiting.hpp"
#include "protocol/action.hpp"
#include "protocol/consent.hpp"
#include "protocol/cookies.hpp"
#include "protocol/exchange.hpp"
#include "settings/website.hpp"
#include "shared/outcome.hpp"
#include "shared/tally.hpp"

namespace aep::gateway {

using shared::Outcome;

/// One request of a page on its way through the gateway: from the header that was let in to the answer.
/// Lives in the request's pool.
class LiveRequest final : public ngx::RequestContext, private Transfers::Waiter, private ngx::Waiting::Owner {
  public:
    static constexpr Room kRoom = Room::gateway;

    /// What was found out from the header.
    struct Admission {
        protocol::Target target;
        std::string datastream_id;
        std::string request_id;
        std::string assurance_token;  ///< adobeAepValidationToken, as it came
        std::string host;
        std::string origin;
        std::string content_type;
        protocol::VisitorState visitor;
        bool objects = false;  ///< by opt-out cookie or Global Privacy Control: no identity is made
    };

    LiveRequest(ngx_http_request_t* request, const settings::Website& website, shared::Zone& zone,
                Transfers* transfers);

    /// The answer to a request that is refused, for a reason that a counter of its own counts.
    ngx_int_t refuse(const protocol::Problem& problem, shared::Counter reason);
    /// The answer to a request whose events the visitor does not want sent.
    ngx_int_t respect_objection(const protocol::Target& target, std::string_view request_id);

    void admit(Admission&& admission);
    void set_foreign_origin(std::string_view origin) { foreign_origin_ = origin; }

    /// The body is there. NGX_DONE: the answer comes later.
    ngx_int_t start();

    // For variables; empty where there is nothing to say.
    [[nodiscard]] std::string_view outcome() const noexcept { return to_string(outcome_); }
    [[nodiscard]] std::string_view event_types() const noexcept { return event_types_; }
    [[nodiscard]] std::string_view edge_time() const noexcept { return edge_time_; }
    [[nodiscard]] std::string_view request_id() const noexcept { return admission_.request_id; }

  private:
    void on_edge_answer(edge::Response&& response) noexcept override;
    void on_local_answer(bool safe) noexcept override;
    void on_quit() noexcept override { waiting_.hurry(); }
    void on_deadline() noexcept override;
    void on_request_ended() noexcept override { detach(); }

    shared::RequestWindow::Sighting claim(std::uint64_t key) noexcept;
    ngx_int_t forward_claimed(protocol::RewrittenRequest&& rewritten, std::uint64_t key);
    ngx_int_t forward(protocol::RewrittenRequest&& rewritten, std::uint64_t window_key);
    [[nodiscard]] Subject subject_of(const protocol::RewrittenRequest& rewritten, std::uint64_t window_key);
    void detach() noexcept;
    void end(ngx_int_t result) noexcept;
    ngx_int_t refuse_for_now();
    Answer answer_from(edge::Response&& response);
    Answer answer_locally();
    ngx_int_t send(Answer answer);
    void choose_first_party_id(protocol::RequestFacts& facts);
    void keep_first_party_id(const protocol::RewrittenRequest& rewritten);
    [[nodiscard]] std::string edge_target() const;
    void note_events(const protocol::RewrittenRequest& rewritten);

    ngx_http_request_t* request_;
    const settings::Website& website_;
    shared::Zone& zone_;
    Transfers* transfers_;
    Admission admission_;
    std::string foreign_origin_;
    std::string origin_site_;  ///< of the page that sent the request; empty where it does not say
    std::string cookie_domain_;
    std::string first_party_id_;         ///< that goes along with this request; empty: none
    std::string first_party_id_cookie_;  ///< Set-Cookie with it, for any answer; empty: none
    protocol::ConsentChange consent_change_;
    std::string event_types_;
    std::string edge_time_;
    std::string new_ecid_;  ///< for a visitor without an identity
    Outcome outcome_ = Outcome::none;
    std::shared_ptr<shared::Tally> tally_;
    bool waits_for_queue_ = false;  ///< and for Edge no longer
    std::uint64_t transfer_ = 0;    ///< 0: none is waited for
    ngx::Waiting waiting_;
};

}  // namespace aep::gateway
