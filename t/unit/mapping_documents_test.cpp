// Which documents there are, which event each becomes, and what is said of those that are wrong.

#include <cstring>

#include "backoffice/mapping/order_items.hpp"
#include "mapping_harness.hpp"

namespace {

using namespace aep::backoffice::mapping;
using namespace aep::backoffice::mapping::test;

constexpr std::string_view kOrder =
    R"({"entity_id": 7, "increment_id": "7", "customer_email": "a@shop.example", "state": "new",)"
    R"("created_at": "2025-01-02 03:04:05", "updated_at": "2025-01-02 03:04:07"})";

std::string order(const std::vector<Change>& changes) {
    return changed(load_text(kOrder), changes);
}

std::string cloud_event(const std::string& code, const std::string& value) {
    return R"({"specversion": "1.0", "type": "com.adobe.commerce.)" + code + R"(", "data": {"value": )" +
           value + "}}";
}

void expect_mapped(const std::string& document, Event event, Where where = Where::here()) {
    const Outcome outcome = map_one(document);
    const Tree xdm = xdm_of(outcome, where);
    if (outcome.event != event) {
        print_error("found: %s\n", outcome.xdm.c_str());
        _fail(where.file, where.line);
    }
}

void expect_ignored(const std::string& document, std::string_view reason, Where where = Where::here()) {
    const Outcome outcome = map_one(document);
    if (outcome.kind != Outcome::Kind::ignored) {
        print_error("not ignored: %s %s: %s\n", outcome.xdm.c_str(), outcome.path.c_str(),
                    outcome.expected.c_str());
        _fail(where.file, where.line);
    }
    expect_part(outcome.reason, reason, where);
    expect_text(outcome.xdm, "", where);
}

void expect_invalid(std::string_view document, std::string_view path, std::string_view expected,
                    std::string_view event = {}, Where where = Where::here()) {
    const Outcome outcome = map_one(document, sample_settings(), event);
    if (outcome.kind != Outcome::Kind::invalid) {
        print_error("not invalid: %s%s\n", outcome.xdm.c_str(), outcome.reason.c_str());
        _fail(where.file, where.line);
    }
    expect_text(outcome.path, path, where);
    expect_part(outcome.expected, expected, where);
    expect_text(outcome.xdm + outcome.id + outcome.reason, "", where);
}

void events_have_names_of_their_own_and_of_others(void**) {
    assert_true(event_of("orderPlaced") == Event::order_placed);
    assert_true(event_of("commerce.backofficeOrderPlaced") == Event::order_placed);
    assert_true(event_of("creditMemoIssued") == Event::credit_memo_issued);
    assert_true(event_of("orderItemReturnInitiated") == Event::return_initiated);
    assert_true(event_of("orderItemsReturnCompleted") == Event::return_completed);
    assert_true(event_of("commerce.backofficeShipmentCompleted") == Event::order_shipment_completed);
    assert_false(event_of("").has_value());
    assert_false(event_of("orderplaced").has_value());
    for (int index = 0; index <= static_cast<int>(Event::account_deleted); ++index) {
        const auto event = static_cast<Event>(index);
        assert_true(event_of(name_of(event)) == event);
        assert_true(event_of(xdm_type_of(event)) == event);
        assert_int_equal(is_profile_event(event), index >= static_cast<int>(Event::account_created));
    }
}

void a_bare_order_has_its_event_from_outside(void**) {
    const Mapped mapped = map_documents(kOrder, sample_settings(), {"orderPlaced", kNow});
    assert_true(mapped.shape == Shape::bare_order);
    assert_true(mapped.outcomes.front().event == Event::order_placed);
    const std::string enveloped = R"({"event": "orderPlaced", "order": )" + std::string(kOrder) + "}";
    expect_text(mapped.outcomes.front().xdm, map_one(enveloped).xdm);
    expect_invalid(kOrder, "event", "X-AEP-Event: one of orderPlaced, ");
    expect_invalid(kOrder, "event", "one of orderPlaced, ", "orderEaten");
    expect_invalid(kOrder, "order", R"(the order as REST has it, beside "invoice")", "orderInvoiced");
}

void a_bare_customer_does_so_too(void**) {
    const Outcome outcome =
        map_one(R"({"id": 9, "email": "a@shop.example", "updated_at": "2025-01-02 03:04:05"})",
                sample_settings(), "accountUpdated");
    assert_true(outcome.event == Event::account_updated);
    expect_part(outcome.xdm, "userAccount.backofficeUpdateProfile");
}

void a_webhook_has_its_event_from_outside(void**) {
    const std::string body =
        R"({"eventName": "plugin.magento.sales.api.order_management.place", "data": {"order": )" +
        order({{"extension_attributes", "[]"}}) + "}}";
    const Mapped mapped = map_documents(body, sample_settings(), {"orderPlaced", kNow});
    assert_true(mapped.shape == Shape::webhook);
    assert_true(mapped.outcomes.front().kind == Outcome::Kind::mapped);
    expect_invalid(body, "event", "X-AEP-Event");
    expect_invalid(R"({"eventName": "x", "data": {"order": {"entity_id": 1}}})", "data.order.customer_email",
                   "an e-mail address", "orderPlaced");
    expect_mapped(R"({"eventName": "orderPlaced", "data": {"order": )" + std::string(kOrder) + "}}",
                  Event::order_placed);
}

void an_envelope_names_its_event_before_anybody_else(void**) {
    const std::string document = R"({"event": "orderCancelled", "order": )" + std::string(kOrder) + "}";
    assert_true(map_one(document, sample_settings(), "orderPlaced").event == Event::order_cancelled);
    assert_true(
        map_one(changed(load_text(document), {{"event", "null"}}), sample_settings(), "orderPlaced").event ==
        Event::order_placed);
    expect_invalid(changed(load_text(document), {{"event", "7"}}), "event", "one of orderPlaced",
                   "orderPlaced");
}

void a_saved_order_becomes_what_its_state_became(void**) {
    const std::string saved = "observer.sales_order_save_commit_after";
    const auto event = [&](const std::vector<Change>& changes) { return cloud_event(saved, order(changes)); };
    expect_mapped(event({{"_isNew", "true"}}), Event::order_placed);
    expect_mapped(event({{"_isNew", R"("1")"}, {"state", R"("canceled")"}}), Event::order_placed);
    expect_mapped(event({}), Event::order_placed);
    expect_ignored(event({{"_isNew", "false"}}), "not new");
    expect_ignored(event({{"updated_at", R"("2025-01-02 03:04:11")"}}), "not new");
    expect_ignored(event({{"_origData", R"({"state": "new"})"}}), "not new");
    expect_mapped(event({{"state", R"("canceled")"}, {"_origData", R"({"state": "new"})"}}),
                  Event::order_cancelled);
    expect_mapped(event({{"state", R"("canceled")"}, {"updated_at", R"("2025-01-03 00:00:00")"}}),
                  Event::order_cancelled);
    expect_ignored(event({{"state", R"("canceled")"}, {"_origData", R"({"state": "canceled"})"}}), "not new");
    expect_ignored(event({{"state", R"("processing")"}, {"_origData", R"({"state": "new"})"}}),
                   "its state became neither");
}

/// An order that became complete, with those items.
std::string complete(const std::string& items) {
    return cloud_event("observer.sales_order_save_commit_after",
                       order({{"state", R"("complete")"},
                              {"_isNew", "false"},
                              {"_origData", R"({"state": "processing"})"},
                              {"items", items}}));
}

void a_complete_order_is_shipped_when_all_its_items_are(void**) {
    expect_mapped(complete(R"([{"item_id": 1, "qty_ordered": 3, "qty_canceled": 1, "qty_shipped": "2.0000"},
        {"item_id": 2, "qty_ordered": 1, "is_virtual": "1"}])"),
                  Event::order_shipment_completed);
    expect_mapped(complete(R"([{"item_id": 1, "qty_ordered": 1, "qty_shipped": 0},
        {"item_id": 2, "parent_item_id": 1, "qty_ordered": 1, "qty_shipped": 1}])"),
                  Event::order_shipment_completed);
    expect_ignored(complete(R"([{"item_id": 1, "qty_ordered": 1, "qty_shipped": 0},
        {"item_id": 2, "parent_item_id": 1, "qty_ordered": 1, "qty_shipped": 1},
        {"item_id": 3, "parent_item_id": 1, "qty_ordered": 1, "qty_shipped": 0}])"),
                   "its state became neither");
    expect_ignored(complete(R"([{"item_id": 1, "qty_ordered": 3, "qty_shipped": 2}])"),
                   "its state became neither");
    expect_ignored(complete(R"([{"item_id": 2, "qty_ordered": 1, "is_virtual": 1}])"),
                   "its state became neither");
    expect_ignored(complete("[]"), "its state became neither");
}

