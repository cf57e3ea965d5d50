// The orders of the sample shop's commerce backend, as Adobe Commerce's REST interface shows them, and the documents
// that tell nginx what became of them.

import { cents, currency, productBySku, shippingPrice, taxRate } from "./shop/js/catalog.js";

const reason = { wrongSize: "8" };
const condition = { unopened: "21" };
const resolution = { refund: "13" };

/** As Commerce writes times: in UTC, to the second. */
const now = () => new Date().toISOString().slice(0, 19).replace("T", " ");

const numbered = (storeId, number) => `${storeId === 1 ? "00" : storeId + "0"}${String(number).padStart(7, "0")}`;

function addressOf({ name, email }) {
    const [firstname, ...lastname] = name.split(" ");
    return {
        firstname,
        lastname: lastname.join(" "),
        email,
        street: ["1 Sample Street"],
        city: "Exampleton",
        postcode: "12345",
        region: "Bavaria",
        region_id: 81,
        country_id: "DE",
        telephone: "+49 89 000000",
    };
}

/** Of its own kind each entity has a number, as in one installation of Commerce with several websites. */
class Numbers {
    #last = new Map();

    next(kind) {
        this.#last.set(kind, (this.#last.get(kind) ?? 0) + 1);
        return this.#last.get(kind);
    }
}

const numbers = new Numbers();

/** What another entity holds of an order's items. */
const entityItems = (order) =>
    order.items.map(({ item_id, sku, name, qty_ordered, row_total, price }) => ({
        order_item_id: item_id,
        sku,
        name,
        price,
        qty: qty_ordered,
        row_total,
    }));

function newEntity(kind, order, more) {
    const number = numbers.next(kind);
    return {
        entity_id: number,
        increment_id: numbered(order.store_id, number),
        order_id: order.entity_id,
        store_id: order.store_id,
        created_at: now(),
        updated_at: now(),
        ...more,
    };
}

const newSale = (kind, order) =>
    newEntity(kind, order, {
        state: 2,
        grand_total: order.grand_total,
        order_currency_code: currency,
        items: entityItems(order),
    });

/** Changes an order and says that it was changed. */
function change(order, values, itemValues = () => ({})) {
    Object.assign(order, values, { updated_at: now() });
    for (const item of order.items) {
        Object.assign(item, itemValues(item), { updated_at: now() });
    }
}

/** A new order of one product; `{sku, quantity, name, email}` is what the administrator typed. */
export function makeOrder(storeId, { sku, quantity, name, email }) {
    const product = productBySku(sku);
    if (!product || !Number.isInteger(quantity) || quantity < 1 || !name || !email) {
        throw new RangeError("Expected a product, how many of it, a name and an e-mail address.");
    }
    const number = numbers.next("order");
    const subtotal = cents(product.price * quantity);
    const time = now();
    const total = cents(subtotal + shippingPrice);
    const address = addressOf({ name, email });
    return {
        entity_id: number,
        increment_id: numbered(storeId, number),
        store_id: storeId,
        state: "new",
        created_at: time,
        updated_at: time,
        customer_email: email,
        customer_firstname: address.firstname,
        customer_lastname: address.lastname,
        order_currency_code: currency,
        is_virtual: 0,
        subtotal,
        discount_amount: 0,
        shipping_amount: shippingPrice,
        tax_amount: cents(subtotal - subtotal / (1 + taxRate)),
        grand_total: total,
        payment: { method: "checkmo", amount_ordered: total },
        billing_address: address,
        extension_attributes: {
            shipping_assignments: [{ shipping: { address, method: "flatrate_flatrate" } }],
        },
        status_histories: [],
        items: [
            {
                item_id: numbers.next("item"),
                sku: product.sku,
                name: product.name,
                price: product.price,
                qty_ordered: quantity,
                qty_invoiced: 0,
                qty_shipped: 0,
                qty_canceled: 0,
                qty_refunded: 0,
                row_total: subtotal,
                discount_amount: 0,
                is_virtual: 0,
                created_at: time,
                updated_at: time,
            },
        ],
    };
}

