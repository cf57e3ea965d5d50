// What all pages share: header, footer, product cards.

import { categories, categoryUrl, formatPrice, productUrl } from "./catalog.js";
import { element, fill } from "./dom.js";
import { countOf, readCart, readShopper } from "./store.js";

const website = window.shopWebsite;

/** Shows how many things are in the cart. */
export function showCartCount() {
    const count = countOf(readCart());
    fill(".cart-count", count ? String(count) : "");
}

function header() {
    const links = categories.map((category) =>
        element("a", { href: categoryUrl(category), textContent: category.name }),
    );
    const shopper = readShopper();
    return [
        element("a", { href: "/", className: "logo", textContent: website.name }),
        element("nav", { ariaLabel: "Shop" }, ...links),
        element(
            "nav",
            { className: "personal", ariaLabel: "You" },
            element("a", { href: "/sign-in.html", textContent: shopper ? shopper.name : "Sign in" }),
            element(
                "a",
                { href: "/cart.html", className: "to-cart" },
                "Cart ",
                element("span", { className: "cart-count" }),
            ),
        ),
    ];
}

/** Fills header, footer and title. */
export function showLayout(title) {
    document.title = title ? `${title} - ${website.name}` : website.name;
    fill("body > header", ...header());
    fill(
        "body > footer",
        `${website.name} is a sample shop. Nothing is sold and nothing is sent to you. `,
        element("a", { href: "/admin/", textContent: "Administration" }),
    );
    showCartCount();
}

export function productCard(product) {
    return element(
        "a",
        { href: productUrl(product), className: "card" },
        element("img", { src: `/images/${product.image}`, alt: "", width: 320, height: 320 }),
        element("span", { className: "name", textContent: product.name }),
        element("span", { className: "price", textContent: formatPrice(product.price) }),
    );
}

/** One line of a cart or an order. */
export function cartLine({ product, quantity }, ...more) {
    return element(
        "li",
        {},
        element("img", { src: `/images/${product.image}`, alt: "", width: 72, height: 72 }),
        element("span", { className: "name", textContent: product.name }),
        element("span", {
            className: "quantity",
            textContent: `${quantity} \u00d7 ${formatPrice(product.price)}`,
        }),
        element("span", { className: "price", textContent: formatPrice(quantity * product.price) }),
        ...more,
    );
}

/** Rows of a sum: `[label, value]`, the last one in bold. */
export function sumRows(rows) {
    return rows.flatMap(([label, value]) => [
        element("dt", { textContent: label }),
        element("dd", { textContent: formatPrice(value) }),
    ]);
}
