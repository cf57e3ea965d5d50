// Whatever pieces a stream comes in, its lines are the same. The first byte of an input says how it is cut.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "backoffice/line_splitter.hpp"

namespace {

using aep::backoffice::LineSplitter;

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

struct Line {
    std::uint64_t number;
    std::string text;

    friend bool operator==(const Line&, const Line&) = default;
};

std::vector<Line> lines_of(std::string_view stream, std::size_t piece) {
    LineSplitter splitter;
    std::vector<Line> lines;
    const auto take = [&](const LineSplitter::Line& line) {
        require(!line.is_too_long);
        lines.push_back({line.number, std::string(line.text)});
    };
    for (std::size_t place = 0; place < stream.size(); place += piece) {
        splitter.feed(stream.substr(place, piece), take);
    }
    splitter.finish(take);
    return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::vector<Line> whole = lines_of(stream, stream.size() + 1);
    require(whole == lines_of(stream, 1U + data[0]));
    std::uint64_t last = 0;
    for (const Line& line : whole) {
        require(line.number > last && line.text.find('\n') == std::string::npos);
        require(line.text.find_first_not_of(" \t\r") != std::string::npos);
        last = line.number;
    }
    return 0;
}
