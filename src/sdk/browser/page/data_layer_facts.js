// What a shop tells Google in its data layer, one message after the other, as facts. Two vocabularies are known:
// Google Analytics 4's events and Universal Analytics' enhanced e-commerce. Only members named here are read, one by
// one. No object of the shop's is copied, so that nothing can leave that nobody looked for.

import { currencyAmong, linesOf, thoseThatFit, totalOf } from "./data_layer_items.js";
import { someOf } from "./robust.js";
import { amountOf, currencyOf, textOf } from "./values.js";

/** GA4's events that have a counterpart, and what they tell. */
const KINDS = {
    view_item: "view",
    add_to_cart: "add",
    remove_from_cart: "remove",
    add_to_wishlist: "wish",
    view_cart: "cart",
    begin_checkout: "checkout",
    purchase: "purchase",
    search: "search",
    view_search_results: "search",
    view_search_result: "search",
    login: "signIn",
    sign_up: "signUp",
    page_view: "pageView",
};

/** The members of Universal Analytics' ecommerce that name an action. The event beside them may be called anything. */
const UNIVERSAL_KINDS = { detail: "view", add: "add", remove: "remove", checkout: "checkout", purchase: "purchase" };

/** Facts that are about products. */
const COMMERCE = { view: 1, add: 1, remove: 1, wish: 1, cart: 1, checkout: 1, purchase: 1 };

const isObject = (value) => typeof value === "object" && value !== null;

/** A table's entry, but not what every object has, such as "constructor". */
const entry = (table, name) => (
    typeof name === "string" && Object.prototype.hasOwnProperty.call(table, name) ? table[name] : undefined);

const classOf = (value) => Object.prototype.toString.call(value);

/** The member of the first of some objects that has it. */
const firstOf = (sources, name) => {
    let value;
    someOf(sources, (source) => {
        value = isObject(source) ? source[name] : undefined;
        return value !== undefined && value !== null;
    });
    return value;
};

/** Whether an event goes to Google's advertising products alone: a conversion, with identifiers of its own. */
const isForAdvertising = (sendTo) => {
    const targets = Array.isArray(sendTo) ? sendTo : [sendTo];
    return targets.length > 0 && !someOf(targets, (target) => !/^(?:AW|DC)-/.test(target));
};

/** The action of Universal Analytics that an ecommerce object holds, if it is not one of a GA4 event. */
const universalActionIn = (ecommerce, event) => {
    let action;
    if (isObject(ecommerce) && !(ecommerce.items && entry(KINDS, event))) {
        someOf(["purchase", "checkout", "remove", "add", "detail"], (name) => {
            action = isObject(ecommerce[name]) ? name : undefined;
            return action !== undefined;
        });
    }
    return action;
};

/** Whether a fact is about products, so that the page's data layer describes them. */
export const isCommerce = (fact) => entry(COMMERCE, fact.kind) === 1;

/**
 * Creates a reader of messages.
 *
 * @param {{sku: string, currency: string}} settings where the SKU is, and the currency of a shop that names none
 * @returns {{read: Function, isRefused: Function}} read(message) gives a fact
 *     {kind, format, items, currency, term, orderId, value, tax, shipping, coupon, payment, tier} or null;
 *     isRefused() tells whether the visitor refused analytics
 */
