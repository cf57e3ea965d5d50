// Each rule by which a field of an order becomes one of an event.

#include "mapping_harness.hpp"

namespace {

using namespace aep::backoffice::mapping;
using namespace aep::backoffice::mapping::test;

/// The smallest order that becomes an event, in an envelope.
std::string placed(const std::vector<Change>& changes) {
    return changed(
        load_text(R"({"event": "orderPlaced", "order": {"entity_id": 7, "increment_id": "000000007",
        "customer_email": "a@shop.example", "created_at": "2025-01-02 03:04:05", "order_currency_code": "EUR",
        "items": [{"item_id": 1, "sku": "S", "name": "N", "qty_ordered": 2, "row_total": 10, "discount_amount": 1}]}})"),
        changes);
}

std::string in_placed(std::string_view path, const std::vector<Change>& changes) {
    return found_at(path, placed(changes));
}

std::string quoted(const std::string& text) {
    return '"' + text + '"';
}

void an_order_of_little_becomes_an_event_of_little(void**) {
    const Outcome outcome = map_one(placed({}), Settings());
    expect_text(dump(xdm_of(outcome).get()),
                dump(load_text(R"({"_id": ")" + outcome.id + R"(", "timestamp": "2025-01-02T03:04:05Z",
        "eventType": "commerce.backofficeOrderPlaced",
        "identityMap": {"Email_LC_SHA256": [{"primary": true,
            "id": "f1a380e36299cc9e667d3485ebf78d8f0189d684d776a66cc9f26a54d82dc76c"}]},
        "commerce": {"shipping": {"currencyCode": "EUR"}, "order": {"purchaseID": "000000007",
            "payments": [{"currencyCode": "EUR"}], "createdDate": "2025-01-02T03:04:05Z", "currencyCode": "EUR"}},
        "productListItems": [{"_id": "1", "SKU": "S", "name": "N", "priceTotal": 10, "quantity": 2,
            "discountAmount": 1, "currencyCode": "EUR"}]})")
                         .get()));
}

void the_id_hangs_on_environment_event_kind_and_entity(void**) {
    const std::string id = map_one(placed({}), Settings()).id;
    expect_text(map_one(placed({{"order.entity_id", R"("7")"}, {"order.grand_total", "1"}}), Settings()).id,
                id);
    assert_string_not_equal(map_one(placed({{"order.entity_id", "8"}}), Settings()).id.c_str(), id.c_str());
    assert_string_not_equal(map_one(placed({})).id.c_str(), id.c_str());
}

void an_account_can_be_updated_repeatedly(void**) {
    const auto updated = [](const char* time) {
        return map_one(changed(load_sample("10-account-created"),
                               {{"event", R"("accountUpdated")"}, {"customer.updated_at", quoted(time)}}))
            .id;
    };
    const std::string id = updated("2025-05-01 06:00:59");
    expect_text(updated("2025-05-01T06:00:59Z"), id);
    assert_string_not_equal(updated("2025-05-01 06:01:00").c_str(), id.c_str());
}

void an_account_of_which_the_clock_is_wrong_keeps_its_id(void**) {
    const std::string document =
        changed(load_sample("10-account-created"),
                {{"event", R"("accountUpdated")"}, {"customer.updated_at", R"("2099-01-01 00:00:00")"}});
    const Settings settings = sample_settings();
    const Mapped now = map_documents(document, settings, {{}, kNow});
    const Mapped later = map_documents(document, settings, {{}, kNow + 60});
    expect_text(now.outcomes.front().id, later.outcomes.front().id);
    assert_string_not_equal(now.outcomes.front().xdm.c_str(), later.outcomes.front().xdm.c_str());
}

void nothing_happened_in_the_future(void**) {
    expect_text(in_placed("timestamp", {{"order.created_at", R"("2099-01-01 00:00:00")"}}),
                quoted("2026-05-28T20:26:40Z"));
    expect_text(in_placed("commerce.order.createdDate", {{"order.created_at", R"("2099-01-01 00:00:00")"}}),
                quoted("2099-01-01T00:00:00Z"));
}

