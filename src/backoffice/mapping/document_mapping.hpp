#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event.hpp"
#include "settings.hpp"
#include "subject.hpp"

namespace aep::backoffice::mapping {

/// What is known of a document besides its text.
struct Facts {
    std::string_view event;          ///< as the query argument or the header names it; may be empty
    std::int64_t now = 0;            ///< seconds since 1970
    std::string_view environment{};  ///< of this request, in place of the settings'; may be empty
};

/// What became of one document. No text of it holds anything of the document but names of fields that are known here.
struct Outcome {
    enum class Kind : std::uint8_t { mapped, ignored, invalid };

    Kind kind = Kind::invalid;
    std::optional<Event> event;  ///< where it is known
    std::string id;              ///< mapped: the event's `_id`
    std::string xdm;             ///< mapped: {"xdm":{…}}, an element of the list of events that Edge takes
    std::string reason;          ///< ignored: why
    std::string path;            ///< invalid: of the field that is wrong; empty: of all the document
    std::string expected;        ///< invalid: what was expected there
};

/// What became of a JSON text.
struct Mapped {
    std::vector<Outcome> outcomes;  ///< one for each document, in their order
    Shape shape = Shape::unknown;   ///< of the first document
    bool was_array = false;
};

/// An array has no more documents.
inline constexpr std::size_t kMaxDocuments = 10'000;

/// Makes events of one document, or of an array of documents. A text that is not JSON gives one invalid outcome.
Mapped map_documents(std::string_view json, const Settings& settings, const Facts& facts);

}  // namespace aep::backoffice::mapping
