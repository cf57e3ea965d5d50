#include "request_walk.hpp"

namespace aep::protocol {
namespace {

std::string_view describe(text::json::Kind kind) noexcept {
    switch (kind) {
        case text::json::Kind::object:
            return "an object";
        case text::json::Kind::array:
            return "an array";
        case text::json::Kind::string:
            return "a string";
        case text::json::Kind::number:
            return "a number";
        case text::json::Kind::boolean:
            return "true or false";
        case text::json::Kind::null:
            return "null";
        default:
            return "nothing";
    }
}

}  // namespace

bool RequestWalk::expect(text::json::Kind kind, std::string_view name) {
    const text::json::Kind found = walk.kind();
    if (found == kind || !walk.ok()) {
        return walk.ok();
    }
    if (found == text::json::Kind::nothing) {
        walk.skip();  // fails: not a value
        return false;
    }
    std::string detail(name);
    detail.append(" is ").append(describe(found)).append(", expected ").append(describe(kind));
    refuse(invalid_value(detail.append(".")));
    return false;
}

std::string_view RequestWalk::expect_string(std::string_view name) {
    return expect(text::json::Kind::string, name) ? walk.string() : std::string_view();
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

}  // namespace aep::protocol
