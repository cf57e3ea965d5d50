#pragma once

#include "ngx/ngx.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include "backoffice/document_result.hpp"

namespace aep::backoffice {

/// The results of one request, in their order. What is more than a little is kept in one of nginx's temporary files, so
/// that memory does not grow with the number of documents.
class Results {
  public:
    static constexpr std::size_t kInMemory = std::size_t{64} << 10U;

    explicit Results(ngx_http_request_t* request) noexcept : request_(request) {}
    Results(const Results&) = delete;
    Results& operator=(const Results&) = delete;

    void add(const DocumentResult& result);

    /// Writes what is more than a little to the file. False when it cannot be written; nginx has said why.
    bool spill() noexcept;

    /// What was not written to the file, as the elements of a JSON list.
    [[nodiscard]] std::string as_list() const;

    /// Sends all of them as NDJSON. Returns what ngx_http_finalize_request takes.
    ngx_int_t send_lines() noexcept;

  private:
    bool write() noexcept;

    ngx_http_request_t* request_;
    std::string lines_;
    ngx_temp_file_t* file_ = nullptr;  ///< in the request's pool; null: all is in memory
};

}  // namespace aep::backoffice
