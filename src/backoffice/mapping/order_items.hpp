#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "value.hpp"

namespace aep::backoffice::mapping {

/// No order and no document has more items.
inline constexpr std::size_t kMaxItems = 5000;

/// An item of an order: a product, or a part of one that stands in the item of its parent.
struct OrderItem {
    Value value;
    std::string id;
    std::string parent_id;  ///< empty: none

    [[nodiscard]] bool is_top_level() const noexcept { return parent_id.empty(); }
};

/// An order's items and what belongs together.
class OrderItems {
  public:
    explicit OrderItems(Value items);
    ~OrderItems() = default;
    OrderItems(const OrderItems&) = delete;
    OrderItems(OrderItems&&) = delete;
    OrderItems& operator=(const OrderItems&) = delete;
    OrderItems& operator=(OrderItems&&) = delete;

    [[nodiscard]] const std::vector<OrderItem>& all() const noexcept { return items_; }

    /// Null when there is none.
    [[nodiscard]] const OrderItem* find(std::string_view id) const;

    /// The parts of an item; none of what repeats another item's ID.
    [[nodiscard]] std::vector<Value> children_of(const OrderItem& item) const;

  private:
    std::vector<OrderItem> items_;
    std::map<std::string_view, std::size_t> by_id_;
    std::multimap<std::string_view, std::size_t> by_parent_;
};

/// A line of an invoice, a shipment or a credit memo.
struct DocumentLine {
    Value value;
    const OrderItem* item = nullptr;  ///< null: the order does not know it
    std::vector<Value> children;      ///< the lines of its parts
};

/// The lines of a document that stand for themselves: something of them is in it, and their parent is not.
std::vector<DocumentLine> lines_of(Value document, const OrderItems& order_items);

/// An amount of an item, or where it has none or 0, of all its parts: those of a bundle with prices of its parts have
/// the discount, and in documents also the total.
std::optional<Decimal> rollup(Value own, const std::vector<Value>& children, const char* field);

/// The same, without the sign.
std::optional<Decimal> rollup_absolute(Value own, const std::vector<Value>& children, const char* field);

/// Whether something of an item was shipped: of itself, or of its parts.
bool is_shipped(const OrderItems& items, const OrderItem& item);

/// How much of an item was shipped: all that was due where its parts went separately.
std::optional<Decimal> quantity_shipped(const OrderItem& item);

/// Whether all that is to be shipped was, and something was.
bool is_completely_shipped(Value order);

}  // namespace aep::backoffice::mapping
