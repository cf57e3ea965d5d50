// Tells what shoppers do: to Adobe, or, on a website whose theme knows nothing of Adobe, to Google.

const { publishAddToCart, publishCartView, publishCheckout, publishOrder, publishPageView, publishProductView,
    publishRemoveFromCart, publishSignIn, publishSignOut } =
    await (window.shopWebsite.tellsGoogle ? import("./google_events.js") : import("./storefront_events.js"));

export {
    publishAddToCart,
    publishCartView,
    publishCheckout,
    publishOrder,
    publishPageView,
    publishProductView,
    publishRemoveFromCart,
    publishSignIn,
    publishSignOut,
};
