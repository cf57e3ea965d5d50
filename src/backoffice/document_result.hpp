#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace aep::backoffice {

/// What became of one document.
struct DocumentResult {
    enum class Kind : std::uint8_t {
        pending,      ///< the queue has not answered yet
        accepted,     ///< it is safe in the queue
        duplicate,    ///< the same event was taken a moment ago
        ignored,      ///< it is no event that is sent
        invalid,      ///< it cannot be made an event of
        unavailable,  ///< the queue cannot take it now: it has to be sent again
    };

    Kind kind = Kind::pending;
    std::uint64_t line = 0;  ///< of NDJSON, from 1 on; 0: it came otherwise
    std::string_view event;  ///< its name; a literal; may be empty
    std::string id;          ///< of the event; may be empty
    std::string reason;      ///< why it was not taken; may be empty
    std::string path;        ///< of the member that is wrong; may be empty
    std::string expected;    ///< there; may be empty
};

/// As answers and counters call it.
std::string_view name_of(DocumentResult::Kind kind) noexcept;

/// Appends a result as a JSON object, without a line end. Nothing in it comes from a document's values.
void append_json(std::string& out, const DocumentResult& result);

}  // namespace aep::backoffice
