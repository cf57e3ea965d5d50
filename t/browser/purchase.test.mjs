// A visitor who buys something, page by page.

import assert from "node:assert/strict";

import { openShop, shopPage, withSdk } from "./fixture.mjs";

const shop = await openShop({ north: {} });

const product = "{ productId: 1, name: 'Bag', sku: '24-MB01' }";
const items = `[{ id: 'item-1', quantity: 2, product: ${product}, prices: { price: { value: 20, currency: 'EUR' } } }]`;
const cart = `sdk.context.setShoppingCart({ id: 'cart-1', items: ${items} });`;

const confirmation = shopPage({ body: withSdk(`
    ${cart}
    sdk.context.setOrder({ orderId: '1000042', grandTotal: 40, taxAmount: 0, orderType: 'checkout',
        payments: [{ paymentMethodCode: 'checkmo', paymentMethodName: 'Check', total: 40 }],
        shipping: { shippingMethod: 'flatrate', shippingAmount: 0 } });
    sdk.publish.pageView();
    sdk.publish.placeOrder();`) });

const checkout = (next) => shopPage({ body: `<a href="${next}">Buy</a>
    ${withSdk(`${cart} sdk.publish.pageView(); sdk.publish.initiateCheckout();`)}` });

const productPage = (next) => shopPage({ body: `<button>Add to cart</button> <a href="${next}">Checkout</a>
    ${withSdk(`
        sdk.context.setProduct(${product});
        sdk.publish.pageView();
        sdk.publish.productPageView();
        document.querySelector("button").addEventListener("click", () => {
            ${cart}
            sdk.context.setChangedProducts({ items: ${items} });
            sdk.publish.addToCart();
        });`)}` });

const home = (next) => shopPage({ body: `<a href="${next}">Bag</a> ${withSdk("sdk.publish.pageView();")}` });

const pageView = "web.webpagedetails.pageViews";
const click = "web.webinteraction.linkClicks";

// What the visitor clicks at, and the events that it makes in the end.
const steps = [
    ["a", [click, pageView, "commerce.productViews"]],
    ["button", [click, "commerce.productListAdds"]],
    ["a", [click, pageView, "commerce.checkouts"]],
    ["a", [click, pageView, "commerce.purchases"]],
];

shop.test("every event of a purchase arrives once", async (visit) => {
    const pages = [home, productPage, checkout].reduceRight((next, page) => page(shop.addPage(next)), confirmation);
    const visitor = await visit("north", pages);
    const expected = [pageView];
    for (const [element, events] of steps) {
        await visitor.eventTypes({ atLeast: expected.length });
        await visitor.page.waitForLoadState("networkidle");
        await visitor.page.click(element);
        expected.push(...events);
    }
    await visitor.eventTypes({ atLeast: expected.length });
    await visitor.page.waitForTimeout(2800); // longer than the module waits for the page view of a shop
    assert.deepEqual((await visitor.eventTypes()).sort(), expected.sort());

    const events = await visitor.xdm();
    const added = events.find(({ eventType }) => eventType === "commerce.productListAdds");
    assert.deepEqual([added.commerce.cart.cartID, added.productListItems[0].SKU], ["cart-1", "24-MB01"]);
    const bought = events.find(({ eventType }) => eventType === "commerce.purchases");
    assert.equal(bought.commerce.order.purchaseID, "1000042");
    const named = events.filter(({ eventType }) => eventType !== click);
    assert.equal(new Set(named.map(({ identityMap }) => identityMap.ECID[0].id)).size, 1, "visitors");
});
