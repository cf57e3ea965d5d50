#include "status/page.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "status/json.hpp"
#include "status/markup.hpp"
#include "status/page_tables.hpp"
#include "status/sentences.hpp"
#include "status/words.hpp"

namespace aep::status {
namespace {

std::string_view label_of(State state) noexcept {
    switch (state) {
        case State::ok:
            return "OK";
        case State::idle:
            return "Quiet";
        case State::warning:
            return "Warning";
        case State::error:
            return "Error";
    }
    return {};
}

std::string badge(State state) {
    return "<span class=\"badge " + std::string(to_string(state)) + "\">" + std::string(label_of(state)) +
           "</span>";
}

/// Worst first, else in their order.
std::vector<const Sentence*> sentences_of(const Model& model, bool of_websites) {
    std::vector<const Sentence*> chosen;
    for (const Sentence& sentence : model.sentences) {
        if (!sentence.website.empty() == of_websites && (of_websites || sentence.state > State::idle)) {
            chosen.push_back(&sentence);
        }
    }
    std::ranges::stable_sort(
        chosen, [](const Sentence* left, const Sentence* right) { return left->state > right->state; });
    return chosen;
}

void append_sentences(std::string& html, std::string_view id, const std::vector<const Sentence*>& sentences,
                      std::string_view nothing) {
    html += "<ul class=\"sentences\" id=\"" + std::string(id) + "\" data-live>\n";
    for (const Sentence* sentence : sentences) {
        html += "<li>" + badge(sentence->state) + "<div><p>";
        if (!sentence->website.empty()) {
            html += "<strong>" + escaped(sentence->website) + "</strong> ";
        }
        html += escaped(sentence->text) + "</p>";
        if (!sentence->remedy.empty()) {
            html += "<p class=\"remedy\"><b>What to do:</b> " + escaped(sentence->remedy) + "</p>";
        }
        html += "</div></li>\n";
    }
    if (sentences.empty()) {
        html += "<li><p>" + escaped(nothing) + "</p></li>\n";
    }
    html += "</ul>\n";
}

void append_head(std::string& html, const Model& model) {
    html += R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>)";
    html += std::string(label_of(model.state)) + R"(: ngx_aep status</title>
<link rel="icon" href="?asset=status.svg">
<link rel="stylesheet" href="?asset=status.css">
<script type="module" src="?asset=status.js"></script>
</head>
<body>
<header>
<h1>ngx_aep status</h1>
<p id="as-of" data-live>As of )" +
            time_element(model.time) + R"(</p>
<p id="updates" hidden><span id="connection">Updates every 5 seconds.</span>
<button type="button" id="pause" aria-pressed="false">Pause</button></p>
<noscript><p>Without script this page does not update by itself: load it again to see what is new.</p></noscript>
</header>
)";
}

void append_state(std::string& html, const Model& model) {
    html +=
        "<section aria-labelledby=\"flow\">\n<h2 id=\"flow\">Does data flow?</h2>\n"
        "<p class=\"headline\" id=\"headline\" role=\"status\" data-live>" +
        badge(model.state) + " <span>" + escaped(headline(model)) + "</span></p>\n";
    append_sentences(html, "flow-sentences", sentences_of(model, true), "No website has a datastream.");
    html +=
        "</section>\n<section aria-labelledby=\"attention\">\n<h2 id=\"attention\">What needs "
        "attention</h2>\n";
    append_sentences(html, "attention-sentences", sentences_of(model, false), "Nothing.");
    html += "</section>\n";
}

/// The script shows what works with it alone.
void append_check(std::string& html, const Model& model) {
    html += "<section aria-labelledby=\"check\">\n<h2 id=\"check\">Check the connection</h2>\n";
    if (model.token) {
        html +=
            R"(<p>Asks Edge for an identity in the name of each website, without an event, and says what is wrong.</p>
<noscript><p>Without script: <code>curl -X POST -H "Authorization: Bearer TOKEN" ADDRESS?action=check</code></p></noscript>
<form id="check-form" hidden>
<p class="controls"><label for="token">Token</label>
<input type="password" id="token" autocomplete="off" spellcheck="false" aria-describedby="token-help">
<button type="submit">Check connection</button></p>
<p class="help" id="token-help">A line of the file that <code>aep_status_token</code> names. The page keeps it until it is closed.</p>
</form>
<div id="check-result" role="status"></div>
)";
    } else {
        html +=
            R"(<p>To check the connection and to handle dead letters from this page, write a long random word into a file and
name the file in the page's location: <code>aep_status_token /etc/nginx/aep/status_token;</code></p>
)";
    }
    html += "</section>\n";
}

