#pragma once

#include "ngx/ngx.hpp"

#include <cstddef>

namespace aep::ngx {

inline std::size_t size_of(const ngx_buf_t& buffer) noexcept {
    return static_cast<std::size_t>(ngx_buf_size(&buffer));
}

/// Marks bytes at the front of a buffer as taken, in both of its views: a buffer may be in memory and still
/// name its place in a file, and sendfile then sends the file.
inline void take_front(ngx_buf_t& buffer, std::size_t size) noexcept {
    if (ngx_buf_in_memory(&buffer)) {
        buffer.pos += size;
    }
    if (buffer.in_file) {
        buffer.file_pos += static_cast<off_t>(size);
    }
}

/// The same at its back.
inline void take_back(ngx_buf_t& buffer, std::size_t size) noexcept {
    if (ngx_buf_in_memory(&buffer)) {
        buffer.last -= size;
    }
    if (buffer.in_file) {
        buffer.file_last -= static_cast<off_t>(size);
    }
}

/// Takes the marks over that say what follows a buffer: they belong behind its last byte.
inline void move_marks(ngx_buf_t& from, ngx_buf_t& to) noexcept {
    to.flush = from.flush;
    to.last_buf = from.last_buf;
    to.last_in_chain = from.last_in_chain;
    from.flush = 0;
    from.last_buf = 0;
    from.last_in_chain = 0;
}

inline bool has_marks(const ngx_buf_t& buffer) noexcept {
    return buffer.flush || buffer.last_buf || buffer.sync || buffer.last_in_chain;
}

}  // namespace aep::ngx
