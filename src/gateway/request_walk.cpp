#include "request_walk.hpp"

namespace aep::gateway {
namespace {

std::string_view describe(json::Kind kind) noexcept {
    switch (kind) {
        case json::Kind::object:
            return "an object";
        case json::Kind::array:
            return "an array";
        case json::Kind::string:
            return "a string";
        case json::Kind::number:
            return "a number";
        case json::Kind::boolean:
            return "true or false";
        case json::Kind::null:
            return "null";
        default:
            return "nothing";
    }
}

}  // namespace

bool RequestWalk::expect(json::Kind kind, std::string_view name) {
    const json::Kind found = walk.kind();
    if (found == kind || !walk.ok()) {
        return walk.ok();
    }
    if (found == json::Kind::nothing) {
        walk.skip();  // fails: not a value
        return false;
    }
    std::string detail(name);
    detail.append(" is ").append(describe(found)).append(", expected ").append(describe(kind));
    refuse(invalid_value(detail.append(".")));
    return false;
}

std::string_view RequestWalk::expect_string(std::string_view name) {
    return expect(json::Kind::string, name) ? walk.string() : std::string_view();
}

void RequestWalk::refuse(Problem problem) {
    if (walk.ok()) {
        problem_ = std::move(problem);
        walk.stop();
    }
}

std::optional<Problem> RequestWalk::finish() {
    if (!walk.finish()) {
        std::string detail("The body cannot be taken as JSON: ");
        detail.append(walk.fault()).append(", at byte ").append(std::to_string(walk.fault_offset()));
        return invalid_json(detail.append("."));
    }
    return std::move(problem_);
}

}  // namespace aep::gateway
