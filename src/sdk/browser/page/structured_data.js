// The product that a page describes for search engines: as JSON-LD, as microdata, or for social networks as Open
// Graph. The vocabulary is that of schema.org. It tells what a page is about, never what a visitor does there.

import { someOf, thoseOf, upTo } from "./robust.js";
import { currencyOf, inCents, numberOf, textOf } from "./values.js";

const LONGEST_ADDRESS = 2000;
const DEEPEST = 8;

const PRODUCT_TYPE = /^(?:https?:\/\/schema\.org\/)?Product(?:Group)?$/;
const LIST_PRICE = /(?:List|Strikethrough|SuggestedRetail)Price$|SRP$/;
const PRODUCT_OBJECT = /^(?:product|product\.item|og:product)$/;

// Some shops put JSON-LD into the comments that once hid scripts from browsers and from XML.
const OPENING_MARK = /^\s*(?:\/\/|\/\*)?\s*<!(?:--|\[CDATA\[)\s*(?:\*\/)?/;
const CLOSING_MARK = /(?:\/\/|\/\*)?\s*(?:-->|\]\]>)\s*(?:\*\/)?\s*$/;

const isObject = (value) => typeof value === "object" && value !== null;

const listOf = (value) => (Array.isArray(value) ? value : [value]);

/** The first result of a function on the entries, of those that are not undefined. */
const firstOf = (list, find) => {
    let found;
    someOf(list, (item) => {
        found = find(item);
        return found !== undefined;
    });
    return found;
};

/** An address as an absolute one; undefined where it is none. */
const absolute = (address, { baseURI }) => {
    try {
        const { href, protocol } = new URL(address, baseURI);
        return /^https?:$/.test(protocol) && href.length <= LONGEST_ADDRESS ? href : undefined;
    } catch {
        return undefined;
    }
};

const pathOf = (address) => new URL(address).pathname.replace(/\/$/, "");

// JSON-LD ---------------------------------------------------------------------------------------------------------

const parse = (text) => {
    try {
        return JSON.parse(text.replace(OPENING_MARK, "").replace(CLOSING_MARK, ""));
    } catch {
        return undefined;
    }
};

const isProduct = (node) => someOf(listOf(node["@type"]), (type) => PRODUCT_TYPE.test(type));

/** Adds the products that a page states for itself, not those in lists, relations or offers. */
const addProducts = (node, products, depth = 0) => {
    if (!isObject(node) || depth > DEEPEST) {
        return;
    }
    if (Array.isArray(node)) {
        someOf(node, (each) => {
            addProducts(each, products, depth + 1);
        });
        return;
    }
    if (isProduct(node)) {
        products[products.length] = node;
    }
    addProducts(node["@graph"], products, depth + 1);
    addProducts(node.mainEntity, products, depth + 1);
};

const offersOf = ({ offers }) => thoseOf(listOf(offers), isObject);

/** All addresses that a product names for itself. */
const addressesOf = (product, page) => {
    const named = thoseOf([product.url, product["@id"]], (address) => typeof address === "string");
    someOf(offersOf(product), ({ url }) => {
        if (typeof url === "string") {
            named[named.length] = url;
        }
    });
    const addresses = [];
    someOf(named, (address) => {
        const whole = absolute(address, page);
        if (whole) {
            addresses[addresses.length] = whole;
        }
    });
    return addresses;
};

const contentOf = (page, name) => {
    const element = page.querySelector(`meta[property="${name}"],meta[name="${name}"]`);
    return element ? element.content : undefined;
};

/** The product that the page is about: the one that names its address, or else its only one, if it names none. */
const mainProduct = (products, page) => {
    const canonical = page.querySelector('link[rel="canonical"]');
    const paths = [pathOf(page.URL), canonical && canonical.href ? pathOf(canonical.href) : undefined];
    const isHere = (address) => someOf(paths, (path) => path === pathOf(address));
    const byAddress = firstOf(products, (each) => (someOf(addressesOf(each, page), isHere) ? each : undefined));
    if (byAddress || products.length !== 1 || paths[0] === "") {
        return byAddress;
    }
    const only = products[0];
    const isPlain = addressesOf(only, page).length === 0 || PRODUCT_OBJECT.test(contentOf(page, "og:type"));
    return isPlain ? only : undefined;
};

/** The variant that the page's address names, its query included. */
const variantOf = (product, page) => {
    const variants = thoseOf(listOf(product.hasVariant), isObject);
    const here = upTo(page.URL, "#");
    const isHere = (address) => address === here;
    return firstOf(variants, (each) => (someOf(addressesOf(each, page), isHere) ? each : undefined)) || variants[0];
};

const isListPrice = ({ priceType }) => LIST_PRICE.test(priceType);

