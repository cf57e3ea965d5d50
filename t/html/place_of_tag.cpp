// Says where the tag goes in documents that come on standard input, one after the other, each as a line
// "known start <bytes>" or "unknown end <bytes>" (whether Content-Type names the charset, and where in head the tag is to
// go) and the bytes themselves.
// Answers each with one line: the verdict, and the position if there is one; or "cut <offset>" when the
// document in two pieces, cut there, gives another answer than in one.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>

#include "page/html/place_finder.hpp"

namespace {

using aep::page::html::HeadEndFinder;
using aep::page::html::PlaceFinder;
using aep::page::html::Verdict;

struct Answer {
    Verdict verdict;
    std::uint64_t position;

    bool operator==(const Answer&) const = default;
};

struct Question {
    bool charset_known;
    bool at_end;
};

Answer answer(std::string_view document, std::size_t cut, Question question) {
    HeadEndFinder end(question.charset_known);
    PlaceFinder finder(question.charset_known, question.at_end ? &end : nullptr);
    finder.feed(document.substr(0, cut));
    const std::uint64_t settled = finder.verdict() == Verdict::searching ? finder.settled() : 0;
    finder.feed(document.substr(cut));
    if (finder.finish() != Verdict::found) {
        return {finder.verdict(), 0};
    }
    return {finder.position() < settled ? Verdict::searching : Verdict::found, finder.position()};
}

const char* name(Verdict verdict) {
    switch (verdict) {
        case Verdict::searching:
            return "settled too early";
        case Verdict::found:
            return "found";
        case Verdict::not_document:
            return "not_document";
        case Verdict::no_head:
            return "no_head";
        case Verdict::tagged:
            return "tagged";
        case Verdict::amp:
            return "amp";
        case Verdict::encoding:
            return "encoding";
    }
    return "";
}

void report(std::string_view document, Question question) {
    const Answer whole = answer(document, document.size(), question);
    for (std::size_t cut = 0; cut < document.size(); ++cut) {
        if (answer(document, cut, question) != whole) {
            std::cout << "cut " << cut << '\n';
            return;
        }
    }
    std::cout << name(whole.verdict) << ' ' << whole.position << '\n';
}

}  // namespace

int main() {
    std::ios::sync_with_stdio(false);
    std::string charset;
    std::string place;
    std::size_t size = 0;
    std::string document;
    while (std::cin >> charset >> place >> size) {
        std::cin.ignore(1);
        document.resize(size);
        std::cin.read(document.data(), static_cast<std::streamsize>(size));
        report(document, {charset == "known", place == "end"});
    }
    return std::cin.bad() ? 1 : 0;
}
