// The signals by which a visitor refuses whatever a page asks for. All other consent is the Web SDK's business:
// its default, and what a consent manager tells it by setConsent.

import { someOf, upTo } from "./robust.js";

const hasCookie = (name) => {
    let pair = "";
    return someOf(`${document.cookie};`, (character) => {
        if (character === " ") {
            return false;
        }
        if (character !== ";") {
            pair += character;
            return false;
        }
        const isIt = upTo(pair, "=") === name;
        pair = "";
        return isIt;
    });
};

/**
 * Returns a function that tells whether the visitor objects now: an opt-out cookie may be set, or Global Privacy
 * Control switched on, while the page is open.
 */
export const createObjectionCheck = ({ optOut, gpc }) => () =>
    !!((optOut && hasCookie(optOut)) || (gpc && navigator.globalPrivacyControl === true));