void append_charts(std::string& html, const Model& model) {
    html += R"(<section aria-labelledby="hour">
<h2 id="hour">The last hour</h2>
<div class="charts" id="charts" hidden>
<figure id="chart-events"><figcaption>Events a minute, by what became of them</figcaption></figure>
<figure id="chart-latency"><figcaption>Time that Edge took, in milliseconds</figcaption></figure>
<figure id="chart-queue"><figcaption>Entries in the queue</figcaption></figure>
</div>
)";
    append_history(html, model);
    html +=
        "</section>\n<section aria-labelledby=\"last\" class=\"last-events\">\n<h2 id=\"last\">The last "
        "events</h2>\n"
        "<p id=\"events-controls\" hidden><button type=\"button\" id=\"pause-events\" aria-pressed=\"false\">"
        "Hold this list</button></p>\n";
    append_last_events(html, model);
    html += "</section>\n";
}

void append_dead_letters(std::string& html, const Model& model) {
    html +=
        "<section aria-labelledby=\"dead\">\n<h2 id=\"dead\">Dead letters</h2>\n<p id=\"dead-letters-now\" "
        "data-live>";
    if (model.queue.dead_letters > 0) {
        html += "<data value=\"" + std::to_string(model.queue.dead_letters) + "\">" +
                counted(model.queue.dead_letters, "dead letter waits", "dead letters wait") +
                "</data> for you: Edge refused them for good, or they became too old to be delivered.</p>\n";
    } else {
        html +=
            "None: whatever Edge refuses for good, or what becomes too old to be delivered, is listed "
            "here.</p>\n";
    }
    html += "<div id=\"dead-letters\" hidden";
    html += model.token ? " data-token" : "";
    html += R"(>
<div id="dead-letters-result" role="status" tabindex="-1"></div>
<div id="dead-letters-list"></div>
</div>
)";
    append_dead_letter_counts(html, model);
    html += "</section>\n";
}

template <typename Append>
void append_section(std::string& html, const Model& model, std::string_view id, std::string_view title,
                    Append append) {
    html += "<section aria-labelledby=\"" + std::string(id) + "-title\">\n<h2 id=\"" + std::string(id) +
            "-title\">" + std::string(title) + "</h2>\n";
    append(html, model);
    html += "</section>\n";
}

void append_foot(std::string& html, const Model& model) {
    const Build& module = model.module;
    html += "</main>\n<footer>\n<p id=\"build\" data-live>ngx_aep " + escaped(module.version) + ", nginx " +
            escaped(module.nginx) + ", SDK file " + escaped(module.sdk) + " (alloy " + escaped(module.alloy) +
            ", Storefront Event Collector " + escaped(module.collector) + "). Counters since " +
            time_element(model.since) +
            ".</p>\n<p>The same for programs: <a href=\"?format=json\">JSON</a>, <a "
            "href=\"?format=prometheus\">Prometheus"
            "</a>.</p>\n</footer>\n</body>\n</html>\n";
}

}  // namespace

std::string render_page(const Model& model) {
    std::string html;
    append_head(html, model);
    html += "<main id=\"aep-status\">\n";
    append_state(html, model);
    append_check(html, model);
    append_charts(html, model);
    append_section(html, model, "websites", "Websites", append_websites);
    append_section(html, model, "hosts", "Edge", append_hosts);
    append_section(html, model, "queue", "Queue", [](std::string& out, const Model& all) {
        append_queue(out, all);
        append_broker(out, all);
    });
    append_dead_letters(html, model);
    append_section(html, model, "workers", "Workers", [](std::string& out, const Model& all) {
        append_workers(out, all);
        append_totals(out, all);
    });
    append_foot(html, model);
    return html;
}

}  // namespace aep::status
