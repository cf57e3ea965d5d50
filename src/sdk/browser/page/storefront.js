// Adobe's Storefront Events SDK (the data layer) and Storefront Event Collector (which turns its events into XDM).

import createStorefrontEvents from "bundled:storefront-events-sdk";
import runCollector from "bundled:storefront-event-collector";
import { attempt, someOf } from "./robust.js";
import { warn } from "./warn.js";

const COLLECTOR = "magentoStorefrontEventCollector";

// The collector finds its Web SDK by the name of a global.
const GUARD = "ngxAepWebSdk";
const SINK = "ngxAepNoWebSdk";

// The collector forwards nothing unless it has both IDs, although it uses neither with a named Web SDK.
const UNUSED_DATASTREAM = "00000000-0000-0000-0000-000000000000";

/** The page's Storefront Events SDK, ours if it has none yet. */
export const provideStorefrontEvents = () => {
    window.magentoStorefrontEvents = window.magentoStorefrontEvents || createStorefrontEvents();
    return window.magentoStorefrontEvents;
};

/** Whether a collector of the shop is there, as a global (without a value, that is how it comes) or by RequireJS. */
const hasCollector = () => {
    const { require } = window;
    return COLLECTOR in window ||
           !!(require && typeof require.defined === "function" && require.defined(COLLECTOR));
};

/** Whether the shop's own SDK and collector send to Experience Platform without us. */
export const forwardsToPlatform = () => {
    const sdk = window.magentoStorefrontEvents;
    if (!sdk || !hasCollector()) {
        return false;
    }
    const forwarding = sdk.context.getEventForwarding();
    return !!(forwarding && forwarding.aep);
};

/** Commerce's names for what nginx's configuration calls the scope. */
const storefrontInstance = ({ environment, website, store, storeView } = {}) => ({
    environmentId: environment,
    websiteCode: website,
    storeCode: store,
    storeViewCode: storeView,
});

/**
 * Sets the context without which the collector loses every event but page views, in what waits for it in the data
 * layer as well: events hold the contexts of the time when they were published.
 */
const setStorefrontInstance = (context, scope) => {
    context.setStorefrontInstance(storefrontInstance(scope));
    someOf(window.adobeDataLayer, (item) => {
        const { eventInfo } = item || {};
        if (Object.isExtensible(eventInfo) && !eventInfo.storefrontInstanceContext) {
            eventInfo.storefrontInstanceContext = storefrontInstance(scope);
        }
    });
};

/** The contexts that the collector reads when it starts. */
const setContexts = (context, { org, datastream, scope }, eventForwarding) => {
    attempt(() => context.setEventForwarding(eventForwarding));
    attempt(() => context.setAEP({
        ...context.getAEP(),
        imsOrgId: org,
        datastreamId: datastream || UNUSED_DATASTREAM,
        webSdkName: GUARD,
    }));
    attempt(() => {
        // The shop's own, earlier or later, wins.
        if (!context.getStorefrontInstance()) {
            setStorefrontInstance(context, scope);
        }
    });
};

/**
 * A collector that the shop loads later would read the same contexts and send every event a second time: it gets a
 * Web SDK that does nothing. Its Commerce data services stay as the shop set them.
 */
const silenceLaterCollectors = (context, eventForwarding) => {
    window[SINK] = async (command) => (command === "getIdentity" ? { identity: {} } : {});
    context.setAEP({ ...context.getAEP(), webSdkName: SINK });
    if (eventForwarding) {
        context.setEventForwarding({ ...eventForwarding, aep: true });
    }
};

/**
 * Makes the page's storefront events go to the guard.
 *
 * @param {Object} configuration
 * @param {Function} guard stands in for alloy
 */
export const startForwarding = (configuration, guard) => {
    const isStarted = hasCollector() && !!window.magentoStorefrontEvents;
    const isLoaded = hasCollector();
    const { context } = provideStorefrontEvents();
    const eventForwarding = context.getEventForwarding();
    window[GUARD] = guard;

    if (isStarted) {
        warn("this page runs a Storefront Event Collector of its own that does not forward to Experience Platform, " +
             "and a second one is not started. Take it out of the page, or set its eventForwarding context's aep.");
    }
    if (isLoaded) {
        // It waits for the SDK's message, which is on its way. The Commerce data services are the shop's.
        setContexts(context, configuration, { ...eventForwarding, aep: true });
        return;
    }
    setContexts(context, configuration, { ...eventForwarding, commerce: false, aep: true });
    if (attempt(runCollector)) {
        window[COLLECTOR] = {};
        attempt(() => silenceLaterCollectors(context, eventForwarding));
    }
};
