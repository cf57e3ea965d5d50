// The signs of a shop that publishes Adobe's storefront events itself. What it tells Google is then not translated:
// its events would be sent twice.

import { someOf } from "./robust.js";

const SDK = "magentoStorefrontEvents";

const EVENTS = " add-to-cart add-to-requisition-list category-results-view commerce-custom create-account " +
    "create-requisition-list custom-url delete-requisition-list edit-account initiate-checkout open-cart " +
    "page-activity-summary page-view place-order product-page-view recs-api-request-sent recs-api-response-received " +
    "recs-item-add-to-cart-click recs-item-click recs-unit-impression-render recs-unit-view referrer-url " +
    "remove-from-cart remove-from-requisition-list search-category-click search-product-click search-request-sent " +
    "search-response-received search-results-view search-suggestion-click shopping-cart-view sign-in sign-out " +
    "update-cart ";

const OWN_CONTEXTS = { eventForwardingContext: true, aepContext: true, storefrontInstanceContext: true };

/** Whether this is an event of Adobe's Storefront Events SDK. */
const isStorefrontEvent = (event) => typeof event === "string" && EVENTS.includes(` ${event} `);

const isObject = (item) => typeof item === "object" && item !== null;

const ours = new WeakSet();
let isOurs = false;

/** Publishes something of ours, which is no sign. */
export const asOurs = (publish) => {
    const start = window.adobeDataLayer.length;
    isOurs = true;
    try {
        publish();
    } finally {
        isOurs = false;
        someOf(window.adobeDataLayer, (item) => {
            if (isObject(item)) {
                ours.add(item);
            }
        }, start);
    }
};

const hasContext = (item, isAllowed) => {
    for (const name in item) {
        if (/.Context$/.test(name) && !isAllowed(name)) {
            return true;
        }
    }
    return false;
};

const holdsContexts = (isAllowed) => someOf(window.adobeDataLayer || [], (item) => (
    isObject(item) && !Array.isArray(item) && hasContext(item, isAllowed)));

/** Pages of Adobe Commerce's Luma theme ask RequireJS for the SDK, which comes long after. */
const asksForSdk = () => someOf(document.scripts, ({ src, text }) => !src && text.includes(SDK));

/**
 * Whether there is a sign that is to be seen only before anything of ours has started. Scripts are looked through
 * later, if there is something to translate at all.
 */
export const hasSignsAtStart = () => SDK in window || holdsContexts(() => false) ||
    someOf(window.adobeDataLayer || [], (item) => !!item && isStorefrontEvent(item.event));

/** Whether there is a sign at any time, beside what we have put into the data layer. */
export const hasSigns = () => asksForSdk() || holdsContexts((name) => OWN_CONTEXTS[name] === true);

/**
 * Calls back with the name of each event that somebody else publishes, or has published. A listener of the data layer's
 * own that begins with what is past could not tell ours from others'.
 */
export const hearForeignEvents = (callback) => {
    someOf(window.adobeDataLayer, (item) => {
        if (isObject(item) && isStorefrontEvent(item.event) && !ours.has(item)) {
            callback(item.event);
        }
    });
    window.adobeDataLayer.push((layer) => {
        layer.addEventListener("adobeDataLayer:event", ({ event }) => {
            if (!isOurs && isStorefrontEvent(event)) {
                callback(event);
            }
        }, { scope: "future" });
    });
};
