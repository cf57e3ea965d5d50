// The pages of shops that publish no storefront events, written after what their plugins put into them: each a way
// from the home page to the order. A page says what it holds, what the visitor does there, and what comes of it.

const gtagSnippet = (id, more = "") => `<script>
    window.dataLayer = window.dataLayer || [];
    function gtag(){dataLayer.push(arguments);}
    ${more}
    gtag('js', new Date());
    gtag('config', '${id}');
</script>`;

const gtag = (...parameters) => `gtag(${parameters.map((each) => JSON.stringify(each)).join(", ")});`;
const push = (...messages) => messages.map((message) => `dataLayer.push(${JSON.stringify(message)});`).join("\n");
const script = (code) => `<script>${code}</script>`;
const atReady = (code) => script(`document.addEventListener("DOMContentLoaded", () => { ${code} });`);
const button = (id, code) => `<button id="${id}">${id}</button>
${script(`document.querySelector("#${id}").addEventListener("click", () => { ${code} });`)}`;

/** The page clicks itself, soon after load: a test, which is another program, may come too late. */
const clickSoon = (id) => script(`const wait = setInterval(() => {
    if (window.ngxAepWebSdk && document.readyState === "complete") {
        clearInterval(wait);
        document.querySelector("#${id}").click();
    }
}, 100);`);

const view = "commerce.productViews";
const add = "commerce.productListAdds";
const remove = "commerce.productListRemovals";
const cart = "commerce.productListViews";
const checkout = "commerce.checkouts";
const purchase = "commerce.purchases";
const search = "searchRequest";
const login = "userAccount.login";
const signUp = "userAccount.createProfile";

// woocommerce-google-analytics-integration 44a8e25: gtag, an id for the SKU, no cart views.
const woo = { id: 42, name: "Hoodie", item: { item_id: 42, item_name: "Hoodie", item_category: "Clothing", price: 45 } };
const wooHead = gtagSnippet("G-WOO", `
    for (const mode of [{"analytics_storage":"denied","ad_storage":"denied","region":["AT","DE","FR"]}]) {
        gtag("consent", "default", { "wait_for_update": 500, ...mode });
    }
    gtag("set", "developer_id.dOGY3NW", true);`);
const wooCommerce = {
    name: "WooCommerce",
    source: "woocommerce/woocommerce-google-analytics-integration 44a8e25",
    directives: [],
    pages: [
        { path: "/", head: wooHead },
        {
            path: "/shop/",
            head: wooHead + atReady(gtag("event", "view_item_list", { item_list_id: "l", items: [woo.item] })),
        },
        {
            path: "/product/hoodie/",
            head: wooHead + `<script type="application/ld+json">${JSON.stringify({ "@context": "https://schema.org/",
                "@type": "Product", name: "Hoodie", sku: "woo-hoodie", offers: [{ "@type": "Offer", price: "45.00",
                    priceCurrency: "USD" }] })}</script>` + atReady(gtag("event", "view_item", { items: [woo.item] })),
            body: button("buy", gtag("event", "add_to_cart", { items: [{ ...woo.item, quantity: 2 }] })),
            clicks: ["buy"],
            events: [[view, "42"], [add, "42 x 2"]],
        },
        { path: "/cart/", head: wooHead },
        {
            path: "/checkout/",
            head: wooHead + atReady(gtag("event", "begin_checkout",
                { currency: "USD", value: 90, items: [{ ...woo.item, quantity: 2 }] })),
            events: [[checkout, "42 x 2"]],
        },
        {
            path: "/checkout/order-received/1042/",
            head: wooHead + atReady(gtag("event", "purchase", { transaction_id: "1042", affiliation: "Shop", currency: "USD",
                value: 98.2, tax: 3.2, shipping: 5, items: [{ ...woo.item, quantity: 2 }] })),
            events: [[purchase, "1042: 42 x 2"]],
        },
    ],
};

// gtm4wp 0035d4f: GTM, ecommerce:null before each, customer data beside; Google Tag Manager takes the layer over.
const pack = { item_id: 77, item_name: "Batoh", sku: "BATOH-77", price: 399, item_category: "Tasky",
    google_business_vertical: "retail", id: "77" };
const gtmHead = (content, ...messages) => script(`
    var dataLayer_content = ${JSON.stringify({ visitorEmail: "jana@example.test", visitorEmailHash: "ab12", ...content })};
    var dataLayer = dataLayer || [];
    dataLayer.push( dataLayer_content );
    ${push(...messages.flatMap((message) => [{ ecommerce: null }, message]))}`) + script(`
    (function(w,d,s,l,i){w[l]=w[l]||[];w[l].push({'gtm.start': new Date().getTime(),event:'gtm.js'});
    var f=d.getElementsByTagName(s)[0], j=d.createElement(s);j.async=true;j.src='/js/data-layer-helper.js';
    j.onload=function(){ new DataLayerHelper(w[l], function(){}, true); };
    f.parentNode.insertBefore(j,f);})(window,document,'script','dataLayer','GTM-TEST');`);
