// Scripts of shops replace native methods: Prototype.js has an Array.prototype.entries that gives no iterator, old
// polyfills drop arguments or throw. Adobe's parts get along with such a page or lose some events in it. Ours must not
// lose more, so what decides whether they start, and what all events pass through, calls none of these methods, nor
// takes arrays apart with what calls Array.prototype[Symbol.iterator] (destructuring, for-of, spread).

import { warn } from "./warn.js";

/**
 * Runs one part by itself: what breaks in it must not stop those behind it.
 *
 * @returns {boolean} whether it ran to its end
 */
export const attempt = (part) => {
    try {
        part();
        return true;
    } catch (error) {
        warn(`a script of this page seems to have replaced a method of the browser: ${error}`);
        return false;
    }
};

/** Whether one of the items, from that at `start` on, passes the test. */
export const someOf = (list, test, start = 0) => {
    for (let index = start; index < list.length; index += 1) {
        if (test(list[index])) {
            return true;
        }
    }
    return false;
};

/** The items that pass the test. */
export const thoseOf = (list, test) => {
    const found = [];
    someOf(list, (item) => {
        if (test(item)) {
            found[found.length] = item;
        }
    });
    return found;
};

/** Whether a text contains a character. */
export const contains = (text, character) => someOf(text, (each) => each === character);

/** A text up to the first of a character, all of it where there is none. */
export const upTo = (text, character) => {
    let start = "";
    someOf(text, (each) => {
        if (each === character) {
            return true;
        }
        start += each;
        return false;
    });
    return start;
};
