#include "file_names.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <string_view>
#include <system_error>

#include <dirent.h>

#include "queue/ledger.hpp"

namespace aep::queue::sqlite {
namespace {

/// The number of a file's name; 0 when it is no file of a queue.
std::uint32_t number_of_name(std::string_view name) noexcept {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    const std::string_view rest(end, static_cast<std::size_t>(name.data() + name.size() - end));
    return error == std::errc() && rest == kEnding && number <= Ledger::kFiles ? number : 0;
}

}  // namespace

// Not by <filesystem>: GCC's iterator ends the process when its memory runs out.
std::vector<std::uint32_t> file_numbers_in(const std::string& directory) {
    const auto close = [](DIR* open) { closedir(open); };
    const std::unique_ptr<DIR, decltype(close)> listing(opendir(directory.c_str()), close);
    std::vector<std::uint32_t> numbers;
    while (const dirent* const entry = listing ? readdir(listing.get()) : nullptr) {
        if (const std::uint32_t number = number_of_name(entry->d_name); number != 0) {
            numbers.push_back(number);
        }
    }
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

}  // namespace aep::queue::sqlite
