#pragma once

// cmocka.h needs these before it, and has no C++ guards of its own in Debian 12's version.
#include <csetjmp>
#include <cstdarg>
#include <cstddef>
#include <cstdint>

extern "C" {
#include <cmocka.h>
}