void an_address_is_hashed_without_blanks_in_lower_case(void**) {
    const std::string hash = in_placed("identityMap", {{"order.customer_email", R"("ann@shop.example")"}});
    expect_text(in_placed("identityMap", {{"order.customer_email", R"("\t Ann@SHOP.example\r\n ")"}}), hash);
    assert_string_not_equal(
        in_placed("identityMap", {{"order.customer_email", R"("a.nn@shop.example")"}}).c_str(), hash.c_str());
}

void a_currency_is_a_code_of_three_capitals(void**) {
    for (const char* wrong : {R"("eur")", R"("EURO")", R"("E1R")", R"("€")", "978", "null", R"("")"}) {
        expect_text(in_placed("commerce.order.currencyCode", {{"order.order_currency_code", wrong}}), "");
        expect_text(in_placed("productListItems.0.currencyCode", {{"order.order_currency_code", wrong}}), "");
    }
}

void ways_of_payment_have_xdms_names(void**) {
    const std::array<std::pair<std::string, std::string>, 20> names{{
        {"checkmo", "check"},
        {"banktransfer", "wire_transfer"},
        {"cashondelivery", "cash"},
        {"braintree", "credit_card"},
        {"braintree_cc_vault", "credit_card"},
        {"payflowpro", "credit_card"},
        {"payflow_advanced", "credit_card"},
        {"payment_services_paypal_hosted_fields", "credit_card"},
        {"payment_services_paypal_vault", "credit_card"},
        {"paypal_express", "paypal"},
        {"paypal_express_bml", "paypal"},
        {"payflow_express", "paypal"},
        {"paypal_billing_agreement", "paypal"},
        {"braintree_paypal", "paypal"},
        {"braintree_paypal_vault", "paypal"},
        {"payment_services_paypal_smart_buttons", "paypal"},
        {"authnetcim", "authnetcim"},
        {"my_own_2", "my_own_2"},
        {"Own Method", "other"},
        {std::string(65, 'a'), "other"},
    }};
    for (const auto& [method, type] : names) {
        const std::vector<Change> change{{"order.payment", R"({"method": ")" + method + R"("})"}};
        expect_text(in_placed("commerce.order.payments.0.paymentType", change), quoted(type));
    }
    expect_text(in_placed("commerce.order.payments.0.paymentType", {{"order.payment", "[]"}}), "");
}

void refunds_have_a_closed_list_of_ways(void**) {
    const auto refunded = [](const char* method) {
        return found_at(
            "commerce.order.refunds.0.refundPaymentType",
            changed(load_sample("07-creditmemo-partial-refund"), {{"order.payment.method", method}}));
    };
    expect_text(refunded(R"("authnetcim")"), quoted("other"));
    expect_text(refunded(R"("braintree")"), quoted("credit_card"));
    expect_text(refunded("null"), "");
}

void the_payment_is_that_of_the_order_or_its_total(void**) {
    const char* const path = "commerce.order.payments.0.paymentAmount";
    expect_text(
        in_placed(path, {{"order.payment", R"({"amount_ordered": "5.10"})"}, {"order.grand_total", "9"}}),
        "5.1");
    expect_text(in_placed(path, {{"order.payment", "{}"}, {"order.grand_total", "9"}}), "9");
    expect_text(in_placed(path, {{"order.payment", R"({"amount_ordered": "much"})"}}), "");
}

void signs_of_discounts_are_dropped(void**) {
    expect_text(in_placed("commerce.order.discountAmount", {{"order.discount_amount", R"("-11.0000")"}}),
                "11");
    expect_text(in_placed("productListItems.0.discountAmount", {{"order.items.0.discount_amount", "-2.5"}}),
                "2.5");
}

void the_method_of_shipping_is_in_one_of_three_places(void**) {
    const char* const path = "commerce.shipping.shippingMethod";
    const Change assigned{"order.extension_attributes",
                          R"({"shipping_assignments": [{"shipping": {"method": "ups_ground"}}]})"};
    const Change method{"order.shipping_method", R"("flatrate")"};
    const Change description{"order.shipping_description", R"("By bike")"};
    expect_text(in_placed(path, {assigned, method, description}), quoted("ups_ground"));
    expect_text(in_placed(path, {{"order.extension_attributes", "[]"}, method, description}),
                quoted("flatrate"));
    expect_text(in_placed(path, {description}), quoted("By bike"));
    for (const char* yes : {"1", R"("1")", "true", "1.0"}) {
        expect_text(in_placed("commerce.shipping", {description, {"order.is_virtual", yes}}), "");
    }
    expect_text(in_placed(path, {description, {"order.is_virtual", R"("0")"}}), quoted("By bike"));
}