const gtmEvent = (event, more) => ({ event, ecommerce: { currency: "CZK", value: 798, items: [{ ...pack, quantity: 2 }], ...more } });
const gtm4wp = {
    name: "GTM4WP",
    source: "duracelltomi/gtm4wp 0035d4f",
    directives: ["aep_data_layer auto sku=sku;"],
    pages: [
        { path: "/", head: gtmHead({ pagePostType: "frontpage" }) },
        {
            path: "/product/batoh/",
            head: gtmHead({ pagePostType: "product" }, { event: "view_item", ecommerce: { currency: "CZK", value: 399, items: [pack] } }),
            // The form is sent: the page ends with the click.
            body: button("buy", `${push({ ecommerce: null }, gtmEvent("add_to_cart"))} location = "/cart/";`)
                + clickSoon("buy"),
            next: "/cart/",
            events: [[view, "BATOH-77"], [add, "BATOH-77 x 2"]],
        },
        {
            path: "/cart/",
            head: gtmHead({ pagePostType: "page" }, gtmEvent("view_cart")),
            body: button("remove", push({ ecommerce: null }, gtmEvent("remove_from_cart", { items: [{ ...pack, quantity: 1 }] }))),
            clicks: ["remove"],
            events: [[cart, "BATOH-77 x 2"], [remove, "BATOH-77 x 1"]],
        },
        {
            path: "/checkout/",
            head: gtmHead({ pagePostType: "page" }, gtmEvent("begin_checkout")),
            body: button("pay", push({ ecommerce: null }, gtmEvent("add_shipping_info", { shipping_tier: "Zasilkovna" }),
                { ecommerce: null }, gtmEvent("add_payment_info", { payment_type: "(payment type not found)" }))),
            clicks: ["pay"],
            events: [[checkout, "BATOH-77 x 2"]],
        },
        {
            path: "/checkout/order-received/900/",
            head: gtmHead({ orderData: { customer: { billing: { email: "jana@example.test" } } } }, {
                new_customer: true, user_data: { sha256_email_address: "ab12" },
                ...gtmEvent("purchase", { transaction_id: "900", value: "897.00", tax: 155.68, shipping: 99 }),
            }),
            events: [[purchase, "900: BATOH-77 x 2"]],
        },
    ],
};

// shopware/shopware: gtag after the visitor's consent, old names, text for amounts, a search for each letter.
const main = { id: "SW10001", name: "Main product" };
const shopwareHead = gtagSnippet("G-SW", `
    gtag('consent', 'default', { 'ad_storage': 'denied', 'analytics_storage': 'denied' });
    gtag('consent', 'update', { 'analytics_storage': 'granted' });`);
const shopware = {
    name: "Shopware 6",
    source: "shopware/shopware google-analytics 14491ad, 01d2da2, 0f8b3d7",
    directives: [],
    pages: [
        {
            path: "/",
            head: shopwareHead,
            body: button("search", ["l", "la", "lam", "lamp"].map((term) => gtag("event", "search", { search_term: term })).join("")),
            clicks: ["search"],
            events: [[search, "lamp"]],
        },
        {
            path: "/Main-product/SW10001",
            head: shopwareHead + atReady(gtag("event", "view_item", { items: [main] })),
            body: button("buy", gtag("event", "add_to_cart", { items: [{ ...main, quantity: "3" }] })),
            clicks: ["buy", "buy"],
            events: [[view, "SW10001"], [add, "SW10001 x 3"], [add, "SW10001 x 3"]],
        },
        {
            path: "/checkout/cart",
            head: shopwareHead,
            body: button("remove", gtag("event", "remove_from_cart", { items: [{ id: "SW10001" }] })),
            clicks: ["remove"],
            events: [[remove, "SW10001 x 1"]],
        },
        {
            path: "/account/login",
            head: shopwareHead,
            body: button("login", `${gtag("event", "login", { method: "mail" })}`),
            clicks: ["login"],
            events: [[login, ""]],
        },
        {
            path: "/checkout/confirm",
            head: shopwareHead + atReady(gtag("event", "begin_checkout", { items: [{ ...main, quantity: "3", price: "18.1633" }] })),
            events: [[checkout, "SW10001 x 3"]],
        },
        {
            path: "/checkout/finish",
            head: shopwareHead + atReady(gtag("event", "purchase", { transaction_id: "10060", currency: "EUR", shipping: "4.9",
                value: "59.39", tax: "9.48", items: [{ ...main, quantity: "3", price: "18.1633", currency: "EUR" }] })),
            events: [[purchase, "10060: SW10001 x 3"]],
        },
    ],
};

