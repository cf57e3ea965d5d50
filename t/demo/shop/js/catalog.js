// What the shop sells. Prices in euros.

export const currency = "EUR";
export const shippingPrice = 4.9;
export const taxRate = 0.2;

export const categories = [
    { key: "at-home", name: "At home" },
    { key: "out-and-about", name: "Out and about" },
];

export const products = [
    {
        id: 101,
        sku: "MUG-01",
        name: "Stoneware mug",
        category: "at-home",
        price: 18.5,
        image: "mug.svg",
        text: "Thrown by hand, glazed inside, left raw outside. Holds a third of a litre and keeps it warm.",
    },
    {
        id: 102,
        sku: "BLANKET-01",
        name: "Wool blanket",
        category: "at-home",
        price: 89,
        image: "blanket.svg",
        text: "Woven from undyed wool in two natural shades. Large enough for two on a cold evening.",
    },
    {
        id: 103,
        sku: "LAMP-01",
        name: "Desk lamp",
        category: "at-home",
        price: 64.95,
        image: "lamp.svg",
        text: "One arm, one joint, one switch. The shade turns so that the light stays on the page.",
    },
    {
        id: 201,
        sku: "BACKPACK-01",
        name: "Canvas backpack",
        category: "out-and-about",
        price: 74.5,
        image: "backpack.svg",
        text: "Waxed canvas, one big compartment, one pocket in front. Carries a day and a half.",
    },
    {
        id: 202,
        sku: "BOTTLE-01",
        name: "Steel bottle",
        category: "out-and-about",
        price: 27.99,
        image: "bottle.svg",
        text: "Double walls and a lid that does not leak. Cold stays cold, tea stays tea.",
    },
    {
        id: 203,
        sku: "UMBRELLA-01",
        name: "Umbrella",
        category: "out-and-about",
        price: 32,
        image: "umbrella.svg",
        text: "Eight ribs of ash wood and a cover that dries on the way home.",
    },
];

export const productBySku = (sku) => products.find((product) => product.sku === sku);
export const categoryByKey = (key) => categories.find((category) => category.key === key);
export const productUrl = ({ sku }) => `/product.html?sku=${encodeURIComponent(sku)}`;
export const categoryUrl = ({ key }) => `/category.html?key=${encodeURIComponent(key)}`;

/** A price as people read it. */
export const formatPrice = (value) =>
    new Intl.NumberFormat("en-IE", { style: "currency", currency }).format(value);

/** Rounded to cents: sums of prices are not exact. */
export const cents = (value) => Math.round(value * 100) / 100;
