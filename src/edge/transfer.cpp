#include "transfer.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "answer_form.hpp"
#include "answer_owner.hpp"
#include "engine.hpp"
#include "text/printable.hpp"

namespace aep::edge {
namespace {

// Below the 60 s for which common load balancers keep an idle connection: one that the server closes just
// as we use it costs a retry.
constexpr long kMaxIdleSeconds = 55;
// So that a changed DNS entry is followed even if a connection is never idle.
constexpr long kMaxConnectionSeconds = 600;
constexpr long kDnsCacheSeconds = 60;
// libcurl's smallest. A larger buffer is given back to the system after each transfer, and asked for again.
constexpr long kUploadBuffer = 16 * 1024;

template <typename Value>
void set(CURL* handle, CURLoption option, Value value) {
    const CURLcode result = curl_easy_setopt(handle, option, value);
    if (result == CURLE_OUT_OF_MEMORY) {
        throw std::bad_alloc();
    }
    if (result != CURLE_OK) {
        throw std::runtime_error("libcurl does not take option " + std::to_string(option) + ": " +
                                 curl_easy_strerror(result));
    }
}

/// For an option that the library at run time may be too old for. That is no error.
template <typename Value>
void set_where_known(CURL* handle, CURLoption option, Value value) noexcept {
    static_cast<void>(curl_easy_setopt(handle, option, value));
}

/// What stands behind the method. Throws std::invalid_argument, std::bad_alloc.
std::string request_target_of(const Request& request) {
    constexpr char kDelete = '\x7F';
    const auto is_wrong = [](char c) { return (c >= '\0' && c <= ' ') || c == kDelete; };
    if (!request.target.starts_with('/') || std::ranges::any_of(request.target, is_wrong)) {
        throw std::invalid_argument("a request target has to begin with a slash and hold no white space");
    }
    // A proxy that is no tunnel is told where to go (RFC 9112 3.2.2).
    const Endpoint& endpoint = *request.endpoint;
    const bool is_absolute = !endpoint.proxy.empty() && endpoint.base_url.starts_with("http://");
    return is_absolute ? endpoint.base_url + request.target : request.target;
}

std::chrono::microseconds since(Clock::time_point begin) {
    return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin);
}

long milliseconds(std::chrono::milliseconds duration) {
    return static_cast<long>(std::max<std::chrono::milliseconds::rep>(duration.count(), 1));  // 0: no limit
}

/// Whether this libcurl was built to trust the certificates of one file.
bool has_bundle() noexcept {
#if LIBCURL_VERSION_NUM >= 0x074600
    const curl_version_info_data* const version = curl_version_info(CURLVERSION_NOW);
    return version->age >= CURLVERSION_SEVENTH && version->cainfo != nullptr;
#else
    return false;
#endif
}

/// Whether libcurl reached a phase, by the time it noted for it.
bool reached(CURL* handle, CURLINFO phase) noexcept {
    curl_off_t microseconds = 0;
    return curl_easy_getinfo(handle, phase, &microseconds) == CURLE_OK && microseconds != 0;
}

}  // namespace

Response failed(const Submission& submission, Failure failure, std::string_view words) noexcept {
    Response response;
    response.sender = submission.request->sender;
    response.id = submission.request->id;
    response.failure = failure;
    response.elapsed = since(submission.submitted);
    response.request = submission.request;
    try {
        response.failure_text.resize(words.size());
        text::copy_printable(words, response.failure_text);
    } catch (const std::bad_alloc&) {
        response.failure_text.clear();  // the failure itself is what counts
    }
    return response;
}

Transfer::Transfer(CURLSH* share)
    : share_(share), collector_(Engine::kMaxResponse), handle_(curl_easy_init()) {
    if (!handle_) {
        throw std::bad_alloc();
    }
}

/// Sets what is the same for all requests to the endpoint.
void Transfer::set_endpoint(const Endpoint& endpoint) {
    is_set_ = false;
    curl_easy_reset(handle_.get());
    set_connection_options(endpoint);
    set_tls_options(endpoint);
    set_response_options();
    is_set_ = true;
}

