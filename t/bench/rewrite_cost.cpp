// Measures what the gateway itself does to an event, without nginx, libcurl and the network: the request's body is
// parsed and spliced, the request is handed to the engine's thread, and the answer's body is parsed and spliced.

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "edge/message.hpp"
#include "protocol/exchange.hpp"
#include "threads/message_queue.hpp"

namespace {

using namespace aep;

constexpr int kTurns = 50'000;
constexpr int kGroup = 8;  ///< requests of one turn of nginx's loop

constexpr std::string_view kItem =
    R"({"SKU":"24-MB01","name":"A bag for all that you need","quantity":1,"priceTotal":19.99,)"
    R"("productImageUrl":"https://shop.example/media/24-mb01.jpg","currencyCode":"USD","discountAmount":0,)"
    R"("selectedOptions":[{"attribute":"Size","value":"XS"},{"attribute":"Color","value":"Green"}]})";

std::string purchase() {
    std::string body =
        R"({"events":[{"xdm":{"eventType":"commerce.purchases","identityMap":{"ECID":[)"
        R"({"id":"92245793459561919105940959013648421199","primary":true}]},"productListItems":[)";
    for (int item = 0; item < 9; ++item) {
        body.append(item == 0 ? "" : ",").append(kItem);
    }
    return body + R"(]}}],"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}})";
}

std::string answer() {
    return R"({"requestId":"x","handle":[{"payload":[{"scope":"EdgeNetwork","hint":"or2","ttlSeconds":1800}],)"
           R"("type":"locationHint:result"},{"payload":[{"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster",)"
           R"("value":"or2","maxAge":1800,"attrs":{"SameSite":"None"}}],"type":"state:store"}]})";
}

/// Of all threads, for each turn.
class Watch {
  public:
    void report(const char* what) const {
        const double used = static_cast<double>(std::clock() - begin_) / CLOCKS_PER_SEC;
        std::printf("  %-44s %9.1f us\n", what, used / kTurns * 1e6);
    }

  private:
    std::clock_t begin_ = std::clock();
};

edge::Request rewritten(const std::string& body, const protocol::RequestFacts& facts) {
    auto result = protocol::rewrite_request(body, facts);
    if (!std::holds_alternative<protocol::RewrittenRequest>(result)) {
        std::fputs("the event is refused\n", stderr);
        std::exit(1);
    }
    edge::Request request;
    request.body = std::move(std::get<protocol::RewrittenRequest>(result).body);
    return request;
}

/// A thread that takes what is pushed, as an engine does.
class Reader {
  public:
    void push(edge::Request&& request) {
        static_cast<void>(queue_.push(std::make_shared<const edge::Request>(std::move(request))));
    }
    void take() { queue_.drain(taken_); }

  private:
    threads::MessageQueue<std::shared_ptr<const edge::Request>> queue_;
    std::vector<std::shared_ptr<const edge::Request>> taken_;
};

}  // namespace

int main() {
    const std::string body = purchase();
    const std::array<protocol::StateEntry, 2> entries{
        {{"kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster", "or2"},
         {"kndctr_0123456789ABCDEF01234567_AdobeOrg_identity",
          "CiY5MjI0NTc5MzQ1OTU2MTkxOTEwNTk0MDk1OTAxMzY0"}}};
    protocol::RequestFacts facts;
    facts.datastream_id = "ebebf826-a01f-4458-8cec-ef61de241c93";
    facts.request_id = "0c2a8d4f-5b0e-4f7a-9b43-2d5f1c6e7a90";
    facts.entries = entries;
    facts.site = "shop.example";
    {
        const Watch watch;
        for (int turn = 0; turn < kTurns; ++turn) {
            rewritten(body, facts);
        }
        watch.report("a request is parsed and spliced");
    }
    {
        Reader reader;
        const Watch watch;
        for (int turn = 0; turn < kTurns; ++turn) {
            reader.push(rewritten(body, facts));
            if (turn % kGroup == 0) {
                std::thread([&reader] { reader.take(); }).join();
            }
        }
        watch.report("and handed to another thread, one per group");
    }
    protocol::ResponseFacts response;
    response.organization_id = "0123456789ABCDEF01234567@AdobeOrg";
    response.cookie_domain = "shop.example";
    const std::string text = answer();
    const Watch watch;
    for (int turn = 0; turn < kTurns; ++turn) {
        protocol::rewrite_response(text, response);
    }
    watch.report("an answer is parsed and spliced");
    return 0;
}
