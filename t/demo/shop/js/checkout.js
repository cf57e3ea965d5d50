import { cents, shippingPrice } from "./catalog.js";
import { fill, find } from "./dom.js";
import { publishCheckout, publishPageView } from "./events.js";
import { cartLine, showLayout, sumRows } from "./layout.js";
import { placeOrder, readCart, readShopper, subtotalOf } from "./store.js";

const cart = readCart();
const subtotal = subtotalOf(cart);

showLayout("Checkout");
find(".empty").hidden = cart.lines.length > 0;
find(".filled").hidden = cart.lines.length === 0;
fill(".lines", ...cart.lines.map((line) => cartLine(line)));
fill(
    ".sum",
    ...sumRows([
        ["Subtotal", subtotal],
        ["Shipping", shippingPrice],
        ["Total", cents(subtotal + shippingPrice)],
    ]),
);

const shopper = readShopper();
if (shopper) {
    find("[name=email]").value = shopper.email;
}

find("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    placeOrder({
        email: form.get("email"),
        shippingMethod: form.get("shipping"),
        paymentMethod: form.get("payment"),
    });
    window.location.assign("/confirmation.html");
});

publishPageView("Checkout", "Checkout");
if (cart.lines.length > 0) {
    publishCheckout(cart);
}
