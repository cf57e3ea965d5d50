#include "delivery/advice.hpp"

#include <algorithm>
#include <array>

namespace aep::delivery {
namespace {

constexpr std::string_view kFront = "EXEG-";
constexpr std::string_view kShape = "EXEG-0000-000";  // of a code, '0' standing for any digit

struct Advice {
    std::string_view code;
    std::string_view text;
};

constexpr std::string_view kPlatform =
    "add the service \"Adobe Experience Platform\" with its event dataset to the datastream, under Data "
    "Collection, Datastreams";

constexpr std::array<Advice, 9> kByCode{{
    {"EXEG-0003-400",
     "this datastream does not exist: compare \"aep_datastream_id\" with the ID under Data Collection, "
     "Datastreams"},
    {"EXEG-0004-422", "this datastream is disabled: enable it under Data Collection, Datastreams"},
    {"EXEG-0010-422", kPlatform},
    {"EXEG-0011-422", kPlatform},
    {"EXEG-0012-422",
     "the datastream names a sandbox that does not exist or belongs to another organization: compare "
     "\"aep_organization_id\" and the sandbox under Data Collection, Datastreams"},
    {"EXEG-0013-422",
     "an event uses an identity namespace that is not known in the sandbox: create it under Customer, "
     "Identities"},
    {"EXEG-0113-400",
     "a datastream override is not allowed: allow it under Data Collection, Datastreams, or remove it"},
    {"EXEG-0400-403", "Edge does not serve the visitor's country"},
    {"EXEG-0500-401",
     "the datastream takes authenticated requests only: set its access type to \"Mixed Authentication\" "
     "under Data Collection, Datastreams"},
}};

/// A code goes into the log, so it may hold nothing else.
bool is_code(std::string_view text) noexcept {
    return std::ranges::equal(text, kShape, [](char found, char expected) {
        return expected == '0' ? found >= '0' && found <= '9' : found == expected;
    });
}

}  // namespace

std::string_view edge_code(std::string_view body) noexcept {
    const std::size_t at = body.find(kFront);
    const std::string_view code =
        at == std::string_view::npos ? std::string_view{} : body.substr(at, kShape.size());
    return is_code(code) ? code : std::string_view{};
}

std::string_view advice(int status, std::string_view body) noexcept {
    const auto* known = std::ranges::find(kByCode, edge_code(body), &Advice::code);
    if (known != kByCode.end()) {
        return known->text;
    }
    constexpr int kUnprocessable = 422;
    return status == kUnprocessable
               ? "the datastream's settings do not fit: look at it under Data Collection, Datastreams"
               : "look at the datastream under Data Collection, Datastreams, and at the answer's details in "
                 "the browser's network panel";
}

}  // namespace aep::delivery
