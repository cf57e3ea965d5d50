// A page view for shops that publish none (aep_page_view auto).

import { someOf, upTo } from "./robust.js";
import { asOurs } from "./storefront_signs.js";

const EVENT = "page-view";
const EVENT_TYPE = "web.webpagedetails.pageViews";

/** How long after load a shop may publish its own. */
export const PATIENCE_MS = 2000;

const POLL_MS = 100;

/** The page that a URL names: a fragment belongs to it only where it is a route of a single-page application. */
export const pageOf = (url) => {
    const address = upTo(url, "#");
    const route = url[address.length + 1];
    return route === "!" || route === "/" ? url : address;
};

/** The same of an event. A custom one may name none: alloy then enters the current one. */
const pageOfEvent = ({ web }) => pageOf(`${web?.webPageDetails?.URL ?? document.URL}`);

/** Knows which page views have passed, and, after our own, which later ones are of the same page. */
export const createPageViewFilter = () => {
    let page;
    let isSent = false;
    let hasPassed = false;
    return {
        /** Says that the visitor looks at the page anew. */
        forget() {
            page = undefined;
            hasPassed = false;
        },
        /** Whether there was a page view since. */
        hasPassed: () => hasPassed,
        /** Says that the next page view of the current page is ours. */
        expect() {
            page = pageOf(document.URL);
            isSent = false;
        },
        /** Whether an event may pass: not if it is a page view, and of the page of which ours has passed. */
        allows(xdm) {
            if (xdm.eventType !== EVENT_TYPE) {
                return true;
            }
            hasPassed = true;
            if (page === undefined) {
                return true;
            }
            if (pageOfEvent(xdm) !== page) {
                page = undefined;
                return true;
            }
            const isFirst = !isSent;
            isSent = true;
            return isFirst;
        },
    };
};

/**
 * Calls back when the page was loaded. It asks again and again: a script that writes the page anew takes the listeners
 * of its window away (HTML 8.4.1).
 */
export const afterLoad = (callback) => {
    if (document.readyState === "complete") {
        callback();
    } else {
        setTimeout(() => afterLoad(callback), POLL_MS);
    }
};

const isPageView = (item) => item?.event === EVENT;

/**
 * Publishes one page view if there is none some time from now, when the page was loaded, or after the visitor came back
 * to it as it was, from the back/forward cache. Adobe does not name that cache; what it counts is "the number of views
 * on a webpage" (Experience Data Model, Web page details data type, pageViews), and a visitor who comes back views the
 * page. Without that cache it is loaded once more, and counted.
 *
 * It looks at what the data layer holds, and does not listen: a listener of ours would make the collector's a second
 * one, which takes another way through the data layer, and in pages with Prototype.js 1.7 an error. The filter knows
 * also what the data layer does not hold, or no longer.
 */
export const publishMissingPageView = (pageViews) => {
    let timer;
    let end = 0;

    const publishLater = (start) => {
        clearTimeout(timer);
        timer = setTimeout(() => {
            if (!pageViews.hasPassed() && !someOf(window.adobeDataLayer, isPageView, start)) {
                pageViews.expect();
                asOurs(() => window.magentoStorefrontEvents.publish.pageView());
            }
        }, PATIENCE_MS);
    };

    publishLater(end);
    // The next view begins here, as the shop's own code may hear of "pageshow" before ours does.
    window.addEventListener("pagehide", () => {
        pageViews.forget();
        end = window.adobeDataLayer.length;
    });
    window.addEventListener("pageshow", ({ persisted }) => {
        if (persisted) {
            publishLater(end);
        }
    });
};
