#pragma once

#include <memory>
#include <new>
#include <string>

#include <curl/curl.h>

namespace aep::edge {

struct EasyDeleter {
    void operator()(CURL* handle) const noexcept {
        curl_easy_cleanup(handle);
    }
};

struct MultiDeleter {
    void operator()(CURLM* handle) const noexcept {
        curl_multi_cleanup(handle);
    }
};

struct ShareDeleter {
    void operator()(CURLSH* handle) const noexcept {
        curl_share_cleanup(handle);
    }
};

struct HeaderListDeleter {
    void operator()(curl_slist* list) const noexcept {
        curl_slist_free_all(list);
    }
};

using EasyHandle = std::unique_ptr<CURL, EasyDeleter>;
using MultiHandle = std::unique_ptr<CURLM, MultiDeleter>;
using ShareHandle = std::unique_ptr<CURLSH, ShareDeleter>;
using HeaderList = std::unique_ptr<curl_slist, HeaderListDeleter>;

/// Adds a copy of `line`. Throws std::bad_alloc; the list is unchanged then.
inline void append(HeaderList& list, const std::string& line) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) {
        throw std::bad_alloc();
    }
    static_cast<void>(list.release());
    list.reset(longer);
}

}  // namespace aep::edge
