// Publishes every event that the Storefront Event Collector forwards to Experience Platform, with all that it knows of.

const product = {
    productId: 1,
    name: "Joust Duffle Bag",
    sku: "24-MB01",
    mainImageUrl: "https://images.shop.example/mb01.jpg",
    pricing: { regularPrice: 34.5, specialPrice: 19.99, currencyCode: "EUR" },
};

const items = [
    {
        id: "item-1",
        quantity: 2,
        product,
        prices: { price: { value: 19.99, currency: "EUR", regularPrice: 34.5 } },
        configurableOptions: [{ optionLabel: "Color", valueLabel: "Blue" }, { optionLabel: "Size", valueLabel: "L" }],
    },
    {
        id: "item-2",
        quantity: 1,
        product: { name: "Yoga Brick", sku: "24-WG084" },
        prices: { price: { value: 5, currency: "EUR" } },
    },
];

const searchUnitId = "search-1";
const searchRequestId = "request-1";

const searchInput = {
    units: [{
        searchUnitId,
        searchRequestId,
        queryTypes: ["products", "suggestions"],
        phrase: "bag",
        pageSize: 8,
        currentPage: 1,
        filter: [
            { attribute: "color", eq: "blue" },
            { attribute: "size", in: ["L", "XL"] },
            { attribute: "price", range: { from: 10, to: 50 } },
        ],
        sort: [{ attribute: "relevance", direction: "DESC" }],
    }],
};

const searchResults = {
    units: [{
        searchUnitId,
        searchRequestId,
        categories: [{ name: "Bags", url: "/bags", rank: 0 }],
        suggestions: [{ suggestion: "bags", rank: 0 }],
        page: 1,
        perPage: 8,
        products: [{ name: product.name, sku: product.sku, url: "/mb01", imageUrl: product.mainImageUrl, price: 19.99,
            rank: 0 }],
        facets: [],
    }],
};

const contexts = {
    setStorefrontInstance: {
        environmentId: "production", websiteCode: "base", storeCode: "main", storeViewCode: "en",
        baseCurrencyCode: "USD", storeViewCurrencyCode: "EUR",
    },
    setAccount: {
        accountId: "42", accountType: "Standard", firstName: "Jana", lastName: "Nova", emailAddress: "jana@example.test",
    },
    setShopper: { shopperId: "shopper-1" },
    setChannel: { _id: "https://ns.adobe.com/xdm/channels/web", _type: "https://ns.adobe.com/xdm/channel-types/web" },
    setPage: { pageType: "product", pageName: "Joust Duffle Bag", maxXOffset: 0, minXOffset: 0 },
    setProduct: product,
    setChangedProducts: { items: items.slice(0, 1) },
    setShoppingCart: { id: "cart-1", items, discountAmount: 3.5, subtotalExcludingTax: 44.98, totalQuantity: 3 },
    setOrder: {
        orderId: "1000042", appliedCouponCode: "SPRING", email: "jana@example.test", grandTotal: 52.48,
        discountAmount: 3.5, taxAmount: 7.5, orderType: "checkout",
        payments: [{ paymentMethodCode: "checkmo", paymentMethodName: "Check", total: 52.48 }],
        shipping: { shippingMethod: "flatrate", shippingAmount: 5 },
    },
    setRequisitionList: { id: "list-1", name: "Office", description: "For the office" },
    setRequisitionListItems: { items },
    setSearchInput: searchInput,
    setSearchResults: searchResults,
};

const events = [
    "pageView", "productPageView", "addToCart", "openCart", "shoppingCartView", "removeFromCart", "initiateCheckout",
    "placeOrder", "signIn", "createAccount", "editAccount", "signOut", "createRequisitionList", "addToRequisitionList",
    "removeFromRequisitionList", "deleteRequisitionList",
];

/**
 * Sets the contexts and publishes all the events, with a context of their own for some. Each by itself, and without the
 * help of a native method, because pages of the tests replace them.
 */
window.publishAllEvents = (sdk) => {
    const attempt = (call) => {
        try {
            call();
        } catch (error) {
            console.error(error);
        }
    };
    for (const setter in contexts) {
        attempt(() => sdk.context[setter](contexts[setter]));
    }
    for (let index = 0; index < events.length; index += 1) {
        attempt(() => sdk.publish[events[index]]());
    }
    attempt(() => sdk.publish.searchRequestSent(searchUnitId));
    attempt(() => sdk.publish.searchResponseReceived(searchUnitId));
    attempt(() => sdk.publish.custom({ eventType: "own", web: { webPageDetails: { name: "Custom" } } }));

    attempt(() => sdk.context.setDebug({ eventId: "event-1" }));
    attempt(() => sdk.publish.addToCart(
        { commerce: { cart: { cartID: "other" } }, productListItems: [{ SKU: product.sku, quantity: 7 }] }));
    attempt(() => sdk.publish.placeOrder(
        { commerce: { order: { purchaseID: "other" } }, personalEmail: { address: "x@example.test" } }));
};
