// Measures the queue's store: entries per second of one thread, in groups with one sync each.
//
// queue_rate <empty directory> [entries] [entries of a group] [bytes of a body]

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "queue/sqlite/file_store.hpp"

namespace {

using namespace aep::queue;
using namespace aep::queue::sqlite;

constexpr std::string_view kLane = "https://edge.adobedc.net";
constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

struct Sizes {
    std::size_t entries = 100'000;
    std::size_t group = 64;
    std::size_t body = 2801;
};

Entry entry_of(const Sizes& sizes) {
    Entry entry;
    entry.lane = kLane;
    entry.website = "ebebf826-a01f-4458-8cec-ef61de241c93";
    entry.action = "interact";
    entry.target = "/ee/v1/interact?configId=ebebf826-a01f-4458-8cec-ef61de241c93";
    entry.headers = {{"User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"},
                     {"X-Forwarded-For", "192.0.2.1"}};
    entry.body = std::string(sizes.body, '.');
    entry.received = wall_clock();
    return entry;
}

class Watch {
  public:
    void report(const char* what, std::size_t entries) const {
        const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start_;
        const double processor = static_cast<double>(std::clock() - processor_) / CLOCKS_PER_SEC;
        const auto count = static_cast<double>(entries);
        std::printf("%-44s %9.0f entries/s, %5.1f us of the processor each\n", what, count / time.count(),
                    processor / count * 1e6);
    }

  private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    std::clock_t processor_ = std::clock();
};

void require(bool condition, Store& store) {
    if (!condition) {
        for (const LogLine& message : store.messages()) {
            std::fprintf(stderr, "%s\n", message.text.c_str());
        }
        std::exit(1);
    }
}

void settle_all(Store& store, const std::vector<Claim>& claims) {
    for (const Claim& claim : claims) {
        store.settle({.id = claim.id, .reason = {}});
    }
}

/// Each group's claims are settled with the next group's appends, as they are when Edge answers at once.
void sustained(Store& store, const Sizes& sizes) {
    const Entry entry = entry_of(sizes);
    const Watch watch;
    std::vector<Claim> claims;
    std::size_t settled = 0;
    while (settled < sizes.entries) {
        for (std::size_t count = 0; count < sizes.group; ++count) {
            store.append(Entry(entry), false);
        }
        settle_all(store, claims);
        settled += claims.size();
        require(store.sync(), store);
        claims = store.claim(kLane, entry.received, sizes.group, kNoLimit);
        require(claims.size() == sizes.group, store);
    }
    watch.report("append, claim and settle", settled);
    settle_all(store, claims);
    require(store.sync(), store);
}

void fill(Store& store, const Sizes& sizes) {
    const Entry entry = entry_of(sizes);
    const Watch watch;
    for (std::size_t count = 0; count < sizes.entries; ++count) {
        store.append(Entry(entry), false);
        if (count % sizes.group == sizes.group - 1) {
            require(store.sync(), store);
        }
    }
    require(store.sync(), store);
    watch.report("append (Edge is away)", sizes.entries);
}

void drain(Store& store, const Sizes& sizes) {
    const Watch watch;
    std::size_t settled = 0;
    for (;;) {
        const std::vector<Claim> claims = store.claim(kLane, wall_clock(), sizes.group, kNoLimit);
        if (claims.empty()) {
            break;
        }
        settle_all(store, claims);
        settled += claims.size();
        require(store.sync(), store);
    }
    watch.report("claim and settle (Edge is back)", settled);
}

std::size_t number(int count, char** arguments, int index, std::size_t otherwise) {
    return index < count ? std::strtoul(arguments[index], nullptr, 10) : otherwise;
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 2) {
        std::fprintf(stderr, "usage: %s <empty directory> [entries] [entries of a group] [bytes of a body]\n",
                     arguments[0]);
        return 1;
    }
    Sizes sizes;
    sizes.entries = number(count, arguments, 2, sizes.entries);
    sizes.group = number(count, arguments, 3, sizes.group);
    sizes.body = number(count, arguments, 4, sizes.body);
    const auto ledger = std::make_unique<Ledger>();
    {
        FileStore store(arguments[1], *ledger);
        sustained(store, sizes);
        fill(store, sizes);
    }
    const Watch watch;
    FileStore store(arguments[1], *ledger);
    watch.report("open, with all of them waiting", sizes.entries);
    drain(store, sizes);
    return 0;
}
