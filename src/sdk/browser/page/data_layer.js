// Tells in Adobe's storefront events what a shop that publishes none tells Google (aep_data_layer).

import { eventsOf } from "./data_layer_events.js";
import { createFactReader, isCommerce } from "./data_layer_facts.js";
import { createRepeatFilter, createSearchFilter } from "./data_layer_order.js";
import { watchDataLayer } from "./data_layer_watch.js";
import { PATIENCE_MS, pageOf } from "./page_view.js";
import { someOf } from "./robust.js";
import { asOurs, hasSigns, hasSignsAtStart, hearForeignEvents } from "./storefront_signs.js";
import { findProduct } from "./structured_data.js";
import { warn } from "./warn.js";

const MOST_HELD = 50;

const HOLDING = "holding";
const TELLING = "telling";
const OFF = "off";

/** The settings of the tag. A shop with a Web SDK of its own has tag rules that may send the same events already. */
const settingsOf = ({ dataLayer = {}, sdk, pageView }) => {
    const { mode = "auto", name = "dataLayer", schema = true, sku, currency } = dataLayer;
    const isOff = dataLayer === OFF || (mode === "auto" && !!sdk);
    return { mode: isOff ? OFF : mode, name, schema, sku, currency, hasPageViews: pageView !== OFF };
};

/**
 * Runs what must not break the shop's script around it. What it threw may be the shop's, so it is not looked at:
 * nothing that was read goes into the console.
 */
const quietly = (part) => {
    try {
        part();
    } catch {
        window.console?.debug?.("ngx_aep: something in this page's data layer could not be read and was left out.");
    }
};

const randomId = () => (window.crypto && window.crypto.randomUUID ?
    window.crypto.randomUUID() :
    "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replace(/x/g, () => Math.floor(Math.random() * 16).toString(16)));

/**
 * Publishes by one push: contexts that are set for one event last, and get into somebody else's next one. Neither are
 * those taken that others have set, but for the shop's own: an account, or a custom context, is of another event.
 */
const publish = (event, contexts, currency) => {
    const { context } = window.magentoStorefrontEvents;
    const storefrontInstanceContext = {
        ...context.getStorefrontInstance(),
        ...(currency && { storeViewCurrencyCode: currency }),
    };
    const eventInfo = { storefrontInstanceContext, channelContext: context.getChannel(), ...contexts };
    asOurs(() => window.adobeDataLayer.push({ event, eventInfo }));
};

/**
 * Prepares the translation. This looks for signs of a shop that publishes itself, and so must run before anything else
 * of ours.
 *
 * @param {Object} configuration
 * @returns {?{start: Function, decideLater: Function}} null where nothing is to be translated
 */
export const createDataLayer = (configuration) => {
    const { mode, name, schema, sku, currency, hasPageViews } = settingsOf(configuration);
    if (mode === OFF || (mode === "auto" && hasSignsAtStart())) {
        return null;
    }
    const address = () => pageOf(document.URL);
    const reader = createFactReader({ sku, currency });
    const isNew = createRepeatFilter({ now: Date.now, address });
    const foreign = new Set();
    let state = mode === "auto" ? HOLDING : TELLING;
    let held = [];
    let hasReadCommerce = false;
    let hasTold = false;
    let stopWatching = () => undefined;
    let identify = () => undefined;

    const tell = (fact) => {
        if (state === HOLDING) {
            if (held.length === 0) {
                identify();
            }
            if (held.length < MOST_HELD) {
                held[held.length] = fact;
            }
            return;
        }
        const { hostname } = window.location;
        const instance = window.magentoStorefrontEvents.context.getStorefrontInstance() || {};
        someOf(eventsOf(fact, { host: hostname, instance }), ({ 0: event, 1: contexts }) => {
            if (state === TELLING && !foreign.has(event)) {
                hasTold = true;
                publish(event, contexts, fact.currency);
            }
        });
    };

    const searches = createSearchFilter((fact) => quietly(() => tell(fact)), { address, newId: randomId });

    const forget = () => {
        held = [];
        searches.forget();
    };

    const end = () => {
        state = OFF;
        forget();
        stopWatching();
    };

    const take = (message) => quietly(() => {
        const fact = reader.read(message);
        if (reader.isRefused()) {
            forget();
        } else if (fact && (fact.kind !== "pageView" || hasPageViews)) {
            hasReadCommerce = hasReadCommerce || isCommerce(fact);
            if (isNew(fact)) {
                searches.add(fact);
            }
        }
    });

    const tellProduct = () => {
        if (schema && !hasReadCommerce && !reader.isRefused()) {
            const fact = findProduct(document);
            if (fact) {
                tell(fact);
            }
        }
    };

    const decide = () => {
        if (state !== HOLDING) {
            return;
        }
        if (hasSigns()) {
            end();
            return;
        }
        state = TELLING;
        const facts = held;
        held = [];
        someOf(facts, (fact) => quietly(() => tell(fact)));
        quietly(tellProduct);
    };

    const hearForeign = (event) => {
        if (mode !== "auto") {
            foreign.add(event);
            return;
        }
        if (state === TELLING && hasTold) {
            warn("this page publishes storefront events itself, but it began only after those of its data layer for " +
                 "Google had been translated, so that some may have been sent twice. " +
                 "Set aep_data_layer off in nginx's configuration.");
        }
        end();
    };

    return {
        /**
         * Begins to read. What we put into the data layer at our own start must be there already.
         *
         * @param {Function} askForIdentity makes a new visitor known. The collector asks only when it sends, and that
         *     may be when the page is left: too late for an answer, so that what was held would be lost.
         */
        start(askForIdentity) {
            identify = askForIdentity;
            hearForeignEvents((event) => quietly(() => hearForeign(event)));
            window.addEventListener("pagehide", () => quietly(() => {
                searches.flush();
                decide();
            }));
            stopWatching = watchDataLayer(name, take);
        },
        /** The page was loaded: decides once the shop has had its time to publish something itself. */
        decideLater() {
            setTimeout(() => quietly(decide), PATIENCE_MS);
        },
    };
};
