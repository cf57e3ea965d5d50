// A page view for shops that publish none (aep_page_view auto).

const EVENT = "page-view";
const EVENT_TYPE = "web.webpagedetails.pageViews";
const PATIENCE_MS = 2000;
const POLL_MS = 100;

/** The page that a URL names: a fragment belongs to it only where it is a route of a single-page application. */
const pageOf = (url) => {
    const [address, fragment = ""] = url.split("#", 2);
    return /^[!/]/.test(fragment) ? url : address;
};

/** The same of an event. A custom one may name none: alloy then enters the current one. */
const pageOfEvent = ({ web }) => pageOf(String(web?.webPageDetails?.URL ?? document.URL));

/** Tells, after our own page view, which later ones are of the same page. */
export const createPageViewFilter = () => {
    let page;
    let isSent = false;
    return {
        /** Says that the next page view of the current page is ours. */
        expect() {
            page = pageOf(document.URL);
            isSent = false;
        },
        /** Whether an event may pass: not if it is a page view, and of the page of which ours has passed. */
        allows(xdm) {
            if (page === undefined || xdm.eventType !== EVENT_TYPE) {
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

/** Asks again and again: a script that writes the page anew takes the listeners of its window away (HTML 8.4.1). */
const afterLoad = (callback) => {
    if (document.readyState === "complete") {
        callback();
    } else {
        setTimeout(afterLoad, POLL_MS, callback);
    }
};

/** Publishes one page view if the data layer has none some time after the page was loaded. */
export const publishMissingPageView = (pageViews) => {
    let isPublished = false;
    window.adobeDataLayer.push((dataLayer) => {
        dataLayer.addEventListener(EVENT, () => {
            isPublished = true;
        });
    });
    afterLoad(() => {
        setTimeout(() => {
            if (!isPublished) {
                pageViews.expect();
                window.magentoStorefrontEvents.publish.pageView();
            }
        }, PATIENCE_MS);
    });
};
