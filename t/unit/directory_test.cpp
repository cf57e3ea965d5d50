#include "queue/sqlite/directory.hpp"

#include <sys/stat.h>

#include "store_harness.hpp"

namespace {

using namespace aep::queue::sqlite;
using namespace aep::test;

constexpr const char* kPid = "/run/nginx.pid";

Owner this_user() {
    return {geteuid(), getegid()};
}

struct Refusal {
    Fitness fitness = Fitness::fit;
    std::string text;
};

/// What prepare_directory() and check_directory() say, which has to be the same.
Refusal look_at(const std::string& directory, const std::string& pid_path = kPid,
                const Owner& owner = this_user()) {
    std::string checked;
    const Fitness fitness = check_directory(directory, owner, pid_path, checked);
    std::string prepared;
    assert_true(prepare_directory(directory, owner, pid_path, prepared) == fitness);
    expect_text(checked, prepared);
    assert_int_equal(checked.empty(), fitness == Fitness::fit);
    return {fitness, checked};
}

/// That of a directory that the settings should not name.
std::string refusal_of(const std::string& directory, const std::string& pid_path = kPid,
                       const Owner& owner = this_user()) {
    const Refusal refusal = look_at(directory, pid_path, owner);
    assert_true(refusal.fitness != Fitness::spoiled);
    return refusal.text;
}

/// That of a directory that the workers' user has made unusable, or may have.
std::string spoiling_of(const std::string& directory, const std::string& pid_path = kPid) {
    const Refusal refusal = look_at(directory, pid_path);
    assert_true(refusal.fitness == Fitness::spoiled);
    return refusal.text;
}

mode_t mode_of(const std::string& path) {
    struct stat status {};
    assert_int_equal(stat(path.c_str(), &status), 0);
    return status.st_mode & 07777U;
}

void a_new_directory_belongs_to_the_workers_alone(void**) {
    const TemporaryDirectory parent;
    const std::string directory = parent.file("queue");
    Owner owner = this_user();
    if (owner.user == 0) {
        owner = {65534, 65534};
    }
    std::string error;
    const mode_t mask = umask(0277);
    const Fitness fitness = prepare_directory(directory, owner, kPid, error);
    umask(mask);
    expect_text(error, "");
    assert_true(fitness == Fitness::fit);
    assert_int_equal(mode_of(directory), 0700);
    struct stat status {};
    for (const char* name : {"", "/instance"}) {
        assert_int_equal(stat((directory + name).c_str(), &status), 0);
        assert_int_equal(status.st_uid, owner.user);
        assert_int_equal(status.st_gid, owner.group);
    }
    expect_text(content_of(directory + "/instance"), std::string(kPid) + "\n");
}

void checking_creates_nothing(void**) {
    const TemporaryDirectory parent;
    std::string error;
    assert_true(check_directory(parent.file("queue"), this_user(), kPid, error) == Fitness::fit);
    assert_true(check_directory(parent.path(), this_user(), kPid, error) == Fitness::fit);
    assert_int_equal(parent.names().size(), 0);
}

void the_same_nginx_may_come_again(void**) {
    const TemporaryDirectory parent;
    for (int turn = 0; turn < 3; ++turn) {
        expect_text(refusal_of(parent.file("queue/")), "");
    }
}

void another_nginx_is_refused(void**) {
    const TemporaryDirectory parent;
    const std::string directory = parent.file("queue");
    refusal_of(directory);
    const std::string text = spoiling_of(directory, "/run/other.pid");
    expect_part(text, "another nginx, whose pid file is \"/run/nginx.pid\"");
    expect_part(text, "this nginx is /run/other.pid");
    expect_part(text, "remove " + directory + "/instance");
}

void what_a_marker_says_cannot_harm_a_terminal(void**) {
    const TemporaryDirectory directory;
    write_content(directory.file("instance"), "\x1B]0;root\a\x9B\\" + std::string(4000, 'x') + "\n");
    const std::string text = spoiling_of(directory.path());
    expect_part(text, R"(whose pid file is "\x1B]0;root\x07\x9B\x5Cxxx)");
    expect_part(text, "xxx…\"");
    assert_true(text.size() < 1000);
}

void a_directory_in_place_of_the_marker_spoils_it(void**) {
    const TemporaryDirectory directory;
    assert_int_equal(mkdir(directory.file("instance").c_str(), 0700), 0);
    expect_part(spoiling_of(directory.path()), "/instance is no file: remove it");
}

