#pragma once

#include <string>

namespace aep::queue {

/// A line for the log: what an operator has to know.
struct LogLine {
    bool alert = false;  ///< somebody has to act
    std::string text;
};

}  // namespace aep::queue
