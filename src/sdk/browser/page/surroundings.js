// What the page's address and state must be like for Adobe's Web SDK to work.

import { contains } from "./robust.js";

/**
 * Adobe's Web SDK talks https on the default port only, and sets its cookies for the registrable domain.
 *
 * @param {Window} window
 * @returns {?string} what stands in the way, in a sentence for the console
 */
export const findObstacle = ({ origin, location: { protocol, port, hostname } }) => {
    if (protocol !== "https:") {
        return "this page was not loaded over https. Adobe's Web SDK works over https only; nothing was started.";
    }
    if (port !== "") {
        return `this page comes from port ${port}. Adobe's Web SDK works on port 443 only; nothing was started.`;
    }
    if (!contains(hostname, ".")) {
        return `the host name "${hostname}" has no dot. Adobe's Web SDK keeps its cookies for a domain, so it ` +
               "needs a name such as shop.example; nothing was started.";
    }
    if (origin === "null") {
        return "this page is in a sandbox without allow-same-origin. Adobe's Web SDK cannot keep cookies there; " +
               "nothing was started.";
    }
    return null;
};

/** Calls back when the visitor sees the page: at once, or when a prerendered page is activated. */
export const whenActivated = (callback) => {
    if (document.prerendering) {
        document.addEventListener("prerenderingchange", callback, { once: true });
    } else {
        callback();
    }
};
