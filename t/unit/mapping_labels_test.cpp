// The file of labels: what it may say, and what becomes of an order's custom attributes.

#include "mapping_harness.hpp"

namespace {

using namespace aep::backoffice::mapping;
using namespace aep::backoffice::mapping::test;

Labels read(std::string_view json) {
    auto labels = parse_labels(json);
    if (const auto* error = std::get_if<LabelsError>(&labels)) {
        print_error("%s\n", error->text.c_str());
        fail();
    }
    return std::move(std::get<Labels>(labels));
}

void expect_error(std::string_view json, std::string_view text, Where where = Where::here()) {
    const auto labels = parse_labels(json);
    const auto* error = std::get_if<LabelsError>(&labels);
    expect_part(error != nullptr ? error->text : "no error", text, where);
}

void expect_attribute_error(std::string_view attributes, std::string_view text, Where where = Where::here()) {
    expect_error(R"({"custom_attributes": )" + std::string(attributes) + "}", text, where);
}

void everything_may_be_left_out(void**) {
    const Labels labels = read("{}");
    expect_text(labels.shipment_completed_event_type, "commerce.backofficeOrderShipmentCompleted");
    assert_true(labels.configurable_options.empty());
    read(R"({"configurable_options": [], "rma_options": {}, "custom_attributes": [], "unknown": 7})");
    read(R"({"rma_options": {"unknown": 7}})");
}

void labels_are_read(void**) {
    const Labels labels =
        read(R"({"configurable_options": {"93": {"label": "color", "values": {"52": "Blue"}}},
        "rma_options": {"reason": {"8": "Wrong Size"}, "condition": {"21": "New"}, "resolution": {"13": "Refund"}},
        "shipment_completed_event_type": "commerce.backofficeShipmentCompleted"})");
    expect_text(labels.configurable_options.at("93").label, "color");
    expect_text(labels.configurable_options.at("93").values.at("52"), "Blue");
    expect_text(labels.rma_options.reason.at("8"), "Wrong Size");
    expect_text(labels.rma_options.condition.at("21"), "New");
    expect_text(labels.rma_options.resolution.at("13"), "Refund");
    expect_text(labels.shipment_completed_event_type, "commerce.backofficeShipmentCompleted");
}

void wrong_labels_are_named(void**) {
    expect_error("", "cannot be read as JSON: ");
    expect_error("{\n\"a\" 1}", "cannot be read as JSON: a syntax error at line 2");
    expect_error(R"({"a": 1, "a": 2})", "cannot be read as JSON: a key stands twice in one object");
    expect_error("[]", R"(holds an array: expected an object, such as {"configurable_options": {}})");
    expect_error(R"({"configurable_options": 7})",
                 "configurable_options: holds a number, expected an object");
    expect_error(R"({"configurable_options": {"93": "color"}})",
                 R"(configurable_options."93": holds a string, expected an object, such as {"label")");
    expect_error(R"({"configurable_options": {"93": {}}})",
                 R"(configurable_options."93".label: is missing, expected a string)");
    expect_error(R"({"configurable_options": {"93": {"label": ""}}})",
                 R"(configurable_options."93".label: holds an empty string, expected a label)");
    expect_error(R"({"configurable_options": {"93": {"label": "c", "values": {"52": null}}}})",
                 R"(configurable_options."93".values."52": holds null, expected a label)");
    expect_error(R"({"rma_options": {"reason": {"8": true}}})",
                 R"(rma_options.reason."8": holds a boolean, expected a label)");
    expect_error(R"({"rma_options": {"reason": {"8": ")" + std::string(257, 'x') + R"("}}})",
                 R"(rma_options.reason."8": is longer than 256 bytes)");
    for (const char* type : {"7", R"("")", R"("a b")", R"("a\"b")"}) {
        expect_error(R"({"shipment_completed_event_type": )" + std::string(type) + "}",
                     "shipment_completed_event_type: is no event type");
    }
}

