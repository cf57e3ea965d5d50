// The items of an event for Google, in GA4's form or that of Universal Analytics, as the lines of ours.

import { someOf, thoseOf } from "./robust.js";
import { amountOf, currencyOf, inCents, numberOf, textOf } from "./values.js";

// More would not fit into a request that Edge takes (64 KB).
const MOST_ITEMS = 100;
const MOST_BYTES = 30000;

const isObject = (value) => typeof value === "object" && value !== null;

/** The entries of an array, with those of arrays in it, or of an object: so PHP writes an array with gaps. */
const entriesOf = (list) => {
    const entries = [];
    const add = (entry) => {
        entries[entries.length] = entry;
    };
    if (isObject(list)) {
        someOf(Array.isArray(list) ? list : Object.values(list), (entry) => {
            if (Array.isArray(entry)) {
                someOf(entry, add);
            } else {
                add(entry);
            }
        });
    }
    return thoseOf(entries, (entry) => isObject(entry) && !Array.isArray(entry));
};

/** Items of Google Ads' dynamic remarketing name the product of an advertisement (support.google.com 7305793). */
const isForAdvertising = (item) => !!item.google_business_vertical && item.item_id === undefined;

const skuOf = (item, skuName) => (
    textOf(item[skuName]) || textOf(item.item_id) || textOf(item.id) || textOf(item.sku));

/** XDM counts whole pieces. What is sold by the metre keeps its total. */
const inWholePieces = (line) => {
    const { quantity, price, discount, ...rest } = line;
    const pieces = Math.max(1, Math.floor(quantity + 0.5));
    const share = quantity / pieces;
    return {
        ...rest,
        quantity: pieces,
        ...(price !== undefined && { price: share === 1 ? price : price * share }),
        ...(discount > 0 && { discount: share === 1 ? discount : inCents(discount * share) }),
    };
};

const lineOf = (item, skuName) => {
    const sku = isForAdvertising(item) ? undefined : skuOf(item, skuName);
    const quantity = numberOf(item.quantity) ?? 1;
    if (!sku || quantity <= 0) {
        return undefined;
    }
    return {
        sku,
        name: textOf(item.item_name) || textOf(item.name),
        variant: textOf(item.item_variant) || textOf(item.variant),
        quantity,
        price: numberOf(item.price),
        discount: amountOf(item.discount),
    };
};

/** Bytes of UTF-8, a few more than there are: those of characters beyond U+FFFF are four, not six. */
const sizeOf = (line) => JSON.stringify(line).replace(/[\u0080-\uffff]/g, "___").length;

/** As many of the first lines as one event may have. */
export const thoseThatFit = (lines) => {
    let bytes = 0;
    let count = 0;
    return thoseOf(lines, (line) => {
        bytes += sizeOf(line);
        count += 1;
        return count <= MOST_ITEMS && bytes <= MOST_BYTES;
    });
};

/** What the lines cost, in cents, as far as they have prices. */
export const totalOf = (lines) => {
    let total = 0;
    someOf(lines, ({ price, quantity }) => {
        total += inCents((price || 0) * quantity);
    });
    return inCents(total);
};

/** The first of the items' currencies. */
export const currencyAmong = (list) => {
    let currency;
    someOf(entriesOf(list), (item) => {
        currency = currencyOf(item.currency);
        return currency !== undefined;
    });
    return currency;
};

/**
 * Reads items.
 *
 * @param {*} list what stands where they should
 * @param {{skuName: string, inPieces: boolean, all: boolean}} how the member that holds the SKU, before all others;
 *     whether quantities are those of lines in a cart; whether lines are wanted that no event has a place for
 * @returns {Array<Object>} lines {sku, name, variant, quantity, price, discount}
 */
export const linesOf = (list, { skuName, inPieces, all }) => {
    const lines = [];
    someOf(entriesOf(list), (item) => {
        const line = lineOf(item, skuName);
        if (line) {
            lines[lines.length] = inPieces ? inWholePieces(line) : line;
        }
        return !all && lines.length === MOST_ITEMS;
    });
    return lines;
};
