// Measures what counting costs, by itself: of a page, and of a request with one event, with its place among the last
// events, its duration and its line of the worker. Beside it what the same thread needs for the least that any event needs,
// its body parsed and spliced, so that the two can be compared whatever the machine is doing.

#include <chrono>
#include <cstdio>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/exchange.hpp"
#include "shared/statistics.hpp"
#include "shared/tally.hpp"

namespace {

using namespace aep;

constexpr int kTurns = 200'000;

class Watch {
  public:
    double report(const char* what) const {
        const double used = static_cast<double>(std::clock() - begin_) / CLOCKS_PER_SEC / kTurns * 1e6;
        std::printf("  %-52s %9.3f us\n", what, used);
        return used;
    }

  private:
    std::clock_t begin_ = std::clock();
};

std::string body() {
    std::string text = R"({"events":[{"xdm":{"eventType":"commerce.purchases","productListItems":[)";
    for (int item = 0; item < 9; ++item) {
        text.append(item == 0 ? "" : ",")
            .append(
                R"({"SKU":"24-MB01","name":"A bag for all that you need","quantity":1,"priceTotal":19.99,)")
            .append(R"("productImageUrl":"https://shop.example/media/24-mb01.jpg","currencyCode":"USD"})");
    }
    return text + R"(]}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}})";
}

void count_pages(shared::Statistics& statistics, std::size_t website) {
    const Watch watch;
    for (int turn = 0; turn < kTurns; ++turn) {
        statistics.count_page(website, 1);
    }
    watch.report("a page");
}

void count_events(shared::Statistics& statistics, std::size_t website) {
    const std::vector<std::string> types{"commerce.purchases"};
    const Watch watch;
    for (int turn = 0; turn < kTurns; ++turn) {
        const auto tally = std::make_shared<shared::Tally>(statistics, 0, website);
        tally->set_action(0);
        tally->count_received(1);
        tally->take(types);
        tally->count_sent(1);
        statistics.count_response("https://edge.adobedc.net", "200", std::chrono::microseconds(4000));
        tally->conclude(shared::Outcome::delivered, 200, std::chrono::milliseconds(4));
    }
    watch.report("an event");
}

void rewrite_events() {
    protocol::RequestFacts facts;
    facts.datastream_id = "ebebf826-a01f-4458-8cec-ef61de241c93";
    facts.request_id = "57ec20b7-3a0d-4d3c-a8c7-7d40e2d01e63";
    facts.site = "shop.example";
    const std::string text = body();
    const Watch watch;
    for (int turn = 0; turn < kTurns; ++turn) {
        auto rewritten = protocol::rewrite_request(std::string(text), facts);
        if (!std::holds_alternative<protocol::RewrittenRequest>(rewritten)) {
            std::puts("the body was refused");
        }
    }
    watch.report("the rewriting of that event's body, to compare");
}

}  // namespace

int main() {
    const auto statistics = std::make_unique<shared::Statistics>();
    const std::size_t website =
        statistics->website("shop.example", "ebebf826-a01f-4458-8cec-ef61de241c93", true);
    statistics->workers.take(1, 1);
    std::puts("what counting costs, CPU time:");
    count_pages(*statistics, website);
    count_events(*statistics, website);
    rewrite_events();
    return 0;
}
