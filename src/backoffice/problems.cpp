#include "problems.hpp"

#include <string>

namespace aep::backoffice {
namespace {

protocol::Problem problem(int status, std::string_view title, std::string_view detail) {
    return {status, "about:blank", std::string(title), std::string(detail)};
}

}  // namespace

protocol::Problem unauthorized() {
    return problem(
        401, "Not authorized",
        "Expected a token of this location as \"Authorization: Bearer ...\", or a signature of Adobe "
        "Commerce or Adobe I/O Events that this location checks.");
}

protocol::Problem not_signed() {
    return problem(401, "Wrong signature",
                   "The signature in the header is not one over this body by a key that this location knows. "
                   "Expected the body as it was signed, byte for byte.");
}

protocol::Problem for_another() {
    return problem(
        403, "Events of another project",
        "Adobe has signed these events, but not for the project of this location. Expected its client ID in "
        "recipientclientid.");
}

protocol::Problem method_not_allowed() {
    return problem(405, "Method not allowed", "Expected POST.");
}

protocol::Problem unsupported_type() {
    return problem(415, "Unsupported content type",
                   "Expected application/json, or application/x-ndjson with one document a line.");
}

protocol::Problem too_large() {
    return problem(413, "Request too large",
                   "Expected at most 4 MB at a time; as application/x-ndjson there is no such limit.");
}

protocol::Problem not_json(std::string_view expected) {
    return problem(
        400, "Invalid JSON",
        expected.empty() ? std::string_view("Expected a JSON document, or an array of them.") : expected);
}

protocol::Problem nothing_sent() {
    return problem(400, "No document", "The body is empty. Expected a JSON document, or an array of them.");
}

protocol::Problem broken_off() {
    return problem(400, "Request broken off",
                   "The body ended before all of it was there. Expected all of it.");
}

protocol::Problem too_many() {
    return problem(
        429, "Too many requests",
        "There are too many requests of this kind just now. Expected the same once more, in a second.");
}

protocol::Problem not_available() {
    return problem(
        503, "Not available just now",
        "Not all documents were taken. Expected the same request once more, in a few seconds: what was "
        "taken is known then.");
}

protocol::Problem no_datastream() {
    return problem(
        503, "No datastream",
        "This website has no datastream for this request, so nothing was taken. Expected the same request "
        "once more when \"aep_datastream_id\" is right.");
}

protocol::Problem unknown_event() {
    return problem(
        400, "Unknown event",
        "The query argument \"event\" or the header X-AEP-Event names no event. Expected one such as "
        "orderPlaced.");
}

}  // namespace aep::backoffice
