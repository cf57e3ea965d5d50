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

/// What has become of a queue that this nginx had in another directory.
enum class Former : std::uint8_t {
    none,        ///< there is none, or it is another nginx's
    taken_over,  ///< it is now in the directory where it shall be
    in_use,      ///< processes still have its files; where it shall be there is nothing
    left,        ///< it stays, with what waits in it
};

/// Renames the directory `former` to `directory`, where there has to be nothing yet, or nothing in it: all that waits
/// comes along at once. It has to be the workers' and this nginx's, by its mark. Why it is left, `error` tells.
Former take_over(const std::string& former, const std::string& directory, const Owner& owner,
                 const std::string& pid_path, std::string& error);

/// Whether a directory is this nginx's queue, by its mark, and has databases.
bool has_queue(const std::string& directory, const std::string& pid_path);

/// Whether what is in a directory goes when the machine restarts, as far as its path and its file system tell. One that
/// does not exist yet is judged by what it would be in.
bool is_volatile(const std::string& directory);

}  // namespace aep::queue::sqlite
