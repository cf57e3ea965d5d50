import { fill, find } from "./dom.js";
import { publishOrder, publishPageView } from "./events.js";
import { cartLine, showLayout, sumRows } from "./layout.js";
import { readOrder, settleOrder } from "./store.js";

const order = readOrder();

showLayout("Thank you");
publishPageView("Checkout", "Confirmation");
find(".empty").hidden = Boolean(order);
find(".filled").hidden = !order;
if (order) {
    fill(".number", order.number);
    fill(".email", order.email);
    fill(".lines", ...order.cart.lines.map((line) => cartLine(line)));
    fill(
        ".sum",
        ...sumRows([
            ["Subtotal", order.subtotal],
            ["Shipping", order.shipping],
            ["Total", order.total],
        ]),
    );
}
if (order?.isNew) {
    settleOrder();
    publishOrder(order);
}
