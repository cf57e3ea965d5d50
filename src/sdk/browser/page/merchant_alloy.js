// The merchant's own alloy, known by the name of its global variable. Its script may come long after ours, or never.

import { someOf } from "./robust.js";
import { warn } from "./warn.js";

const POLL_MS = 100;
const PATIENCE_MS = 10000;
// A page that stays open without its alloy must not fill the memory; the oldest events tell most.
const MAX_WAITING = 200;

/** What the merchant's alloy answers; what it throws becomes a rejection. */
const ask = (alloy, command, options) => new Promise((resolve) => {
    resolve(alloy(command, options));
});

/**
 * Returns a function that passes commands on to the merchant's alloy, in their order, as soon as it is there.
 * What alloy's base code puts there counts: it queues by itself.
 *
 * @param {string} name the global's name
 */
export const deferToAlloy = (name) => {
    let waiting = [];
    let timer;
    let warned = false;

    const find = () => (typeof window[name] === "function" ? window[name] : null);

    const flush = (alloy) => {
        clearInterval(timer);
        timer = undefined;
        const commands = waiting;
        waiting = [];
        someOf(commands, ({ command, options, resolve }) => {
            resolve(ask(alloy, command, options));
        });
    };

    const wait = () => {
        const since = Date.now();
        timer = setInterval(() => {
            const alloy = find();
            if (alloy) {
                flush(alloy);
            } else if (!warned && Date.now() - since >= PATIENCE_MS) {
                warned = true;
                warn(`window.${name}, which aep_web_sdk_name names as this page's Web SDK, is not there yet. ` +
                     "Events wait for it. Check the name, and that the page loads it.");
            }
        }, POLL_MS);
    };

    return async (command, options) => {
        const alloy = find();
        if (alloy) {
            flush(alloy);
            return ask(alloy, command, options);
        }
        if (waiting.length >= MAX_WAITING) {
            return {};
        }
        if (timer === undefined) {
            wait();
        }
        return new Promise((resolve) => {
            waiting[waiting.length] = { command, options, resolve };
        });
    };
};