void wrong_attributes_are_named(void**) {
    expect_attribute_error("7", "custom_attributes: holds a number, expected an object");
    expect_attribute_error(R"({"invoice": {}})",
                           R"(custom_attributes."invoice": is not known here, expected "order" or "item")");
    expect_attribute_error(R"({"order": {"a": 7}})",
                           R"(custom_attributes."order"."a": holds a number, expected an XDM path)");
    expect_attribute_error(R"({"order": {"a": {}}})",
                           R"(custom_attributes."order"."a": holds an object, expected an XDM path)");
    expect_attribute_error(R"({"order": {"a": {"path": "commerce.order._acme.a", "type": "integer"}}})",
                           R"(custom_attributes."order"."a": has a wrong type, expected "string")");
    for (const char* path :
         {"", "commerce.order", "commerce.order._acme", "commerce.order.acme.a", "commerce.order._acme.",
          "commerce.order._acme._a", "commerce.order._acme.a-b", "commerce.order._.a",
          "productListItems[]._acme.a", "_acme.a", "commerce.order.purchaseID", "commerce.order._acme.1a",
          "commerce.order._a.b.c.d.e.f.g.h.i"}) {
        expect_attribute_error(
            R"({"order": {"a": ")" + std::string(path) + R"("}})",
            R"(custom_attributes."order"."a": the XDM path is wrong: expected "commerce.order._<)");
    }
    expect_attribute_error(R"({"item": {"a": "commerce.order._acme.a"}})",
                           R"(expected "productListItems[]._<)");
    for (const char* source : {"", "a..b", "a-b", ".a", "extension_attributes.", "a b"}) {
        expect_attribute_error(R"({"order": {")" + std::string(source) + R"(": "commerce.order._acme.a"}})",
                               "the path in the document is none");
    }
    expect_attribute_error(R"({"order": {"items.0": "commerce.order._acme.a"}})",
                           R"(expected a single name, or a path that begins with "extension_attributes.")");
}

void attributes_that_are_personal_are_refused(void**) {
    for (const char* source :
         {"customer_email", "customer_note", "remote_ip", "coupon_code", "billing_address.city",
          "extension_attributes.gift_cards", "payment", "extension_attributes.company_order_attributes.x",
          "protect_code", "custom_attributes.telephone", "extension_attributes.vault_payment_token"}) {
        expect_attribute_error(R"({"order": {")" + std::string(source) + R"(": "commerce.order._acme.a"}})",
                               "personal data, payment data or free text, which is never sent");
    }
}

void two_attributes_have_two_places(void**) {
    expect_attribute_error(R"({"order": {"a": "commerce.order._acme.x", "b": "commerce.order._acme.x"}})",
                           R"(custom_attributes."order": leads to "_acme.x" twice)");
    expect_attribute_error(R"({"order": {"a": "commerce.order._acme.x.y", "b": "commerce.order._acme.x"}})",
                           R"(leads to "_acme.x" twice, or to it and into it)");
    read(R"({"custom_attributes": {"order": {"a": "commerce.order._acme.x"},
        "item": {"a": "productListItems[]._acme.x"}}})");
}

/// What is sent of an order of which these are members, under those attributes.
std::string sent(const std::string& members, const std::string& attributes) {
    Settings settings;
    settings.labels = read(R"({"custom_attributes": {"order": )" + attributes + "}}");
    const std::string document = R"({"event": "orderPlaced", "order": {"entity_id": 7, "increment_id": "7",
        "customer_email": "a@shop.example", "created_at": "2025-01-02 03:04:05", )" +
                                 members + "}}";
    const Tree xdm = xdm_of(map_one(document, settings));
    json_t* const order = at(xdm.get(), "commerce.order");
    json_object_del(order, "purchaseID");
    json_object_del(order, "createdDate");
    return dump(order);
}

void attributes_are_members_or_listed(void**) {
    const std::string attributes = R"({"channel": "commerce.order._acme.channel",
        "extension_attributes.gift_wrap": "commerce.order._acme.gift.wrapped",
        "custom_attributes.priority": "commerce.order._acme.priority"})";
    expect_text(sent(R"("channel": "shop", "extension_attributes": {"gift_wrap": true},
        "custom_attributes": [{"attribute_code": "other", "value": "x"}, {"attribute_code": "priority", "value": 2}])",
                     attributes),
                R"({"_acme":{"channel":"shop","gift":{"wrapped":true},"priority":2}})");
    expect_text(sent(R"("custom_attributes": {"priority": "2"}, "extension_attributes":
        [{"attribute_code": "gift_wrap", "value": false}])",
                     attributes),
                R"({"_acme":{"gift":{"wrapped":false},"priority":"2"}})");
    expect_text(sent(R"("custom_attributes": null, "extension_attributes": [])", attributes), "{}");
}

