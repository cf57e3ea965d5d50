// Our own copy of Adobe's Web SDK (alloy), for shops that have none.

import loadAlloy from "bundled:alloy";
import { someOf, thoseOf } from "./robust.js";
import { warn } from "./warn.js";

const NAME = "alloy";

/** The options of alloy's configure command. Those that belong to nginx's configuration cannot be overridden. */
const configureOptions = ({ org, datastream, gateway, edge, consent, options }) => ({
    idMigrationEnabled: false,
    ...options,
    orgId: org,
    datastreamId: datastream,
    defaultConsent: consent || "in",
    thirdPartyCookiesEnabled: false,
    // alloy compares it with the page's domain, in lower case, to tell whether it is a first party.
    ...(gateway ? { edgeDomain: location.hostname.toLowerCase(), edgeBasePath: gateway } : { edgeDomain: edge }),
});

/**
 * Adobe's base code makes window.alloy a stub that queues commands until alloy is there. One without a configure
 * command waits for us: the shop, or its consent manager, already talks to the alloy that it expects.
 */
const isStubForUs = (stub) => {
    const queue = stub.q;
    return !!queue && queue.push === Array.prototype.push &&
           !someOf(queue, ({ 2: { 0: command } }) => command === "configure");
};

/** Lets commands to the stub reach the instance: those that wait, then later ones, also through kept references. */
const serveStub = (stub, instance) => {
    const execute = ({ 0: resolve, 1: reject, 2: { 0: command, 1: options } }) => {
        instance(command, options).then(resolve, reject);
    };
    stub.q.push = execute;
    someOf(stub.q, execute);
    // An alloy that the page loads later must not serve the same stub again.
    window.__alloyNS = thoseOf(window.__alloyNS || [], (name) => name !== NAME);
};

/**
 * Starts alloy as window.alloy.
 *
 * A window.alloy that is already in use belongs to a merchant who did not tell nginx. A second one beside it would
 * share its cookies but not its consent, and could send what that one must not; its datastream is not ours to fill
 * either. So it is left alone and nothing is started: missing events are noticed and are told in the console, events
 * sent against a visitor's choice are not.
 *
 * @returns {?Function} the instance, null where there is another
 */
export const startAlloy = (configuration) => {
    // An element with this ID is seen as a property of window, but not as one of its own (HTML 7.2.2.3).
    const existing = Object.prototype.hasOwnProperty.call(window, NAME) ? window[NAME] : undefined;
    if (existing !== undefined && !(existing && isStubForUs(existing))) {
        warn("this page has a window.alloy of its own, so nothing was started. " +
             "Name it in aep_web_sdk_name in nginx's configuration, or take it out of the page.");
        return null;
    }
    const instance = loadAlloy()({ name: NAME });
    instance("configure", configureOptions(configuration)).catch((error) => {
        warn(`Adobe's Web SDK refused its configuration: ${error.message} Check aep_web_sdk_options in nginx's ` +
             "configuration.");
    });
    if (existing) {
        serveStub(existing, instance);
    } else {
        window[NAME] = instance;
    }
    return instance;
};
