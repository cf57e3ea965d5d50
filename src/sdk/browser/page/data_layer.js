// Tells in Adobe's storefront events what a shop that publishes none tells Google (aep_data_layer).

import { createFactReader, isCommerce } from "./data_layer_facts.js";
import { createRepeatFilter, createSearchFilter } from "./data_layer_order.js";
import { createPublisher } from "./data_layer_publisher.js";
import { watchDataLayer } from "./data_layer_watch.js";
import { PATIENCE_MS, pageOf } from "./page_view.js";
import { someOf } from "./robust.js";
import { hasSigns, hasSignsAtStart, hearForeignEvents } from "./storefront_signs.js";
import { describesProduct, findProduct } from "./structured_data.js";
import { warn } from "./warn.js";

const MOST_HELD = 50;

const HOLDING = "holding";
const READY = "ready";
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
    const publisher = createPublisher();
    let state = mode === "auto" ? HOLDING : TELLING;
    let parts = null;
    let held = [];
    let hasReadCommerce = false;
    let stopWatching = () => undefined;
    let identify = () => undefined;

    const forget = () => {
        held = [];
        parts?.searches.forget();
    };

    const end = () => {
        state = OFF;
        forget();
        stopWatching();
    };

    const decideNow = () => {
        if (hasSigns()) {
            end();
        } else if (state !== OFF) {
            state = TELLING;
        }
    };

    const hold = (fact) => {
        if (held.length === 0) {
            if (hasSigns()) {
                end();
                return;
            }
            identify();
        }
        if (held.length < MOST_HELD) {
            held[held.length] = fact;
        }
    };

    const tell = (fact) => {
        if (state === HOLDING) {
            hold(fact);
            return;
        }
        if (state === READY) {
            decideNow();
        }
        if (state === TELLING) {
            publisher.publish(fact);
        }
    };

    const hearForeign = (event) => {
        if (mode !== "auto") {
            publisher.leaveToShop(event);
            return;
        }
        if (state === TELLING && publisher.hasPublished()) {
            warn("this page publishes storefront events itself, but it began only after those of its data layer for " +
                 "Google had been translated, so that some may have been sent twice. " +
                 "Set aep_data_layer off in nginx's configuration.");
        }
        end();
    };

    // What only translating needs. Most pages of many websites have nothing to translate, and must not notice this.
    const prepare = () => {
        hearForeignEvents((event) => quietly(() => hearForeign(event)));
        const address = () => pageOf(document.URL);
        return {
            reader: createFactReader({ sku, currency }),
            isNew: createRepeatFilter({ now: Date.now, address }),
            searches: createSearchFilter((fact) => quietly(() => tell(fact)), { address, newId: randomId }),
        };
    };

    const take = (message) => quietly(() => {
        if (state === OFF) {
            return;
        }
        parts = parts || prepare();
        const { reader, isNew, searches } = parts;
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
        const fact = findProduct(document);
        if (fact) {
            tell(fact);
        }
    };

    const decide = () => {
        if (state !== HOLDING) {
            return;
        }
        const isProductWanted = schema && !hasReadCommerce && !parts?.reader.isRefused() && describesProduct(document);
        if (held.length === 0 && !isProductWanted) {
            // The signs are looked for when there is something to tell.
            state = READY;
            return;
        }
        parts = parts || prepare();
        const facts = held;
        decideNow();
        held = [];
        someOf(facts, (fact) => quietly(() => tell(fact)));
        if (isProductWanted) {
            quietly(tellProduct);
        }
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
            window.addEventListener("pagehide", () => quietly(() => {
                parts?.searches.flush();
                decide();
            }));
            const stop = watchDataLayer(name, take);
            stopWatching = stop;
            if (state === OFF) {
                stop();
            }
        },
        /** The page was loaded: decides once the shop has had its time to publish something itself. */
        decideLater() {
            setTimeout(() => quietly(decide), PATIENCE_MS);
        },
    };
};
