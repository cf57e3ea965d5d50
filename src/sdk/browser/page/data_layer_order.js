// The order of facts, and which of them are told twice: by two plugins of a shop, or by a search box letter by letter.

import { someOf, thoseOf } from "./robust.js";

const REPEAT_MS = 2000;
const SEARCH_MS = 1000;

/** Kinds that one click makes each time: told twice in the same form, they are two clicks. */
const CLICKS = { add: true, remove: true, wish: true };

const keyOf = ({ kind, orderId, term, items }) => {
    let key = `${kind}|${orderId}|${term}`;
    someOf(items, ({ sku, quantity, variant }) => {
        key += `|${sku}|${quantity}|${variant}`;
    });
    return key;
};

/**
 * Creates the filter of repeats.
 *
 * @param {{now: Function, address: Function}} page the time in milliseconds, and the address that the visitor looks at
 * @returns {Function} whether a fact is new
 */
export const createRepeatFilter = ({ now, address }) => {
    const orders = new Set();
    let recent = [];
    let lastAddress;
    let visits = 0;

    const isRepeat = (fact, key) => someOf(recent, (other) => other.key === key && (
        CLICKS[fact.kind] ? other.format !== fact.format : other.visit === visits));

    return (fact) => {
        if (fact.kind === "purchase") {
            const isNew = !orders.has(fact.orderId);
            orders.add(fact.orderId);
            return isNew;
        }
        if (fact.kind === "search") {
            return true;
        }
        const time = now();
        if (address() !== lastAddress) {
            lastAddress = address();
            visits += 1;
        }
        recent = thoseOf(recent, (other) => time - other.time < REPEAT_MS);
        const key = keyOf(fact);
        if (isRepeat(fact, key)) {
            return false;
        }
        recent[recent.length] = { key, time, format: fact.format, visit: visits };
        return true;
    };
};

const isBeginningOf = (text, longer) => longer.slice(0, text.length) === text;

/**
 * Lets searches wait until the visitor has typed them to their end, and tells each once.
 *
 * @param {Function} tell gets what is to be told, in its order
 * @param {{address: Function, newId: Function}} page the address that the visitor looks at; makes identifiers
 * @returns {{add: Function, flush: Function, forget: Function}} takes a fact; tells what waits; drops it
 */
export const createSearchFilter = (tell, { address, newId }) => {
    const told = new Map();
    let waiting = null;
    let timer;

    const tellSearch = (fact) => {
        const place = `${fact.address} ${fact.term}`;
        const known = told.get(place);
        if (known && fact.items.length === 0) {
            return;
        }
        const searchId = known || newId();
        told.set(place, searchId);
        tell({ ...fact, searchId, isKnown: !!known });
    };

    const forget = () => {
        clearTimeout(timer);
        waiting = null;
    };

    const flush = () => {
        const fact = waiting;
        forget();
        if (fact) {
            tellSearch(fact);
        }
    };

    const wait = (fact) => {
        waiting = fact;
        timer = setTimeout(flush, SEARCH_MS);
    };

    const addSearch = (fact) => {
        const before = waiting;
        if (!before) {
            wait(fact);
            return;
        }
        if (!isBeginningOf(before.term, fact.term) && !isBeginningOf(fact.term, before.term)) {
            flush();
            wait(fact);
            return;
        }
        clearTimeout(timer);
        const isSame = before.term === fact.term;
        wait(isSame && fact.items.length === 0 ? { ...fact, items: before.items } : fact);
    };

    return {
        add(fact) {
            if (fact.kind === "search") {
                addSearch({ ...fact, address: address() });
                return;
            }
            flush();
            tell(fact);
        },
        flush,
        forget,
    };
};
