#include "page/file_memory.hpp"

#include <string>

#include "cmocka.hpp"

namespace {

using namespace aep::page;
using Advice = FileMemory::Advice;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kChanged = 1000 * kSecond;
constexpr std::int64_t kLater = kChanged + 10 * kSecond;
constexpr FileMemory::Look kLook{50'000, 1000, true};
constexpr FileMemory::State kState{1, 2, 50'000, kChanged, kChanged};
constexpr std::string_view kFront = "<!doctype html><head>";

void expect(Advice actual, Advice expected) {
    assert_int_equal(static_cast<int>(actual), static_cast<int>(expected));
}

bool knows(const FileMemory& memory, const FileMemory::State& state, const FileMemory::Look& look = kLook) {
    return memory.find(look, state).has_value();
}

/// As for a file that is asked for the second time at `now`.
void learn(FileMemory& memory, const FileMemory::State& state, std::int64_t begun = kLater,
           std::string_view front = kFront, std::uint64_t now = 0) {
    if (memory.advise(kLook, now) != Advice::learn) {
        expect(memory.advise(kLook, now), Advice::learn);
    }
    memory.remember(kLook, state, begun, front);
}

void a_file_is_learned_when_it_is_asked_for_again(void** /*state*/) {
    FileMemory memory;
    expect(memory.advise(kLook, 5), Advice::read);
    assert_false(knows(memory, kState));
    expect(memory.advise(kLook, 6), Advice::learn);
    memory.remember(kLook, kState, kLater, kFront);
    expect(memory.advise(kLook, 7), Advice::check);
    const auto found = memory.find(kLook, kState);
    assert_true(found && *found == kFront);
}

void a_file_in_another_state_is_another(void** /*state*/) {
    FileMemory memory;
    learn(memory, kState);
    for (const FileMemory::State& other : {
             FileMemory::State{9, 2, 50'000, kChanged, kChanged},
             FileMemory::State{1, 9, 50'000, kChanged, kChanged},
             FileMemory::State{1, 2, 50'001, kChanged, kChanged},
             FileMemory::State{1, 2, 50'000, kChanged + 1, kChanged},
             FileMemory::State{1, 2, 50'000, kChanged, kChanged + 1},
         }) {
        assert_false(knows(memory, other));
    }
    assert_true(knows(memory, kState));
}

void a_page_whose_charset_is_not_known_is_another(void** /*state*/) {
    FileMemory memory;
    learn(memory, kState);
    FileMemory::Look look = kLook;
    look.charset_known = false;
    assert_false(knows(memory, kState, look));
}

void what_has_just_changed_is_not_kept(void** /*state*/) {
    for (const std::int64_t age : {std::int64_t{-1}, std::int64_t{0}, 2 * kSecond - 1}) {
        FileMemory memory;
        learn(memory, {1, 2, 50'000, kChanged, 0}, kChanged + age);
        assert_false(knows(memory, {1, 2, 50'000, kChanged, 0}));
        learn(memory, {1, 2, 50'000, 0, kChanged}, kChanged + age, kFront, 5000);
        assert_false(knows(memory, {1, 2, 50'000, 0, kChanged}));
    }
    FileMemory memory;
    learn(memory, kState, kChanged + 2 * kSecond);
    assert_true(knows(memory, kState));
}

void what_could_not_be_kept_is_tried_again_later(void** /*state*/) {
    FileMemory memory;
    learn(memory, kState, kChanged);
    expect(memory.advise(kLook, 999), Advice::read);
    expect(memory.advise(kLook, 1000), Advice::learn);
}

void what_is_known_is_learned_anew_each_second(void** /*state*/) {
    FileMemory memory;
    learn(memory, kState);
    expect(memory.advise(kLook, 999), Advice::check);
    expect(memory.advise(kLook, 1000), Advice::learn);
    assert_false(knows(memory, kState));
}

void a_file_of_another_size_than_nginx_thinks_is_not_kept(void** /*state*/) {
    FileMemory memory;
    const FileMemory::State shorter{1, 2, 20'000, kChanged, kChanged};
    learn(memory, shorter);
    assert_false(knows(memory, shorter));
}

void a_long_front_is_not_kept(void** /*state*/) {
    FileMemory memory;
    learn(memory, kState, kLater, std::string(FileMemory::kLongest + 1, 'x'));
    assert_false(knows(memory, kState));
    const std::string longest(FileMemory::kLongest, 'x');
    learn(memory, kState, kLater, longest, 5000);
    assert_true(memory.find(kLook, kState) == longest);
}

void many_files_take_the_room_of_others(void** /*state*/) {
    FileMemory memory;
    learn(memory, kState);
    for (std::int64_t size = 20'000; size < 21'000; ++size) {
        expect(memory.advise({size, 1, true}, 0), Advice::read);
    }
    assert_false(knows(memory, kState));
    expect(memory.advise(kLook, 0), Advice::read);
    memory.remember({1, 1, true}, {1, 2, 1, kChanged, kChanged}, kLater,
                    kFront);  // its room was lost meanwhile
    assert_false(knows(memory, {1, 2, 1, kChanged, kChanged}, {1, 1, true}));
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_learned_when_it_is_asked_for_again),
        cmocka_unit_test(a_file_in_another_state_is_another),
        cmocka_unit_test(a_page_whose_charset_is_not_known_is_another),
        cmocka_unit_test(what_has_just_changed_is_not_kept),
        cmocka_unit_test(what_could_not_be_kept_is_tried_again_later),
        cmocka_unit_test(what_is_known_is_learned_anew_each_second),
        cmocka_unit_test(a_file_of_another_size_than_nginx_thinks_is_not_kept),
        cmocka_unit_test(a_long_front_is_not_kept),
        cmocka_unit_test(many_files_take_the_room_of_others),
    };
    return cmocka_run_group_tests_name("file_memory", tests, nullptr, nullptr);
}