void documents_of_an_order_become_events_when_they_are_new(void**) {
    const auto saved = [](const std::string& what, const std::string& members) {
        return cloud_event("observer.sales_order_" + what + "_save_after",
                           R"({"entity_id": 5, "created_at": "2025-02-02 00:00:00", "order": )" +
                               std::string(kOrder) + members + "}");
    };
    expect_mapped(saved("invoice", R"(, "_isNew": true, "state": "2")"), Event::order_invoiced);
    expect_ignored(saved("invoice", R"(, "_isNew": true, "state": 3)"), "cancelled");
    expect_ignored(saved("invoice", R"(, "_isNew": false, "state": 2)"), "saved again");
    expect_ignored(saved("invoice", R"(, "updated_at": "2025-02-03 00:00:00")"), "saved again");
    expect_mapped(saved("shipment", R"(, "_isNew": true)"), Event::order_items_shipped);
    expect_mapped(saved("shipment", R"(, "updated_at": "2025-02-02 00:00:01")"), Event::order_items_shipped);
    expect_ignored(saved("shipment", R"(, "_isNew": 0)"), "saved again");
    expect_mapped(saved("creditmemo", R"(, "_isNew": true, "state": 2)"), Event::credit_memo_issued);
    expect_ignored(saved("creditmemo", R"(, "_isNew": true, "state": 1)"), "not refunded");
    expect_ignored(saved("creditmemo", R"(, "_isNew": false, "state": 2)"), "saved again");
    expect_invalid(cloud_event("observer.sales_order_invoice_save_after", R"({"entity_id": 5, "state": 2})"),
                   "data.value.order", "beside");
}

