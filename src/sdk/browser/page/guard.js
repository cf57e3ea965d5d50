// The function that the Storefront Event Collector gets as its Web SDK. It passes everything on to alloy, except what
// the collector must not decide or send.

import { thoseOf } from "./robust.js";

// What the collector puts in where no ECID is known. Edge must never see it.
const NO_ECID = "0".repeat(36);

// The collector asks for the identity before it sends an event. If the visitor does not consent at that moment, it
// gets this one, by which the event is recognized and dropped; without any the collector would log an error.
const REFUSED_ECID = "refused";
const REFUSED = { identity: { ECID: REFUSED_ECID } };

const countMembers = (object) => {
    let count = 0;
    for (const name in object) {
        count += name === undefined ? 0 : 1;
    }
    return count;
};

// A page may have put enumerable members into Object.prototype, which every object then has.
const hasMembers = (object) => countMembers(object) > countMembers({});

/** The event without the collector's placeholder: Edge then takes the identity from alloy's cookie. */
const withoutPlaceholder = (options) => {
    if (options.xdm.personID !== NO_ECID) {
        return options;
    }
    const { personID, identityMap = {}, ...xdm } = options.xdm;
    const { ECID = [], ...others } = identityMap;
    const known = thoseOf(ECID, ({ id }) => id !== NO_ECID);
    const identities = known.length ? { ECID: known, ...others } : others;
    return { ...options, xdm: hasMembers(identities) ? { ...xdm, identityMap: identities } : xdm };
};

/** Whether the page is being left: alloy then sends by a beacon, which outlives it. */
const watchUnloading = () => {
    let isUnloading = false;
    window.addEventListener("pagehide", () => {
        isUnloading = true;
    });
    // The browser may keep the page as it is, and show it again.
    window.addEventListener("pageshow", () => {
        isUnloading = false;
    });
    return () => isUnloading;
};

/**
 * Creates the guard.
 *
 * @param {Function} alloy executes alloy's commands
 * @param {Function} visitorObjects tells whether an opt-out signal is set
 * @param {{allows: Function}} pageViews knows which page views are repeats
 */
export const createGuard = ({ alloy, visitorObjects, pageViews }) => {
    const isUnloading = watchUnloading();

    const getIdentity = async (options) => {
        try {
            const result = await alloy("getIdentity", options);
            // alloy answers {} where consent is refused.
            return result && result.identity ? result : REFUSED;
        } catch {
            // An event needs no identity beforehand: alloy establishes it along with the event.
            return { identity: {} };
        }
    };

    const sendEvent = async (options) => {
        const { xdm } = options;
        if (xdm.personID === REFUSED_ECID || !pageViews.allows(xdm)) {
            return {};
        }
        const event = withoutPlaceholder(options);
        return alloy("sendEvent", isUnloading() ? { ...event, documentUnloading: true } : event);
    };

    return async (command, options) => {
        // The collector repeats setConsent each second, "in" unless there is an mg_dnt cookie: that would delay the
        // first event and reverse what a consent manager decided.
        if (command === "setConsent") {
            return {};
        }
        if (visitorObjects()) {
            return command === "getIdentity" ? REFUSED : {};
        }
        switch (command) {
            case "getIdentity": return getIdentity(options);
            case "sendEvent": return sendEvent(options);
            default: return alloy(command, options);
        }
    };
};