void an_unfinished_marker_is_none(void**) {
    const TemporaryDirectory directory;
    write_content(directory.file("instance"), "");
    expect_text(refusal_of(directory.path()), "");
    expect_text(content_of(directory.file("instance")), std::string(kPid) + "\n");
}

// The workers' user may write to the directory, in which the master, as root, writes the marker.
void a_marker_is_not_written_through_a_link(void**) {
    const TemporaryDirectory elsewhere;
    const TemporaryDirectory directory;
    write_content(elsewhere.file("precious"), "of root");
    for (const char* name : {"instance.new", "instance"}) {
        assert_int_equal(symlink(elsewhere.file("precious").c_str(), directory.file(name).c_str()), 0);
    }
    expect_text(refusal_of(directory.path()), "");
    expect_text(content_of(elsewhere.file("precious")), "of root");
    struct stat status {};
    assert_int_equal(lstat(directory.file("instance").c_str(), &status), 0);
    assert_true(S_ISREG(status.st_mode));
    expect_text(content_of(directory.file("instance")), std::string(kPid) + "\n");
}

void a_pipe_in_place_of_the_marker_does_not_hold_nginx_up(void**) {
    const TemporaryDirectory directory;
    for (const char* name : {"instance.new", "instance"}) {
        assert_int_equal(mkfifo(directory.file(name).c_str(), 0600), 0);
    }
    constexpr unsigned kPatience = 30;
    alarm(kPatience);  // ends the test
    expect_text(refusal_of(directory.path()), "");
    alarm(0);
    expect_text(content_of(directory.file("instance")), std::string(kPid) + "\n");
}

void a_directory_of_another_user_is_refused(void**) {
    const TemporaryDirectory directory;
    Owner other = this_user();
    ++other.user;
    expect_part(refusal_of(directory.path(), kPid, other), "belongs to user " + std::to_string(geteuid()) +
                                                               ", but nginx's workers are user " +
                                                               std::to_string(other.user));
    assert_false(directory.has("instance"));
}

void a_directory_that_everybody_may_write_to_is_refused(void**) {
    const TemporaryDirectory directory;
    chmod(directory.path().c_str(), 0777);
    expect_part(spoiling_of(directory.path()), "chmod 700");
    assert_false(directory.has("instance"));
}

void what_is_no_directory_is_refused(void**) {
    const TemporaryDirectory parent;
    write_content(parent.file("queue"), "");
    expect_part(refusal_of(parent.file("queue")), "is not a directory");
    expect_part(refusal_of(parent.file("queue/below")), "cannot be looked at: Not a directory");
}

void a_missing_parent_is_refused(void**) {
    const TemporaryDirectory parent;
    expect_part(refusal_of(parent.file("a/queue")), "cannot be created in " + parent.file("a"));
}

void what_a_restart_empties_is_told(void**) {
    for (const char* directory : {"/tmp/aep-queue", "/run/nginx/aep-queue", "/var/run/q", "/dev/shm/q/"}) {
        assert_true(is_volatile(directory));
    }
    for (const char* directory : {"/var/lib/nginx/aep-queue", "/tmpfiles", "/var/tmp/q", "/usr", "none/q"}) {
        assert_false(is_volatile(directory));
    }
    // By the file system, wherever there is one that is in memory.
    if (access("/sys/fs/cgroup", F_OK) == 0 && is_volatile("/sys/fs/cgroup")) {
        assert_true(is_volatile("/sys/fs/cgroup/not-there"));
    }
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_new_directory_belongs_to_the_workers_alone),
        cmocka_unit_test(checking_creates_nothing),
        cmocka_unit_test(the_same_nginx_may_come_again),
        cmocka_unit_test(another_nginx_is_refused),
        cmocka_unit_test(what_a_marker_says_cannot_harm_a_terminal),
        cmocka_unit_test(a_directory_in_place_of_the_marker_spoils_it),
        cmocka_unit_test(an_unfinished_marker_is_none),
        cmocka_unit_test(a_marker_is_not_written_through_a_link),
        cmocka_unit_test(a_pipe_in_place_of_the_marker_does_not_hold_nginx_up),
        cmocka_unit_test(a_directory_of_another_user_is_refused),
        cmocka_unit_test(a_directory_that_everybody_may_write_to_is_refused),
        cmocka_unit_test(what_is_no_directory_is_refused),
        cmocka_unit_test(a_missing_parent_is_refused),
        cmocka_unit_test(what_a_restart_empties_is_told),
    };
    return cmocka_run_group_tests_name("queue directory", tests, nullptr, nullptr);
}
