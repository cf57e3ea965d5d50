// Tells Google Analytics 4 what shoppers do, by gtag.js as Google documents it, and search engines what a page sells.
// Nothing here knows of Adobe. Google's own script is not loaded: the sample shop talks to nobody.

import { currency, productUrl } from "./catalog.js";
import { subtotalOf } from "./store.js";

window.dataLayer = window.dataLayer || [];

function gtag() {
    window.dataLayer.push(arguments);
}

gtag("js", new Date());
gtag("config", "G-SAMPLE");

const item = ({ product, quantity }, index) => ({
    item_id: product.sku,
    item_name: product.name,
    item_category: product.category,
    price: product.price,
    quantity,
    index,
});

const parameters = (lines, value) => ({ currency, value, items: lines.map(item) });

/** The product as JSON-LD (schema.org). */
function describe(product) {
    const script = document.createElement("script");
    script.type = "application/ld+json";
    script.textContent = JSON.stringify({
        "@context": "https://schema.org/",
        "@type": "Product",
        name: product.name,
        sku: product.sku,
        description: product.text,
        image: new URL(`/images/${product.image}`, window.location.origin).href,
        offers: {
            "@type": "Offer",
            url: new URL(productUrl(product), window.location.origin).href,
            price: product.price,
            priceCurrency: currency,
        },
    });
    document.head.append(script);
}

/** Google counts page views by itself. */
export function publishPageView() {}

export function publishProductView(product) {
    describe(product);
    gtag("event", "view_item", parameters([{ product, quantity: 1 }], product.price));
}

export function publishAddToCart(cart, line) {
    gtag("event", "add_to_cart", parameters([line], line.quantity * line.product.price));
}

export function publishRemoveFromCart(cart, line) {
    gtag("event", "remove_from_cart", parameters([line], line.quantity * line.product.price));
}

export function publishCartView(cart) {
    gtag("event", "view_cart", parameters(cart.lines, subtotalOf(cart)));
}

export function publishCheckout(cart) {
    gtag("event", "begin_checkout", parameters(cart.lines, subtotalOf(cart)));
}

export function publishOrder(order) {
    gtag("event", "purchase", {
        ...parameters(order.cart.lines, order.total),
        transaction_id: order.number,
        tax: order.tax,
        shipping: order.shipping,
        payment_type: order.paymentMethod,
    });
}

export function publishSignIn() {
    gtag("event", "login", { method: "password" });
}

export function publishSignOut() {}
