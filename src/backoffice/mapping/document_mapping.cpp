#include "document_mapping.hpp"

#include <utility>
#include <variant>

#include "json_document.hpp"
#include "xdm_event.hpp"

namespace aep::backoffice::mapping {
namespace {

Outcome invalid(Fault fault) {
    Outcome outcome;
    outcome.path = std::move(fault.path);
    outcome.expected = std::move(fault.expected);
    return outcome;
}

Outcome ignored(std::string reason) {
    Outcome outcome;
    outcome.kind = Outcome::Kind::ignored;
    outcome.reason = std::move(reason);
    return outcome;
}

Outcome mapped(XdmEvent event) {
    Outcome outcome;
    outcome.kind = Outcome::Kind::mapped;
    outcome.id = std::move(event.id);
    outcome.xdm = std::move(event.text);
    return outcome;
}

Outcome outcome_of(Reading& reading, const Settings& settings, const Facts& facts) {
    if (reading.event && is_profile_event(*reading.event) && !settings.profile_events) {
        return ignored("account events are off: set aep_back_office_profile_events on");
    }
    if (auto* reason = std::get_if<Ignored>(&reading.result)) {
        return ignored(std::move(reason->reason));
    }
    if (auto* fault = std::get_if<Fault>(&reading.result)) {
        return invalid(std::move(*fault));
    }
    const std::string_view environment =
        facts.environment.empty() ? std::string_view(settings.environment) : facts.environment;
    auto event = make_event({settings, std::get<Subject>(reading.result), facts.now, environment});
    if (auto* fault = std::get_if<Fault>(&event)) {
        return invalid(std::move(*fault));
    }
    return mapped(std::move(std::get<XdmEvent>(event)));
}

Mapped map_one(Value document, const Settings& settings, const Facts& facts) {
    Reading reading = read_document(document, facts.event);
    Mapped result;
    result.shape = reading.shape;
    result.outcomes.push_back(outcome_of(reading, settings, facts));
    result.outcomes.back().event = reading.event;
    return result;
}

}  // namespace

Mapped map_documents(std::string_view json, const Settings& settings, const Facts& facts) {
    const auto parsed = parse_json(json);
    Mapped result;
    if (const auto* fault = std::get_if<JsonFault>(&parsed)) {
        result.outcomes.push_back(invalid({{}, "JSON: " + fault->what}));
        return result;
    }
    const Value root(std::get<Json>(parsed).get());
    if (!root.is_array()) {
        return map_one(root, settings, facts);
    }
    result.was_array = true;
    if (root.size() > kMaxDocuments) {
        result.outcomes.push_back(
            invalid({{}, "an array of at most 10000 documents: send more of them as lines of NDJSON"}));
        return result;
    }
    for (const Value each : Elements(root)) {
        Mapped one = map_one(each, settings, facts);
        result.shape = result.outcomes.empty() ? one.shape : result.shape;
        result.outcomes.push_back(std::move(one.outcomes.front()));
    }
    return result;
}

}  // namespace aep::backoffice::mapping
