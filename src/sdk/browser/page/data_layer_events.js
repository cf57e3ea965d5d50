// Facts of a data layer as events of Adobe's Storefront Events SDK, with all of the contexts that the Storefront Event
// Collector takes apart: without one of them it loses the event, or sends one that says nothing.

import { someOf, thoseOf } from "./robust.js";
import { inCents } from "./values.js";

const SEARCH_UNIT = "data-layer";

const each = (list, make) => {
    const made = [];
    someOf(list, (item) => {
        made[made.length] = make(item, made.length);
    });
    return made;
};

const pricingOf = ({ price, discount }, currencyCode) => ({
    regularPrice: price + (discount > 0 ? discount : 0),
    ...(discount > 0 && { specialPrice: price }),
    currencyCode,
});

const productOf = ({ items: { 0: line }, currency }) => ({
    sku: line.sku,
    name: line.name,
    mainImageUrl: line.image,
    ...(line.price !== undefined && { pricing: pricingOf(line, currency) }),
});

const cartItemsOf = ({ items, currency }) => each(items, ({ sku, name, variant, quantity, price, discount }, id) => ({
    id: `${id}`,
    quantity,
    product: { sku, name },
    prices: { price: { value: price, currency } },
    ...(discount > 0 && { discountAmount: discount }),
    configurableOptions: variant ? [{ optionLabel: "variant", valueLabel: variant }] : [],
}));

const cartOf = (fact) => {
    let totalQuantity = 0;
    someOf(fact.items, ({ quantity }) => {
        totalQuantity += quantity;
    });
    return { items: cartItemsOf(fact), totalQuantity };
};

const orderOf = ({ orderId, value, tax, shipping, coupon, payment, tier }) => ({
    orderId,
    grandTotal: value,
    taxAmount: tax,
    appliedCouponCode: coupon,
    shipping: { shippingMethod: tier, shippingAmount: shipping },
    ...(payment && { payments: [{ paymentMethodCode: payment, total: value }] }),
});

/** The same wherever and however often a page tells of an order, so that Adobe knows a repeat (XDM, _id). */
const orderEventId = ({ orderId }, { host }) => `${host}-order-${encodeURIComponent(orderId).replace(/[%:]/g, "_")}`;

const searchInputOf = ({ term }, searchRequestId) => ({
    units: [{
        searchUnitId: SEARCH_UNIT,
        searchRequestId,
        queryTypes: ["products"],
        phrase: term,
        pageSize: 0,
        currentPage: 1,
        filter: [],
        sort: [],
    }],
});

const searchResultsOf = ({ items }, searchRequestId) => ({
    units: [{
        searchUnitId: SEARCH_UNIT,
        searchRequestId,
        products: each(items, ({ sku, name }, index) => ({ sku, name, rank: index + 1 })),
        categories: [],
        suggestions: [],
        facets: [],
        page: 1,
        perPage: items.length,
    }],
});

const searchEventsOf = (fact) => {
    const { searchId } = fact;
    const searchUnitId = SEARCH_UNIT;
    const request = ["search-request-sent", { searchUnitId, searchInputContext: searchInputOf(fact, searchId) }];
    const response = ["search-response-received", {
        searchUnitId, searchResultsContext: searchResultsOf(fact, searchId),
    }];
    return thoseOf([!fact.isKnown && request, fact.items.length > 0 && response], (event) => event);
};

/** A wish has no event of its own: it is XDM's, which the collector passes on as it is. */
const wishOf = ({ items, currency }, { instance }) => ({
    eventType: "commerce.saveForLaters",
    commerce: {
        saveForLaters: { value: 1 },
        commerceScope: {
            environmentID: instance.environmentId,
            websiteCode: instance.websiteCode,
            storeCode: instance.storeCode,
            storeViewCode: instance.storeViewCode,
        },
    },
    productListItems: each(items, ({ sku, name, quantity, price }) => ({
        SKU: sku,
        name,
        quantity,
        ...(price !== undefined && { priceTotal: inCents(price * quantity) }),
        ...(currency && { currencyCode: currency }),
    })),
});

const MAKERS = {
    view: (fact) => [["product-page-view", { productContext: productOf(fact) }]],
    add: (fact) => [["add-to-cart", { changedProductsContext: { items: cartItemsOf(fact) } }]],
    remove: (fact) => [["remove-from-cart", { changedProductsContext: { items: cartItemsOf(fact) } }]],
    cart: (fact) => [["shopping-cart-view", { shoppingCartContext: cartOf(fact) }]],
    checkout: (fact) => [["initiate-checkout", { shoppingCartContext: cartOf(fact) }]],
    purchase: (fact, page) => [["place-order", {
        orderContext: orderOf(fact),
        shoppingCartContext: cartOf(fact),
        debugContext: { eventId: orderEventId(fact, page) },
    }]],
    search: searchEventsOf,
    signIn: () => [["sign-in", {}]],
    signUp: () => [["create-account", {}]],
    pageView: () => [["page-view", {}]],
    wish: (fact, page) => [["commerce-custom", { customContext: wishOf(fact, page) }]],
};

/**
 * The events that tell a fact.
 *
 * @param {Object} fact see data_layer_facts.js; a search also has a searchId, and isKnown where only results are new
 * @param {{host: string, instance: Object}} page its host name, and its storefrontInstance context
 * @returns {Array<Array>} pairs [event, contexts], which hold no contexts but those of the event itself
 */
export const eventsOf = (fact, page) => MAKERS[fact.kind](fact, page);
