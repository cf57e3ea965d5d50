// The administration of a website's orders in a real browser, and what the Edge must have received of it afterwards.

import { setTimeout as sleep } from "node:timers/promises";

import { deliveryLimit, received, settleTime, verdict, watch } from "./journey.mjs";

/** What the administrator does with two orders, and which events that makes: `[what happened, XDM event type]`. */
const orders = [
    [
        { button: "Place an order", events: [["order placed", "commerce.backofficeOrderPlaced"]] },
        { button: "Invoice", events: [["order invoiced", "commerce.backofficeOrderInvoiced"]] },
        {
            button: "Ship",
            events: [
                ["items shipped", "commerce.backofficeOrderItemsShipped"],
                ["shipment completed", "commerce.backofficeOrderShipmentCompleted"],
            ],
        },
        { button: "Return", events: [["return initiated", "commerce.backofficeOrderItemsReturnInitiated"]] },
        {
            button: "Complete the return",
            events: [["return completed", "commerce.backofficeOrderItemsReturnCompleted"]],
        },
        { button: "Refund", events: [["order refunded", "commerce.backofficeCreditMemoIssued"]] },
    ],
    [
        { button: "Place an order", events: [["order placed", "commerce.backofficeOrderPlaced"]] },
        { button: "Cancel", events: [["order cancelled", "commerce.backofficeOrderCancelled"]] },
    ],
];

/** Events of one kind that tell of an order, whatever datastream they name. */
const matching = (events, { type, number }) =>
    events.filter(({ eventType, order, url }) => eventType === type && order === number && !url);

async function waitForDelivery(services, deeds) {
    for (const end = Date.now() + deliveryLimit; Date.now() < end; await sleep(50)) {
        const events = await received(services);
        if (deeds.every((deed) => matching(events, deed).some(({ outcome }) => outcome === "accepted"))) {
            return;
        }
    }
}

/** Presses a button; returns the number of the order that the page says something of then. */
async function press(page, button, number) {
    const name = number ? `${button}: order ${number}` : button;
    await page.getByRole("button", { name, exact: true }).click();
    const status = page.getByRole("status").filter({ hasText: /^Order \d+: .* accepted\.$/ });
    const isNew = number ? status.filter({ hasText: number }) : status;
    await isNew.waitFor();
    return /^Order (\d+)/.exec(await isNew.textContent())[1];
}

/**
 * Goes through the life of two orders of one website. Returns what the browser noticed, with `deeds`: what was done, as
 * `{event, type, number}`.
 */
export async function administer(browser, services, website) {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "en-US" });
    const notes = { ...watch(context, website), deeds: [] };
    try {
        const page = await context.newPage();
        page.setDefaultTimeout(deliveryLimit);
        for (const steps of orders) {
            await page.goto(`https://${website.host}/admin/`);
            let number;
            for (const { button, events } of steps) {
                number = await press(page, button, number);
                const deeds = events.map(([event, type]) => ({ event: `back office: ${event}`, type, number }));
                notes.deeds.push(...deeds);
                await waitForDelivery(services, deeds);
            }
        }
        await sleep(settleTime);
    } catch (error) {
        notes.consoleErrors.push(`The administrator could not go on: ${error.message.split("\n")[0]}`);
    } finally {
        await context.close();
    }
    return notes;
}

/** What was done as rows `{event, type, datastream, delivered}`; what could not be done is a row, too. */
export async function judgeOrders(services, website, deeds) {
    const events = await received(services);
    const planned = orders.flat().flatMap((step) => step.events);
    return planned.map(([event, type], index) => {
        const found = deeds[index] ? matching(events, deeds[index]) : [];
        return {
            event: `back office: ${event}`,
            type,
            datastream: found[0]?.datastream ?? "",
            delivered: verdict(found, website),
        };
    });
}
