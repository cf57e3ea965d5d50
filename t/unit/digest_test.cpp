#include "text/digest.hpp"

#include <cstdint>
#include <set>

#include "expect.hpp"

namespace {

using namespace aep::text;
using aep::test::expect_text;

// FIPS 180-2, appendix B.1.
void a_digest_is_what_the_standard_says(void**) {
    expect_text(hexadecimal(sha256("abc")),
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

void bytes_are_written_with_two_digits_each(void**) {
    constexpr unsigned char kBytes[] = {0x00, 0x0A, 0xF0, 0xFF};
    expect_text(hexadecimal(kBytes), "000af0ff");
}

void a_fingerprint_depends_on_both_texts_and_on_their_order(void**) {
    const std::set<std::uint64_t> keys{
        fingerprint("a", "b"), fingerprint("b", "a"), fingerprint("ab", ""),
        fingerprint("", "ab"), fingerprint("a", "c"), fingerprint("", ""),
    };
    assert_int_equal(keys.size(), 6);
    assert_false(keys.contains(0));
    assert_true(fingerprint("a", "b") == fingerprint("a", "b"));
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_digest_is_what_the_standard_says),
        cmocka_unit_test(bytes_are_written_with_two_digits_each),
        cmocka_unit_test(a_fingerprint_depends_on_both_texts_and_on_their_order),
    };
    return cmocka_run_group_tests_name("digest", tests, nullptr, nullptr);
}
