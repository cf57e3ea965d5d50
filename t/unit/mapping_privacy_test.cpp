// Nothing personal leaves. Every value of every sample is replaced by a mark of its own: each mark that an event holds
// must be one of a field that may leave, and no text about a document holds any.

#include <algorithm>

#include "mapping_harness.hpp"
#include "text/digest.hpp"

namespace {

using namespace aep::backoffice::mapping;
using namespace aep::backoffice::mapping::test;

/// The paths, without places in arrays, of all texts that may leave as they are. Numbers leave in amounts only, which
/// have no room for marks; times are converted.
constexpr std::array<std::string_view, 25> kMayLeave{
    "order.increment_id",
    "order.items.item_id",
    "order.items.sku",
    "order.items.name",
    "order.items.product_options.attributes_info.label",
    "order.items.product_options.attributes_info.value",
    "order.shipping_method",
    "order.shipping_description",
    "order.extension_attributes.shipping_assignments.shipping.method",
    "order.billing_address.region",
    "order.billing_address.country_id",
    "order.extension_attributes.shipping_assignments.shipping.address.region",
    "order.extension_attributes.shipping_assignments.shipping.address.country_id",
    "order.addresses.region",
    "order.addresses.country_id",
    "order.payment.method",
    "invoice.items.order_item_id",
    "invoice.items.sku",
    "invoice.items.name",
    "shipment.items.sku",
    "shipment.items.name",
    "creditmemo.increment_id",
    "creditmemo.items.sku",
    "creditmemo.items.name",
    "rma.increment_id",
};

struct Mark {
    std::string path;
    std::string text;
};

/// A path as the table above writes it.
std::string bare(std::string_view path) {
    std::string names;
    for (std::size_t begin = 0; begin < path.size();) {
        const std::size_t end = std::min(path.find('.', begin), path.size());
        const std::string_view name = path.substr(begin, end - begin);
        if (name.find_first_not_of("0123456789") != std::string_view::npos) {
            names += (names.empty() ? "" : ".") + std::string(name);
        }
        begin = end + 1;
    }
    // A CloudEvent has the order in its data.
    constexpr std::string_view kValue = "data.value";
    return names.starts_with(kValue) ? "order" + names.substr(kValue.size()) : names;
}

/// What keeps the document an event: the marks lie in everything else.
bool holds_together(const std::string& path) {
    constexpr std::array<std::string_view, 18> kFields{
        ".created_at",  ".updated_at",     ".date_requested", ".order_item_id",
        ".item_id",     ".entity_id",      ".parent_item_id", ".qty",
        ".qty_ordered", ".qty_shipped",    ".address_type",   ".region_id",
        ".is_virtual",  ".customer_email", ".qty_requested",  "customer.email",
        "customer.id",  ".status"};
    const std::string names = bare(path);
    return names == "event" || path == "type" || path == "specversion" || path == "time" ||
           std::ranges::any_of(kFields, [&](std::string_view field) { return names.ends_with(field); });
}

/// Marks every value below a path: texts, numbers and keys of what is not known.
void mark(json_t* parent, const std::string& path, std::vector<Mark>& marks) {
    const auto mark_value = [&](json_t* value, const std::string& at) -> json_t* {
        if (json_is_object(value) || json_is_array(value)) {
            mark(value, at, marks);
            return nullptr;
        }
        if (holds_together(at)) {
            return nullptr;
        }
        // Marks pass for codes, so that no rule of form holds them back.
        marks.push_back({at, "mark" + std::to_string(marks.size()) + "x"});
        return json_string(marks.back().text.c_str());
    };
    if (json_is_array(parent)) {
        for (std::size_t index = 0; index < json_array_size(parent); ++index) {
            json_t* const value = json_array_get(parent, index);
            if (json_t* const marked = mark_value(value, path + "." + std::to_string(index))) {
                json_array_set_new(parent, index, marked);
            }
        }
        return;
    }
    const char* key = nullptr;
    json_t* value = nullptr;
    json_object_foreach(parent, key, value) {
        if (json_t* const marked = mark_value(value, path.empty() ? key : path + "." + key)) {
            json_object_set_new(parent, key, marked);
        }
    }
}

std::string hash_of(std::string_view text) {
    return aep::text::hexadecimal(aep::text::sha256(text));
}

bool holds(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

void expect_absent(const Mark& mark, std::string_view text, Where where = Where::here()) {
    if (holds(text, mark.text) || holds(text, hash_of(mark.text))) {
        print_error("%s leaves in %.*s\n", mark.path.c_str(), static_cast<int>(text.size()), text.data());
        _fail(where.file, where.line);
    }
}

std::string all_texts(const Outcome& outcome) {
    return outcome.id + outcome.xdm + outcome.reason + outcome.path + outcome.expected;
}

void of_each_sample_only_what_may_leave_leaves(void**) {
    std::size_t left = 0;
    for (const std::string_view name : kSamples) {
        const Tree document = load_sample(std::string(name));
        std::vector<Mark> marks;
        mark(document.get(), "", marks);
        const Outcome outcome = map_one(dump(document.get()));
        xdm_of(outcome);
        for (const Mark& each : marks) {
            if (std::ranges::count(kMayLeave, bare(each.path)) > 0) {
                left += holds(outcome.xdm, '"' + each.text + '"') ? 1U : 0U;
            } else {
                expect_absent(each, all_texts(outcome));
            }
        }
    }
    assert_true(left > 40);  // else the marks prove nothing
}

void an_address_leaves_as_nothing_but_its_hash(void**) {
    for (const std::string_view name : kSamples) {
        const Tree document = load_sample(std::string(name));
        std::string address;
        for (const char* path : {"order.customer_email", "customer.email", "data.value.customer_email"}) {
            if (json_t* const email = at(document.get(), path)) {
                address = json_string_value(email);
            }
        }
        const Outcome outcome = map_one(dump(document.get()));
        assert_false(holds(outcome.xdm, address));
        assert_false(holds(outcome.xdm, "@"));
    }
}

/// Names that nobody knows, which say something themselves.
void unknown_members_leave_neither_by_name_nor_by_value(void**) {
    for (const std::string_view name : kSamples) {
        for (const char* parent :
             {"", "order.", "order.items.0.", "order.payment.", "order.billing_address.", "invoice.",
              "shipment.", "creditmemo.", "rma.", "rma.items.0.", "customer."}) {
            const Tree document = load_sample(std::string(name));
            const std::string path = parent;
            if (path.empty() || json_is_object(at(document.get(), path.substr(0, path.size() - 1)))) {
                change(document.get(), {path + "ann@shop", R"("ann@shop")"});
            }
            assert_false(holds(all_texts(map_one(dump(document.get()))), "ann@shop"));
        }
    }
}

/// Whatever is wrong with a document, nothing of it is told. Each value in its turn is one that is wrong.
void faults_tell_nothing_of_the_document(void**) {
    constexpr std::string_view kSecret = "ann.private";
    for (const std::string_view name : kSamples) {
        const Tree document = load_sample(std::string(name));
        const char* key = nullptr;
        json_t* part = nullptr;
        json_object_foreach(document.get(), key, part) {
            const char* field = nullptr;
            json_t* value = nullptr;
            json_object_foreach(part, field, value) {
                for (const std::string other : {R"("ann.private")", R"({"ann.private": "ann.private"})"}) {
                    const Outcome outcome = map_one(
                        changed(load_sample(std::string(name)), {{std::string(key) + "." + field, other}}));
                    assert_false(holds(outcome.reason + outcome.path + outcome.expected, kSecret));
                }
            }
            const Outcome outcome =
                map_one(changed(load_sample(std::string(name)), {{key, R"("ann.private")"}}),
                        sample_settings(), kSecret);
            assert_false(holds(all_texts(outcome), kSecret));
        }
        const std::string text = dump(document.get());
        for (std::size_t size = 1; size < text.size(); size += 97) {
            const Outcome outcome = map_one(text.substr(0, size));
            assert_true(outcome.kind == Outcome::Kind::invalid);
            expect_part(outcome.expected, "JSON: ");
            assert_true(outcome.expected.size() < 100);
        }
    }
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(of_each_sample_only_what_may_leave_leaves),
        cmocka_unit_test(an_address_leaves_as_nothing_but_its_hash),
        cmocka_unit_test(unknown_members_leave_neither_by_name_nor_by_value),
        cmocka_unit_test(faults_tell_nothing_of_the_document),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
