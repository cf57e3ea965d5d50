// Publishes what shoppers do through the Commerce Storefront Events SDK, as a theme of Adobe Commerce does.
// The theme does not load that SDK: it uses the one that is on the page, whenever it comes, and works the
// same without it.

import { currency } from "./catalog.js";
import { countOf, readShopper, subtotalOf } from "./store.js";

/** The SDK, now or when it announces itself. */
const storefrontEvents = new Promise((resolve) => {
    if (window.magentoStorefrontEvents) {
        resolve(window.magentoStorefrontEvents);
    }
    window.addEventListener("message", ({ source, data }) => {
        const isAnnouncement = source === window && data === "magento-storefront-events-sdk";
        if (isAnnouncement) {
            resolve(window.magentoStorefrontEvents);
        }
    });
});

const website = window.shopWebsite;

const storefrontInstance = {
    environmentId: "8d2c1f6e-demo",
    environment: "Testing",
    storeUrl: window.location.origin,
    websiteId: 1,
    websiteCode: website.code,
    websiteName: website.name,
    storeId: 1,
    storeCode: "main",
    storeName: "Main store",
    storeViewId: 1,
    storeViewCode: "en",
    storeViewName: "English",
    baseCurrencyCode: currency,
    storeViewCurrencyCode: currency,
};

const page = (pageType, pageName) => ({
    pageType,
    pageName,
    maxXOffset: 0,
    maxYOffset: 0,
    minXOffset: 0,
    minYOffset: 0,
    ping_interval: 5,
    pings: 1,
});

const productContext = (product) => ({
    productId: product.id,
    name: product.name,
    sku: product.sku,
    topLevelSku: product.sku,
    categories: [product.category],
    productType: "simple",
    pricing: { regularPrice: product.price, minimalPrice: product.price, currencyCode: currency },
    canonicalUrl: new URL(`/product.html?sku=${product.sku}`, window.location.origin).href,
    mainImageUrl: new URL(`/images/${product.image}`, window.location.origin).href,
});

const cartItem = ({ product, quantity }) => ({
    id: product.sku,
    canApplyMsrp: false,
    formattedPrice: "",
    product: productContext(product),
    prices: { price: { value: product.price, currency, regularPrice: product.price } },
    quantity,
});

const cartContext = (cart) => ({
    id: cart.id,
    items: cart.lines.map(cartItem),
    prices: { subtotalIncludingTax: { value: subtotalOf(cart), currency } },
    totalQuantity: countOf(cart),
    possibleOnepageCheckout: true,
    discountAmount: 0,
});

const orderContext = (order) => ({
    orderId: order.number,
    orderType: "checkout",
    appliedCouponCode: "",
    email: order.email,
    grandTotal: order.total,
    subtotalExcludingTax: order.subtotal - order.tax,
    subtotalIncludingTax: order.subtotal,
    salesTax: order.tax,
    taxAmount: order.tax,
    otherTax: 0,
    discountAmount: 0,
    paymentMethodCode: order.paymentMethod,
    paymentMethodName: order.paymentMethod,
    payments: [
        {
            paymentMethodCode: order.paymentMethod,
            paymentMethodName: order.paymentMethod,
            total: order.total,
            orderId: order.number,
        },
    ],
    shipping: { shippingMethod: order.shippingMethod, shippingAmount: order.shipping },
});

function setShopper(context) {
    const shopper = readShopper();
    context.setShopper({ shopperId: shopper ? "logged-in" : "guest" });
    if (shopper) {
        context.setAccount({
            firstName: shopper.name,
            lastName: "",
            accountId: shopper.id,
            emailAddress: shopper.email,
        });
    }
}

/** Each page begins with this one. */
export async function publishPageView(pageType, pageName) {
    const { context, publish } = await storefrontEvents;
    context.setStorefrontInstance(storefrontInstance);
    setShopper(context);
    context.setPage(page(pageType, pageName));
    publish.pageView();
}

export async function publishProductView(product) {
    const { context, publish } = await storefrontEvents;
    context.setProduct(productContext(product));
    publish.productPageView();
}

/** `line` is what was added; the first one also opens the cart. */
export async function publishAddToCart(cart, line) {
    const { context, publish } = await storefrontEvents;
    context.setShoppingCart(cartContext(cart));
    context.setChangedProducts({ items: [cartItem(line)] });
    if (countOf(cart) === line.quantity) {
        publish.openCart();
    }
    publish.addToCart();
}

export async function publishRemoveFromCart(cart, line) {
    const { context, publish } = await storefrontEvents;
    context.setShoppingCart(cartContext(cart));
    context.setChangedProducts({ items: [cartItem(line)] });
    publish.removeFromCart();
}

export async function publishCartView(cart) {
    const { context, publish } = await storefrontEvents;
    context.setShoppingCart(cartContext(cart));
    publish.shoppingCartView();
}

export async function publishCheckout(cart) {
    const { context, publish } = await storefrontEvents;
    context.setShoppingCart(cartContext(cart));
    publish.initiateCheckout();
}

export async function publishOrder(order) {
    const { context, publish } = await storefrontEvents;
    context.setShoppingCart(cartContext(order.cart));
    context.setOrder(orderContext(order));
    publish.placeOrder();
}

export async function publishSignIn() {
    const { context, publish } = await storefrontEvents;
    setShopper(context);
    publish.signIn();
}

export async function publishSignOut() {
    const { context, publish } = await storefrontEvents;
    setShopper(context);
    publish.signOut();
}
