// The administration of the shop's orders. What is done here is done by the shop's server, which tells nginx.

import { formatPrice, products } from "./catalog.js";
import { element, fill, find } from "./dom.js";

const address = "/admin/orders";
const labels = {
    "invoice": "Invoice",
    "ship": "Ship",
    "cancel": "Cancel",
    "refund": "Refund",
    "return": "Return",
    "complete-return": "Complete the return",
};

const code = window.location.hostname.split(".")[0];
const shopName = code[0].toUpperCase() + code.slice(1);

const cell = (textContent, more = {}) => element("td", { textContent, ...more });
const rowHead = (textContent) => element("th", { textContent, scope: "row" });

function actionButton({ number }, action) {
    const button = element("button", {
        type: "button",
        className: "button second",
        textContent: labels[action],
        ariaLabel: `${labels[action]}: order ${number}`,
    });
    button.dataset.action = action;
    button.addEventListener("click", () => act({ action, number }));
    return button;
}

function orderRow(order) {
    const buttons = order.actions.map((action) => actionButton(order, action));
    const row = element(
        "tr",
        {},
        rowHead(order.number),
        cell(order.shopper),
        cell(order.product),
        cell(formatPrice(order.total)),
        cell(order.state),
        element("td", {}, ...buttons),
    );
    row.dataset.number = order.number;
    return row;
}

function sentRow({ number, event, result, reason, path, expected, id }) {
    const answer = [result, reason, path, expected && `expected ${expected}`].filter(Boolean).join(", ");
    return element(
        "tr",
        {},
        rowHead(number),
        cell(event),
        cell(answer),
        cell(id ?? "", { className: "id", title: id ?? "" }),
    );
}

function showOrders(orders) {
    find(".empty").hidden = orders.length > 0;
    find(".scroll").hidden = orders.length === 0;
    fill(".orders tbody", ...orders.map(orderRow));
}

function showSent(sent) {
    find(".events tbody").prepend(...sent.map(sentRow).reverse());
    find(".sent").hidden = find(".events tbody").children.length === 0;
}

let asked = 0;
let shown = 0;

async function ask(options) {
    const number = ++asked;
    const response = await fetch(address, options);
    const answer = await response.json();
    if (!response.ok) {
        throw new Error(answer.error);
    }
    // An answer that comes behind a later one has orders of before.
    if (number > shown) {
        shown = number;
        showOrders(answer.orders);
    }
    showSent(answer.sent);
    return answer;
}

/** The button that was pressed is gone: the keyboard goes on with what can be done next. */
function goOn(number) {
    const button = number && find(`tr[data-number="${CSS.escape(number)}"] button`);
    (button || find("#place")).focus();
}

/** Lets the shop's server do something, and says what came of it. */
async function act(request) {
    fill(".status", "One moment");
    try {
        const { sent } = await ask({
            method: "POST",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify(request),
        });
        goOn(request.number);
        fill(".status", `Order ${sent[0].number}: ${sent.map(({ event, result }) => `${event} ${result}`).join(", ")}.`);
    } catch (error) {
        fill(".status", `That did not work: ${error.message}`);
    }
}

document.title = `Orders - ${shopName}`;
document.documentElement.dataset.website = code;
fill(
    "body > header",
    element("a", { href: "/", className: "logo", textContent: shopName }),
    element("nav", { ariaLabel: "Administration" }, element("a", { href: "/admin/", textContent: "Orders" })),
);
fill(
    "[name=sku]",
    ...products.map(({ sku, name, price }) =>
        element("option", { value: sku, textContent: `${name}, ${formatPrice(price)}` }),
    ),
);
find(".place").addEventListener("submit", (event) => {
    event.preventDefault();
    const { quantity, ...form } = Object.fromEntries(new FormData(event.target));
    act({ action: "place", quantity: Number(quantity), ...form });
});
ask().catch((error) => fill(".status", `The orders could not be read: ${error.message}`));