void Transfer::set_connection_options(const Endpoint& endpoint) {
    CURL* const handle = handle_.get();
#if LIBCURL_VERSION_NUM >= 0x075500
    set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    set(handle, CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    // The same for all requests, and taken apart already: as a text it would be, and put together again, for each.
    set_url(endpoint.base_url + '/');
    set(handle, CURLOPT_POST, 1L);
    set(handle, CURLOPT_UPLOAD_BUFFERSIZE, kUploadBuffer);
    set(handle, CURLOPT_PATH_AS_IS, 1L);  // what was checked is what is sent
    set(handle, CURLOPT_FOLLOWLOCATION, 0L);
    // Set even if empty, or libcurl asks the environment.
    set(handle, CURLOPT_PROXY, endpoint.proxy.c_str());
    set(handle, CURLOPT_NOPROXY, "");
    set(handle, CURLOPT_HTTP_VERSION,
        static_cast<long>(endpoint.http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
    set(handle, CURLOPT_PIPEWAIT, endpoint.http2 ? 1L : 0L);
    set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(endpoint.connect_timeout.count()));
    set(handle, CURLOPT_TIMEOUT_MS, milliseconds(endpoint.timeout));
    set(handle, CURLOPT_NOSIGNAL, 1L);
    set(handle, CURLOPT_TCP_NODELAY, 1L);
    set(handle, CURLOPT_TCP_KEEPALIVE, 1L);
    set(handle, CURLOPT_DNS_CACHE_TIMEOUT, kDnsCacheSeconds);
    set(handle, CURLOPT_MAXAGE_CONN, kMaxIdleSeconds);
#if LIBCURL_VERSION_NUM >= 0x075000
    set_where_known(handle, CURLOPT_MAXLIFETIME_CONN, kMaxConnectionSeconds);
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
    // Else libcurl waits for a thread that is stuck in getaddrinfo when its transfer is removed.
    set_where_known(handle, CURLOPT_QUICK_EXIT, 1L);
#endif
    set(handle, CURLOPT_SHARE, share_);
}

void Transfer::set_url(const std::string& url) {
    if (!url_) {
        url_.reset(curl_url());
    }
    const CURLUcode result =
        url_ ? curl_url_set(url_.get(), CURLUPART_URL, url.c_str(), 0) : CURLUE_OUT_OF_MEMORY;
    if (result == CURLUE_OUT_OF_MEMORY) {
        throw std::bad_alloc();
    }
    if (result != CURLUE_OK) {
        throw std::invalid_argument("libcurl does not take the URL " + url);
    }
    set(handle_.get(), CURLOPT_CURLU, url_.get());
}

void Transfer::set_tls_options(const Endpoint& endpoint) {
    CURL* const handle = handle_.get();
    set(handle, CURLOPT_SSL_VERIFYPEER, 1L);
    set(handle, CURLOPT_SSL_VERIFYHOST, 2L);
    set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!endpoint.trusted_certificate.empty()) {
        set(handle, CURLOPT_CAINFO, endpoint.trusted_certificate.c_str());
    }
    if (!endpoint.trusted_certificate.empty() || has_bundle()) {
        // Nothing beside the file is trusted. Only without a directory does libcurl keep what it has read;
        // else it reads all of the system's certificates again, tens of milliseconds, for each connection.
        set(handle, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    }
}

void Transfer::set_response_options() {
    CURL* const handle = handle_.get();
    set(handle, CURLOPT_PRIVATE, static_cast<void*>(this));
    set(handle, CURLOPT_ERRORBUFFER, error_.data());
    set(handle, CURLOPT_ACCEPT_ENCODING, "");  // decodes all that it can; what is asked for: see HeaderLines
    set(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(handle, CURLOPT_RESOLVER_START_FUNCTION, &Transfer::on_resolver_start);
    set(handle, CURLOPT_RESOLVER_START_DATA, static_cast<void*>(this));
    set(handle, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    set(handle, CURLOPT_HEADERDATA, static_cast<void*>(this));
    set(handle, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    set(handle, CURLOPT_WRITEDATA, static_cast<void*>(this));
}

void Transfer::begin(Submission& submission, Clock::time_point now) {
    CURL* const handle = handle_.get();
    if (!is_set_) {
        set_endpoint(*submission.request->endpoint);
    }
    header_lines_.set(submission.request->headers);
    request_id_ = request_id_of(submission.request->target);
    set(handle, CURLOPT_REQUEST_TARGET, request_target_of(*submission.request).c_str());
    set(handle, CURLOPT_HTTPHEADER, header_lines_.first());
    set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(submission.request->body.size()));
    submission_ = std::move(submission);
    begun_ = now;
    // Only the pointer is kept, which cannot fail: libcurl can begin anew whenever it has to send it again.
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, submission_.request->body.data());
    out_of_memory_ = false;
    asked_resolver_ = false;
    error_.front() = '\0';
}

void Transfer::check_owner() noexcept {
    another_ = id_of_another(request_id_, collector_.headers(), collector_.body_so_far());
    curl_socket_t connection = CURL_SOCKET_BAD;
    if (!another_.empty() &&
        curl_easy_getinfo(handle_.get(), CURLINFO_ACTIVESOCKET, &connection) == CURLE_OK &&
        connection != CURL_SOCKET_BAD) {
        ::shutdown(connection, SHUT_RDWR);  // libcurl closes what it finds dead, and uses it no more
    }
}

Response Transfer::finish(CURLcode result) noexcept {
    const Failure failure = result == CURLE_OK ? Failure::none : failure_of(result);
    if (!is_answer(failure)) {
        return not_an_answer();
    }
    if (failure != Failure::none) {
        const char* const words = error_.front() != '\0' ? error_.data() : curl_easy_strerror(result);
        if (failure == Failure::too_large) {
            return too_large(words);
        }
        return abort(failure, words);
    }
    Response answer;
    answer.sender = submission_.request->sender;
    answer.id = submission_.request->id;
    answer.elapsed = since(submission_.submitted);
    answer.status = status();
    answer.headers = collector_.take_headers();
    answer.body = collector_.take_body();
    answer.request = std::move(submission_.request);
    forget();
    return answer;
}

/// Whether what has come, if anything has, is Edge's answer to this request.
bool Transfer::is_answer(Failure failure) const noexcept {
    const std::string_view body = collector_.body_so_far();
    if (failure == Failure::none) {
        return another_.empty() && may_be_edges(submission_.request->target, status(), body);
    }
    return failure != Failure::too_large ||
           (another_.empty() && (body.empty() || may_be_edges(submission_.request->target, status(), body)));
}

Response Transfer::not_an_answer() noexcept {
    try {
        return abort(Failure::transfer, why_not_an_answer());
    } catch (const std::bad_alloc&) {
        return abort(Failure::transfer, "this is not Edge's answer to the request");
    }
}

std::string Transfer::why_not_an_answer() const {
    constexpr std::size_t kLongest = 100;
    if (!another_.empty()) {
        return "the answer belongs to another request, with the ID \"" + text::printable(another_, kLongest) +
               "\"; its connection is closed";
    }
    const auto& headers = collector_.headers();
    const auto type = std::ranges::find(headers, "content-type", &Header::first);
    return "the answer is not Edge's: " + std::to_string(status()) + " with " +
           (collector_.body_so_far().empty() ? "no body"
            : type == headers.end()          ? "a body of no type"
                                             : text::printable(type->second, kLongest)) +
           ", expected a JSON object; look for what answers in Edge's place, as a proxy or a sign-in page";
}

/// Edge has the request and has spoken, whatever it had to add.
Response Transfer::too_large(std::string_view text) noexcept {
    const int answered = status();
    std::vector<Header> headers = collector_.take_headers();
    Response answer = abort(Failure::too_large, text);
    answer.status = answered;
    answer.headers = std::move(headers);
    return answer;
}

int Transfer::status() const noexcept {
    long status = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    return static_cast<int>(status);
}

Response Transfer::abort(Failure failure, std::string_view text) noexcept {
    Response answer = failed(submission_, failure, text);
    forget();
    return answer;
}

Transfer& Transfer::of(CURL* handle) noexcept {
    void* self = nullptr;
    curl_easy_getinfo(handle, CURLINFO_PRIVATE, &self);
    return *static_cast<Transfer*>(self);
}

/// Gives the memory back now, not at the next use.
void Transfer::forget() noexcept {
    // A request that met a connection which the server had closed is sent again by libcurl, but only five
    // times between two resets of a handle: it counts all that the handle ever did.
    long new_connections = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_NUM_CONNECTS, &new_connections);
    is_set_ = is_set_ && new_connections == 0;
    submission_ = Submission{};
    another_ = {};
    collector_.clear();
}

Failure Transfer::failure_of(CURLcode result) const noexcept {
    if (collector_.too_large()) {
        return Failure::too_large;
    }
    if (out_of_memory_) {
        return Failure::refused;
    }
    switch (result) {
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
            return Failure::resolve;
        case CURLE_COULDNT_CONNECT:
        case CURLE_INTERFACE_FAILED:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CRL_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_INVALIDCERTSTATUS:
#if LIBCURL_VERSION_NUM >= 0x074900
        case CURLE_PROXY:
#endif
            return Failure::connect;
        case CURLE_OPERATION_TIMEDOUT:
            return timed_out_in();
        case CURLE_URL_MALFORMAT:
        case CURLE_FAILED_INIT:
        case CURLE_NOT_BUILT_IN:
        case CURLE_OUT_OF_MEMORY:
        case CURLE_BAD_FUNCTION_ARGUMENT:
            return Failure::refused;
        default:
            return Failure::transfer;
    }
}

Failure Transfer::timed_out_in() const noexcept {
    if (reached(handle_.get(), CURLINFO_PRETRANSFER_TIME_T)) {
        return Failure::timeout;
    }
    if (reached(handle_.get(), CURLINFO_NAMELOOKUP_TIME_T)) {
        return Failure::connect;
    }
    return asked_resolver_ ? Failure::resolve : Failure::refused;
}

int Transfer::on_resolver_start(void*, void*, void* self) noexcept {
    static_cast<Transfer*>(self)->asked_resolver_ = true;
    return 0;
}

std::size_t Transfer::on_header(const char* data, std::size_t size, std::size_t count, void* self) noexcept {
    Transfer& transfer = *static_cast<Transfer*>(self);
    try {
        return transfer.collector_.header_line({data, size * count}) ? size * count : 0;
    } catch (const std::bad_alloc&) {
        transfer.out_of_memory_ = true;
        return 0;
    }
}

std::size_t Transfer::on_body(const char* data, std::size_t size, std::size_t count, void* self) noexcept {
    Transfer& transfer = *static_cast<Transfer*>(self);
    try {
        // A write of nothing is no error, so 0 is free to mean one.
        return transfer.collector_.body({data, size * count}) ? size * count : 0;
    } catch (const std::bad_alloc&) {
        transfer.out_of_memory_ = true;
        return 0;
    }
}

}  // namespace aep::edge
