// What the shop remembers in the browser: the cart, the shopper who signed in, the last order.

import { cents, productBySku, shippingPrice, taxRate } from "./catalog.js";

function read(key, fallback) {
    try {
        return JSON.parse(localStorage.getItem(key)) ?? fallback;
    } catch {
        return fallback;
    }
}

const write = (key, value) => localStorage.setItem(key, JSON.stringify(value));
const emptyCart = () => ({ id: crypto.randomUUID(), lines: [] });

/** `{id, lines: [{product, quantity}]}`; products that are no longer sold are left out. */
export function readCart() {
    const { id, lines } = read("cart", emptyCart());
    const known = lines.map(({ sku, quantity }) => ({ product: productBySku(sku), quantity }));
    return { id, lines: known.filter(({ product }) => product) };
}

function writeCart({ id, lines }) {
    write("cart", { id, lines: lines.map(({ product, quantity }) => ({ sku: product.sku, quantity })) });
}

/** Puts a product into the cart; returns the new cart. */
export function addToCart(product, quantity) {
    const cart = readCart();
    const line = cart.lines.find((other) => other.product === product);
    if (line) {
        line.quantity += quantity;
    } else {
        cart.lines.push({ product, quantity });
    }
    writeCart(cart);
    return cart;
}

/** Takes a product out of the cart; returns the new cart. */
export function removeFromCart(product) {
    const cart = readCart();
    cart.lines = cart.lines.filter((line) => line.product !== product);
    writeCart(cart);
    return cart;
}

export const countOf = ({ lines }) => lines.reduce((sum, { quantity }) => sum + quantity, 0);
export const subtotalOf = ({ lines }) =>
    cents(lines.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0));

/** Turns the cart into an order and empties it. */
export function placeOrder({ email, shippingMethod, paymentMethod }) {
    const cart = readCart();
    const subtotal = subtotalOf(cart);
    const order = {
        number: String(Date.now()).slice(-9),
        cart: {
            id: cart.id,
            lines: cart.lines.map(({ product, quantity }) => ({ sku: product.sku, quantity })),
        },
        email,
        shippingMethod,
        paymentMethod,
        subtotal,
        shipping: shippingPrice,
        tax: cents(subtotal - subtotal / (1 + taxRate)),
        total: cents(subtotal + shippingPrice),
        isNew: true,
    };
    write("order", order);
    writeCart(emptyCart());
    return order;
}

/** The last order, with its products; undefined where there is none. */
export function readOrder() {
    const order = read("order");
    if (!order) {
        return undefined;
    }
    const lines = order.cart.lines.map(({ sku, quantity }) => ({ product: productBySku(sku), quantity }));
    return { ...order, cart: { ...order.cart, lines } };
}

/** A confirmation that is looked at again is no second order. */
export function settleOrder() {
    write("order", { ...read("order"), isNew: false });
}

export const readShopper = () => read("shopper");
export const writeShopper = (shopper) => write("shopper", shopper);
export const forgetShopper = () => localStorage.removeItem("shopper");