function newReturn(order) {
    const items = order.items.map(({ item_id, qty_ordered }) => ({
        order_item_id: item_id,
        qty_requested: qty_ordered,
        reason: reason.wrongSize,
        condition: condition.unopened,
        resolution: resolution.refund,
        status: "pending",
    }));
    const rma = newEntity("rma", order, { order_increment_id: order.increment_id, status: "pending", items, comments: [] });
    return { ...rma, date_requested: rma.created_at };
}

/** What was wanted back has come back. */
function completeReturn(rma) {
    rma.status = "processed_closed";
    rma.comments.push({ status: rma.status, created_at: now() });
    for (const item of rma.items) {
        const quantity = item.qty_requested;
        Object.assign(item, {
            status: "approved",
            qty_authorized: quantity,
            qty_returned: quantity,
            qty_approved: quantity,
        });
    }
}

/** What an administrator can do with an order: each changes it and returns the documents that tell of it. */
const actions = {
    invoice(record) {
        const { order } = record;
        change(order, { state: "processing" }, ({ qty_ordered }) => ({ qty_invoiced: qty_ordered }));
        return [{ event: "orderInvoiced", order, invoice: newSale("invoice", order) }];
    },

    ship(record) {
        const { order } = record;
        change(order, { state: "complete" }, ({ qty_ordered }) => ({ qty_shipped: qty_ordered }));
        const shipment = newEntity("shipment", order, { items: entityItems(order), tracks: [] });
        return [
            { event: "orderItemsShipped", order, shipment },
            { event: "orderShipmentCompleted", order, shipment },
        ];
    },

    cancel(record) {
        const { order } = record;
        change(order, { state: "canceled" }, ({ qty_ordered }) => ({ qty_canceled: qty_ordered }));
        order.status_histories.push({ status: "canceled", created_at: order.updated_at });
        return [{ event: "orderCancelled", order }];
    },

    return(record) {
        record.rma = newReturn(record.order);
        return [{ event: "orderItemsReturnInitiated", order: record.order, rma: record.rma }];
    },

    "complete-return"(record) {
        completeReturn(record.rma);
        return [{ event: "orderItemReturnCompleted", order: record.order, rma: record.rma }];
    },

    refund(record) {
        const { order } = record;
        change(order, { state: "closed" }, ({ qty_ordered }) => ({ qty_refunded: qty_ordered }));
        return [{ event: "orderLineItemRefunded", order, creditmemo: newSale("creditmemo", order) }];
    },
};

/** The actions that make sense now. */
function possible({ order, rma }) {
    if (rma && rma.status === "pending") {
        return ["complete-return"];
    }
    const byState = { new: ["invoice", "cancel"], processing: ["ship", "refund"], complete: ["return", "refund"] };
    const left = byState[order.state] ?? [];
    return rma ? left.filter((name) => name !== "return") : left;
}

/** The orders of one website. */
export class Orders {
    #storeId;
    #records = [];

    /** `storeId` is the number of the website's store view in Commerce. */
    constructor(storeId) {
        this.#storeId = storeId;
    }

    /** Takes an order; returns the documents that tell of it. */
    place(form) {
        const order = makeOrder(this.#storeId, form);
        this.#records.push({ order });
        return [{ event: "orderPlaced", order }];
    }

    /** Does something with the order of that number; returns the documents that tell of it. */
    act(number, action) {
        const record = this.#records.find(({ order }) => order.increment_id === number);
        if (!record || !possible(record).includes(action)) {
            throw new RangeError("There is no such order, or nothing of this kind can be done with it now.");
        }
        return actions[action](record);
    }

    /** What the page shows, the newest first. */
    list() {
        return this.#records
            .map((record) => ({
                number: record.order.increment_id,
                shopper: `${record.order.customer_firstname} ${record.order.customer_lastname}`.trim(),
                product: `${record.order.items[0].qty_ordered} \u00d7 ${record.order.items[0].name}`,
                total: record.order.grand_total,
                state: record.rma ? `${record.order.state}, return ${record.rma.status}` : record.order.state,
                actions: possible(record),
            }))
            .reverse();
    }
}
