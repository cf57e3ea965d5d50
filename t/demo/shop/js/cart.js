import { element, fill, find } from "./dom.js";
import { publishCartView, publishPageView, publishRemoveFromCart } from "./events.js";
import { cartLine, showCartCount, showLayout, sumRows } from "./layout.js";
import { readCart, removeFromCart, subtotalOf } from "./store.js";

function removeButton(line) {
    const button = element("button", { type: "button", className: "quiet", textContent: "Remove" });
    button.addEventListener("click", () => {
        const cart = removeFromCart(line.product);
        showCartCount();
        showCart(cart);
        publishRemoveFromCart(cart, line);
    });
    return button;
}

function showCart(cart) {
    const isEmpty = cart.lines.length === 0;
    find(".empty").hidden = !isEmpty;
    find(".filled").hidden = isEmpty;
    fill(".lines", ...cart.lines.map((line) => cartLine(line, removeButton(line))));
    fill(".sum", ...sumRows([["Subtotal", subtotalOf(cart)]]));
}

const cart = readCart();
showLayout("Cart");
showCart(cart);
publishPageView("Cart", "Cart");
publishCartView(cart);
