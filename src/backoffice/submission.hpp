#pragma once

#include "ngx/ngx.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backoffice/admission.hpp"
#include "backoffice/document_result.hpp"
#include "backoffice/documents.hpp"
#include "backoffice/intake.hpp"
#include "backoffice/line_splitter.hpp"
#include "backoffice/mapping/document_mapping.hpp"
#include "backoffice/results.hpp"
#include "ngx/posted.hpp"
#include "ngx/request_context.hpp"
#include "ngx/timer.hpp"
#include "protocol/problem.hpp"
#include "settings/website.hpp"
#include "shared/zone.hpp"

namespace aep::backoffice {

/// One request with back office documents, from its first byte to the answer. Lives in the request's pool.
///
/// NDJSON is read line by line while its events go into the queue, no faster than the queue takes them. Everything else
/// is read as a whole, because a signature over it has to be checked before anything looks into it.
class Submission final : public ngx::RequestContext, private Intake::Submitter {
  public:
    static constexpr auto kRoom = Room::back_office;

    /// Bytes of a body that is read as a whole.
    static constexpr std::size_t kMostWhole = std::size_t{4} << 20U;
    /// Documents that wait for the queue.
    static constexpr std::size_t kWindow = 256;
    /// Lines that are read in one turn of nginx's loop: other requests must not wait for more.
    static constexpr std::size_t kLinesInATurn = 32;

    struct Facts {
        std::string_view datastream_id;
        std::string_view event;  ///< as the query argument or the header names it; may be empty
        std::string_view environment;
        Credentials credentials;
        bool checks_signature = false;
        bool is_ndjson = false;

        /// Whether the body is read as a whole.
        [[nodiscard]] bool is_whole() const noexcept { return !is_ndjson || checks_signature; }
    };

    /// All of them must outlive the request.
    Submission(ngx_http_request_t* request, const settings::Website& website, const Documents& documents,
               const settings::BackOfficeAccess& access, Intake& intake, const shared::Zone& zone);

    /// Starts to read the body. Returns what the content handler does.
    ngx_int_t start(const Facts& facts);

    /// Answers with a problem.
    ngx_int_t refuse(const protocol::Problem& problem);

  private:
    struct Document {
        DocumentResult result;
        mapping::Outcome outcome;  ///< while its event has not gone to the queue
        bool is_asked = false;
    };

    static void handle_body(ngx_http_request_t* request) noexcept;
    static void handle_reading(ngx_http_request_t* request) noexcept;
    static void handle_cleanup(void* data) noexcept;

    void on_kept(std::uint64_t event, bool is_safe) noexcept override;
    void on_quit() noexcept override;
    void on_turn() noexcept;
    void on_deadline() noexcept;
    void wait_for_queue() noexcept;

    bool prepare();
    void go_on() noexcept;
    std::optional<ngx_int_t> advance();
    std::optional<ngx_int_t> take_whole();
    ngx_int_t read_on();
    bool take_buffers();
    void take_line(const LineSplitter::Line& line);
    [[nodiscard]] mapping::Mapped map(std::string_view json) const;
    void take(mapping::Mapped&& mapped, std::uint64_t line);
    void append_waiting();
    void append(Document& document);
    void settle();
    void give_up() noexcept;
    ngx_int_t answer();
    ngx_int_t answer_lines();
    void count(const DocumentResult& result);
    void end(ngx_int_t result) noexcept;

    ngx_http_request_t* request_;
    const settings::Website& website_;
    const Documents& documents_;
    const settings::BackOfficeAccess& access_;
    Intake& intake_;
    shared::Zone zone_;

    Facts facts_;
    LineSplitter lines_;
    std::deque<Document> under_way_;  ///< in their order; the first may wait for the queue
    std::uint64_t first_ = 0;         ///< number of the first of them
    std::size_t asked_ = 0;           ///< of them, that wait for the queue
    std::size_t lines_in_turn_ = 0;
    std::size_t next_ = 0;  ///< the first of them that has not gone to it
    Results results_;
    mapping::Shape shape_ = mapping::Shape::unknown;
    bool was_array_ = false;
    bool body_is_read_ = false;
    bool is_over_ = false;         ///< the rest of the body is not taken
    bool is_unavailable_ = false;  ///< something has to be sent again
    bool has_accepted_ = false;
    bool has_ended_ = false;
    ngx::Posted<Submission, &Submission::on_turn> turn_{*this};
    ngx::Timer<Submission, &Submission::on_deadline> deadline_{*this};
};

}  // namespace aep::backoffice