// PrestaShop/ps_googleanalytics 0354f58: gtag with send_to, a number for the order, sign_up with the form.
const shirt = { item_id: "1-3", item_name: "Hummingbird T-shirt", affiliation: "PS", index: 0, price: 28.68, quantity: 1,
    item_variant: "Size: M, Color: White", item_category: "Men" };
const send = (event, parameters) => gtag("event", event, { send_to: "G-PS1", ...parameters });
const prestaHead = gtagSnippet("G-PS1");
const prestaShop = {
    name: "PrestaShop",
    source: "PrestaShop/ps_googleanalytics 0354f58",
    directives: ["aep_data_layer google;"],
    pages: [
        { path: "/", head: prestaHead + script(send("view_item_list", { item_list_id: "home", items: [shirt] })) },
        {
            path: "/men/1-3-hummingbird.html",
            head: prestaHead + script(send("view_item", { currency: "EUR", value: 28.68, items: [shirt] })),
            body: button("buy", send("add_to_cart", { currency: "EUR", value: 28.68, items: [shirt] })),
            clicks: ["buy"],
            events: [[view, "1-3"], [add, "1-3 x 1"]],
        },
        {
            path: "/cart",
            head: prestaHead + script(send("view_cart", { currency: "EUR", value: 28.68, items: [shirt] })),
            events: [[cart, "1-3 x 1"]],
        },
        {
            path: "/order",
            head: prestaHead + script(send("sign_up") + send("begin_checkout", { currency: "EUR", value: 28.68, items: [shirt] })),
            events: [[signUp, ""], [checkout, "1-3 x 1"]],
        },
        {
            path: "/order-confirmation",
            head: prestaHead + script(send("purchase", { transaction_id: 5, affiliation: "PS", value: 35.68, tax: 0, shipping: 7,
                currency: "EUR", items: [shirt] })),
            events: [[purchase, "5: 1-3 x 1"]],
            // A customer looks at it again, and the plugin tells it again: another event, with the same _id.
        },
    ],
};

// Google's documentation of enhanced e-commerce, as extensions for Magento's Luma theme follow it: no event beside
// detail and purchase, amounts as text. The theme itself has microdata.
const bag = { name: "Joust Duffle Bag", id: "24-MB01", price: "34.00", brand: "Luma", category: "Bags" };
const lumaHead = (...messages) => script(`window.dataLayer = window.dataLayer || []; ${push(...messages)}`)
    + '<script src="/js/require.js"></script>';
const universal = (action, more = {}) => ({ ecommerce: { currencyCode: "USD", [action]: {
    ...more, products: [{ ...bag, quantity: 1 }] } } });
const magentoLuma = {
    name: "Magento with Luma",
    source: "developers.google.com tag-manager/enhanced-ecommerce, Magento 2's Luma theme",
    directives: [],
    pages: [
        { path: "/", head: lumaHead({ ecommerce: { impressions: [bag] } }) },
        {
            path: "/joust-duffle-bag.html",
            head: lumaHead({ ecommerce: { currencyCode: "USD", detail: { products: [bag] } } }),
            body: `<div itemscope itemtype="http://schema.org/Product"><h1 itemprop="name">Joust Duffle Bag</h1>
                <div itemprop="sku">24-MB01</div><span itemprop="offers" itemscope itemtype="http://schema.org/Offer">
                <meta itemprop="price" content="34"><meta itemprop="priceCurrency" content="USD"></span></div>
                ${button("buy", push({ event: "addToCart", ...universal("add") }))}`,
            clicks: ["buy"],
            events: [[view, "24-MB01"], [add, "24-MB01 x 1"]],
        },
        {
            path: "/checkout/",
            head: lumaHead({ event: "checkout", ...universal("checkout", { actionField: { step: 1 } }) }),
            body: button("pay", push({ event: "checkout", ...universal("checkout", { actionField: { step: 2 } }) })),
            clicks: ["pay"],
            events: [[checkout, "24-MB01 x 1"]],
        },
        {
            path: "/checkout/onepage/success/",
            head: lumaHead(universal("purchase", { actionField: { id: "000000001", affiliation: "Main", revenue: "39.00",
                tax: "0.00", shipping: "5.00" } })),
            events: [[purchase, "000000001: 24-MB01 x 1"]],
        },
    ],
};

export const shops = [wooCommerce, gtm4wp, shopware, prestaShop, magentoLuma];