void of_an_address_only_state_and_country_leave(void**) {
    const auto billed = [](const std::string& address) {
        return in_placed("commerce.billing", {{"order.billing_address", address}});
    };
    expect_text(billed(R"({"region": "Texas", "region_id": 57, "country_id": "US", "postcode": 78768})"),
                R"({"address":{"country":"US","state":"Texas"}})");
    for (const char* none : {"null", "0", R"("0")", R"("")", "[]"}) {
        expect_text(billed(R"({"region": "near the church", "country_id": "PT", "region_id": )" +
                           std::string(none) + "}"),
                    R"({"address":{"country":"PT"}})");
    }
    expect_text(billed(R"({"region": "near the church"})"), "");
    expect_text(billed("[]"), "");
}

void eventing_lists_addresses_by_their_types(void**) {
    const std::string list = R"([{"address_type": "shipping", "country_id": "AT"},
        {"address_type": "billing", "country_id": "DE", "region": "Bayern", "region_id": "81"}])";
    expect_text(in_placed("commerce.billing", {{"order.addresses", list}, {"order.billing_address", "[]"}}),
                R"({"address":{"country":"DE","state":"Bayern"}})");
    const std::string shipped = changed(load_sample("05-order-items-shipped-partial"),
                                        {{"order.extension_attributes", "[]"}, {"order.addresses", list}});
    expect_text(found_at("commerce.shipping.address", shipped), R"({"country":"AT"})");
}

void options_with_labels_come_as_they_are(void**) {
    const char* const path = "productListItems.0.selectedOptions";
    const Change infos{
        "order.items.0.product_options",
        R"({"attributes_info": [{"label": "Color", "value": "Moss"}, {"label": "", "value": "x"},
            {"label": "Size", "value": 42}, {"label": "Fit"}],
            "options": [{"label": "Engraving", "value": "For my love"}]})"};
    expect_text(in_placed(path, {infos}),
                R"([{"attribute":"Color","value":"Moss"},{"attribute":"Size","value":"42"}])");
}

void options_without_labels_get_those_of_the_settings(void**) {
    const char* const path = "productListItems.0.selectedOptions";
    const Change chosen{"order.items.0.product_option",
                        R"({"extension_attributes": {"configurable_item_options": [
            {"option_id": "93", "option_value": 57}, {"option_id": 144, "option_value": "170"},
            {"option_id": "144", "option_value": 9}, {"option_id": "5", "option_value": 57}],
            "custom_options": [{"option_id": "31", "option_value": "For my love"}]}})"};
    expect_text(in_placed(path, {chosen}),
                R"([{"attribute":"color","value":"Moss"},{"attribute":"size","value":"XL"}])");
    expect_text(found_at(path, placed({chosen}), {}, Settings()), "");
    expect_text(in_placed(path, {chosen, {"order.items.0.product_options", R"({"attributes_info": []})"}}),
                R"([{"attribute":"color","value":"Moss"},{"attribute":"size","value":"XL"}])");
}

/// A bundle of which the parts have prices of their own.
constexpr std::string_view kBundle = R"([
    {"item_id": 1, "sku": "B", "qty_ordered": 2, "row_total": 50, "discount_amount": 0, "parent_item_id": null},
    {"item_id": 2, "sku": "B1", "qty_ordered": 2, "row_total": 20, "discount_amount": "2.5000", "parent_item_id": 1},
    {"item_id": "3", "sku": "B2", "qty_ordered": 4, "row_total": 30, "discount_amount": 1.25, "parent_item_id": "1"},
    {"item_id": 4, "sku": "C", "qty_ordered": 1, "row_total": 5, "parent_item_id": 0}])";

void parts_of_a_bundle_lend_it_what_it_has_not(void**) {
    expect_text(
        in_placed("productListItems", {{"order.items", std::string(kBundle)}}),
        R"([{"SKU":"B","_id":"1","currencyCode":"EUR","discountAmount":3.75,"priceTotal":50,"quantity":2},)"
        R"({"SKU":"C","_id":"4","currencyCode":"EUR","priceTotal":5,"quantity":1}])");
}

