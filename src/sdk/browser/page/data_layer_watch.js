// Finds the page's data layer and hears what is pushed to it, whoever else does so before or behind us: Google Tag
// Manager replaces the array's push as well. The layer is never created here, because shops test whether there is one.

import { someOf, thoseOf } from "./robust.js";

const POLL_MS = 250;

const isMessage = (item) => (typeof item === "object" && item !== null) || typeof item === "function";

/**
 * Watches window[name].
 *
 * @param {string} name
 * @param {Function} onMessage gets each message once, those that were there before in their order; it may not throw,
 *     because it runs inside the shop's call
 * @returns {Function} ends it
 */
export const watchDataLayer = (name, onMessage) => {
    const seen = new WeakSet();
    const layers = new WeakSet();
    let isEnded = false;

    /** Wraps the array's push. Whoever wraps it again, or has before, still hears everything, and so do we. */
    const wrap = (layer) => {
        const before = layer.push;
        layer.push = function push(...items) {
            const result = Reflect.apply(before, this, items);
            if (!isEnded) {
                // A shop that pushes one object twice does so on purpose, so that it is not looked up here.
                someOf(items, (item) => {
                    if (isMessage(item)) {
                        seen.add(item);
                        onMessage(item);
                    }
                });
            }
            return result;
        };
    };

    /** Reads what is in the array and was not read yet, also what came past the wrapper. */
    const readNew = (layer) => {
        const unread = thoseOf(layer, (item) => isMessage(item) && !seen.has(item));
        someOf(unread, (item) => {
            seen.add(item);
        });
        someOf(unread, (item) => {
            onMessage(item);
        });
    };

    const look = () => {
        const layer = window[name];
        if (!Array.isArray(layer)) {
            return;
        }
        if (!layers.has(layer)) {
            layers.add(layer);
            try {
                wrap(layer);
            } catch {
                // A frozen array cannot change any more.
            }
        }
        readNew(layer);
    };

    const timer = setInterval(look, POLL_MS);
    look();
    return () => {
        isEnded = true;
        clearInterval(timer);
    };
};