void a_return_begins_pending_and_ends_processed(void**) {
    const auto saved = [](const std::string& members) {
        return cloud_event("observer.rma_save_commit_after",
                           R"({"entity_id": 5, "date_requested": "2025-02-02 00:00:00", "order": )" +
                               std::string(kOrder) + members + "}");
    };
    expect_mapped(saved(R"(, "_isNew": true, "status": "pending")"), Event::return_initiated);
    expect_mapped(saved(R"(, "_origData": {"status": "received"}, "status": "processed_closed")"),
                  Event::return_completed);
    expect_ignored(saved(R"(, "_origData": {"status": "processed_closed"}, "status": "processed_closed")"),
                   "not new and pending");
    expect_ignored(saved(R"(, "_isNew": false, "status": "pending")"), "not new and pending");
    expect_ignored(saved(R"(, "_isNew": false, "status": "closed")"), "not new and pending");
}

void a_saved_customer_is_new_when_it_was_never_updated(void**) {
    const auto saved = [](const std::string& updated) {
        return cloud_event("observer.customer_save_commit_after",
                           R"({"id": 5, "email": "a@shop.example", "created_at": "2025-02-02 00:00:00",
                               "updated_at": ")" +
                               updated + R"("})");
    };
    expect_mapped(saved("2025-02-02 00:00:00"), Event::account_created);
    expect_mapped(saved("2025-02-02 00:00:01"), Event::account_updated);
    expect_mapped(
        cloud_event("observer.customer_delete_commit_after", R"({"id": 5, "email": "a@shop.example"})"),
        Event::account_deleted);
}