void an_item_without_sku_is_no_line(void**) {
    for (const char* none : {"null", R"("")", "[]", "true"}) {
        expect_text(in_placed("productListItems", {{"order.items.0.sku", none}}), "");
    }
    expect_text(in_placed("productListItems.0.SKU", {{"order.items.0.sku", "24"}}), quoted("24"));
}

std::string shipped(const std::string& lines) {
    return found_at("productListItems",
                    changed(load_sample("05-order-items-shipped-partial"),
                            {{"order.items", std::string(kBundle)}, {"shipment.items", lines}}));
}

void parts_shipped_without_their_bundle_are_lines(void**) {
    expect_text(
        shipped(R"([{"order_item_id": 2, "sku": "B1", "qty": 1}, {"order_item_id": 3, "sku": "B2", "qty": 0},
        {"order_item_id": 9, "sku": "Z", "qty": "1.0000"}])"),
        R"([{"SKU":"B1","currencyCode":"EUR","discountAmount":1.25,"priceTotal":10,"quantity":1},)"
        R"({"SKU":"Z","currencyCode":"EUR","quantity":1}])");
}

void parts_shipped_with_their_bundle_are_none(void**) {
    expect_text(
        shipped(
            R"([{"order_item_id": 1, "sku": "B", "qty": 1}, {"order_item_id": 2, "sku": "B1", "qty": 1}])"),
        R"([{"SKU":"B","currencyCode":"EUR","discountAmount":1.875,"priceTotal":25,"quantity":1}])");
}

void parts_whose_bundle_is_in_it_with_none_are_lines(void**) {
    expect_text(
        shipped(
            R"([{"order_item_id": 1, "sku": "B", "qty": 0}, {"order_item_id": 2, "sku": "B1", "qty": 2}])"),
        R"([{"SKU":"B1","currencyCode":"EUR","discountAmount":2.5,"priceTotal":20,"quantity":2}])");
}

void the_last_comment_with_its_status_dates_a_cancellation(void**) {
    const auto cancelled = [](const char* histories) {
        return found_at("commerce.order.cancelDate",
                        changed(load_sample("03-order-cancelled"), {{"order.status_histories", histories}}));
    };
    expect_text(cancelled(R"([{"status": "canceled", "created_at": "2025-02-04 00:00:00"},
        {"status": "canceled", "created_at": "2025-02-03 00:00:00"},
        {"status": "pending", "created_at": "2025-02-05 00:00:00"}])"),
                quoted("2025-02-04T00:00:00Z"));
    expect_text(cancelled("[]"), quoted("2025-02-03T08:11:30Z"));
}

void a_shipment_is_complete_when_its_last_part_was_shipped(void**) {
    const auto completed = [](const char* shipments) {
        return found_at("timestamp", changed(load_sample("06-order-shipment-completed"),
                                             {{"shipment", ""}, {"shipments", shipments}}));
    };
    expect_text(
        completed(R"([{"created_at": "2025-03-05 00:00:00"}, {"created_at": "2025-03-04 00:00:00"}])"),
        quoted("2025-03-05T00:00:00Z"));
    expect_text(completed("[]"), quoted("2025-03-06T07:02:11Z"));
}

void a_bundle_shipped_in_parts_counts_what_was_due(void**) {
    const std::string items = R"([
        {"item_id": 1, "sku": "B", "qty_ordered": 4, "qty_canceled": 1, "qty_refunded": "1.0000", "row_total": 40},
        {"item_id": 2, "sku": "B1", "qty_ordered": 2, "qty_shipped": 2, "parent_item_id": 1},
        {"item_id": 3, "sku": "V", "qty_ordered": 2, "qty_shipped": 0}])";
    expect_text(found_at("productListItems",
                         changed(load_sample("06-order-shipment-completed"), {{"order.items", items}})),
                R"([{"SKU":"B","currencyCode":"EUR","priceTotal":20,"quantity":2}])");
}

void the_type_of_a_completed_shipment_is_a_setting(void**) {
    Settings settings = sample_settings();
    settings.labels.shipment_completed_event_type = "commerce.backofficeShipmentCompleted";
    expect_text(found_at("eventType", dump(load_sample("06-order-shipment-completed").get()), {}, settings),
                quoted("commerce.backofficeShipmentCompleted"));
}

