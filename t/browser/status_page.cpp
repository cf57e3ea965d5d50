// Prints what nginx would answer in the status page's location, for a state of the module that the first argument
// names (flowing, outage, dead_letters, empty): the page, or with a second argument its JSON, the list of dead letters,
// the results of checks, or a file that the page loads.

#include <ctime>
#include <functional>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

#include "../unit/status_models.hpp"
#include "status/assets.hpp"
#include "status/json.hpp"
#include "status/page.hpp"

namespace {

using namespace aep;

std::string answer(const std::string& state, std::string_view form, double now) {
    const std::map<std::string, std::function<status::Model(double)>> states{
        {"flowing", test::flowing},
        {"outage", test::outage},
        {"dead_letters", test::with_dead_letters},
        {"empty", test::empty}};
    const status::Model model = test::told(states.at(state)(now));
    if (form == "page") {
        return status::render_page(model);
    }
    if (form == "json") {
        return status::render_json(model);
    }
    if (form == "list") {
        return status::render_json(test::dead_letters(now));
    }
    if (form == "checks") {
        return status::render_json(test::checks());
    }
    const status::Asset* asset = status::find_asset(form);
    if (asset == nullptr) {
        throw std::out_of_range("expected page, json, list, checks or the name of an asset");
    }
    return std::string(asset->content);
}

}  // namespace

int main(int count, char** words) {
    try {
        std::cout << answer(count > 1 ? words[1] : "", count > 2 ? words[2] : "page",
                            static_cast<double>(std::time(nullptr)));
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "status_page: " << error.what() << '\n';
        return 1;
    }
}
