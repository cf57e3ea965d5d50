// Publishes facts as events of Adobe's Storefront Events SDK.

import { eventsOf } from "./data_layer_events.js";
import { someOf } from "./robust.js";
import { asOurs } from "./storefront_signs.js";

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

/** Creates what publishes facts, and leaves to the shop what it publishes itself. */
export const createPublisher = () => {
    const ofShop = new Set();
    let hasPublished = false;
    return {
        publish(fact) {
            const { hostname } = window.location;
            const instance = window.magentoStorefrontEvents.context.getStorefrontInstance() || {};
            someOf(eventsOf(fact, { host: hostname, instance }), ({ 0: event, 1: contexts }) => {
                if (!ofShop.has(event)) {
                    hasPublished = true;
                    publish(event, contexts, fact.currency);
                }
            });
        },
        /** Says that the shop publishes events of this name. */
        leaveToShop(event) {
            ofShop.add(event);
        },
        hasPublished: () => hasPublished,
    };
};
