// Whatever a file of labels holds, it is read, or there is an error that says something.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "backoffice/mapping/labels.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace aep::backoffice::mapping;
    const auto labels = parse_labels(std::string_view(reinterpret_cast<const char*>(data), size));
    const auto* error = std::get_if<LabelsError>(&labels);
    if (error != nullptr && error->text.empty()) {
        std::abort();
    }
    return 0;
}
