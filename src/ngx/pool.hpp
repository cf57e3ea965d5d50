#pragma once

#include "ngx/ngx.hpp"

#include <new>
#include <type_traits>
#include <utility>

namespace aep::ngx {

/// Makes a T that lives as long as the pool; its destructor runs with the pool's cleanups.
/// Null when the pool has no memory; exceptions of the constructor pass through.
template <typename T, typename... Arguments>
T* make(ngx_pool_t* pool, Arguments&&... arguments) {
    static_assert(alignof(T) <= NGX_ALIGNMENT);
    if constexpr (std::is_trivially_destructible_v<T>) {
        void* memory = ngx_palloc(pool, sizeof(T));
        return memory == nullptr ? nullptr : new (memory) T(std::forward<Arguments>(arguments)...);
    } else {
        // The cleanup entry brings the storage; its handler is set only after the constructor succeeded.
        ngx_pool_cleanup_t* cleanup = ngx_pool_cleanup_add(pool, sizeof(T));
        if (cleanup == nullptr) {
            return nullptr;
        }
        T* object = new (cleanup->data) T(std::forward<Arguments>(arguments)...);
        cleanup->handler = [](void* data) { static_cast<T*>(data)->~T(); };
        return object;
    }
}

}  // namespace aep::ngx