export const createFactReader = ({ sku: skuName = "item_id", currency: ownCurrency } = {}) => {
    let namedCurrency;
    let waitingEcommerce;
    let isRefused = false;

    const noteCurrency = (...values) => {
        let currency;
        someOf(values, (value) => {
            currency = currencyOf(value);
            return currency !== undefined;
        });
        namedCurrency = currency || namedCurrency;
        return namedCurrency || currencyOf(ownCurrency);
    };

    const orderOf = (sources) => ({
        orderId: textOf(firstOf(sources, "transaction_id")),
        value: amountOf(firstOf(sources, "value")),
        tax: amountOf(firstOf(sources, "tax")),
        shipping: amountOf(firstOf(sources, "shipping")),
        coupon: textOf(firstOf(sources, "coupon")),
        payment: textOf(firstOf(sources, "payment_type")) || textOf(firstOf(sources, "payment_method")),
        tier: textOf(firstOf(sources, "shipping_tier")),
    });

    const universalOrderOf = (field) => ({
        orderId: textOf(field.id),
        value: amountOf(field.revenue),
        tax: amountOf(field.tax),
        shipping: amountOf(field.shipping),
        coupon: textOf(field.coupon),
    });

    /** A fact about products; null where too little is known of them. */
    const commerceFact = (kind, list, rest) => {
        const isOrder = kind === "purchase";
        const needsTotal = isOrder && rest.value === undefined;
        const lines = linesOf(list, { skuName, inPieces: kind !== "view", all: needsTotal });
        const items = thoseThatFit(lines);
        const hasToldNone = !isObject(list) || Object.keys(list).length === 0;
        if (isOrder ? !rest.orderId || (!items.length && !hasToldNone) : !items.length) {
            return null;
        }
        return { kind, items, ...rest, ...(needsTotal && { value: totalOf(lines) }) };
    };

    const searchFact = (list, rest, term) => {
        const items = thoseThatFit(linesOf(list, { skuName, inPieces: false, all: false }));
        return term === undefined ? null : { kind: "search", items, ...rest, term };
    };

    /** The fact that an event of GA4's tells. */
    const factOf = (event, format, sources, termSources) => {
        if (isForAdvertising(firstOf(sources, "send_to"))) {
            return null;
        }
        const kind = entry(KINDS, event);
        const list = firstOf(sources, "items");
        const currency = noteCurrency(firstOf(sources, "currency"), kind && currencyAmong(list));
        if (kind === undefined) {
            return null;
        }
        if (kind === "search") {
            return searchFact(list, { format, currency }, textOf(firstOf(termSources, "search_term")));
        }
        if (entry(COMMERCE, kind)) {
            return commerceFact(kind, list, { format, currency, ...(kind === "purchase" && orderOf(sources)) });
        }
        return { kind, format, items: [] };
    };

    const universalFactOf = (action, ecommerce) => {
        const { actionField, products } = ecommerce[action];
        const field = isObject(actionField) ? actionField : {};
        const currency = noteCurrency(ecommerce.currencyCode, currencyAmong(products));
        if (action === "checkout" && (field.step ?? 1) > 1) {
            return null;
        }
        const order = action === "purchase" ? universalOrderOf(field) : {};
        return commerceFact(UNIVERSAL_KINDS[action], products, { format: "universal", currency, ...order });
    };

    const noteConsent = (change, state) => {
        const storage = isObject(state) ? state.analytics_storage : undefined;
        // A default is nobody's decision: consent managers may replace it by ways that leave nothing in the data layer.
        if (change === "update" && (storage === "denied" || storage === "granted")) {
            isRefused = storage === "denied";
            waitingEcommerce = undefined;
        }
    };

    const readCommand = ({ 0: command, 1: name, 2: parameters }) => {
        if (command === "consent") {
            noteConsent(name, parameters);
        } else if (isRefused) {
            return null;
        } else if (command === "set") {
            noteCurrency(isObject(name) ? name.currency : name === "currency" && parameters);
        } else if (command === "event") {
            return factOf(name, "gtag", [parameters], [parameters]);
        }
        return null;
    };

    /** The ecommerce of an event that has none of its own. */
    const takeWaiting = (message, kind) => {
        const { eventModel, items } = message;
        if (!entry(COMMERCE, kind) || items || (isObject(eventModel) && eventModel.items)) {
            return undefined;
        }
        const ecommerce = waitingEcommerce;
        waitingEcommerce = undefined;
        return ecommerce;
    };

    const readMessage = (message) => {
        const { event, ecommerce } = message;
        const action = universalActionIn(ecommerce, event);
        if (action) {
            return universalFactOf(action, ecommerce);
        }
        if (isObject(ecommerce)) {
            noteCurrency(ecommerce.currencyCode);
        }
        if (ecommerce === null) {
            waitingEcommerce = undefined;
        }
        if (event === undefined || event === null) {
            waitingEcommerce = isObject(ecommerce) ? ecommerce : waitingEcommerce;
            return null;
        }
        const parameters = isObject(ecommerce) ? ecommerce : takeWaiting(message, entry(KINDS, event));
        const beside = isObject(message.eventModel) ? message.eventModel : message;
        const sources = parameters && parameters.items ? [parameters] : [parameters, beside];
        return factOf(event, "gtm", sources, [message, message.eventModel, parameters]);
    };

    return {
        isRefused: () => isRefused,
        read(message) {
            switch (isObject(message) && classOf(message)) {
                case "[object Arguments]": return readCommand(message);
                case "[object Object]": return isRefused ? null : readMessage(message);
                default: return null;
            }
        },
    };
};
