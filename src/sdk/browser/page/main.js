// The SDK file's entry: decides whether anything may start in this page, and starts the parts in their order.

import versions from "bundled:versions";
import { startAlloy } from "./alloy.js";
import { readConfiguration } from "./configuration.js";
import { createObjectionCheck } from "./consent.js";
import { createDataLayer } from "./data_layer.js";
import { createGuard } from "./guard.js";
import { deferToAlloy } from "./merchant_alloy.js";
import { afterLoad, createPageViewFilter, publishMissingPageView } from "./page_view.js";
import { attempt } from "./robust.js";
import { forwardsToPlatform, provideStorefrontEvents, startForwarding } from "./storefront.js";
import { findObstacle, whenActivated } from "./surroundings.js";
import { warn } from "./warn.js";

const start = (configuration) => {
    const visitorObjects = createObjectionCheck(configuration);
    if (!configuration.sdk && visitorObjects()) {
        // The shop's own code may rely on the Storefront Events SDK, which neither sends nor stores anything.
        provideStorefrontEvents();
        return;
    }
    if (forwardsToPlatform()) {
        warn("this page's own Storefront Event Collector already forwards its events to Experience Platform. " +
             "Nothing was started, so that no event is sent twice. Remove one of the two.");
        return;
    }
    const alloy = configuration.sdk ? deferToAlloy(configuration.sdk) : startAlloy(configuration);
    if (!alloy) {
        return;
    }
    let dataLayer = null;
    attempt(() => {
        dataLayer = createDataLayer(configuration);
    });
    const pageViews = createPageViewFilter();
    const guard = createGuard({ alloy, visitorObjects, pageViews });
    attempt(() => startForwarding(configuration, guard));
    if (dataLayer) {
        attempt(() => dataLayer.start(() => guard("getIdentity")));
    }
    afterLoad(() => {
        // The page view comes before what happened in the page.
        if (configuration.pageView !== "off") {
            attempt(() => publishMissingPageView(pageViews));
        }
        if (dataLayer) {
            attempt(dataLayer.decideLater);
        }
    });
};

const run = (script) => {
    // A second tag does nothing, nor does the file in a frame: the page around it has a tag of its own.
    if (window.top !== window || window.ngxAep) {
        return;
    }
    if (!attempt(() => Object.defineProperty(window, "ngxAep", { value: Object.freeze(versions) }))) {
        window.ngxAep = versions;
    }
    const configuration = readConfiguration(script);
    if (!configuration) {
        return;
    }
    const obstacle = findObstacle(window);
    if (obstacle) {
        warn(obstacle);
        return;
    }
    whenActivated(() => start(configuration));
};

// currentScript is known only while the file itself runs, not in anything that it schedules.
run(document.currentScript);
