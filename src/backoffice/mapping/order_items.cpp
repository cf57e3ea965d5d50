#include "order_items.hpp"

#include <algorithm>
#include <set>

namespace aep::backoffice::mapping {
namespace {

std::string parent_id_of(Value item) {
    std::string id = item["parent_item_id"].text();
    return id == "0" ? std::string() : id;
}

bool is_in(Value line) {
    const auto quantity = line["qty"].number();
    return quantity && quantity->is_positive();
}

bool has_quantity_shipped(Value item) {
    return item["qty_shipped"].number().value_or(Decimal()).is_positive();
}

/// What was ordered and is to be shipped.
std::optional<Decimal> quantity_due(Value order_item) {
    std::optional<Decimal> due = order_item["qty_ordered"].number();
    for (const char* field : {"qty_canceled", "qty_refunded"}) {
        due = due ? due->minus(order_item[field].number().value_or(Decimal())) : due;
    }
    return due;
}

/// Whether nothing more of an item is to be shipped.
bool has_nothing_left(Value item) {
    const auto due = quantity_due(item);
    return item["is_virtual"].is_true() || !due || item["qty_shipped"].number().value_or(Decimal()) >= *due;
}

}  // namespace

OrderItems::OrderItems(Value items) {
    items_.reserve(items.size());
    for (const Value each : Elements(items)) {
        if (each.is_object()) {
            items_.push_back({each, each["item_id"].text(), parent_id_of(each)});
        }
    }
    // Both keep views into strings that do not move any more.
    for (std::size_t index = 0; index < items_.size(); ++index) {
        const OrderItem& item = items_[index];
        if (!item.id.empty()) {
            by_id_.emplace(item.id, index);
        }
        if (!item.parent_id.empty()) {
            by_parent_.emplace(item.parent_id, index);
        }
    }
}

const OrderItem* OrderItems::find(std::string_view id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : &items_[found->second];
}

std::vector<Value> OrderItems::children_of(const OrderItem& item) const {
    std::vector<Value> children;
    if (find(item.id) != &item) {
        return children;
    }
    const auto [begin, end] = by_parent_.equal_range(item.id);
    for (auto each = begin; each != end; ++each) {
        children.push_back(items_[each->second].value);
    }
    return children;
}

std::vector<DocumentLine> lines_of(Value document, const OrderItems& order_items) {
    std::set<std::string_view> present;
    std::multimap<std::string_view, Value> by_parent;
    const Value items = document["items"];
    std::vector<DocumentLine> lines;
    for (const Value each : Elements(items)) {
        const OrderItem* const item = order_items.find(each["order_item_id"].text());
        if (item != nullptr && !item->is_top_level()) {
            by_parent.emplace(item->parent_id, each);
        }
        if (is_in(each)) {
            lines.push_back({each, item, {}});
            present.insert(item != nullptr ? item->id : std::string_view());
        }
    }
    std::erase_if(lines, [&](const DocumentLine& line) {
        return line.item != nullptr && !line.item->is_top_level() && present.contains(line.item->parent_id);
    });
    for (DocumentLine& line : lines) {
        if (line.item != nullptr) {
            const auto [begin, end] = by_parent.equal_range(line.item->id);
            for (auto each = begin; each != end; ++each) {
                line.children.push_back(each->second);
            }
            by_parent.erase(begin, end);
        }
    }
    return lines;
}

std::optional<Decimal> rollup(Value own, const std::vector<Value>& children, const char* field) {
    const auto amount = own[field].number();
    if (amount && !amount->is_zero()) {
        return amount;
    }
    std::optional<Decimal> sum;
    for (const Value child : children) {
        if (const auto part = child[field].number()) {
            sum = sum.value_or(Decimal()).plus(*part);
            if (!sum) {
                return std::nullopt;
            }
        }
    }
    return sum ? sum : amount;
}

std::optional<Decimal> rollup_absolute(Value own, const std::vector<Value>& children, const char* field) {
    const auto amount = rollup(own, children, field);
    return amount ? std::optional(amount->absolute()) : std::nullopt;
}

bool is_shipped(const OrderItems& items, const OrderItem& item) {
    return has_quantity_shipped(item.value) ||
           std::ranges::any_of(items.children_of(item), has_quantity_shipped);
}

std::optional<Decimal> quantity_shipped(const OrderItem& item) {
    return has_quantity_shipped(item.value) ? item.value["qty_shipped"].number() : quantity_due(item.value);
}

bool is_completely_shipped(Value order) {
    const OrderItems items(order["items"]);
    bool something_is_shipped = false;
    for (const OrderItem& item : items.all()) {
        if (!item.is_top_level()) {
            continue;
        }
        const auto children = items.children_of(item);
        const bool is_in_parts =
            !has_quantity_shipped(item.value) && std::ranges::any_of(children, has_quantity_shipped);
        const bool is_done =
            is_in_parts ? std::ranges::all_of(children, has_nothing_left) : has_nothing_left(item.value);
        if (!is_done) {
            return false;
        }
        something_is_shipped = something_is_shipped || is_in_parts || has_quantity_shipped(item.value);
    }
    return something_is_shipped;
}

}  // namespace aep::backoffice::mapping