void a_return_without_order_number_has_it_itself(void**) {
    expect_text(found_at("commerce.order.purchaseID",
                         changed(load_sample("08-rma-initiated"), {{"order.increment_id", "null"}})),
                quoted("2000000117"));
}

void a_return_ends_with_its_last_comment_or_now(void**) {
    expect_text(found_at("timestamp", changed(load_sample("09-rma-completed"), {{"rma.comments", "[]"}})),
                quoted("2026-05-28T20:26:40Z"));
}

void statuses_of_returns_that_nobody_knows_are_left_out(void**) {
    expect_text(found_at("commerce.order.returns",
                         changed(load_sample("08-rma-initiated"), {{"rma.status", R"("Ann said no")"}})),
                R"({"returnID":"2000000006"})");
}

void an_account_is_deleted_when_its_message_says_so(void**) {
    const std::string customer = R"({"specversion": "1.0", "time": "2025-06-30T21:15:12.402Z",
        "type": "com.adobe.commerce.observer.customer_delete_commit_after",
        "data": {"value": {"entity_id": "9", "email": "a@shop.example", "store_id": "1"}}})";
    expect_text(found_at("timestamp", customer), quoted("2025-06-30T21:15:12Z"));
    expect_text(found_at("timestamp", changed(load_text(customer), {{"time", ""}})),
                quoted("2026-05-28T20:26:40Z"));
}

void an_unknown_store_has_no_codes(void**) {
    expect_text(in_placed("commerce.commerceScope", {{"order.store_id", "99"}}),
                R"({"environmentID":"6f1c2a94-0b7d-4e58-9a3e-5d20c7b1f846"})");
    expect_text(in_placed("commerce.commerceScope.storeViewCode", {{"order.store_id", R"("2")"}}),
                quoted("de_de"));
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(an_order_of_little_becomes_an_event_of_little),
        cmocka_unit_test(the_id_hangs_on_environment_event_kind_and_entity),
        cmocka_unit_test(an_account_can_be_updated_repeatedly),
        cmocka_unit_test(an_account_of_which_the_clock_is_wrong_keeps_its_id),
        cmocka_unit_test(nothing_happened_in_the_future),
        cmocka_unit_test(an_address_is_hashed_without_blanks_in_lower_case),
        cmocka_unit_test(a_currency_is_a_code_of_three_capitals),
        cmocka_unit_test(ways_of_payment_have_xdms_names),
        cmocka_unit_test(refunds_have_a_closed_list_of_ways),
        cmocka_unit_test(the_payment_is_that_of_the_order_or_its_total),
        cmocka_unit_test(signs_of_discounts_are_dropped),
        cmocka_unit_test(the_method_of_shipping_is_in_one_of_three_places),
        cmocka_unit_test(of_an_address_only_state_and_country_leave),
        cmocka_unit_test(eventing_lists_addresses_by_their_types),
        cmocka_unit_test(options_with_labels_come_as_they_are),
        cmocka_unit_test(options_without_labels_get_those_of_the_settings),
        cmocka_unit_test(parts_of_a_bundle_lend_it_what_it_has_not),
        cmocka_unit_test(an_item_without_sku_is_no_line),
        cmocka_unit_test(parts_shipped_without_their_bundle_are_lines),
        cmocka_unit_test(parts_shipped_with_their_bundle_are_none),
        cmocka_unit_test(parts_whose_bundle_is_in_it_with_none_are_lines),
        cmocka_unit_test(the_last_comment_with_its_status_dates_a_cancellation),
        cmocka_unit_test(a_shipment_is_complete_when_its_last_part_was_shipped),
        cmocka_unit_test(a_bundle_shipped_in_parts_counts_what_was_due),
        cmocka_unit_test(the_type_of_a_completed_shipment_is_a_setting),
        cmocka_unit_test(a_return_without_order_number_has_it_itself),
        cmocka_unit_test(a_return_ends_with_its_last_comment_or_now),
        cmocka_unit_test(statuses_of_returns_that_nobody_knows_are_left_out),
        cmocka_unit_test(an_account_is_deleted_when_its_message_says_so),
        cmocka_unit_test(an_unknown_store_has_no_codes),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