void attributes_are_sent_as_they_are_found(void**) {
    const auto found = [](const std::string& value) {
        const std::string order = sent(R"("a": )" + value, R"({"a": "commerce.order._acme.a"})");
        const Tree tree = load_text(order);
        json_t* const attribute = at(tree.get(), "_acme.a");
        return attribute != nullptr ? dump(attribute) : "";
    };
    expect_text(found(R"("text")"), R"("text")");
    expect_text(found("true"), "true");
    expect_text(found("19.99"), "19.99");
    expect_text(found(R"("2025-03-04 10:15:30")"), R"("2025-03-04T10:15:30Z")");
    expect_text(found(R"(")" + std::string(255, 'x') + R"(")"), '"' + std::string(255, 'x') + '"');
    for (const std::string& none :
         {std::string("null"), std::string("{}"), std::string(R"({"b": 1})"), std::string("[1]"),
          std::string(R"("")"), '"' + std::string(256, 'x') + '"'}) {
        expect_text(found(none), "");
    }
}

void attributes_with_types_are_sent_as_those(void**) {
    const auto found = [](const std::string& type, const std::string& value) {
        const std::string order = sent(
            R"("a": )" + value, R"({"a": {"path": "commerce.order._acme.a", "type": ")" + type + R"("}})");
        const Tree tree = load_text(order);
        json_t* const attribute = at(tree.get(), "_acme.a");
        return attribute != nullptr ? dump(attribute) : "";
    };
    expect_text(found("string", "7"), R"("7")");
    expect_text(found("string", R"("2025-03-04 10:15:30")"), R"("2025-03-04 10:15:30")");
    expect_text(found("string", "true"), "");
    expect_text(found("boolean", R"("1")"), "true");
    expect_text(found("boolean", "0"), "false");
    expect_text(found("boolean", R"("yes")"), "");
    expect_text(found("boolean", "2"), "");
    expect_text(found("number", R"("19.9900")"), "19.99");
    expect_text(found("number", R"("x")"), "");
    expect_text(found("date", R"("2025-03-04 10:15:30")"), R"("2025-03-04T10:15:30Z")");
    expect_text(found("date", R"("soon")"), "");
}

void attributes_of_items_are_in_their_lines(void**) {
    Settings settings = sample_settings();
    settings.labels.item_attributes = read(R"({"custom_attributes": {"item": {
        "extension_attributes.engraved": "productListItems[]._acme.engraved",
        "warehouse": "productListItems[]._other.warehouse"}}})")
                                          .item_attributes;
    for (const std::string_view name :
         {"04-order-invoiced-partial", "05-order-items-shipped-partial", "06-order-shipment-completed",
          "07-creditmemo-partial-refund", "08-rma-initiated", "01-order-placed-guest"}) {
        const std::string document = changed(load_sample(std::string(name)),
                                             {{"order.items.0.extension_attributes", R"({"engraved": true})"},
                                              {"order.items.0.warehouse", R"("Porto")"}});
        expect_text(found_at("productListItems.0._acme", document, {}, settings), R"({"engraved":true})");
        expect_text(found_at("productListItems.0._other", document, {}, settings),
                    R"({"warehouse":"Porto"})");
    }
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(everything_may_be_left_out),
        cmocka_unit_test(labels_are_read),
        cmocka_unit_test(wrong_labels_are_named),
        cmocka_unit_test(wrong_attributes_are_named),
        cmocka_unit_test(attributes_that_are_personal_are_refused),
        cmocka_unit_test(two_attributes_have_two_places),
        cmocka_unit_test(attributes_are_members_or_listed),
        cmocka_unit_test(attributes_are_sent_as_they_are_found),
        cmocka_unit_test(attributes_with_types_are_sent_as_those),
        cmocka_unit_test(attributes_of_items_are_in_their_lines),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