void account_events_are_off_unless_they_are_on(void**) {
    Settings settings = sample_settings();
    settings.profile_events = false;
    const Outcome outcome = map_one(dump(load_sample("10-account-created").get()), settings);
    assert_true(outcome.kind == Outcome::Kind::ignored);
    expect_text(outcome.reason, "account events are off: set aep_back_office_profile_events on");
    assert_true(map_one(dump(load_sample("01-order-placed-guest").get()), settings).kind ==
                Outcome::Kind::mapped);
}

void a_cloud_event_of_another_type_has_its_event_from_outside(void**) {
    const std::string event = cloud_event("my_rule.observer.something_else", std::string(kOrder));
    assert_true(map_one(event, sample_settings(), "orderCancelled").event == Event::order_cancelled);
    expect_invalid(event, "event", "X-AEP-Event");
    expect_mapped(cloud_event("orderPlaced", std::string(kOrder)), Event::order_placed);
    expect_invalid(R"({"specversion": "1.0", "type": "com.adobe.commerce.x", "data": {"value": []}})",
                   "data.value", "an object", "orderPlaced");
    expect_invalid(R"({"specversion": "1.0"})", "data.value", "an object");
}

void what_is_not_json_says_where(void**) {
    expect_invalid("", "", "JSON: ");
    expect_invalid("{\"event\":\n  secret}", "", "JSON: a syntax error at line 2, column ");
    expect_invalid(R"({"event": "order)", "", "JSON: ");
    expect_invalid(R"({"event": "orderPlaced")", "", "JSON: the text ends too early at line 1, column ");
    expect_invalid("{} {}", "", "JSON: something stands behind the end");
    expect_invalid("{\"a\": \"\xC3\x28\"}", "", "JSON: bytes that are not UTF-8 at line 1");
    expect_invalid(R"({"a": "\u0000"})", "", "JSON: a NUL character at line 1");
    expect_invalid(std::string_view("{\"a\": 1\0}", 9), "", "JSON: a NUL character at line 1, column 8");
    expect_invalid(R"({"secret": 1, "secret": 2})", "", "JSON: a key stands twice in one object at line 1");
    expect_invalid(R"({"a": 1e999})", "", "JSON: a number is too large at line 1");
    expect_invalid(R"({"a": "\ud800"})", "", "JSON: ");
}

void depth_bombs_are_refused_before_they_are_parsed(void**) {
    expect_invalid(std::string(1'000'000, '['), "",
                   "JSON: objects and arrays stand more than 64 deep at line 1, column 65");
    std::string objects = "\n";
    for (int depth = 0; depth < 100'000; ++depth) {
        objects += R"({"a":)";
    }
    expect_invalid(objects, "", "more than 64 deep at line 2, column 321");
    const std::string deep = R"({"event": "orderPlaced", "order": )" + order({}) + R"(, "more": )" +
                             std::string(63, '[') + std::string(63, ']') + "}";
    expect_mapped(deep, Event::order_placed);
    const std::string quoted =
        R"({"event": "orderPlaced", "order": )" +
        order({{"customer_note",
                R"("\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")"}}) +
        "}";
    expect_mapped(quoted, Event::order_placed);
}

void huge_numbers_in_fields_that_do_not_matter_do_no_harm(void**) {
    expect_mapped(R"({"event": "orderPlaced", "order": )" +
                      std::string(kOrder).insert(1, R"("track_number": 9400100000000000000000, )") + "}",
                  Event::order_placed);
}

void what_is_no_document_says_what_one_is(void**) {
    for (const char* none :
         {"7", R"("orderPlaced")", "null", "true", "{}", R"({"hello": 1})", "[7]", "[[]]"}) {
        expect_invalid(none, "", "an object: an envelope", "orderPlaced");
    }
}

void an_empty_array_has_no_documents(void**) {
    const Mapped mapped = map_documents("[]", sample_settings(), {{}, kNow});
    assert_true(mapped.was_array);
    assert_true(mapped.outcomes.empty());
}

void an_array_has_so_many_documents(void**) {
    std::string array = "[0";
    for (std::size_t count = 1; count < kMaxDocuments; ++count) {
        array += ",0";
    }
    assert_int_equal(map_documents(array + "]", Settings(), {{}, kNow}).outcomes.size(), kMaxDocuments);
    expect_invalid(array + ",0]", "", "an array of at most 10000 documents");
}