const priceOf = (product) => {
    const offer = offersOf(product)[0] || {};
    const specifications = thoseOf(listOf(offer.priceSpecification), isObject);
    const now = thoseOf(specifications, (each) => !isListPrice(each))[0] || {};
    const before = thoseOf(specifications, isListPrice)[0] || {};
    const price = firstOf([offer.price, offer.lowPrice, now.price], numberOf);
    const listPrice = numberOf(before.price);
    return {
        price,
        discount: listPrice > price ? inCents(listPrice - price) : undefined,
        currency: firstOf([offer.priceCurrency, now.priceCurrency, before.priceCurrency], currencyOf),
    };
};

const imageOf = ({ image }, page) => {
    const first = listOf(image)[0];
    const address = isObject(first) ? first.url || first.contentUrl : first;
    return typeof address === "string" && address ? absolute(address, page) : undefined;
};

const skuOf = ({ sku, mpn, productID, gtin13, gtin, productGroupID }) => (
    firstOf([sku, mpn, productID, gtin13, gtin, productGroupID], textOf));

const fromLinkedData = (page) => {
    const products = [];
    someOf(page.querySelectorAll('script[type^="application/ld+json"]'), ({ text }) => {
        addProducts(parse(text), products);
    });
    const main = mainProduct(products, page);
    if (!main) {
        return undefined;
    }
    const variant = variantOf(main, page) || main;
    return {
        sku: skuOf(variant) || skuOf(main),
        name: textOf(variant.name) || textOf(main.name),
        image: imageOf(variant, page) || imageOf(main, page),
        gtin: firstOf([variant.gtin13, variant.gtin, main.gtin13, main.gtin], textOf),
        ...priceOf(offersOf(variant).length ? variant : main),
    };
};

// Microdata -------------------------------------------------------------------------------------------------------

const valueOf = (element) => (
    element.getAttribute("content") || element.src || element.href || element.textContent || undefined);

/** A property of an item itself, not of items in it (HTML 5.2.5). */
const ownProperty = (item, name) => firstOf(item.querySelectorAll(`[itemprop~="${name}"]`), (element) => {
    const holder = element.parentElement.closest("[itemscope]");
    return holder === item && !element.hasAttribute("itemscope") ? valueOf(element) : undefined;
});

const anyProperty = (item, name) => {
    const element = item.querySelector(`[itemprop~="${name}"]`);
    return element ? valueOf(element) : undefined;
};

const fromMicrodata = (page) => {
    const items = page.querySelectorAll('[itemtype$="schema.org/Product"]:not([itemprop])');
    if (items.length !== 1) {
        return undefined;
    }
    const own = (name) => ownProperty(items[0], name);
    const image = own("image");
    return {
        sku: firstOf([own("sku"), own("mpn"), own("productID"), own("gtin13")], textOf),
        name: textOf(own("name")),
        image: image && absolute(image, page),
        gtin: textOf(own("gtin13")),
        price: numberOf(anyProperty(items[0], "price")),
        currency: currencyOf(anyProperty(items[0], "priceCurrency")),
    };
};

// Open Graph ------------------------------------------------------------------------------------------------------

const fromOpenGraph = (page) => {
    const content = (name) => contentOf(page, name);
    if (!PRODUCT_OBJECT.test(content("og:type"))) {
        return undefined;
    }
    const regular = numberOf(content("product:price:amount"));
    const price = firstOf([content("product:sale_price:amount"), regular, content("og:price:amount")], numberOf);
    const image = content("og:image");
    return {
        sku: textOf(content("product:retailer_item_id")) || textOf(anyProperty(page, "sku")),
        name: textOf(content("og:title")),
        image: image && absolute(image, page),
        price,
        discount: regular > price ? inCents(regular - price) : undefined,
        currency: firstOf([content("product:sale_price:currency"), content("product:price:currency"),
            content("og:price:currency")], currencyOf),
    };
};

/** Whether the page has anything that findProduct could find. It takes much less time. */
export const describesProduct = (page) => page.querySelector(
    'script[type^="application/ld+json"],[itemtype$="schema.org/Product"],meta[content*="product"]') !== null;

/** A shop's own rating is a "product" too, for its stars in search results: with a name, but nothing for sale. */
const isForSale = (product) => !!product && !!product.sku && (product.price !== undefined || !!product.gtin);

/**
 * The one product that a page is about.
 *
 * @param {Document} page
 * @returns {?Object} a fact as in data_layer_facts.js
 */
export const findProduct = (page) => {
    const product = firstOf([fromLinkedData, fromMicrodata, fromOpenGraph], (read) => {
        const found = read(page);
        return isForSale(found) ? found : undefined;
    });
    if (!product) {
        return null;
    }
    const { sku, name, image, price, discount, currency } = product;
    return { kind: "view", format: "schema", items: [{ sku, name, image, price, discount, quantity: 1 }], currency };
};
