// Each sample becomes exactly the event that is expected of it.

#include "mapping_harness.hpp"

namespace {

using namespace aep::backoffice::mapping;
using namespace aep::backoffice::mapping::test;

void expect_sample(std::string_view name) {
    const Tree document = load_sample(std::string(name));
    const Tree expected = load_sample("expected/" + std::string(name));
    const Outcome outcome = map_one(dump(document.get()));
    const Tree found = xdm_of(outcome);
    expect_text(dump(found.get(), JSON_INDENT(1)), dump(expected.get(), JSON_INDENT(1)));
    expect_text(outcome.id, text_of(expected.get(), "_id"));
    assert_true(outcome.event.has_value());
}

void every_sample_becomes_its_expected_event(void**) {
    for (const std::string_view name : kSamples) {
        expect_sample(name);
    }
}

/// An envelope of each sample, to be told from the array that it stands in by nothing but its order.
void an_array_of_all_samples_becomes_all_events_in_their_order(void**) {
    const Tree array(json_array());
    for (const std::string_view name : kSamples) {
        json_array_append_new(array.get(), load_sample(std::string(name)).release());
    }
    const Mapped mapped = map_documents(dump(array.get()), sample_settings(), {{}, kNow});
    assert_true(mapped.was_array);
    assert_true(mapped.shape == Shape::envelope);
    assert_int_equal(mapped.outcomes.size(), kSamples.size());
    for (std::size_t index = 0; index < kSamples.size(); ++index) {
        const Tree expected = load_sample("expected/" + std::string(kSamples[index]));
        expect_text(mapped.outcomes[index].id, text_of(expected.get(), "_id"));
    }
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(every_sample_becomes_its_expected_event),
        cmocka_unit_test(an_array_of_all_samples_becomes_all_events_in_their_order),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