std::string many_items(std::size_t count, const std::string& item) {
    std::string items = "[" + item;
    for (std::size_t i = 1; i < count; ++i) {
        items += "," + item;
    }
    return items + "]";
}

void an_order_has_so_many_items(void**) {
    const auto placed = [](std::size_t count) {
        return R"({"event": "orderPlaced", "order": )" +
               order({{"items", many_items(count, R"({"sku": "S"})")}}) + "}";
    };
    expect_mapped(placed(kMaxItems), Event::order_placed);
    expect_invalid(placed(kMaxItems + 1), "order.items", "an array of at most 5000 items");
    const std::string shipment = R"({"entity_id": 1, "created_at": "2025-01-02 03:04:05", "items": )" +
                                 many_items(kMaxItems + 1, R"({"sku": "S", "qty": 1})") + "}";
    expect_invalid(R"({"event": "orderItemsShipped", "order": )" + std::string(kOrder) + R"(, "shipment": )" +
                       shipment + "}",
                   "shipment.items", "an array of at most 5000 items");
}

/// Else many items with one ID would each count the parts of all.
void parts_belong_to_one_item_only(void**) {
    const std::string items = R"([{"item_id": 1, "sku": "A"}, {"item_id": 1, "sku": "B"},
        {"item_id": 2, "parent_item_id": 1, "row_total": 5}])";
    expect_text(found_at("productListItems",
                         R"({"event": "orderPlaced", "order": )" + order({{"items", items}}) + "}"),
                R"([{"SKU":"A","_id":"1","priceTotal":5},{"SKU":"B","_id":"1"}])");
    const std::string lines =
        R"([{"order_item_id": 1, "sku": "A", "qty": 1}, {"order_item_id": 1, "sku": "B", "qty": 1},
        {"order_item_id": 2, "qty": 1, "row_total": 5}])";
    expect_text(
        found_at("productListItems", R"({"event": "orderInvoiced", "order": )" + order({{"items", items}}) +
                                         R"(, "invoice": {"entity_id": 1, "created_at": "2025-01-02 03:04:05",
                                                    "items": )" +
                                         lines + "}}"),
        R"([{"SKU":"A","_id":"1","priceTotal":5,"quantity":1},{"SKU":"B","_id":"1","quantity":1}])");
}

void one_wrong_document_of_an_array_leaves_the_others_alone(void**) {
    const std::string good = R"({"event": "orderPlaced", "order": )" + std::string(kOrder) + "}";
    const Mapped mapped = map_documents("[" + good + R"(, {"event": "orderPlaced"}, )" + good + "]",
                                        sample_settings(), {{}, kNow});
    assert_int_equal(mapped.outcomes.size(), 3);
    assert_true(mapped.outcomes[0].kind == Outcome::Kind::mapped);
    assert_true(mapped.outcomes[1].kind == Outcome::Kind::invalid);
    assert_true(mapped.outcomes[2].kind == Outcome::Kind::mapped);
}

void what_an_event_cannot_do_without_is_told(void**) {
    const auto placed = [](const std::vector<Change>& changes) {
        return R"({"event": "orderPlaced", "order": )" + order(changes) + "}";
    };
    for (const char* none :
         {"null", R"("")", R"(" \t")", "7", "[]", "{}", R"("n/a")", R"("@shop.example")", R"("a@")"}) {
        expect_invalid(placed({{"customer_email", none}}), "order.customer_email", "an e-mail address");
    }
    for (const char* none : {"null", R"("")", "[]", "{}", "true"}) {
        expect_invalid(placed({{"increment_id", none}}), "order.increment_id", "the order's number");
        expect_invalid(placed({{"entity_id", none}}), "order.entity_id", "a number");
        expect_invalid(placed({{"created_at", none}}), "order.created_at",
                       "a time such as 2025-03-04 10:15:30");
    }
    expect_invalid(placed({{"created_at", R"("0000-00-00 00:00:00")"}}), "order.created_at", "a time");
    expect_invalid(placed({{"items", R"("many")"}}), "order.items", "an array");
    expect_invalid(placed({{"items", R"({"0": {}})"}}), "order.items", "an array");
    expect_mapped(placed({{"items", "{}"}}), Event::order_placed);
    expect_mapped(placed({{"items", R"([7, null, "x", [], {}])"}}), Event::order_placed);
}

