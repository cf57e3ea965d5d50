#include "ngx/ngx.hpp"

#include "status/connection_checks.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "ngx/guard.hpp"
#include "protocol/action.hpp"
#include "status/collector.hpp"
#include "status/verdict.hpp"
#include "status/websites.hpp"
#include "text/uuid.hpp"

namespace aep::status {
namespace {

constexpr std::size_t kMostRounds = 4;
constexpr std::size_t kMostChecks = 100;

void nothing() noexcept {}

constexpr std::string_view kBody =
    R"({"query":{"identity":{"fetch":["ECID"]}},"meta":{"state":{"domain":"","cookiesEnabled":true,"entries":[]}}})";

bool is_asked_before(const std::vector<Check>& checks, const settings::Website& website,
                     std::string_view datastream) noexcept {
    return std::ranges::any_of(checks, [&](const Check& check) {
        return check.website == website.server_name && check.datastream == datastream;
    });
}

Check check_of(const settings::Website& website, std::string datastream) {
    Check check;
    check.website = website.server_name;
    check.datastream = std::move(datastream);
    check.host = host_label(website.endpoint->base_url);
    return check;
}

/// For a website of which each request names a datastream.
Check nothing_to_ask(const settings::Website& website) {
    Check check = check_of(website, {});
    check.ok = true;
    check.problem = "none";
    check.text =
        "Nothing was asked: its datastream is not fixed in the configuration, each request names one.";
    return check;
}

}  // namespace

void ConnectionChecks::on_quit() noexcept {
    for (auto& [number, round] : rounds_) {
        round.waiter->on_quit();
    }
}

std::uint64_t ConnectionChecks::start(const settings::WebsiteList& websites, Waiter& waiter) {
    if (rounds_.size() >= kMostRounds) {
        return 0;
    }
    const std::uint64_t number = ++last_round_;
    Round& round = rounds_[number];
    round.waiter = &waiter;
    std::vector<const settings::Website*> asked;
    std::vector<std::size_t> places;
    for (const settings::Website* website : websites) {
        const std::vector<std::string> datastreams = datastreams_of(*website);
        if (datastreams.empty() && !is_asked_before(round.checks, *website, {})) {
            round.checks.push_back(nothing_to_ask(*website));
        }
        for (const std::string& datastream : datastreams) {
            if (round.checks.size() < kMostChecks && !is_asked_before(round.checks, *website, datastream)) {
                round.checks.push_back(check_of(*website, datastream));
                asked.push_back(website);
                places.push_back(round.checks.size() - 1);
            }
        }
    }
    add_credentials(round.checks);
    round.open = asked.size();
    for (std::size_t at = 0; at < asked.size(); ++at) {
        ask(*asked[at], round.checks[places[at]].datastream, number, places[at]);
    }
    if (asked.empty()) {
        finish(number);
    }
    return number;
}

/// Whether there is a token for back office events, which go to Edge's authenticated host.
void ConnectionChecks::add_credentials(std::vector<Check>& checks) {
    if (worker_.authorization() == nullptr) {
        return;
    }
    const bool has_token = zone_.locked(
        [](const shared::SharedState& shared) { return shared.token.is_valid(ngx_current_msec); });
    Check& check = checks.emplace_back();
    check.website = "back office events";
    check.ok = has_token;
    check.problem = has_token ? "none" : "credentials";
    check.text =
        has_token
            ? "There is a valid access token for the authenticated host of Edge."
            : "There is no access token for the authenticated host of Edge: the error log says why; check "
              "the file of aep_edge_credentials. Back office events wait in the queue.";
}

void ConnectionChecks::ask(const settings::Website& website, const std::string& datastream,
                           std::uint64_t round, std::size_t check) {
    const std::uint64_t id = ++last_question_;
    const std::string request_id = text::random_uuid();
    edge::Request request;
    request.sender = sender_;
    request.id = id;
    request.endpoint = website.endpoint;
    request.target = protocol::edge_target({protocol::Action::acquire, {}, "v1/identity/acquire"},
                                           {datastream, request_id, {}});
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = kBody;
    questions_.emplace(id, Question{round, check, !website.endpoint->proxy.empty()});
    worker_.edge().submit(std::move(request));
}

void ConnectionChecks::on_response(edge::Response&& response) noexcept {
    const auto found = questions_.find(response.id);
    if (found == questions_.end()) {
        return;
    }
    const Question question = found->second;
    questions_.erase(found);
    const auto round = rounds_.find(question.round);
    if (round == rounds_.end()) {
        return;
    }
    ngx::guarded(ngx_cycle->log, "a connection check", nothing, [&] {
        Verdict verdict = verdict_of(response, question.has_proxy);
        Check& check = round->second.checks.at(question.check);
        check.ok = verdict.ok;
        check.problem = verdict.problem;
        check.text = std::move(verdict.text);
        check.seconds = std::chrono::duration<double>(response.elapsed).count();
    });
    if (--round->second.open == 0) {
        finish(question.round);
    }
}

void ConnectionChecks::finish(std::uint64_t number) noexcept {
    auto round = rounds_.extract(number);
    if (!round.empty() && round.mapped().waiter != nullptr) {
        round.mapped().waiter->on_checked(std::move(round.mapped().checks));
    }
}

}  // namespace aep::status
