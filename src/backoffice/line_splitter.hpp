#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace aep::backoffice {

/// Cuts a stream into lines, whatever pieces it comes in. Holds no more than the line that is under way.
class LineSplitter {
  public:
    /// A line that is longer is only counted. A document is at most some 100 KB large: Commerce emits none above 64 KB.
    static constexpr std::size_t kLongest = std::size_t{1} << 20U;

    struct Line {
        std::uint64_t number = 0;  ///< from 1 on
        std::string_view text;     ///< without its end (LF, or CR LF); valid until the next call
        bool is_too_long = false;  ///< its text is not there
    };

    /// Calls `take(const Line&)` for each line that ends in this piece and is not empty.
    template <typename Take>
    void feed(std::string_view piece, Take&& take) {
        while (!piece.empty()) {
            const std::size_t end = piece.find('\n');
            const std::string_view part = piece.substr(0, end);
            if (end == std::string_view::npos) {
                append(part);
                return;
            }
            piece.remove_prefix(end + 1);
            if (held_.empty() && !is_too_long_ && part.size() <= kLongest) {
                end_line(part, take);
            } else {
                append(part);
                end_line(held_, take);
            }
        }
    }

    /// The stream ends: what is held is a line, too.
    template <typename Take>
    void finish(Take&& take) {
        if (!held_.empty() || is_too_long_) {
            end_line(held_, take);
        }
    }

  private:
    void append(std::string_view part) {
        is_too_long_ = is_too_long_ || part.size() > kLongest - held_.size();
        if (is_too_long_) {
            held_ = std::string();
        } else {
            held_.append(part);
        }
    }

    template <typename Take>
    void end_line(std::string_view text, Take&& take) {
        ++number_;
        constexpr std::string_view kWhiteSpace = " \t\r";
        const bool is_empty = text.find_first_not_of(kWhiteSpace) == std::string_view::npos;
        if (is_too_long_ || !is_empty) {
            take(Line{number_, text.ends_with('\r') ? text.substr(0, text.size() - 1) : text, is_too_long_});
        }
        is_too_long_ = false;
        held_.clear();
    }

    std::string held_;
    std::uint64_t number_ = 0;
    bool is_too_long_ = false;
};

}  // namespace aep::backoffice