void the_parts_of_an_envelope_are_objects(void**) {
    for (const char* none : {"null", "[]", "{}", "7", R"("x")", "[{}]"}) {
        expect_invalid(R"({"event": "orderPlaced", "order": )" + std::string(none) + "}", "order",
                       "an object");
        expect_invalid(
            R"({"event": "orderInvoiced", "order": )" + std::string(kOrder) + R"(, "invoice": )" + none + "}",
            "invoice", "an object: the invoice as REST has it");
        expect_invalid(R"({"event": "accountCreated", "customer": )" + std::string(none) + "}", "customer",
                       "an object");
    }
    expect_invalid(R"({"event": "orderItemsReturnInitiated", "order": )" + std::string(kOrder) +
                       R"(, "rma": {"entity_id": 6}})",
                   "rma.date_requested", "a time");
    expect_invalid(R"({"event": "accountCreated", "customer": {"id": 1}})", "customer.email",
                   "an e-mail address");
}

void every_field_may_be_of_any_kind(void**) {
    for (const std::string_view name : kSamples) {
        const Tree document = load_sample(std::string(name));
        const char* key = nullptr;
        json_t* part = nullptr;
        json_object_foreach(document.get(), key, part) {
            if (!json_is_object(part)) {
                continue;
            }
            const char* field = nullptr;
            json_t* value = nullptr;
            json_object_foreach(part, field, value) {
                for (const char* other : {"null", "[]", "-1", R"("x")", R"([{"a": []}])"}) {
                    const std::string path = std::string(key) + "." + field;
                    const Outcome outcome = map_one(changed(load_sample(std::string(name)), {{path, other}}));
                    if (outcome.kind == Outcome::Kind::mapped) {
                        const Tree event = load_text(outcome.xdm);
                        assert_null(std::strstr(outcome.xdm.c_str(), "null"));
                        assert_null(std::strstr(outcome.xdm.c_str(), "{}"));
                        assert_null(std::strstr(outcome.xdm.c_str(), "[]"));
                    }
                }
            }
        }
    }
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(events_have_names_of_their_own_and_of_others),
        cmocka_unit_test(a_bare_order_has_its_event_from_outside),
        cmocka_unit_test(a_bare_customer_does_so_too),
        cmocka_unit_test(a_webhook_has_its_event_from_outside),
        cmocka_unit_test(an_envelope_names_its_event_before_anybody_else),
        cmocka_unit_test(a_saved_order_becomes_what_its_state_became),
        cmocka_unit_test(a_complete_order_is_shipped_when_all_its_items_are),
        cmocka_unit_test(documents_of_an_order_become_events_when_they_are_new),
        cmocka_unit_test(a_return_begins_pending_and_ends_processed),
        cmocka_unit_test(a_saved_customer_is_new_when_it_was_never_updated),
        cmocka_unit_test(account_events_are_off_unless_they_are_on),
        cmocka_unit_test(a_cloud_event_of_another_type_has_its_event_from_outside),
        cmocka_unit_test(what_is_not_json_says_where),
        cmocka_unit_test(depth_bombs_are_refused_before_they_are_parsed),
        cmocka_unit_test(huge_numbers_in_fields_that_do_not_matter_do_no_harm),
        cmocka_unit_test(what_is_no_document_says_what_one_is),
        cmocka_unit_test(an_empty_array_has_no_documents),
        cmocka_unit_test(an_array_has_so_many_documents),
        cmocka_unit_test(an_order_has_so_many_items),
        cmocka_unit_test(parts_belong_to_one_item_only),
        cmocka_unit_test(one_wrong_document_of_an_array_leaves_the_others_alone),
        cmocka_unit_test(what_an_event_cannot_do_without_is_told),
        cmocka_unit_test(the_parts_of_an_envelope_are_objects),
        cmocka_unit_test(every_field_may_be_of_any_kind),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
