// Shoppers in a real browser, who go on whatever happens to brokers and nginx, and what they were told.

import { setTimeout as sleep } from "node:timers/promises";

import { steps } from "./journey.mjs";

const pageLimit = 20000;

/** The ID of a request to the gateway and how many events it brings; undefined for any other request. */
function sendingOf(request) {
    const { pathname, searchParams } = new URL(request.url());
    if (request.method() !== "POST" || !pathname.startsWith("/ee/")) {
        return undefined;
    }
    // The browser does not show what a beacon brings: one event, a click that leads to another page.
    const { events = [] } = request.postDataJSON() ?? { events: ["a click"] };
    return { requestId: searchParams.get("requestId"), count: events.length };
}

/** Several shoppers at once, each one after another. */
export class Shoppers {
    #browser;
    #websites;
    #sent = new Map();
    #isEnding = false;
    #pages = 0;

    /** How many came to the end of their purchase, and how many did not. */
    purchases = 0;
    abandoned = 0;

    constructor(browser, websites) {
        this.#browser = browser;
        this.#websites = websites;
    }

    /** Resolves when the first page is there, as far as one comes: a browser takes its time to begin. */
    async begun() {
        for (const latest = Date.now() + 2 * pageLimit; this.#pages === 0 && Date.now() < latest;) {
            await sleep(100);
        }
    }

    /** Resolves when the shoppers who are there have left, after `end`, with what they have got or without. */
    async shop(count) {
        await Promise.all(Array.from({ length: count }, (_, number) => this.#shopOn(number)));
    }

    end() {
        this.#isEnding = true;
    }

    /**
     * A line for each request as visitors.mjs writes them. A mark is the request ID and the place of the event in the
     * request.
     */
    get journal() {
        return [...this.#sent].map(([requestId, { count, statuses }]) => ({
            requestId,
            action: "shop",
            events: marksOf(requestId, count),
            answers: statuses,
            acknowledged: statuses.some((status) => status >= 200 && status < 300),
        }));
    }

    async #shopOn(number) {
        for (let turn = number; !this.#isEnding; turn += 1) {
            await this.#buy(this.#websites[turn % this.#websites.length]);
        }
    }

    async #buy({ host }) {
        const context = await this.#browser.newContext({ ignoreHTTPSErrors: true, locale: "en-US" });
        const unanswered = this.#listen(context);
        try {
            const page = await context.newPage();
            page.setDefaultTimeout(pageLimit);
            for (const step of steps) {
                if (this.#isEnding) {
                    return;
                }
                await step.act(page, `https://${host}`);
                await page.waitForLoadState();
                this.#pages += 1;
                // A shopper who leaves earlier makes the browser break off what is under way.
                for (const end = Date.now() + pageLimit; unanswered.size > 0 && Date.now() < end;) {
                    await page.waitForTimeout(50);
                }
                await page.waitForTimeout(300);
            }
            this.purchases += 1;
        } catch {
            this.abandoned += 1; // the node that served the page has just gone
        } finally {
            await context.close();
        }
    }

    /** Notes what is sent, and what it was answered. */
    #listen(context) {
        const unanswered = new Set();
        context.on("request", (request) => {
            const sending = sendingOf(request);
            if (sending) {
                const known = this.#sent.get(sending.requestId);
                this.#sent.set(sending.requestId, known ?? { count: sending.count, statuses: [] });
                unanswered.add(request);
            }
        });
        context.on("response", (response) => {
            const sending = sendingOf(response.request());
            this.#sent.get(sending?.requestId)?.statuses.push(response.status());
        });
        context.on("requestfinished", (request) => unanswered.delete(request));
        context.on("requestfailed", (request) => unanswered.delete(request));
        return unanswered;
    }
}

/** Names for the events of a request. */
export function marksOf(requestId, count) {
    return Array.from({ length: count }, (_, place) => `${requestId} ${place}`);
}
