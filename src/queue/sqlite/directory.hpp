#pragma once

#include <cstdint>
#include <string>

#include <sys/types.h>

namespace aep::queue::sqlite {

/// Who the worker processes are.
struct Owner {
    uid_t user = 0;
    gid_t group = 0;
};

/// Whether the workers can use a directory.
enum class Fitness : std::uint8_t {
    fit,
    wrong,    ///< the settings should name another one
    spoiled,  ///< by the workers' user, or by one that may do what that one may
};

/// Makes the queue's directory fit for the workers: creates it, readable by them alone, and marks it with the path
/// of this nginx's pid file. A directory that another nginx has marked is refused: two that share one would take
/// each other's events for their own. A reload, a restart and an upgrade of the program have the same path.
///
/// Where it is not fit, `error` gets a text for the administrator.
Fitness prepare_directory(const std::string& directory, const Owner& owner, const std::string& pid_path,
                          std::string& error);

/// The same checks, for `nginx -t`: nothing is created or changed, and a directory that does not exist yet is fine
/// where its parent does.
Fitness check_directory(const std::string& directory, const Owner& owner, const std::string& pid_path,
                        std::string& error);

/// Whether what is in a directory goes when the machine restarts, as far as its path and its file system tell. One that
/// does not exist yet is judged by what it would be in.
bool is_volatile(const std::string& directory);

}  // namespace aep::queue::sqlite
